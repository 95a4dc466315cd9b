"""Complaints about what we do with people's data: a form and a log. [DUAA 2025, section 103]"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select

from notifier.audience.describe import tidy
from notifier.audience.models import Complaint, Subscriber
from notifier.audience.rules import address
from notifier.errors import NotFound, Refused
from notifier.store.db import session
from notifier.store.history import PERSON, By, record

LONGEST = 5_000  # characters
ACKNOWLEDGE_WITHIN = timedelta(days=30)  # the law's limit
AN_HOUR = 60  # from everybody together; more is a flood, and would bury the others


def complain(
    words: str, *, person: Subscriber | None = None, contact: str = "", now: datetime
) -> Complaint:
    """Keep what somebody says. ``contact`` is an address to answer to, empty for none; a person
    whom we know is answered at theirs.

    Raises Refused for no words, too many, or a malformed address.
    """
    said = tidy(words)
    if not said:
        raise Refused("Tell us what went wrong.", field="words")
    if len(said) > LONGEST:
        raise Refused(f"Shorten this to {LONGEST} characters.", field="words")
    row = Complaint(
        subscriber_id=person.id if person else None,
        contact=address(contact) if contact.strip() else None,
        words=said,
        at=now,
    )
    session.add(row)
    session.flush()
    record(f"complaint:{row.id}", "complain", by=PERSON, now=now, subscriber=row.subscriber_id)
    return row


def is_flood(*, now: datetime) -> bool:
    """Whether more came within an hour than people write."""
    query = select(func.count(Complaint.id)).where(Complaint.at > now - timedelta(hours=1))
    return (session.scalar(query) or 0) >= AN_HOUR


def answer(row: Complaint, text: str, *, by: By, now: datetime) -> None:
    """Keep what was answered; again, it takes the place of the first. Refused for no words."""
    said = tidy(text)
    if not said:
        raise Refused("Write what was answered: --text TEXT.")
    row.answer, row.answered_at, row.answered_by = said, now, by.staff_id
    record(f"complaint:{row.id}", "answer", by=by, now=now)


def complaint(number: int) -> Complaint:
    """Raises NotFound when there is none."""
    row = session.get(Complaint, number)
    if row is None:
        raise NotFound(f"There is no complaint {number}; see: bin/notifier complaints list.")
    return row


def log(*, waiting: bool = False) -> list[Complaint]:
    """All complaints, or those that wait for an answer; the oldest first."""
    query = select(Complaint).order_by(Complaint.at, Complaint.id)
    return list(session.scalars(query.where(Complaint.answered_at.is_(None)) if waiting else query))
