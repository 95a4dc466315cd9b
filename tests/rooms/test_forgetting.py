"""Erasure empties what is known of a person, wherever it stands; large files are read beside."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from notifier.audience import address_change, importing, queries
from notifier.audience.complain import answer, complain
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
from tests.conftest import Databases, opened
from tests.makers import CLEO, DAN, HANA, Clock, acting, asks, joins, on_sqlite, pepper

HEADER = "email,user_type,topics,frequency,language,organisation,confirmed_at\n"


def test_nothing_that_was_said_stays(room: Flask, clock: Clock) -> None:
    person = joins(now=clock())
    with unit():
        person.uses, person.organisation, person.takes_part = "my thesis", "Cleo Ltd", 3
        person.asked_by, person.depth = "phone", "technical"
        complain(f"Too many. {CLEO.title()}, yours", contact=CLEO.upper(), now=clock())
        other = complain(f"I am not {CLEO}.", contact=DAN, now=clock())
        answer(other, f"We wrote to {CLEO}.", by=acting(HANA), now=clock())
        address_change.ask(person, DAN, now=clock(), pepper=pepper())
    asks(now=clock(), follows=["waste"])
    with unit():
        forget(queries.known(CLEO), by=acting(HANA), now=clock(), pepper=pepper())
    gone = session.get_one(Subscriber, person.id)
    assert (gone.uses, gone.organisation, gone.asked_by, gone.name) == ("", "", "", "")
    assert (gone.takes_part, gone.depth, gone.state) == (0, None, "erased")
    change = session.scalars(select(AddressChange)).one()
    assert (change.old_email, change.new_email) == (None, None)
    kept = session.scalars(select(Complaint).order_by(Complaint.id)).all()
    assert [(row.contact, row.words, row.answer) for row in kept] == [
        (None, "Too many. [address erased], yours", ""),
        (DAN, "I am not [address erased].", "We wrote to [address erased]."),
    ]
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
    databases: Databases, kind: str, tmp_path: Path
) -> None:
    """In a process of its own: only one without threads, as a command is, has its reader beside."""
    url = databases.create(kind, "loaded")
    words = "from tests.rooms.test_forgetting import its_reader_dies as begin; "
    asked = [sys.executable, "-c", f"{words}begin({url!r}, {str(tmp_path)!r})"]
    said = subprocess.run(asked, capture_output=True, text=True, timeout=60, check=True)
    assert "was ended before it was done; nothing was imported" in said.stdout
    assert said.stdout.endswith("0 people, 0 imports\n")
    databases.drop(url)


def its_reader_dies(url: str, folder: str) -> None:
    def dies(*_: object) -> Iterator[object]:
        os._exit(9)
        yield

    importing.images = dies  # type: ignore[assignment]
    clock = Clock()
    for app in opened(url, clock, Path(folder)):
        with app.app_context():
            try:
                brings(f"{CLEO},media,food,,,,2026-01-15\n", clock, large=True)
            except Refused as refusal:
                print(refusal)
            people, imports = (
                session.scalar(select(func.count()).select_from(table))
                for table in (Subscriber, SubscriberImport)
            )
            print(f"{people} people, {imports} imports")


def test_the_same_file_again_changes_no_row(room: Flask, clock: Clock) -> None:
    lines = f"{CLEO},media,food,change=off,,,2026-01-15\n"
    brings(lines, clock)
    before = session.scalar(select(func.count(History.id)))
    clock.forward(days=1)
    assert brings(lines, clock).already == 1
    assert session.scalar(select(func.count(History.id))) == before
    assert session.scalar(select(func.count(SubscriberImport.id))) == 1


@pytest.mark.parametrize("email", ["ÉVE.Łoś@example.org", "a%b_c@example.org"])
def test_the_address_goes_in_any_letters_also_out_of_what_was_said(
    room: Flask, clock: Clock, email: str
) -> None:
    """SQLite knows the case of ASCII only, and people write their address into a complaint."""
    person, other = joins(email, now=clock()), joins(DAN, now=clock())
    with unit():
        complain(f"Write to {email.upper()}, please. axb-c@example.org", contact=email, now=clock())
        complain(f"{email.lower()} does not work", person=person, now=clock())
        complain("I am somebody else.", person=other, now=clock())
        address_change.ask(person, "elsewhere@example.org", now=clock(), pepper=pepper())
    with unit():
        forget(queries.known(email.lower()), by=acting(HANA), now=clock(), pepper=pepper())
    change = session.scalars(select(AddressChange)).one()
    assert (change.old_email, change.new_email) == (None, None)
    kept = session.execute(select(Complaint.contact, Complaint.words).order_by(Complaint.id)).all()
    assert [tuple(row) for row in kept] == [
        (None, "Write to [address erased], please. axb-c@example.org"),
        (None, "[address erased] does not work"),
        (None, "I am somebody else."),
    ]
