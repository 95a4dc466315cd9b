"""Drops sign-ups that nobody confirmed, as the law wants: no consent, no data."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Select, delete, select

from notifier.audience.forget import empty
from notifier.audience.models import Signup, Subscriber
from notifier.audience.rules import SUBSCRIBER
from notifier.audience.subscribe import CONFIRM_WITHIN
from notifier.sends.models import Send
from notifier.sends.redate import drop
from notifier.store.db import session
from notifier.store.history import SYSTEM
from notifier.store.moves import move

LAPSED = "never confirmed"


def purge_unconfirmed(*, now: datetime, but: Select[int] | None = None) -> int:
    """Empty the people whose sign-up or invitation lapsed, after 7 or 28 days; returns how many.

    ``but`` selects the ids of people who asked for something else since, who keep their address as
    long. Their rows stay without address, as after erasure; nothing is suppressed: they may come
    back.
    """
    limit = now - CONFIRM_WITHIN
    query = select(Subscriber.id).where(
        Subscriber.state == "pending",
        Subscriber.created_at <= limit,
        Subscriber.id.not_in(select(Signup.subscriber_id).where(Signup.lapses_at > now)),
    )
    stale = list(session.scalars(query if but is None else query.where(Subscriber.id.not_in(but))))
    # Also what somebody whom we know asked for and did not confirm.
    session.execute(delete(Signup).where(Signup.confirmed_at.is_(None), Signup.lapses_at <= now))
    if not stale:
        return 0
    session.execute(delete(Signup).where(Signup.subscriber_id.in_(stale)))
    waiting = select(Send).where(Send.subscriber_id.in_(stale), Send.state == "planned")
    for send in session.scalars(waiting):
        drop(send, "cancel", "sign-up lapsed", now=now)
    for person in session.scalars(select(Subscriber).where(Subscriber.id.in_(stale))):
        move(person, "forget", SUBSCRIBER, by=SYSTEM, now=now, why=LAPSED)
        empty(person)
        person.ended_at, person.end_reason = now, LAPSED
    return len(stale)
