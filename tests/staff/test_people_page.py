"""The people's pages: counts are those of the receivers query, and one person is shown whole."""

from __future__ import annotations

import pytest

from notifier.audience import queries
from tests.journeys.world import World
from tests.makers import CLEO, Clock
from tests.staff.desk import Desk, enters, says

FAY, ADA = "fay@example.org", "ada@example.org"


@pytest.fixture
def ada(world: World, clock: Clock) -> Desk:
    desk, _ = enters(world, clock, ADA, "admin")
    desk.get("/staff/people")
    return desk


def number(world: World, email: str = CLEO) -> int:
    with world.build(now=world.clock).app_context():
        return queries.known(email).id


def test_the_story_of_one_person(world: World, ada: Desk) -> None:
    world.joins(CLEO, topics=["waste"], user_type="academic")
    page = ada.get("/staff/people")
    assert "One person gets mail." in says(page)
    page = ada.follow(ada.post("/staff/people", address=" Cleo@Example.org "))
    words = says(page)
    assert "They follow one thing and get mail." in words
    print(words)
    one = f"/staff/people/{number(world)}"
    for act in ("stop", "pause", "topics", "forget"):
        assert ada.get(f"{one}/{act}").status_code == 200, act
