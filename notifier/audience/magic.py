"""Promises the mail with a link to preferences; never says whether we know the address."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select

from notifier.audience import queries
from notifier.audience.rules import address
from notifier.sends.models import Send
from notifier.sends.plan import plan
from notifier.store.db import session

VALID = timedelta(minutes=10)


def ask_for_link(email: str, *, now: datetime) -> None:
    """Promise a magic link to a person who gets updates, at most three an hour.

    Raises Refused for a malformed address only.
    """
    person = queries.by_email(address(email))
    if person is None or person.state not in ("active", "paused"):
        return
    asked = select(func.count(Send.id)).where(
        Send.kind == "magic_link",
        Send.subscriber_id == person.id,
        Send.created_at > now - timedelta(hours=1),
    )
    number = session.scalar(asked) or 0
    if number >= 3:
        return
    plan(
        "magic_link",
        f"subscriber:{person.id}",
        stage=now.strftime("%Y%m%dT%H%M%S"),
        due_at=now,
        now=now,
        subscriber_id=person.id,
        lapses_at=now + VALID,
    )
