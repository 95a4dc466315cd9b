"""A feed and calendar of what one person follows, at an address that nobody can guess.

The address is a MAC over the person's number and a count: nothing of it is stored, and to count on
ends every address that was given out before.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from notifier.audience.models import Subscriber
from notifier.errors import Refused
from notifier.store.db import Base, session
from notifier.store.history import PERSON, By, record

READS = ("active", "paused")  # states of people whose addresses work; a break is one from mail


class PrivateFeed(Base):
    """Which of a person's addresses is in force: the ``count``-th, while it has not ended."""

    __tablename__ = "private_feed"

    subscriber_id: Mapped[int] = mapped_column(
        ForeignKey("subscriber.id"), primary_key=True, autoincrement=False
    )
    count: Mapped[int]
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


def current(person: Subscriber) -> int | None:
    """The count of the address in force, None without one."""
    row = session.get(PrivateFeed, person.id)
    return row.count if row is not None and row.ended_at is None else None


def make(person: Subscriber, *, now: datetime) -> int:
    """A new address; the one before, if any, ends. Raises Refused for who gets nothing any more."""
    if person.state not in READS:
        raise Refused("You no longer get updates from us; sign up again to start.")
    row = session.get(PrivateFeed, person.id)
    if row is None:
        row = PrivateFeed(subscriber_id=person.id, count=0, made_at=now)
        session.add(row)
    row.count, row.made_at, row.ended_at = row.count + 1, now, None
    record(f"subscriber:{person.id}", "private_feed", by=PERSON, now=now, count=row.count)
    return row.count


def end(person: Subscriber, *, now: datetime, by: By = PERSON, why: str = "") -> None:
    """No address works any more. Twice changes nothing."""
    row = session.get(PrivateFeed, person.id)
    if row is not None and row.ended_at is None:
        row.ended_at = now
        record(f"subscriber:{person.id}", "private_feed_ended", by=by, now=now, why=why)


def reader(subscriber_id: int, count: int) -> Subscriber | None:
    """Whose address that is, while it works; None when it has ended, or the person left."""
    person = session.get(Subscriber, subscriber_id)
    if person is None or person.state not in READS or current(person) != count:
        return None
    return person
