"""A digest asks as much of the database for thirty people as for three; alike is one letter."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import event, select

from notifier.audience.models import Subscriber
from notifier.audience.reach import sync
from notifier.sends.models import Delivery, Letter
from notifier.store.db import db, session, unit
from notifier.worker import digest
from notifier.worker.drain import drain
from tests.makers import Clock, engine
from tests.rooms.digest_readers import changes, digests, reader


def readers(clock: Clock, group: int, people: int) -> list[int]:
    return [
        reader(clock, f"g{group}p{n}@example.org", follows=("farming", "nature"))
        for n in range(people)
    ]


def statements(app: Flask, clock: Clock, day: str) -> int:
    """How many statements the digest of that day takes to begin: gathered, rendered, frozen."""
    clock.at(f"{day} 10:30")
    asked: list[str] = []

    def hear(*seen: object) -> None:
        asked.append(str(seen[2]))

    event.listen(db.engine, "before_cursor_execute", hear)
    try:
        digest.make_due(engine(app, clock))
    finally:
        event.remove(db.engine, "before_cursor_execute", hear)
    return len(asked)


def test_it_is_one_pass_however_many_wait(room: Flask, clock: Clock) -> None:
    readers(clock, 1, 3)
    changes(clock)
    drain(engine(room, clock))
    few = statements(room, clock, "2026-11-23")
    assert digests()[-1].audience == 3
    drain(engine(room, clock))
    readers(clock, 2, 27)
    clock.forward(hours=1)
    changes(clock)
    drain(engine(room, clock))
    many = statements(room, clock, "2026-11-24")
    assert digests()[-1].audience == 30
    assert 0 < many <= few + 2, (few, many)


def test_who_is_told_the_same_in_the_same_way_shares_one_letter(room: Flask, clock: Clock) -> None:
    alike = readers(clock, 1, 5)
    deep, welsh = readers(clock, 2, 2), readers(clock, 3, 2)
    fewer = reader(clock, "fewer@example.org", follows=("nature",))
    with unit():
        for number in deep:
            session.get_one(Subscriber, number).depth = "headline"
        for number in welsh:
            session.get_one(Subscriber, number).language = "cy"
        for number in (*deep, *welsh):
            sync(session.get_one(Subscriber, number))
    changes(clock)
    drain(engine(room, clock))
    clock.at("2026-11-23 10:30")
    drain(engine(room, clock))
    (today,) = digests()
    rows = session.scalars(select(Delivery).where(Delivery.send_id == today.id))
    letter = {row.subscriber_id: row.variant for row in rows}
    sets = [{letter[n] for n in group} for group in (alike, deep, welsh, [fewer])]
    assert [len(each) for each in sets] == [1, 1, 1, 1]
    assert len(set.union(*sets)) == 4
    kept = session.query(Letter).where(Letter.send_id == today.id).count()
    assert (kept, today.accepted) == (4, 10)
