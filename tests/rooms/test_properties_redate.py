"""However a release is moved about, each stage is said once, in time, and as the plan says."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml
from flask import Flask
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from notifier.store.db import db, unit
from notifier.worker.drain import drain
from tests.conftest import Databases, built, close
from tests.makers import CATALOGUE, Clock, load_catalogue, staff
from tests.rooms.walk import ENDS, KINDS, STEPS, Walk

QUIET = "a house with no release and no change but the walk's own"


@contextmanager
def a_house(
    databases: Databases, kind: str, template: str = "loaded"
) -> Iterator[tuple[Flask, Clock]]:
    url, clock = databases.create(kind, template), Clock()
    with tempfile.TemporaryDirectory() as folder:
        app = built(url, clock, Path(folder))
        with app.app_context():
            yield app, clock
            close()
    databases.drop(url)


def walks(
    databases: Databases,
    kind: str,
    class_: str,
    lead: int,
    steps: list[tuple[str, int]],
    end: str,
    *,
    template: str = "loaded",
) -> None:
    with a_house(databases, kind, template) as (app, clock):
        walk = Walk(app, clock, class_, lead)
        drain(walk.engine)
        walk.holds()
        for step, number in steps:
            walk.does(step, number)
            walk.holds()
        if end:
            walk.does(end, 0)
            walk.holds()
            walk.does("pass", 60)
            walk.holds()


def made_quiet(databases: Databases, kind: str) -> None:
    """Without the reminders about everything else, which are half of the work of a long walk."""
    if QUIET in databases.made[kind]:
        return
    document = yaml.safe_load(CATALOGUE.read_text("utf-8"))
    document |= {"releases": [], "notices": [], "newsletters": []}
    for series in document["series"]:
        series.pop("recurrence", None)
    with a_house(databases, kind, "migrated") as (_, clock):
        url = str(db.engine.url.render_as_string(hide_password=False))
        with unit():
            load_catalogue(yaml.safe_dump(document), now=clock())
            staff(now=clock())
        close()
        databases.keep(kind, QUIET, url)


WAYS = st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 40)), max_size=12)


# Its release is late, and the change is edited meanwhile: T0 still waits for the release.
@example(
    class_="D",
    lead=91,
    steps=[("forward", 40), ("pass", 40), ("pass", 40), ("revise", 1), ("publish", 0)],
    end="",
)
@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(
    class_=st.sampled_from(sorted(KINDS)),
    lead=st.integers(91, 130),
    steps=WAYS,
    end=st.sampled_from(["", "", *ENDS]),
)
def test_on_any_walk(
    databases: Databases, class_: str, lead: int, steps: list[tuple[str, int]], end: str
) -> None:
    walks(databases, "sqlite", class_, lead, steps, end)


LONG: list[list[tuple[str, int]]] = [
    # There and back: what was skipped as past or too close is planned again.
    [("pass", 10), ("forward", 20), ("move", 40), ("forward", 5), ("pass", 40), ("move", 1)],
    # No date for weeks, then one; held by hand meanwhile.
    [("pass", 35), ("postpone", 20), ("hold", 3), ("pass", 20), ("confirm", 31), ("pass", 40)],
    # Held and let go twice, the day it comes out late, and what follows after it.
    [
        *(("hold", 9), ("resume", 0), ("hold", 9), ("pass", 9), ("resume", 0)),
        *(("pass", 40), ("pass", 40), ("pass", 40), ("publish", 0), ("pass", 40)),
    ],
]


@pytest.mark.parametrize("class_", ["A", "C", "E"])
@pytest.mark.parametrize("steps", LONG, ids=["there-and-back", "postponed", "held-then-late"])
def test_on_a_long_walk(
    databases: Databases, kind: str, class_: str, steps: list[tuple[str, int]]
) -> None:
    made_quiet(databases, kind)
    walks(databases, kind, class_, 100, steps, "", template=QUIET)
