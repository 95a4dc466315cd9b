"""Whom nothing may be sent to: the list of suppressions, newest first, and how many of each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from notifier.audience.models import Subscriber, Suppression
from notifier.audience.rules import suppression_key
from notifier.store.db import session


@dataclass(frozen=True)
class Stopped:
    """``email`` is "" where nobody we know has the address: only its HMAC is there."""

    key: str
    reason: str
    note: str
    at: datetime
    person: int | None
    email: str


def counts() -> dict[str, int]:
    """How many addresses are stopped, by reason."""
    query = select(Suppression.reason, func.count()).group_by(Suppression.reason)
    return {reason: number for reason, number in session.execute(query)}  # noqa: C416


def listed(*, pepper: str, reason: str = "", page: int = 1, limit: int = 50) -> list[Stopped]:
    """One page; one row more than ``limit`` when there is another."""
    query = (
        select(Suppression, Subscriber.email)
        .outerjoin(Subscriber, Subscriber.id == Suppression.subscriber_id)
        .order_by(Suppression.at.desc(), Suppression.key)
        .offset((page - 1) * limit)
        .limit(limit + 1)
    )
    if reason:
        query = query.where(Suppression.reason == reason)
    return [shown(row, email, pepper) for row, email in session.execute(query)]


def shown(row: Suppression, email: str | None, pepper: str) -> Stopped:
    """A person may have another address by now: this row is about the one they had."""
    theirs = bool(email) and suppression_key(email or "", pepper) == row.key
    return Stopped(
        row.key,
        row.reason,
        row.note,
        row.at,
        row.subscriber_id if theirs else None,
        (email or "") if theirs else "",
    )
