"""The link in a letter: it ends each subscription through which that letter reached the person."""

from __future__ import annotations

from datetime import datetime

from notifier.audience import queries as people
from notifier.audience.leave import (
    ONE_CLICK,
    decline,
    leave,
    stop_newsletters,
    stop_week_ahead,
)
from notifier.audience.models import Signup, Subscriber, Subscription
from notifier.audience.receivers import Audience, ways
from notifier.audience.why import matching
from notifier.delivery.correct import corrected
from notifier.delivery.digests import groups_of
from notifier.delivery.held import KIND
from notifier.notices.followers import followers
from notifier.notices.models import ChangeNotice
from notifier.sends.models import Delivery, Send
from notifier.store.db import session


def unsubscribe(send_id: int, subscriber_id: int, *, now: datetime) -> Subscriber | None:
    """Act on a letter's one-click link (RFC 8058); again, it changes nothing.

    Returns the person, or None when the letter or the person is no longer known.
    """
    send, person = session.get(Send, send_id), people.person(subscriber_id)
    if send is None or person is None or person.email is None:
        return None
    send = corrected(send)
    ended = reached_through(send, person)
    for team_id in newsletters_of(send, person):
        stop_newsletters(person, team_id, now=now)
    decline(person, given_up(send, person), now=now)
    leave(person, ended, now=now, reason=ONE_CLICK)
    if ends_fridays(send, person):
        stop_week_ahead(person, now=now, reason=ONE_CLICK)
    return person


def newsletters_of(send: Send, person: Subscriber) -> list[int]:
    """Ids of the teams whose newsletters the letter is, or tells of."""
    sends = told_in(send, person) if send.kind == KIND else [send]
    return sorted({s.team_id for s in sends if s.kind == "newsletter" and s.team_id is not None})


def told_in(digest: Send, person: Subscriber) -> list[Send]:
    """The things that this person's letter of a digest told; when its row is too old to be kept,
    all that the digest told."""
    row = session.get(Delivery, (digest.id, person.id))
    if row is None:
        items = digest.context.get("items", [])
    else:
        items = groups_of(digest.id, [row.variant]).get(row.variant, [])
    return [session.get_one(Send, item) for item in items]


def reached_through(send: Send, person: Subscriber) -> list[Subscription]:
    """The subscriptions in force through which this Send reaches the person; of a letter to those
    who got an earlier one, also through which that one did; of a digest, of each thing in it. A
    newsletter ends none: its topics stay."""
    if send.kind == KIND:
        things = told_in(send, person)
        found = {s.id: s for thing in things for s in reached_through(thing, person)}
        return [found[key] for key in sorted(found)]
    if send.kind == "newsletter":
        return []
    if send.receivers is not None:
        return matching(ways(Audience.of(send.receivers)), [person.id])
    if send.kind == "notice_now":
        notice = session.get(ChangeNotice, send.context.get("notice", 0))
        return matching(followers(notice), [person.id]) if notice is not None else []
    live = [s for s in person.subscriptions if s.ended_at is None]
    if send.kind == "welcome_back":
        return live
    if send.kind == "welcome" and "import" in send.context:  # of who was brought without asking
        return [s for s in live if s.started_at <= send.created_at]
    signup = session.get(Signup, send.context.get("signup", 0))
    return [s for s in live if asked_for(signup, s)] if signup is not None else []


def asked_for(signup: Signup, subscription: Subscription) -> bool:
    return (
        subscription.topic_id in signup.topics
        or subscription.series_id in signup.series
        or subscription.notice_id in (signup.notices or ())
        or subscription.release_id in (signup.releases or ())
    )


def given_up(send: Send, person: Subscriber) -> list[Subscription]:
    """What the person followed once, and through which a letter to earlier readers still came."""
    things = told_in(send, person) if send.kind == KIND else [send]
    found = [Audience.of(thing.receivers) for thing in things if thing.receivers]
    came = [ways(each) for each in found if each.got]
    ended = [s for s in person.subscriptions if s.ended_at is not None]
    return [s for s in ended if any(is_one_of(s, each) for each in came)]


def is_one_of(subscription: Subscription, audience: Audience) -> bool:
    return (
        subscription.topic_id in audience.topics
        or subscription.series_id in audience.series
        or subscription.notice_id in audience.notices
        or subscription.release_id in audience.releases
    )


def ends_fridays(send: Send, person: Subscriber) -> bool:
    """Whether the letter came through the tick box for Friday's mail."""
    return bool(person.week_ahead and (send.receivers or {}).get("week_ahead"))
