"""Insight: the statement of a quarter, each page of figures, its files, and days of the past."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from tests.journeys.world import World
from tests.makers import on_sqlite
from tests.staff.desk import Desk, joins, says
from tests.staff.quarters import lived

FAY = "fay@example.org"
Q1, Q2 = "quarter=2027-Q1", "quarter=2027-Q2"
pytestmark = on_sqlite


@pytest.fixture
def fay(world: World) -> Desk:
    """An author of the waste team, in a house that has lived for half a year."""
    lived(world)
    desk = joins(world, FAY, "author", "--team", "waste")
    desk.sign_in(FAY)
    return desk


def rows(answer: Any) -> list[dict[str, str]]:
    assert answer.mimetype == "text/csv", answer.status
    return list(csv.DictReader(io.StringIO(answer.get_data(as_text=True).removeprefix("\ufeff"))))


def test_smoke(fay: Desk) -> None:
    for path in ("", "/notice", "/releases", "/delivery", "/people"):
        page = fay.get(f"/staff/insight{path}?{Q1}")
        print(path, page.status, says(page)[300:2200])
    pytest.fail("x")
