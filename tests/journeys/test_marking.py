"""An edition that recurs is marked as containing a change, and a wrong mark comes off by two."""

from __future__ import annotations

from typing import Any

import pytest

from tests.journeys.acts import release
from tests.journeys.world import World
from tests.makers import ALICE, BOB, HANA

NONE = ("--none", "--reason", "The new source is put off.", "--by", ALICE, "--approved-by", BOB)


def recurring(world: World) -> dict[str, Any]:
    """The next provisional edition that nobody entered by hand."""
    world.drain()
    rows = world.cli("releases", "list", "--json").json
    found = [row for row in rows if row["precision"] == "datetime" and not row["contains_change"]]
    return dict(next(row for row in found if row["state"] == "provisional"))


def marks(world: World, number: str, *more: str) -> Any:
    return world.cli("releases", "contains-change", number, *(more or ("--by", ALICE)))


def test_it_is_owed_and_kept_back_until_the_mark_comes_off(world: World) -> None:
    world.begin()
    row = recurring(world)
    number, title = str(row["id"]), row["title"]
    confirm = ("releases", "confirm", number, "--at", row["date"], "--by", ALICE)
    assert marks(world, number).status == 0
    owed = world.cli("notices", "owed", "--json").json
    assert any(line["release"] == title for line in owed)
    said = world.cli(*confirm)
    assert (said.status, said.err.count("\n")) == (1, 1)
    assert f"releases contains-change {number} --none" in said.err, "and the way out"
    assert "is marked already" in marks(world, number).err
    assert marks(world, number, *NONE).status == 0
    assert not release(world, title)["contains_change"]
    assert "is not marked" in marks(world, number, *NONE).err
    world.done(*confirm)


@pytest.mark.parametrize(
    ("more", "sentence", "status"),
    [
        (("--none", "--by", ALICE), "--none needs --approved-by", 2),
        ((*NONE[:-1], ALICE), "cannot approve it too", 1),
        (("--none", "--by", HANA, "--approved-by", ALICE, "--reason", "x"), "may not approve", 1),
        (("--none", "--by", ALICE, "--approved-by", BOB), "Say why it contains no change", 1),
    ],
)
def test_one_alone_does_not_open_the_gate(
    world: World, more: tuple[str, ...], sentence: str, status: int
) -> None:
    world.begin()
    row = recurring(world)
    number = str(row["id"])
    assert marks(world, number).status == 0
    said = marks(world, number, *more)
    assert (said.status, sentence in said.err) == (status, True), said.err
    assert release(world, row["title"])["contains_change"]


def test_what_a_notice_says_is_not_taken_off(world: World) -> None:
    world.begin()
    reference = world.announces("fine particles")
    number = str(release(world)["id"])
    assert release(world)["contains_change"]
    said = marks(world, number, *NONE)
    assert f"{reference} takes effect with this release" in said.err
    off = ("notices", "cancel", reference, "--reason", "It is put off.", "--by", ALICE)
    world.done(*off, "--approved-by", BOB)
    assert release(world)["notices"] == [reference]
    assert release(world)["contains_change"], "its team said so; a second person takes it off"
    assert marks(world, number, *NONE).status == 0
    assert not release(world)["contains_change"]
    world.clock.at("2027-03-01 09:30")
    world.done("releases", "publish", number, "--by", ALICE)
    assert "only one that is to come is marked" in marks(world, number).err
