"""Drops sign-ups that nobody confirmed, as the law wants: no consent, no data."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select, update

from notifier.audience.models import Signup, Subscriber
from notifier.audience.subscribe import CONFIRM_WITHIN
from notifier.sends.models import Send
from notifier.store.db import session


def purge_unconfirmed(*, now: datetime) -> int:
    """Empty the people who never confirmed within seven days; returns how many.

    Their rows stay without address, as after erasure; nothing is suppressed: they may come back.
    """
    limit = now - CONFIRM_WITHIN
    fresh = select(Signup.subscriber_id).where(Signup.created_at > limit)
    stale = list(
        session.scalars(
            select(Subscriber.id).where(
                Subscriber.state == "pending",
                Subscriber.created_at <= limit,
                Subscriber.id.not_in(fresh),
            )
        )
    )
    # Also what somebody whom we know asked for and did not confirm.
    session.execute(delete(Signup).where(Signup.confirmed_at.is_(None), Signup.created_at <= limit))
    if not stale:
        return 0
    session.execute(delete(Signup).where(Signup.subscriber_id.in_(stale)))
    session.execute(
        update(Send)
        .where(Send.subscriber_id.in_(stale), Send.state == "planned")
        .values(state="cancelled", end_reason="sign-up lapsed", finished_at=now)
    )
    session.execute(
        update(Subscriber)
        .where(Subscriber.id.in_(stale))
        .values(
            email=None,
            email_key=None,
            state="erased",
            ended_at=now,
            end_reason="never confirmed",
        )
    )
    return len(stale)
