"""Who joins or comes back late: the open changes that concern them, and what they know already.

Past stages are never replayed (DOMAIN.md section 5).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import or_, select

from notifier.audience.kinds import wants
from notifier.audience.models import Subscriber, Subscription
from notifier.catalogue import queries as catalogue
from notifier.catalogue.rules import with_ancestors
from notifier.clock import london_date
from notifier.notices import queries
from notifier.notices.followers import kinds
from notifier.notices.models import ChangeNotice
from notifier.releases.queries import of_topics
from notifier.sends.models import Delivery, Send
from notifier.sends.plan import plan
from notifier.sends.rules import TOLD
from notifier.store.db import session

AT_ONCE = 7  # days to the effect: too close to wait for the next stage


@dataclass(frozen=True)
class Standing:
    """What one person knows of a change. ``news``: something happened to it since they were told.

    ``told_at`` is when the last message that they got was frozen.
    """

    told_at: datetime | None = None
    news: bool = False

    @property
    def up_to_date(self) -> bool:
        return self.told_at is not None and not self.news


def open_for(person: Subscriber, *, now: datetime) -> list[ChangeNotice]:
    """Every public change still to come that a person hears of, soonest first: what they follow
    reaches it, and they have not turned off what it is (``wanted``)."""
    mine = [s for s in person.subscriptions if s.ended_at is None]
    public = [
        notice
        for notice in queries.open_changes()
        if notice.first_public_at is not None and notice.first_public_at <= now
    ]
    return wanted(person, concerning(mine, public))


def wanted(person: Subscriber, notices: Iterable[ChangeNotice]) -> list[ChangeNotice]:
    """Those of the notices of which this person takes a kind (``audience.kinds``), or which they
    follow by themselves, as ``receivers`` has it."""
    alone = by_itself(s for s in person.subscriptions if s.ended_at is None)
    return [
        notice
        for notice in notices
        if alone(notice)
        or wants(person.kinds, kinds(notice), breaks_machines=notice.machine_breaking)
    ]


def concerning(
    subscriptions: Iterable[Subscription], notices: Iterable[ChangeNotice]
) -> list[ChangeNotice]:
    """Those of the notices that these subscriptions reach, whether or not they are in force."""
    mine = list(subscriptions)
    topics = {s.topic_id for s in mine if s.topic_id is not None}
    parents = catalogue.parents()
    below = [topic for topic in parents if topics & with_ancestors([topic], parents)]
    series = {*of_topics(below), *(s.series_id for s in mine)}
    alone = by_itself(mine)
    return [
        notice
        for notice in notices
        if alone(notice) or any(one.id in series for one in notice.series)
    ]


def by_itself(subscriptions: Iterable[Subscription]) -> Callable[[ChangeNotice], bool]:
    """Whether one of the subscriptions is to a notice itself, or to the edition that carries it."""
    mine = list(subscriptions)
    changes, editions = {s.notice_id for s in mine}, {s.release_id for s in mine} - {None}
    return lambda notice: notice.id in changes or notice.effect_release_id in editions


def standings(subscriber_id: int, notices: Sequence[ChangeNotice]) -> dict[int, Standing]:
    """By notice id what this person was told, from the ledger. Reminders are no news."""
    messages = list(messages_about(notices))
    got = received(subscriber_id, [send.id for send in messages])
    known = {notice.id: Standing() for notice in notices}
    for notice in notices:
        for send in messages:
            if send.id in got and concerns(send, notice):
                known[notice.id] = Standing(told_at=send.frozen_at)
        told_at = known[notice.id].told_at
        if told_at is not None and any(
            send.frozen_at is not None
            and send.frozen_at > told_at
            and send.wall_date is None
            and not send.to_one
            and concerns(send, notice)
            for send in messages
        ):
            known[notice.id] = replace(known[notice.id], news=True)
    return known


def messages_about(notices: Iterable[ChangeNotice]) -> Iterable[Send]:
    """What was said about them, to many or to one, oldest first; also with their release."""
    rows = list(notices)
    abouts = {notice.reference for notice in rows}
    abouts |= {f"release:{n.effect_release_id}" for n in rows if n.effect_release_id is not None}
    query = select(Send).where(Send.about.in_(abouts), Send.frozen_at.is_not(None))
    return session.scalars(query.order_by(Send.frozen_at, Send.id))


def concerns(send: Send, notice: ChangeNotice) -> bool:
    return send.about == notice.reference or notice.id in send.context.get("notices", [])


def received(subscriber_id: int, send_ids: list[int]) -> set[int]:
    """Those of the Sends that this person got, or that are on their way to them."""
    ledger = select(Delivery.send_id).where(
        Delivery.subscriber_id == subscriber_id,
        Delivery.send_id.in_(send_ids),
        Delivery.state.in_(TOLD),
    )
    single = select(Send.id).where(
        Send.id.in_(send_ids),
        Send.subscriber_id == subscriber_id,
        or_(Send.state == "sending", Send.accepted > 0),
    )
    return {*session.scalars(ledger), *session.scalars(single)}


def tell_at_once(person: Subscriber, *, now: datetime) -> list[Send]:
    """Promise a mail of its own for each change that takes effect within a week and of which this
    person was not told; never twice for the same person and change."""
    if person.state != "active":
        return []
    today = london_date(now)
    near = [
        notice
        for notice in open_for(person, now=now)
        if notice.state == "announced"
        and notice.class_ != "F"  # goes out by digest and newsletter only
        and notice.effect_at is not None
        and notice.effect_at > now
        and (london_date(notice.effect_at) - today).days <= AT_ONCE
    ]
    known = standings(person.id, near)
    return [
        plan(
            "notice_now",
            notice.reference,
            stage="late-subscriber",
            # A notice's own revisions count its messages to all; here one person has one message.
            revision=person.id,
            due_at=now,
            now=now,
            subscriber_id=person.id,
            team_id=notice.series[0].team_id,
            lapses_at=notice.effect_at,
            context={"notice": notice.id},
        )
        for notice in near
        if not known[notice.id].up_to_date
    ]
