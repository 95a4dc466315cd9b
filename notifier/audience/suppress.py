"""Stops all mail to an address: after hard bounces, a complaint, or erasure."""

from __future__ import annotations

from datetime import datetime

from notifier.audience.models import Subscriber, Suppression
from notifier.audience.reach import sync
from notifier.audience.rules import SUBSCRIBER, suppression_key
from notifier.store.db import session
from notifier.store.history import SYSTEM
from notifier.store.moves import move


def suppress(person: Subscriber, *, reason: str, now: datetime, pepper: str) -> None:
    """Put the person's address on the suppression list. Twice changes nothing."""
    if person.email is None:
        return
    list_key(person.email, reason=reason, now=now, pepper=pepper)
    if person.state not in ("suppressed", "erased"):
        move(person, "suppress", SUBSCRIBER, by=SYSTEM, now=now, why=reason)
        person.ended_at, person.end_reason = now, reason
    sync(person)


def list_key(email: str, *, reason: str, now: datetime, pepper: str) -> None:
    key = suppression_key(email, pepper)
    if session.get(Suppression, key) is None:
        session.add(Suppression(key=key, reason=reason, at=now))
        session.flush()
