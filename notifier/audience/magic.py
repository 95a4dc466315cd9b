"""Promises the mail with a link to preferences; never says whether we know the address."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select

from notifier.audience import queries
from notifier.audience.hold import hold_address
from notifier.audience.models import Subscriber
from notifier.audience.rules import address
from notifier.sends.models import Send
from notifier.sends.plan import plan
from notifier.store.db import session, tried

VALID = timedelta(minutes=10)
LIMITS = ((timedelta(hours=1), 3), (timedelta(days=1), 6))  # letters to one person


def ask_for_link(email: str, *, now: datetime) -> None:
    """Promise a magic link to a person who gets updates, within ``LIMITS``.

    Raises Refused for a malformed address only.
    """
    kept = address(email)
    hold_address(kept)
    person = queries.by_email(kept)
    if person is not None:
        send_link(person, now=now)
    else:
        promise(0, now=now, keep=False)


def send_link(person: Subscriber, *, now: datetime) -> None:
    """As ``ask_for_link``, for a person whose older link was opened."""
    hold_address(person.email or "")
    promise(person.id, now=now, keep=person.state in ("active", "paused"))


def promise(subscriber_id: int, *, now: datetime, keep: bool) -> None:
    """Promise the letter, or promise it and take that back: the answer takes as long for somebody
    who gets none."""
    enough = is_enough(subscriber_id, now)
    with tried(keep=keep and not enough):
        plan(
            "magic_link",
            f"subscriber:{subscriber_id}",
            stage=now.strftime("%Y%m%dT%H%M%S"),
            due_at=now,
            now=now,
            subscriber_id=subscriber_id or None,
            lapses_at=now + VALID,
        )


def is_enough(subscriber_id: int, now: datetime) -> bool:
    asked = select(func.count(Send.id)).where(
        Send.kind == "magic_link", Send.subscriber_id == subscriber_id
    )
    return any(
        (session.scalar(asked.where(Send.created_at > now - within)) or 0) >= most
        for within, most in LIMITS
    )
