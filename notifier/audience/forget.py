"""Erasure: the address leaves; a keyed HMAC stays so that an old list cannot revive it."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, func, or_, select, update

from notifier.audience.hold import hold
from notifier.audience.models import (
    AddressChange,
    Complaint,
    Signup,
    Subscriber,
    Suppression,
    WaitingImport,
)
from notifier.audience.reach import sync
from notifier.audience.rules import SUBSCRIBER
from notifier.audience.suppress import list_key
from notifier.sends.models import Send
from notifier.sends.redate import drop
from notifier.store.db import session
from notifier.store.history import By
from notifier.store.moves import move

ERASED = "[address erased]"


def forget(person: Subscriber, *, by: By, now: datetime, pepper: str) -> None:
    """Erase a person (UK GDPR, article 17). The row stays, empty: SQLite re-uses ids.

    What they said of themselves goes too; what they were sent, agreed to and answered stays with
    the number of the row. Files hold addresses as well: see ``mail.erase``.
    """
    hold(person)
    if person.email is not None:
        list_key(person.email, reason="erased", now=now, pepper=pepper)
        empty_elsewhere(person, person.email, now=now, pepper=pepper)
    for subscription in person.subscriptions:
        if subscription.ended_at is None:
            subscription.ended_at, subscription.end_reason = now, "erased"
    move(person, "forget", SUBSCRIBER, by=by, now=now)
    empty(person)
    person.ended_at, person.end_reason = now, "erased"
    session.flush()
    sync(person)


def empty(person: Subscriber) -> None:
    """Nothing that the person is known by, or said, stays in the row."""
    person.email = person.email_key = None
    person.name = person.organisation = person.uses = person.asked_by = person.source = ""
    person.takes_part, person.depth = 0, None
    person.paused_until, person.week_ahead = None, False


def says(column: Any, email: str) -> ColumnElement[bool]:
    """Whether somebody's words hold the address."""
    exact = (column.contains(form, autoescape=True) for form in written(email))
    return or_(func.lower(column).contains(email.lower(), autoescape=True), *exact)


def holds(column: Any, email: str) -> ColumnElement[bool]:
    """Whether the column is the address."""
    return or_(func.lower(column) == email.lower(), column.in_(written(email)))


def written(email: str) -> list[str]:
    """The address as people write it: ``lower`` of SQLite knows the case of ASCII only."""
    return [email, email.lower(), email.upper()]


def without(words: str, email: str) -> str:
    """Somebody's words without the address, which people sign with."""
    return re.sub(re.escape(email), ERASED, words, flags=re.IGNORECASE)


def empty_elsewhere(person: Subscriber, email: str, *, now: datetime, pepper: str) -> None:
    """The address where it stands outside the person's own row, and letters that wait for it.

    An address that the person had before is listed with the present one: an old list has that.
    """
    mine = AddressChange.subscriber_id == person.id
    earlier = select(AddressChange.old_email).where(mine, AddressChange.confirmed_at.is_not(None))
    for old in session.scalars(earlier):
        if old is not None:
            list_key(old, reason="erased", now=now, pepper=pepper)
    waiting = select(Send).where(Send.subscriber_id == person.id, Send.state == "planned")
    for send in session.scalars(waiting):
        drop(send, "cancel", "erased", now=now)
    both = AddressChange.old_email, AddressChange.new_email
    either = [holds(column, email) for column in both]
    emptied = {"old_email": None, "new_email": None}
    own = or_(Complaint.subscriber_id == person.id, holds(Complaint.contact, email))
    named = or_(own, says(Complaint.words, email), says(Complaint.answer, email))
    for row in session.scalars(select(Complaint).where(named)):
        row.words, row.answer = without(row.words, email), without(row.answer, email)
    session.flush()
    for statement in (
        update(AddressChange).where(or_(mine, *either)).values(emptied),
        update(Complaint).where(own).values(contact=None),
        delete(Signup).where(Signup.subscriber_id == person.id),
        delete(WaitingImport).where(says(WaitingImport.text, email)),
        update(Suppression)
        .where(or_(Suppression.subscriber_id == person.id, says(Suppression.note, email)))
        .values(subscriber_id=None, note=""),
    ):
        session.execute(statement.execution_options(synchronize_session=False))
    session.expire_all()
