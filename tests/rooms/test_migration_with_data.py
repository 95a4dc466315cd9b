"""A house that was lived in is migrated with all that is in it, and back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import Column, DateTime, MetaData, Table, func, insert, select, text, types
from sqlalchemy.exc import IntegrityError

from notifier.accounts.models import Staff
from notifier.audience.kinds import written
from notifier.audience.models import (
    Consent,
    Reach,
    Signup,
    Subscriber,
    SubscriberImport,
    Subscription,
    Suppression,
)
from notifier.catalogue.models import Body, Organisation, Series, Team, Topic
from notifier.notices.models import Answer, ChangeNotice
from notifier.releases.models import Announcement, EarlyReader, EarlyView, Release
from notifier.sends.models import Send
from notifier.store import schema
from notifier.store.db import Base, Instant, db, session, unit
from notifier.store.history import History
from tests.conftest import Databases, opened
from tests.makers import Clock

THEN = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
TWO = 2  # rows in each table

# What a row of before says in each column that 0002 adds: what the house meant until then.
MEANT: dict[type[Any], dict[str, Any]] = {
    Body: {"hop_deputies": []},
    Staff: {
        "password_at": None,
        "reset_hash": None,
        "reset_expires": None,
        "tf_primary_method": None,
        "tf_totp_secret": None,
        "totp_counter": None,
        "mf_recovery_codes": [],
        "identity": None,
        "last_sign_in_at": None,
    },
    Consent: {"basis": "consent"},
    SubscriberImport: {"basis": "consent", "source": "", "team_id": None},
    Organisation: {
        "off_days": "before",
        "digest_time": time(10, 30),
        "digest_weekday": 0,
        "welsh_kinds": {},
    },
    Team: {"phone": ""},
    History: {"staff_id": None},
    Topic: {"merged_into_id": None, "retired_at": None, "uses": "", "cy_uses": ""},
    Series: {"checks_landing": False},
    Release: {"period": "", "contact": "", "breached_on": None, "breach_reason": ""},
    Subscriber: {
        "paused_until": None,
        "week_ahead": False,
        "uses": "",
        "takes_part": 0,
        "asked_by": "",
        "source": "",
    },
    Subscription: {"notice_id": None, "release_id": None},
    Suppression: {"subscriber_id": None, "note": ""},
    Reach: {"takes_part": 0},
    Signup: {"notices": [], "releases": [], "import_id": None, "source": "", "network": ""},
    ChangeNotice: {
        "override": "",
        "override_reason": "",
        "scope": {},
        "brief": "",
        "driver": "",
        "alternatives": [],
        "contact": "",
        "split_from_id": None,
        "stage_shifts": {},
        "link_checks": {},
    },
}

# What the migrations work out from other columns; a test of its own looks at it.
WORKED_OUT = {"send_id", "kinds", "lapses_at", "joined", "fs_uniquifier"}
# Columns of before that are told in another one now.
GONE = {("subscriber", "frequency"), ("reach", "frequency")}


@pytest.fixture
def lived_in(databases: Databases, kind: str, clock: Clock, tmp_path: Path) -> Iterator[Flask]:
    """The application over a database of 0001 with two rows in every table, in its context."""
    url = databases.create(kind)
    for app in opened(url, clock, tmp_path):
        with app.app_context():
            upgrade(revision="0001")
            fill()
            yield app
            session.rollback()
    databases.drop(url)


def tables() -> MetaData:
    """The database as it stands, without the migrations' own table."""
    found = MetaData()
    found.reflect(db.engine)
    found.remove(found.tables["alembic_version"])
    return found


def value(table: Table, column: Column[Any], number: int) -> Any:
    """Something of the column's type that tells table, column and row; a key leads to that row."""
    if (table.name, column.name) in GONE:
        rhythm = ("immediate", "weekly")[number - 1]
        return (
            rhythm if table.name == "subscriber" else ("immediate", "daily", "weekly").index(rhythm)
        )
    if column.foreign_keys:
        itself = any(key.column.table is table for key in column.foreign_keys)
        return (None if number == 1 else 1) if itself else number
    choices: list[tuple[type[Any], Any]] = [
        (types.JSON, {"ŵ": [table.name, column.name, number]}),
        (types.Boolean, number == 1),
        (types.DateTime, THEN.replace(minute=number)),
        (types.Date, date(2028, 2, 28 + number - 1)),
        (types.Time, time(9, 30, number)),
        (types.Integer, number),
        (types.String, f"{table.name}.{column.name} ŷ {number}"),
    ]
    return next(said for kind, said in choices if isinstance(column.type, kind))


def fill() -> None:
    with db.engine.begin() as connection:
        for table in tables().sorted_tables:
            for number in range(1, TWO + 1):
                row = {c.name: value(table, c, number) for c in table.columns}
                connection.execute(insert(table).values(row))


