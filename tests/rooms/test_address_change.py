"""Another address: asked alike for each, confirmed at the new one, and the old one is told."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import event, select

from notifier.audience import address_change, queries
from notifier.audience.address_change import ask, confirm, forget_old, mailbox
from notifier.audience.models import AddressChange, Subscriber, Suppression
from notifier.audience.rules import suppression_key
from notifier.audience.suppress import suppress
from notifier.errors import Refused
from notifier.sends.models import Send
from notifier.store.db import db, session, unit
from notifier.store.history import of
from tests.makers import CLEO, DAN, Clock, joins, pepper

NEW = "cleo.new@example.org"


def wants(person: Subscriber, email: str, clock: Clock) -> AddressChange | None:
    """The person asks; the row that is kept of it, if any."""
    before = {row.id for row in session.scalars(select(AddressChange))}
    with unit():
        ask(person, email, now=clock(), pepper=pepper())
    rows = session.scalars(select(AddressChange).where(AddressChange.id.not_in(before)))
    return rows.one_or_none()


def letters(kind: str) -> list[Send]:
    return list(session.scalars(select(Send).where(Send.kind == kind)))


def test_nothing_changes_before_the_new_address_confirms(room: Flask, clock: Clock) -> None:
    person = joins(now=clock())
    row = wants(person, NEW, clock)
    assert row is not None
    assert (person.email, person.email_key) == (CLEO, CLEO)
    (letter,) = letters("address_change")
    assert (mailbox(letter), letter.lapses_at) == (NEW, clock() + timedelta(days=7))
    with unit():
        assert confirm(row.id, now=clock(), pepper=pepper()).id == person.id
        confirm(row.id, now=clock(), pepper=pepper())
    assert queries.by_email(CLEO) is None
    assert queries.known(NEW.upper()).id == person.id
    (told,) = letters("address_changed")
    assert mailbox(told) == CLEO
    assert mailbox(letter) is None, "the new address is the person's own now"


def test_both_addresses_go_once_the_old_one_was_told(room: Flask, clock: Clock) -> None:
    row = wants(joins(now=clock()), NEW, clock)
    assert row is not None
    with unit():
        confirm(row.id, now=clock(), pepper=pepper())
        forget_old(now=clock())
    assert row.old_email == CLEO, "its letter has not gone out"
    (told,) = letters("address_changed")
    with unit():
        session.get_one(Send, told.id).state = "done"
        forget_old(now=clock())
    assert (row.old_email, row.new_email) == (None, None)


def test_what_nobody_confirms_is_forgotten_after_seven_days(room: Flask, clock: Clock) -> None:
    row = wants(joins(now=clock()), NEW, clock)
    assert row is not None
    clock.forward(days=7)
    with unit():
        confirm_by = clock()
        forget_old(now=confirm_by - timedelta(seconds=1))
    assert row.new_email == NEW
    with pytest.raises(Refused, match="no longer works"), unit():
        confirm(row.id, now=confirm_by + timedelta(seconds=1), pepper=pepper())
    with unit():
        forget_old(now=confirm_by)
    assert (row.old_email, row.new_email) == (None, None)
    assert CLEO not in str([(h.action, h.data) for h in of(f"subscriber:{row.subscriber_id}")])


def test_a_taken_or_suppressed_address_leaves_no_trace(room: Flask, clock: Clock) -> None:
    person = joins(now=clock())
    joins(DAN, now=clock())
    gone = joins("gone@example.org", now=clock())
    with unit():
        suppress(gone, reason="hard_bounce", now=clock(), pepper=pepper())
    for email in (DAN, DAN.upper(), "gone@example.org"):
        assert wants(person, email, clock) is None
    assert letters("address_change") == []


def test_the_same_is_done_for_each_address(room: Flask, clock: Clock) -> None:
    """Or the time of the answer would tell what its words keep back."""
    person = joins(now=clock())
    joins(DAN, now=clock())
    gone = joins("gone@example.org", now=clock())
    with unit():
        suppress(gone, reason="hard_bounce", now=clock(), pepper=pepper())
    done: dict[str, list[str]] = {}
    for email in (NEW, DAN, "gone@example.org"):
        session.refresh(person)
        asked: list[str] = []

        def hear(*seen: object, asked: list[str] = asked) -> None:
            if "SAVEPOINT" not in str(seen[2]):  # kept, or taken back
                asked.append(str(seen[2]))

        event.listen(db.engine, "before_cursor_execute", hear)
        with unit():
            ask(person, email, now=clock(), pepper=pepper())
        event.remove(db.engine, "before_cursor_execute", hear)
        done[email] = asked
    assert done[DAN] == done[NEW] == done["gone@example.org"]


def test_an_address_that_was_taken_meanwhile_is_refused(room: Flask, clock: Clock) -> None:
    person = joins(now=clock())
    row = wants(person, NEW, clock)
    joins(NEW, now=clock())
    assert row is not None
    with pytest.raises(Refused), unit():
        confirm(row.id, now=clock(), pepper=pepper())
    assert session.get_one(Subscriber, person.id).email == CLEO


def test_a_later_wish_takes_the_place_of_the_first(room: Flask, clock: Clock) -> None:
    person = joins(now=clock())
    first, second = wants(person, NEW, clock), wants(person, "other@example.org", clock)
    assert first is not None
    assert second is not None
    with pytest.raises(Refused), unit():
        confirm(first.id, now=clock(), pepper=pepper())
    with unit():
        assert confirm(second.id, now=clock(), pepper=pepper()).email == "other@example.org"


def test_nobody_is_flooded(room: Flask, clock: Clock) -> None:
    """Three a day by one person, and three a day to one address, whoever asks."""
    people = [joins(f"p{n}@example.org", now=clock()) for n in range(4)]
    for person in people:
        wants(person, NEW, clock)
    for n in range(4):
        wants(people[0], f"elsewhere{n}@example.org", clock)
    to_victim = [row for row in session.scalars(select(AddressChange)) if row.new_email == NEW]
    by_first = [s for s in letters("address_change") if s.subscriber_id == people[0].id]
    assert (len(to_victim), len(by_first)) == (address_change.A_DAY, address_change.A_DAY)


def test_an_old_list_does_not_bring_them_twice_and_they_may_move_back(
    room: Flask, clock: Clock
) -> None:
    person = joins(now=clock())
    first = wants(person, NEW, clock)
    assert first is not None
    with unit():
        confirm(first.id, now=clock(), pepper=pepper())
    assert session.get(Suppression, suppression_key(CLEO, pepper())) is not None
    clock.forward(days=1, seconds=1)
    back = wants(person, CLEO, clock)
    assert back is not None
    with unit():
        assert confirm(back.id, now=clock(), pepper=pepper()).email == CLEO
    assert session.get(Suppression, suppression_key(CLEO, pepper())) is None


def test_ones_own_address_is_said_to_be_so(room: Flask, clock: Clock) -> None:
    with pytest.raises(Refused, match="already") as refusal:
        wants(joins(now=clock()), CLEO.upper(), clock)
    assert refusal.value.field == "email"
