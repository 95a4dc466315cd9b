"""Pages of releases ask the database as often for a hundred editions as for ten."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from sqlalchemy import event

from notifier.catalogue import queries as catalogue
from notifier.clock import at_london, london_date, working_day_after
from notifier.releases.models import Release
from notifier.store.db import db, session, unit
from tests.journeys.world import World
from tests.makers import on_sqlite
from tests.staff.desk import Desk, joins
from tests.staff.test_release_desk import GIL

PAGES = (
    "/staff/releases",
    "/staff/releases?show=needs",
    "/staff/releases?view=month&month=2027-01",
    "/staff/releases?show=past",
    "/staff/releases/1",
    "/staff/releases/1/move",
)


def editions(world: World, first: int, last: int) -> None:
    """Provisional ones, one on each working day."""
    now = world.clock()
    with world.build(now=world.clock).app_context(), unit():
        series = catalogue.series("uk-waste")
        for number in range(first, last):
            day = working_day_after(london_date(now) + timedelta(days=number + 1))
            row = Release(
                series_id=series.id,
                title=f"UK waste {number}",
                state="provisional",
                day=day,
                wall_time=at_london(day).time(),
                precision="datetime",
                at=at_london(day),
                first_announced_on=day,
                created_at=now,
                changed_at=now,
            )
            session.add(row)


@contextmanager
def asked(world: World) -> Iterator[list[str]]:
    """What is asked of the database meanwhile."""
    said: list[str] = []

    def hear(*given: object) -> None:
        said.append(str(given[2]))

    with world.build(now=world.clock).app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", hear)
    try:
        yield said
    finally:
        event.remove(engine, "before_cursor_execute", hear)


def counts(world: World, desk: Desk) -> dict[str, int]:
    found = {}
    for page in PAGES:
        desk.get(page)
        with asked(world) as said:
            assert desk.get(page).status_code == 200
        found[page] = len(said)
    return found


@on_sqlite
def test_a_long_year_asks_no_more_than_a_short_one(world: World) -> None:
    desk = joins(world, GIL, "author")
    desk.sign_in(GIL)
    editions(world, 0, 10)
    few = counts(world, desk)
    editions(world, 10, 110)
    assert counts(world, desk) == few
    assert max(few.values()) < 60, few
