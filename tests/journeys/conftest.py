"""A world for journeys: everything is done through doors, at a time that the journey sets."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import Databases
from tests.journeys.world import World
from tests.makers import Clock


@pytest.fixture
def template(request: pytest.FixtureRequest) -> str:
    """A journey starts in a house that stands; one that is marked ``bare``, on empty ground."""
    return "" if request.node.get_closest_marker("bare") else "loaded"


@pytest.fixture
def world(
    databases: Databases,
    kind: str,
    template: str,
    clock: Clock,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Iterator[World]:
    """A world of each kind of database."""
    url = databases.create(kind, template)
    monkeypatch.setenv("NOTIFIER_INSTANCE", str(tmp_path / "instance"))
    monkeypatch.setenv("NOTIFIER_DATABASE_URL", url)
    made = World(tmp_path, clock, capsys, monkeypatch, stands=bool(template))
    yield made
    made.close()
    databases.drop(url)
