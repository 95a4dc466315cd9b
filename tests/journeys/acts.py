"""What journeys ask of a release or a notice, and what they do to it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from tests.journeys.world import World
from tests.makers import ALICE, CATALOGUE, CLEO, HANA

EMISSIONS = "Emissions of air pollutants in the UK, 1970 to 2025"


def cleo_is_told(world: World) -> str:
    """Cleo follows Air quality; the change of emissions is announced and mailed; its reference."""
    world.joins(CLEO, topics=["air-quality"], user_type="academic")
    reference = world.announces("fine particles")
    world.drain()
    return reference


def release(world: World, title: str = EMISSIONS) -> dict[str, Any]:
    rows = world.cli("releases", "list", "--json").json
    return next(row for row in rows if row["title"] == title)


def notice(world: World, reference: str) -> dict[str, Any]:
    return dict(world.cli("notices", "show", reference, "--json").json)


def moves(world: World, to: str, *, reason: str = "Data arrived late.") -> Any:
    number = str(release(world)["id"])
    options = ("--reason-code", "data_late", "--reason", reason, "--by", ALICE)
    return world.cli("releases", "move", number, "--to", to, *options, "--approved-by", HANA)


def entry_of(world: World, word: str, **changes: Any) -> Path:
    """A notice's entry of the catalogue, changed, as a file."""
    entries = yaml.safe_load(CATALOGUE.read_text("utf-8"))["notices"]
    entry = next(e for e in entries if word in e["headline"])
    path = world.folder / "entry.yaml"
    path.write_text(yaml.safe_dump({**entry, **changes}), "utf-8")
    return path
