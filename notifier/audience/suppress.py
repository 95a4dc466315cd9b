"""Stops all mail to an address: after hard bounces, a complaint, erasure, or by staff."""

from __future__ import annotations

from datetime import datetime

from notifier.audience.models import Subscriber, Suppression
from notifier.audience.reach import sync
from notifier.audience.rules import SUBSCRIBER, suppression_key
from notifier.store.db import session
from notifier.store.history import SYSTEM, By
from notifier.store.moves import move

# asked: they told staff that they want none; staff: a member of staff stopped it for another reason
REASONS = ("hard_bounce", "soft_bounces", "complaint", "erased", "asked", "staff")


def suppress(
    person: Subscriber, *, reason: str, now: datetime, pepper: str, by: By = SYSTEM, note: str = ""
) -> None:
    """Put the person's address on the suppression list. Twice changes nothing."""
    if person.email is None:
        return
    list_key(person.email, reason=reason, now=now, pepper=pepper, person_id=person.id, note=note)
    if person.state not in ("suppressed", "erased"):
        more = {"reason": reason} if note else {}
        move(person, "suppress", SUBSCRIBER, by=by, now=now, why=note or reason, **more)
        person.ended_at, person.end_reason = now, reason
    sync(person)


def list_key(
    email: str,
    *,
    reason: str,
    now: datetime,
    pepper: str,
    person_id: int | None = None,
    note: str = "",
) -> None:
    key = suppression_key(email, pepper)
    if session.get(Suppression, key) is None:
        session.add(Suppression(key=key, reason=reason, at=now, subscriber_id=person_id, note=note))
        session.flush()
