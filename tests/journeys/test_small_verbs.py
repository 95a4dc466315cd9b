"""Verbs that say little and must still hold: nothing planned, disarmed, taken back."""

from __future__ import annotations

import pytest

from tests.journeys.acts import cleo_is_told
from tests.journeys.world import World, text_of

CLEO = "cleo@example.org"
ALICE, BOB, HANA = "alice@example.org", "bob@example.org", "hana@example.org"
EMISSIONS = "Emissions of air pollutants in the UK, 1970 to 2025"
SERIES = "emissions-air-pollutants"


@pytest.fixture
def told(world: World) -> str:
    return world.once(cleo_is_told)


def test_nothing_planned_is_dated_public_and_never_untrue(world: World, told: str) -> None:
    said = world.cli("series", "nothing-planned", SERIES, "--by", ALICE)
    assert (said.status, "would be untrue" in said.err) == (1, True)
    before = len(world.mails())
    world.done("series", "nothing-planned", "wild-birds", "--by", ALICE)
    world.drain()
    assert len(world.mails()) == before, "it is a statement, not a message"
    for path in ("/series/wild-birds", "/changes"):
        page = world.get(path).get_data(as_text=True)
        assert "23 November 2026" in page, path
        assert "othing planned" in page, path


def test_what_is_disarmed_does_not_go_out(world: World, told: str) -> None:
    rows = world.cli("releases", "list", "--json").json
    number = str(next(row["id"] for row in rows if row["title"] == EMISSIONS))
    words = world.folder / "words.yaml"
    words.write_text("detail: Figures of 2025.", "utf-8")
    people = ("--by", ALICE, "--approved-by", BOB)
    world.done("releases", "announce", number, "--from", str(words), *people)
    world.done("releases", "disarm", number, "--by", ALICE)
    world.clock.at("2027-03-01 09:31")
    world.drain()
    assert world.cli("releases", "show", number, "--json").json["state"] == "confirmed"
    assert not world.mails(CLEO, "Out now")


def test_what_was_published_in_error_is_taken_back(world: World, told: str) -> None:
    """Who got it is told, its page says so, and nothing more is said about it."""
    reason = ("--reason", "It was meant for another series.")
    said = world.cli("notices", "retract", told, *reason, "--by", ALICE, "--approved-by", ALICE)
    assert said.status == 1
    world.done("notices", "retract", told, *reason, "--by", ALICE, "--approved-by", BOB)
    world.drain()
    assert "It was meant for another series." in text_of(world.mails(CLEO)[-1])
    assert "meant for another series" in world.get(f"/changes/{told}").get_data(as_text=True)
    before = len(world.mails(CLEO, told))
    world.clock.at("2027-03-02 12:00")
    world.drain()
    assert len(world.mails(CLEO, told)) == before
