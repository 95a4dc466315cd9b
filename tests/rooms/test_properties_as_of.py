"""Whatever has happened since, a day of the past is told as it was told on that day."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from notifier.insight import notice_given
from notifier.insight.notice_given import Record
from notifier.insight.stood import Stood, changes
from notifier.worker.drain import drain
from tests.conftest import Databases
from tests.rooms.test_properties_redate import QUIET, WAYS, a_house, made_quiet
from tests.rooms.walk import ENDS, KINDS, Walk


def counted(found: list[Stood]) -> list[Stood]:
    """Without what no figure is made of: an approval has its own row of history."""
    return [replace(one, approved_at=None) for one in found]


# Held by the team when its release loses its date; a notice revised after its date moved.
@example(
    class_="D",
    lead=91,
    steps=[("hold", 9), ("postpone", 5), ("pass", 9), ("confirm", 30), ("resume", 0)],
    end="",
)
@example(
    class_="A",
    lead=95,
    steps=[("move", 40), ("revise", 3), ("forward", 30), ("pass", 9)],
    end="early",
)
@settings(max_examples=10, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    class_=st.sampled_from(sorted(KINDS)),
    lead=st.integers(91, 130),
    steps=WAYS,
    end=st.sampled_from(["", *ENDS]),
)
def test_a_past_day_is_told_as_it_was(
    databases: Databases,
    class_: str,
    lead: int,
    steps: list[tuple[str, int]],
    end: str,
) -> None:
    made_quiet(databases, "sqlite")
    with a_house(databases, "sqlite", QUIET) as (app, clock):
        before = clock()
        clock.forward(minutes=1)
        try:
            walk = Walk(app, clock, class_, lead)
        except AssertionError:
            raise
        except Exception:
            return
        drain(walk.engine)
        then: dict[datetime, tuple[list[Stood], Record]] = {}
        for step, number in [*steps, *([(end, 0)] if end else []), ("pass", 30)]:
            then[clock()] = counted(changes()), notice_given.record(2027, now=clock())
            walk.does(step, number)
        then[clock()] = counted(changes()), notice_given.record(2027, now=clock())
        assert changes(at=before) == []
        for moment, (stood, record) in then.items():
            assert counted(changes(at=moment)) == stood, (moment, walk.trail)
            assert notice_given.record(2027, now=clock(), at=moment) == record, walk.trail


@pytest.fixture
def kind() -> str:
    return "sqlite"
