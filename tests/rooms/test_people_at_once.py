"""Two requests about one person, or one address, at once: no trace, and nothing is double."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import func, select

from notifier.audience import address_change, queries
from notifier.audience.describe import describe
from notifier.audience.forget import forget
from notifier.audience.models import AddressChange, Reach, Subscriber, Suppression
from notifier.audience.prefer import prefer
from notifier.audience.subscribe import subscribe
from notifier.catalogue import queries as catalogue
from notifier.sends.models import Send
from notifier.store.db import session
from notifier.store.history import PERSON, broken, of
from tests import makers
from tests.makers import CLEO, DAN, Clock, joins, pepper
from tests.rooms.test_address_change import wants
from tests.rooms.test_two_at_once import Act, Together, one_won

NEW = "cleo.new@example.org"


@pytest.fixture
def together(room: Flask) -> Iterator[Together]:
    yield Together(room)
    assert list(broken()) == []
    session.rollback()


def signs_up(email: str, clock: Clock) -> Act:
    return lambda: subscribe(
        email,
        topics=makers.topics("air-quality"),
        user_type=catalogue.user_type("academic"),
        wording=makers.WORDING,
        now=clock(),
    )


def moves(row: AddressChange, clock: Clock) -> Act:
    number = row.id
    return lambda: address_change.confirm(number, now=clock(), pepper=pepper())


def goes(person: Subscriber, clock: Clock) -> Act:
    number = person.id

    def erase() -> None:
        forget(session.get_one(Subscriber, number), by=PERSON, now=clock(), pepper=pepper())

    return erase


def people_at(email: str) -> int:
    query = select(func.count(Subscriber.id)).where(Subscriber.email_key == email)
    return session.scalar(query) or 0


def test_a_new_address_signs_up_twice(together: Together, clock: Clock) -> None:
    """A double click, or a program: one person, and no error page for either."""
    assert together(signs_up(NEW, clock), signs_up(NEW.upper(), clock)) == ["done", "done"]
    assert people_at(NEW) == 1
    assert len(list(session.scalars(select(Send).where(Send.kind == "confirm")))) == 1


def test_two_people_move_to_one_address(together: Together, clock: Clock) -> None:
    first, second = joins(CLEO, now=clock()), joins(DAN, now=clock())
    rows = [wants(person, NEW, clock) for person in (first, second)]
    assert rows[0] is not None
    assert rows[1] is not None
    won = one_won(together(*(moves(row, clock) for row in rows if row is not None)))
    assert queries.known(NEW).email == NEW
    assert queries.by_email((DAN, CLEO)[won]) is not None, "the other stays where they were"


def test_an_address_is_confirmed_twice(together: Together, clock: Clock) -> None:
    row = wants(joins(now=clock()), NEW, clock)
    assert row is not None
    together(moves(row, clock), moves(row, clock))
    person = queries.known(NEW)
    done = [step for step in of(f"subscriber:{person.id}") if step.action == "change_address"]
    assert len(done) == 1
    assert len(list(session.scalars(select(Send).where(Send.kind == "address_changed")))) == 1


def test_a_move_and_a_sign_up_of_the_new_address(together: Together, clock: Clock) -> None:
    row = wants(joins(now=clock()), NEW, clock)
    assert row is not None
    together(moves(row, clock), signs_up(NEW, clock))
    assert people_at(NEW) == 1


def test_two_erasures(together: Together, clock: Clock) -> None:
    person = joins(now=clock())
    number = person.id
    one_won(together(goes(person, clock), goes(person, clock)))
    person = session.get_one(Subscriber, number)
    assert (person.state, person.email) == ("erased", None)
    assert len(list(session.scalars(select(Suppression)))) == 1


def test_a_move_and_an_erasure(together: Together, clock: Clock) -> None:
    """Whoever is first: the person is erased at the end, or told to look again; no address lives
    on beside an erased row."""
    person = joins(now=clock())
    row = wants(person, NEW, clock)
    assert row is not None
    numbers = person.id, row.id
    answers = together(moves(row, clock), goes(person, clock))
    person, row = (
        session.get_one(Subscriber, numbers[0]),
        session.get_one(AddressChange, numbers[1]),
    )
    assert answers[1] == "done"
    assert (person.state, person.email, person.email_key) == ("erased", None, None)
    assert (row.old_email, row.new_email) == (None, None)


def test_settings_are_saved_while_they_are_erased(together: Together, clock: Clock) -> None:
    """What was typed must not come to stand in the emptied row."""
    number = joins(now=clock()).id

    def saves() -> None:
        person = session.get_one(Subscriber, number)
        prefer(
            person,
            topics=makers.topics("air-quality", "waste"),
            user_type=catalogue.user_type("media"),
            depth=None,
            language="en",
            now=clock(),
        )
        words = {"name": "Cleo", "organisation": "Bronte Institute", "uses": "Hers."}
        describe(person, **words, takes_part=[], asked_by="", now=clock())

    person = session.get_one(Subscriber, number)
    together(saves, goes(person, clock))
    person = session.get_one(Subscriber, number)
    assert (person.state, person.name, person.organisation, person.uses) == ("erased", "", "", "")
    assert all(s.ended_at is not None for s in person.subscriptions)
    assert session.get(Reach, number) is None
