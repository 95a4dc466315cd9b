"""History replays to the present: after a long life every state is the end of a recorded line."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text, update

from notifier.audience import queries as people
from notifier.audience.forget import forget
from notifier.audience.leave import leave_everything
from notifier.audience.models import Subscriber
from notifier.audience.pause import pause, resume
from notifier.audience.rules import SUBSCRIBER
from notifier.audience.suppress import suppress
from notifier.clock import london_date, working_day_after
from notifier.lifecycle import Lifecycle
from notifier.newsletters import send as newsletter
from notifier.newsletters.models import Newsletter
from notifier.newsletters.rules import NEWSLETTER
from notifier.notices.end import close, retract, supersede
from notifier.notices.late import record_late
from notifier.notices.models import ChangeNotice
from notifier.notices.release_cancelled import cancel as cancel_release
from notifier.notices.rules import NOTICE
from notifier.releases.end import withdraw
from notifier.releases.models import Release
from notifier.releases.rules import RELEASE
from notifier.sends.models import Send
from notifier.sends.rules import SEND
from notifier.store.db import db, session, unit
from notifier.store.history import SYSTEM, History, broken, of
from notifier.worker.drain import drain
from tests.conftest import Databases, opened
from tests.makers import (
    ALICE,
    BOB,
    CLEO,
    DAN,
    HANA,
    Clock,
    acting,
    announced,
    approved,
    asks,
    draft,
    emissions,
    engine,
    joins,
    member,
    on_sqlite,
    pepper,
)
from tests.rooms.walk import Walk

TABLES: dict[str, tuple[type[Any], Lifecycle]] = {
    "notice": (ChangeNotice, NOTICE),
    "release": (Release, RELEASE),
    "send": (Send, SEND),
    "subscriber": (Subscriber, SUBSCRIBER),
    "newsletter": (Newsletter, NEWSLETTER),
}
# In which states a row may be born: a catalogue states releases that are out already.
BORN = {
    "notice": {"draft"},
    "release": {"planned", "provisional", "confirmed", "released"},
    "send": {"planned", "skipped"},
    "subscriber": {"pending"},
    "newsletter": {"draft"},
}
# A Send to one person is claimed like a lease, by compare-and-set: two rows for each mail would
# double the history, and its end is in it.
CLAIMED = ("planned", "sending")
WHY = "The supplier told us last week."

WALKS: dict[str, list[tuple[str, int]]] = {
    "A": [("pass", 3), ("move", 40), ("postpone", 9), ("pass", 9), ("confirm", 40), ("revise", 2)],
    "D": [
        ("hold", 9),
        ("move", 39),
        ("resume", 0),
        ("forward", 3),
        ("hold", 4),
        ("resume", 0),
        ("cancel", 0),
    ],
    "E": [("pass", 2), ("early", 0)],
    "J": [("pass", 40), ("pass", 40), ("pass", 40), ("pass", 40), ("publish", 0), ("pass", 20)],
}


def watch() -> None:
    """From here on the database itself notes each change of a state, beside the house's back."""
    with db.engine.begin() as connection:
        connection.execute(
            text("CREATE TABLE seen (noun TEXT, id INTEGER, was TEXT, now_is TEXT, no INTEGER)")
        )
        for noun in TABLES:
            insert = (
                f"INSERT INTO seen SELECT '{noun}', NEW.id, OLD.state, NEW.state, "  # noqa: S608
                "COALESCE(MAX(no), 0) + 1 FROM seen;"
            )
            when = f"AFTER UPDATE ON {noun} FOR EACH ROW WHEN (OLD.state <> NEW.state)"
            if db.engine.dialect.name == "sqlite":
                connection.exec_driver_sql(f"CREATE TRIGGER see_{noun} {when} BEGIN {insert} END")
                continue
            connection.exec_driver_sql(
                f"CREATE FUNCTION see_{noun}() RETURNS trigger LANGUAGE plpgsql AS "
                f"$$BEGIN {insert} RETURN NULL; END$$"
            )
            connection.exec_driver_sql(
                f"CREATE TRIGGER see_{noun} {when} EXECUTE FUNCTION see_{noun}()"
            )


