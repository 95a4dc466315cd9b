"""Erasure empties what is known of a person, wherever it stands; large files are read beside."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from notifier.audience import address_change, importing, queries
from notifier.audience.complain import complain
from notifier.audience.exporting import rows
from notifier.audience.forget import forget
from notifier.audience.importing import import_csv
from notifier.audience.models import (
    AddressChange,
    Complaint,
    Signup,
    Subscriber,
    SubscriberImport,
    Subscription,
)
from notifier.audience.receivers import Audience
from notifier.errors import Refused
from notifier.sends.models import Send
from notifier.store.bulk import many_rows
from notifier.store.db import session, unit
from notifier.store.history import History
from tests.makers import CLEO, DAN, HANA, Clock, acting, asks, joins, on_sqlite, pepper

HEADER = "email,user_type,topics,frequency,language,organisation,confirmed_at\n"


def test_nothing_that_was_said_stays(room: Flask, clock: Clock) -> None:
    person = joins(now=clock())
    with unit():
        person.uses, person.organisation, person.takes_part = "my thesis", "Cleo Ltd", 3
        person.asked_by, person.depth = "phone", "technical"
        complain("Too many.", contact=CLEO.upper(), now=clock())
        address_change.ask(person, DAN, now=clock(), pepper=pepper())
    asks(now=clock(), follows=["waste"])
    with unit():
        forget(queries.known(CLEO), by=acting(HANA), now=clock(), pepper=pepper())
    gone = session.get_one(Subscriber, person.id)
    assert (gone.uses, gone.organisation, gone.asked_by, gone.name) == ("", "", "", "")
    assert (gone.takes_part, gone.depth, gone.state) == (0, None, "erased")
    change = session.scalars(select(AddressChange)).one()
    assert (change.old_email, change.new_email) == (None, None)
    assert session.scalars(select(Complaint.contact)).one() is None
    assert session.scalar(select(func.count(Signup.id))) == 0
    waiting = select(Send).where(Send.subscriber_id == person.id, Send.state == "planned")
    assert session.scalars(waiting).all() == []


def test_an_earlier_address_is_not_revived_either(room: Flask, clock: Clock) -> None:
    person = joins(now=clock())
    with unit():
        address_change.ask(person, DAN, now=clock(), pepper=pepper())
        change = session.scalars(select(AddressChange)).one()
        address_change.confirm(change.id, now=clock(), pepper=pepper())
        forget(person, by=acting(HANA), now=clock(), pepper=pepper())
    report = brings(f"{CLEO},media,food,,,,2026-01-15\n{DAN},media,food,,,,2026-01-15\n", clock)
    assert (report.added, len(report.refused)) == (0, 2)


def brings(lines: str, clock: Clock, *, large: bool = False) -> importing.Report:
    with many_rows(), unit():
        return import_csv(
            iter((HEADER + lines).splitlines(keepends=True)),
            filename="list.csv",
            sha256="",
            wording="I agree.",
            by=acting(HANA),
            now=clock(),
            pepper=pepper(),
            large=large,
        )


def test_a_large_file_comes_in_as_a_small_one_does(
    room: Flask, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "BATCH", 50)
    person = joins(now=clock())
    with unit():
        forget(person, by=acting(HANA), now=clock(), pepper=pepper())
    lines = [f"P{n}@example.org,media,food;waste,,cy,,2026-01-15\n" for n in range(300)]
    lines[7] = "nobody,media,food,,,,2026-01-15\n"
    lines[150] = f"{CLEO},media,food,,,,2026-01-15\n"
    lines[299] = "p0@example.org,media,water,,,,2026-01-15\n"
    report = brings("".join(lines), clock, large=True)
    assert (report.added, report.already) == (297, 1)
    assert sorted(report.refused) == [  # type: ignore[call-overload]
        (9, "the email address is not in the correct format"),
        (152, "this person asked us not to write to them"),
    ]
    assert session.scalar(select(func.count(Subscription.id))) == 1 + 2 * 297
    assert len(list(rows(Audience(everyone=True)))) == 298
    if session.get_bind().dialect.name == "sqlite":
        assert session.execute(text("PRAGMA foreign_key_check")).all() == []
        assert session.scalar(text("PRAGMA foreign_keys")) == 1, "for whoever writes next"


def test_a_large_file_that_breaks_off_changes_nothing(room: Flask, clock: Clock) -> None:
    lines = "".join(f"p{n}@example.org,media,food,,,,2026-01-15\n" for n in range(30_000))
    with pytest.raises(Refused, match="Row 30002 is not CSV"):
        brings(lines + '"' + "x" * 200_000, clock, large=True)
    for table in (Subscriber, SubscriberImport, Subscription):
        assert session.scalar(select(func.count()).select_from(table)) == 0


@on_sqlite
def test_a_reader_that_dies_is_told_of_and_changes_nothing(
    room: Flask, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(*_: object) -> Iterator[object]:
        os._exit(9)
        yield

    monkeypatch.setattr(importing, "images", dies)
    with pytest.raises(Refused, match="was ended before it was done"):
        brings(f"{CLEO},media,food,,,,2026-01-15\n", clock, large=True)
    assert session.scalar(select(func.count(Subscriber.id))) == 0


def test_the_same_file_again_changes_no_row(room: Flask, clock: Clock) -> None:
    lines = f"{CLEO},media,food,change=off,,,2026-01-15\n"
    brings(lines, clock)
    before = session.scalar(select(func.count(History.id)))
    clock.forward(days=1)
    assert brings(lines, clock).already == 1
    assert session.scalar(select(func.count(History.id))) == before
    assert session.scalar(select(func.count(SubscriberImport.id))) == 1
