"""History is a chain that shows tampering; a state moves once; a unit of work is all or nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.exc import IntegrityError, StatementError

from notifier.errors import Conflict, Refused
from notifier.notices.models import ChangeNotice
from notifier.notices.rules import NOTICE
from notifier.sends.models import Send
from notifier.sends.plan import plan
from notifier.store.db import db, session, unit
from notifier.store.history import SYSTEM, By, History, broken, of, record
from notifier.store.moves import move
from tests.makers import HANA, Clock, acting, emissions, on_sqlite


def chain(about: str, clock: Clock) -> list[History]:
    """Three acts about one object."""
    with unit():
        record(about, "submit", by=SYSTEM, now=clock())
        record(about, "approve", by=acting(HANA), now=clock.forward(minutes=1), why="It is right.")
        record(about, "announce", by=SYSTEM, now=clock.forward(minutes=1), lead_days=98)
    return of(about)


def test_a_chain_of_one_object_counts_up_and_holds_together(room: Flask, clock: Clock) -> None:
    rows = chain("notice:1", clock)
    assert [row.seq for row in rows] == [1, 2, 3]
    assert rows[0].previous == ""
    assert [row.previous for row in rows[1:]] == [row.hash for row in rows[:-1]]
    assert rows[1].by == {
        "basis": "signed_in",
        "staff": acting(HANA).staff_id,
        "name": HANA,
        "os_user": "",
    }
    assert list(broken()) == []


def test_chains_do_not_mix(room: Flask, clock: Clock) -> None:
    chain("notice:1", clock)
    chain("notice:2", clock)
    assert [row.seq for row in of("notice:2")] == [1, 2, 3]
    assert list(broken()) == []


@pytest.mark.parametrize(
    "tamper",
    [
        lambda: update(History).where(History.seq == 2).values(why="I never said that"),
        lambda: update(History).where(History.seq == 2).values(action="reject"),
        lambda: update(History).where(History.seq == 1).values(at=datetime(2020, 1, 1, tzinfo=UTC)),
        lambda: update(History).where(History.seq == 2).values(by={"basis": "system"}),
        lambda: update(History).where(History.seq == 2).values(data={"lead_days": 99}),
        lambda: update(History).where(History.seq == 3).values(previous=""),
        lambda: update(History).where(History.seq == 3).values(hash="0" * 64),
        lambda: update(History).where(History.seq == 3).values(seq=4),
        lambda: update(History).where(History.seq == 3).values(object="notice:9"),
        lambda: delete(History).where(History.seq == 1),
        lambda: delete(History).where(History.seq == 2),
    ],
)
def test_a_row_that_is_altered_taken_out_or_moved_is_found(
    room: Flask, clock: Clock, tamper: Callable[[], object]
) -> None:
    chain("notice:1", clock)
    chain("notice:20", clock)
    with unit():
        statement = tamper()
        session.execute(statement.where(History.object == "notice:1"))  # type: ignore[attr-defined]
        session.expire_all()
    assert set(broken()) <= {"notice:1", "notice:9"}
    assert list(broken())


def test_the_same_place_in_a_chain_is_taken_once(room: Flask, clock: Clock) -> None:
    with unit():
        first = record("notice:1", "submit", by=SYSTEM, now=clock())
    copy = {c.name: getattr(first, c.name) for c in History.__table__.columns if c.name != "id"}
    with pytest.raises(IntegrityError), unit():
        session.execute(insert(History).values(copy))


def test_data_of_any_kind_is_kept_as_json(room: Flask, clock: Clock) -> None:
    with unit():
        row = record("x:1", "do", by=SYSTEM, now=clock(), day=clock().date(), words="ŵ ŷ —")
    session.expire_all()
    assert row.data == {"day": "2026-11-23", "words": "ŵ ŷ —"}
    assert list(broken()) == []


def test_by_says_in_words_how_we_know() -> None:
    assert By("signed_in", name="hana@example.org").words == "hana@example.org"
    assert By("asserted", name="hana@example.org", os_user="root").words == (
        "hana@example.org, asserted at the command line by root"
    )
    assert By("asserted", os_user="root").words == "root, asserted at the command line by root"
    assert SYSTEM.words == "Notifier"


def test_a_move_changes_the_state_and_says_so(room: Flask, clock: Clock) -> None:
    notice = emissions()
    with unit():
        move(notice, "submit", NOTICE, by=acting(HANA), now=clock(), why="ready", extra=1)
    assert notice.state == "in_review"
    (row,) = of(f"notice:{notice.id}")
    assert (row.action, row.why) == ("submit", "ready")
    assert row.data == {"was": "draft", "now_is": "in_review", "extra": 1}


def test_a_move_that_the_table_does_not_know_changes_nothing(room: Flask, clock: Clock) -> None:
    notice = emissions()
    with pytest.raises(Refused), unit():
        move(notice, "close", NOTICE, by=SYSTEM, now=clock())
    assert notice.state == "draft"
    assert of(f"notice:{notice.id}") == []


def test_of_two_who_move_one_row_the_second_is_told(room: Flask, clock: Clock) -> None:
    notice = emissions()
    other = update(ChangeNotice).where(ChangeNotice.id == notice.id).values(state="in_review")

    def late() -> None:
        with unit():
            assert notice.state == "draft"
            session.execute(other.execution_options(synchronize_session=False))
            move(notice, "submit", NOTICE, by=SYSTEM, now=clock())

    with pytest.raises(Conflict) as conflict:
        late()
    assert str(conflict.value) == ("Somebody else changed this notice a moment ago; look again.")
    assert of(f"notice:{notice.id}") == []


def test_a_unit_of_work_is_all_or_nothing(room: Flask, clock: Clock) -> None:
    def fails() -> None:
        with unit():
            record("x:1", "one", by=SYSTEM, now=clock())
            emissions().headline = "Half-written"
            session.flush()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fails()
    assert of("x:1") == []
    assert emissions().headline.startswith("Emissions")


def test_what_was_read_before_is_read_again_inside_a_unit(room: Flask, clock: Clock) -> None:
    notice = emissions()
    assert notice.state == "draft"
    with db.engine.begin() as other:
        other.execute(text("UPDATE notice SET state = 'in_review'"))
    with unit():
        assert notice.state == "in_review"


def test_an_instant_is_aware_and_in_utc_whatever_goes_in(room: Flask, clock: Clock) -> None:
    kathmandu = datetime(2026, 11, 23, 15, 45, tzinfo=timezone(timedelta(hours=5, minutes=45)))
    with unit():
        send = plan("x", "x:1", stage="s", due_at=kathmandu, now=clock())
    session.expire_all()
    assert send.due_at == clock()
    assert send.due_at.utcoffset() == timedelta(0)
    assert session.scalars(select(Send.id).where(Send.due_at == kathmandu)).all() == [send.id]


def test_a_naive_time_is_no_instant(room: Flask, clock: Clock) -> None:
    naive = clock().replace(tzinfo=None)
    with pytest.raises(StatementError, match="an instant needs a time zone"), unit():
        plan("x", "x:1", stage="s", due_at=naive, now=clock())


def test_the_same_promise_twice_is_one_promise(room: Flask, clock: Clock) -> None:
    with unit():
        first = plan("x", "x:1", stage="s", due_at=clock(), now=clock())
        again = plan("x", "x:1", stage="s", due_at=clock() + timedelta(days=1), now=clock())
        other = plan("x", "x:1", stage="s", due_at=clock(), now=clock(), revision=2)
    assert first is again
    assert first.due_at == clock()
    assert other.id != first.id
    assert session.scalar(select(func.count(Send.id))) == 2


@on_sqlite
def test_sqlite_keeps_what_was_acknowledged(room: Flask, tmp_path: Path) -> None:
    """The tests' engines forget the disk; a plain connection shows what the product asks for."""
    import sqlite3

    from notifier.store.db import prepare_sqlite

    connection = sqlite3.connect(tmp_path / "new.db")
    prepare_sqlite(connection, None)

    def pragma(name: str) -> object:
        return connection.execute(f"PRAGMA {name}").fetchone()[0]

    assert (pragma("journal_mode"), pragma("synchronous")) == ("wal", 2)  # 2 is FULL
    assert (pragma("foreign_keys"), pragma("secure_delete")) == (1, 1)
    assert pragma("busy_timeout") == 60_000
