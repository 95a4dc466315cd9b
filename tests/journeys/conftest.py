"""A world for journeys: everything is done through doors, at a time that the journey sets."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import Databases
from tests.journeys.world import World
from tests.makers import Clock


@pytest.fixture
def world(
    databases: Databases,
    kind: str,
    clock: Clock,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Iterator[World]:
    """An empty database of each kind; nothing is migrated or loaded yet."""
    url = databases.create(kind)
    monkeypatch.setenv("NOTIFIER_INSTANCE", str(tmp_path / "instance"))
    monkeypatch.setenv("NOTIFIER_DATABASE_URL", url)
    made = World(tmp_path, clock, capsys, monkeypatch)
    yield made
    made.close()
    databases.drop(url)
