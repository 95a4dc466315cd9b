"""People who take things by digest, changes to tell them, and what became of each."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import select

from notifier.audience.kinds import every
from notifier.audience.models import Subscriber
from notifier.audience.reach import sync
from notifier.mail import outbox
from notifier.sends.models import Delivery, Send
from notifier.sends.rules import State
from notifier.store.db import session, unit
from tests.makers import CLEO, Clock, announced, draft, joins

EVE = "eve@example.org"
BIRDS = {"series": ["wild-birds"], "headline": "Bird counts will use a new model"}


def wants(person: int, rhythm: str) -> int:
    with unit():
        found = session.get_one(Subscriber, person)
        found.kinds = every(rhythm)
        sync(found)
    return person


def reader(
    clock: Clock,
    email: str = CLEO,
    rhythm: str = "daily",
    follows: tuple[str, ...] = ("farming", "nature"),
) -> int:
    """Somebody who takes everything in one rhythm; their id."""
    return wants(joins(email, now=clock(), follows=follows).id, rhythm)


def person(number: int) -> Subscriber:
    return session.get_one(Subscriber, number)


def changes(clock: Clock, *, days: int = 60) -> list[str]:
    """A change of milk and one of birds, announced now: their references."""
    far = {"effect": {"date": f"+{days}d"}}
    notices = [draft(now=clock(), **far), draft(now=clock(), **far, **BIRDS)]
    return [announced(notice, now=clock()).reference for notice in notices]


def digests(day: str = "") -> list[Send]:
    session.rollback()
    query = select(Send).where(Send.kind == "digest").order_by(Send.due_at, Send.revision)
    return [s for s in session.scalars(query) if s.state != "planned" and day in s.stage]


def row(send: Send, person: int) -> State | None:
    found = session.get(Delivery, (send.id, person), populate_existing=True)
    return State(found.state) if found else None


def item(reference: str, stage: str = "announce") -> Send:
    query = select(Send).where(Send.about == reference, Send.stage == stage)
    return session.scalars(query.execution_options(populate_existing=True)).one()


def mails(app: Flask, to: str) -> list[str]:
    """Subjects in the outbox to one person, oldest first, but for those of signing up."""
    box = app.config["SETTINGS"].instance / "outbox"
    found = [outbox.read(box, entry.key) for entry in outbox.entries(box, limit=1000)]
    subjects = [str(mail["Subject"]) for mail in reversed(found) if to in str(mail["To"])]
    return [s for s in subjects if not s.startswith(("You now get updates", "Confirm your"))]
