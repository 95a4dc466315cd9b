"""Fay, who writes about air quality, and the notice about fine particles."""

from __future__ import annotations

from tests.journeys.world import World
from tests.staff.desk import Desk, joins

FAY, OLGA, CLEO = "fay@example.org", "olga@example.org", "cleo@example.org"
FINE = "fine particles"


def reference(world: World, word: str = FINE) -> str:
    rows = world.cli("notices", "list", "--json").json
    return str(next(row["reference"] for row in rows if word in row["headline"]))


def author(world: World) -> Desk:
    """An author of the air quality team, at the desk."""
    desk = joins(world, FAY, "author", "--team", "air-quality")
    desk.sign_in(FAY)
    return desk
