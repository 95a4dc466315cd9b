"""A world for journeys: everything is done through doors, at a time that the journey sets."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import Databases
from tests.journeys.world import World, at_work
from tests.makers import CLEO, DAN, Clock


@pytest.fixture
def world(
    request: pytest.FixtureRequest,
    databases: Databases,
    kind: str,
    clock: Clock,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Iterator[World]:
    """A world of each kind of database: in a house that stands, where the worker has looked once.

    A journey that is marked ``bare`` starts on empty ground; ``asleep``, before the first look.
    """
    made = World(tmp_path, clock, capsys, monkeypatch, databases=databases, kind=kind)
    if request.node.get_closest_marker("bare"):
        made.stand("")
    elif request.node.get_closest_marker("asleep"):
        made.stand("loaded")
    else:
        made.once(at_work)
    yield made
    made.leave()


@pytest.fixture
def told(world: World) -> str:
    """Cleo follows Air quality, Dan Waste; the change of emissions is announced and mailed."""
    return world.once(tells)


def tells(world: World) -> str:
    world.joins(CLEO, topics=["air-quality"], user_type="academic")
    world.joins(DAN, topics=["waste"], user_type="local-government")
    reference = world.announces("fine particles")
    world.drain()
    return reference
