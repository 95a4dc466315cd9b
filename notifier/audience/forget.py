"""Erasure: the address leaves; a keyed HMAC stays so that an old list cannot revive it."""

from __future__ import annotations

from datetime import datetime

from notifier.audience.models import Subscriber
from notifier.audience.reach import sync
from notifier.audience.rules import SUBSCRIBER
from notifier.audience.suppress import list_key
from notifier.store.db import session
from notifier.store.history import By
from notifier.store.moves import move


def forget(person: Subscriber, *, by: By, now: datetime, pepper: str) -> None:
    """Erase a person (UK GDPR, article 17). The row stays, empty: SQLite re-uses ids."""
    if person.email is not None:
        list_key(person.email, reason="erased", now=now, pepper=pepper)
    for subscription in person.subscriptions:
        if subscription.ended_at is None:
            subscription.ended_at, subscription.end_reason = now, "erased"
    move(person, "forget", SUBSCRIBER, by=by, now=now)
    person.email = person.email_key = None
    person.name = person.organisation = ""
    person.paused_until, person.week_ahead = None, False
    person.ended_at, person.end_reason = now, "erased"
    session.flush()
    sync(person)
