"""The link in a letter: it ends each subscription through which that letter reached the person."""

from __future__ import annotations

from datetime import datetime

from notifier.audience import queries as people
from notifier.audience.leave import leave, stop_newsletters
from notifier.audience.models import Signup, Subscriber, Subscription
from notifier.audience.receivers import Audience, matching
from notifier.sends.models import Send
from notifier.store.db import session


def unsubscribe(send_id: int, subscriber_id: int, *, now: datetime) -> Subscriber | None:
    """Act on a letter's one-click link (RFC 8058); again, it changes nothing.

    Returns the person, or None when the letter or the person is no longer known.
    """
    send, person = session.get(Send, send_id), people.person(subscriber_id)
    if send is None or person is None or person.email is None:
        return None
    if send.kind == "newsletter" and send.team_id is not None:
        stop_newsletters(person, send.team_id, now=now)
    else:
        leave(person, reached_through(send, person), now=now, reason="one click")
    return person


def reached_through(send: Send, person: Subscriber) -> list[Subscription]:
    """The subscriptions in force through which this Send reaches the person."""
    if send.receivers is not None:
        return matching(Audience.of(send.receivers), [person.id])
    signup = session.get(Signup, send.context.get("signup", 0))
    if signup is None:
        return []
    return [
        s
        for s in person.subscriptions
        if s.ended_at is None and (s.topic_id in signup.topics or s.series_id in signup.series)
    ]