def seen() -> dict[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    singles = set(session.scalars(select(Send.id).where(Send.receivers.is_(None))))
    for noun, id_, was, now_is in session.execute(
        text("SELECT noun, id, was, now_is FROM seen ORDER BY no")
    ):
        claimed = noun == "send" and id_ in singles and (was, now_is) == CLAIMED
        if not claimed:
            found[f"{noun}:{id_}"].append((was, now_is))
    return found


@pytest.fixture
def life(databases: Databases, kind: str, clock: Clock, tmp_path: Path) -> Iterator[None]:
    """A house after a long life, which is lived once for each kind of database."""
    if "long life" not in databases.made[kind]:
        url = databases.create(kind, "loaded")
        for app in opened(url, clock, tmp_path):
            with app.app_context():
                lives(app, clock)
        databases.keep(kind, "long life", url)
        databases.drop(url)
    url = databases.create(kind, "long life")
    for app in opened(url, clock, tmp_path):
        with app.app_context():
            yield
    databases.drop(url)


def lives(house: Flask, clock: Clock) -> None:
    """Months in the life of a house: notices, releases, people and newsletters of every fate."""
    watch()
    everybody_comes_and_goes(clock)
    a_release_is_cancelled(clock)
    for class_, steps in WALKS.items():
        walk = Walk(house, clock, class_, 100, title=f"Milk, the edition of {class_}")
        for step, number in steps:
            walk.does(step, number)
            assert not walk.trail[-1].endswith("."), walk.trail[-1]  # none was refused
    ends_of_notices(clock)
    a_newsletter(clock)
    drain(engine(house, clock))


def everybody_comes_and_goes(clock: Clock) -> None:
    for email in (CLEO, DAN, "eve@example.org", "finn@example.org"):
        joins(email, now=clock())
    asks("gus@example.org", now=clock())
    cleo, dan, eve = (people.known(e) for e in (CLEO, DAN, "eve@example.org"))
    with unit():
        leave_everything(cleo, now=clock())
        suppress(dan, reason="hard_bounce", now=clock(), pepper=pepper())
        pause(eve, working_day_after(london_date(clock()) + timedelta(days=9)), now=clock())
    joins(CLEO, now=clock.forward(days=1))  # is back
    with unit():
        resume(people.known("eve@example.org"), now=clock())
        forget(people.known("finn@example.org"), by=SYSTEM, now=clock(), pepper=pepper())


def ends_of_notices(clock: Clock) -> None:
    both: dict[str, Any] = {"person": member(ALICE), "approved_by": member(HANA)}
    first = announced(draft(now=clock(), headline="One"), now=clock())
    second = announced(draft(now=clock(), headline="Two"), now=clock())
    third = announced(draft(now=clock(), headline="Three"), now=clock())
    unsaid = approved(draft(now=clock(), headline="Four"), now=clock())
    with unit():
        supersede(first, second, by=acting(ALICE), now=clock())
        retract(third, reason=WHY, by=acting(ALICE), now=clock(), **both)
        record_late(
            unsaid,
            took_effect_at=clock() - timedelta(days=3),
            reason=WHY,
            approved_by=member(HANA),
            by=acting(ALICE),
            now=clock(),
        )
    out = session.scalars(select(Release).where(Release.state == "released")).one()
    with unit():
        withdraw(out, reason=WHY, by=acting(ALICE), now=clock(), **both)
        close(
            unsaid, outcome="implemented_modified", text="As said.", by=acting(ALICE), now=clock()
        )


def a_release_is_cancelled(clock: Clock) -> None:
    release = announced(emissions(), now=clock()).effect_release
    assert release is not None
    both: dict[str, Any] = {"person": member(ALICE), "approved_by": member(HANA), "now": clock()}
    with unit():
        cancel_release(release, reason=WHY, by=acting(ALICE), **both)


def a_newsletter(clock: Clock) -> None:
    issue = session.scalars(select(Newsletter)).one()
    with unit():
        newsletter.submit(issue, author=member(ALICE), by=acting(ALICE), now=clock())
        newsletter.approve(issue, approver=member(BOB), by=acting(BOB), now=clock())
        newsletter.send(issue, by=acting(ALICE), now=clock())


def test_every_state_is_the_end_of_its_history(life: None) -> None:
    ends = defaultdict(set)
    for noun, (model, table) in TABLES.items():
        for row in session.scalars(select(model)):
            steps = [r for r in of(f"{noun}:{row.id}") if "now_is" in r.data]
            state = steps[0].data["was"] if steps else row.state
            claimed = noun == "send" and row.to_one and state == CLAIMED[1]
            assert claimed or state in BORN[noun], (noun, row.id, state)
            for step in steps:
                assert step.data["was"] == state, (noun, row.id, step.action)
                state = table.after(state, step.action)
                assert step.data["now_is"] == state
            assert row.state == state, (noun, row.id)
            ends[noun].add(state)
            assert [s.at for s in steps] == sorted(s.at for s in steps)
    assert ends["notice"] >= {"announced", "in_effect", "closed", "cancelled", "superseded"}
    assert ends["release"] >= {"confirmed", "cancelled", "withdrawn", "provisional"}
    assert ends["subscriber"] == {"active", "suppressed", "erased"}
    assert ends["send"] >= {"planned", "done", "skipped", "cancelled"}


def test_no_state_changes_behind_the_back_of_history(life: None) -> None:
    told: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for row in session.scalars(select(History).order_by(History.object, History.seq)):
        step = (row.data.get("was"), row.data.get("now_is"))
        if row.object.split(":")[0] in TABLES and step[0] != step[1]:
            told[row.object].append((str(step[0]), str(step[1])))
    assert len(told) > 40
    assert told == seen()


@on_sqlite
def test_after_a_long_life_the_chains_hold_and_one_wrong_word_is_found(life: None) -> None:
    assert list(broken()) == []
    rows = list(session.scalars(select(History).where(History.action == "move")))
    row = rows[len(rows) // 2]
    with unit():
        data = {**row.data, "now_is": "provisional"}
        session.execute(update(History).where(History.id == row.id).values(data=data))
        session.expire_all()
    assert list(broken()) == [row.object]
