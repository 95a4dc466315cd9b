"""Erasure: the address leaves; a keyed HMAC stays so that an old list cannot revive it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, func, or_, select, update

from notifier.audience.models import AddressChange, Complaint, Signup, Subscriber
from notifier.audience.reach import sync
from notifier.audience.rules import SUBSCRIBER
from notifier.audience.suppress import list_key
from notifier.sends.models import Send
from notifier.sends.redate import drop
from notifier.store.db import session
from notifier.store.history import By
from notifier.store.moves import move


def forget(person: Subscriber, *, by: By, now: datetime, pepper: str) -> None:
    """Erase a person (UK GDPR, article 17). The row stays, empty: SQLite re-uses ids.

    What they said of themselves goes too; what they were sent, agreed to and answered stays with
    the number of the row. Files hold addresses as well: see ``mail.erase``.
    """
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
    same = email.lower()
    both = AddressChange.old_email, AddressChange.new_email
    either = [func.lower(column) == same for column in both]
    emptied = {"old_email": None, "new_email": None}
    for statement in (
        update(AddressChange).where(or_(mine, *either)).values(emptied),
        update(Complaint)
        .where(or_(Complaint.subscriber_id == person.id, func.lower(Complaint.contact) == same))
        .values(contact=None),
        delete(Signup).where(Signup.subscriber_id == person.id),
    ):
        session.execute(statement.execution_options(synchronize_session=False))
    session.expire_all()