def contents(like: MetaData) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of the tables and columns of ``like``, as plain SQL gives them."""
    with db.engine.connect() as connection:
        return {
            name: sorted(
                (
                    tuple(row)
                    for row in connection.execute(
                        select(*(c for c in table.columns if (name, c.name) not in GONE))
                    )
                ),
                key=repr,
            )
            for name, table in like.tables.items()
        }


def dangling() -> list[Any]:
    """Rows whose foreign keys lead nowhere; PostgreSQL has none by its nature."""
    if db.engine.dialect.name != "sqlite":
        return []
    with db.engine.connect() as connection:
        return list(connection.execute(text("PRAGMA foreign_key_check")))


def test_what_was_there_is_there_after_it_and_means_the_same(lived_in: Flask) -> None:
    old = tables()
    before = contents(old)
    assert all(len(rows) == TWO for rows in before.values())
    upgrade()
    assert schema.current(db.engine) == schema.head()
    assert contents(old) == before
    assert dangling() == []
    for mapper in Base.registry.mappers:
        kept = old.tables.get(str(mapper.local_table.description))
        rows = list(session.scalars(select(mapper.class_)))  # each column reads as its type
        assert len(rows) == (0 if kept is None else TWO), mapper
        if kept is None:
            continue
        fresh = {c.key for c in mapper.column_attrs if c.columns[0].name not in kept.columns}
        assert fresh - WORKED_OUT == set(MEANT.get(mapper.class_, {})), mapper
        for row in rows:
            assert {k: getattr(row, k) for k in MEANT.get(mapper.class_, {})} == MEANT.get(
                mapper.class_, {}
            )


def test_an_instant_that_was_written_before_is_the_same_instant_after_it(lived_in: Flask) -> None:
    upgrade()
    assert session.get_one(Release, 1).at == THEN.replace(minute=1)
    assert session.get_one(Send, 2).wall_time == time(9, 30, 2)
    assert session.get_one(Send, 1).wall_date == date(2028, 2, 28)
    assert session.get_one(Topic, 2).parent_id == 1


def test_one_frequency_for_everything_becomes_a_rhythm_for_each_kind_and_back(
    lived_in: Flask,
) -> None:
    upgrade()
    people = [session.get_one(Subscriber, number) for number in (1, 2)]
    assert [written(person.kinds) for person in people] == ["immediate", "weekly"]
    rows = [session.get_one(Reach, number) for number in (1, 2)]
    assert [row.kinds for row in rows] == [person.kinds for person in people]
    confirmed = THEN.date().toordinal()
    assert [(row.takes_part, row.joined) for row in rows] == [(0, confirmed)] * TWO
    asked = session.get_one(Signup, 1)
    assert asked.lapses_at - asked.created_at == timedelta(days=7)
    session.rollback()
    downgrade(revision="0002")
    with db.engine.connect() as connection:
        back = [
            list(connection.scalars(text(f"SELECT frequency FROM {table} ORDER BY 1")))  # noqa: S608
            for table in ("subscriber", "reach")
        ]
    assert back == [["immediate", "weekly"], [0, 2]]


def test_each_member_of_staff_gets_a_handle_of_their_own_and_the_way_back_takes_it(
    lived_in: Flask,
) -> None:
    upgrade(revision="0003")
    old = tables()
    before = contents(old)["staff"]
    upgrade()
    handles = list(session.scalars(select(Staff.fs_uniquifier)))
    assert len({handle for handle in handles if len(handle) == 32}) == TWO
    session.rollback()
    downgrade(revision="0003")
    assert set(tables().tables["staff"].columns.keys()) == set(old.tables["staff"].columns.keys())
    assert contents(old)["staff"] == before
    assert dangling() == []


def test_the_way_back_loses_only_what_is_new(lived_in: Flask) -> None:
    old = tables()
    before = contents(old)
    upgrade()
    with unit():
        live_in_the_new_house()
    downgrade(revision="0001")
    assert schema.current(db.engine) == "0001"
    back = tables()
    assert {n: set(t.columns.keys()) for n, t in back.tables.items()} == {
        n: set(t.columns.keys()) for n, t in old.tables.items()
    }
    assert contents(old) == before
    assert dangling() == []
    wrong = insert(back.tables["series_topic"]).values(series_id=1, topic_id=999)
    with db.engine.connect() as connection, pytest.raises(IntegrityError):
        connection.execute(wrong)
    upgrade()
    assert contents(old) == before
    assert session.scalar(select(func.count()).select_from(Announcement)) == 0
    assert session.get_one(ChangeNotice, 1).scope == {}


def live_in_the_new_house() -> None:
    """Every new table and column holds something, and new rows point at old ones."""
    for model, columns in MEANT.items():
        for name, was in columns.items():
            column = getattr(model, name)
            said: Any = {str: "new", list: [1], dict: {"new": 1}, bool: True}.get(type(was), 1)
            if isinstance(column.type, types.Date):
                said = THEN.date()
            elif isinstance(column.type, types.Time):
                said = time(11, 0)
            elif was is None and isinstance(column.type, types.String):
                said = "new"
            elif was is None and isinstance(column.type, DateTime | Instant):
                said = THEN
            setattr(session.scalars(select(model)).all()[0], name, said)
    session.flush()
    words = Announcement(
        release_id=1, state="draft", words={}, author_id=1, created_at=THEN, changed_at=THEN
    )
    reader = EarlyReader(email="x@example.org", added_by="x", added_at=THEN)
    reader.views = [EarlyView(at=THEN)]
    words.readers = [reader]
    answer = Answer(notice_id=1, subscriber_id=1, user_type_id=1, answers=[], created_at=THEN)
    session.add_all([words, answer])
    session.flush()
    assert session.get_one(Staff, 1).email
