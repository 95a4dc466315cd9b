"""“Got it”: reminders of one change stop for one person; what they must know still comes."""

from __future__ import annotations

from datetime import datetime

from notifier.audience.models import Acknowledgement, Subscriber
from notifier.store.db import session
from notifier.store.history import PERSON, record


def acknowledge(person: Subscriber, about: str, *, now: datetime) -> None:
    """Keep that a person read and did it. Twice changes nothing."""
    if session.get(Acknowledgement, (about, person.id)) is None:
        session.add(Acknowledgement(about=about, subscriber_id=person.id, at=now))
        record(f"subscriber:{person.id}", "got_it", by=PERSON, now=now, change=about)
