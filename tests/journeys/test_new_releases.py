"""A release that is entered by hand keeps the rules of each verb that it would go round."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from tests.journeys.acts import release
from tests.journeys.test_marking import recurring
from tests.journeys.world import World
from tests.makers import ALICE, BOB, CATALOGUE, HANA

TITLE = "Another edition"
DATE = "2027-03-08 09:30"


def adds(world: World, **entry: Any) -> Any:
    path = world.folder / "release.yaml"
    given = {"series": "emissions-air-pollutants", "title": TITLE, "date": DATE, **entry}
    path.write_text(yaml.safe_dump(given), "utf-8")
    return world.cli("releases", "add", "--from", str(path))


@pytest.mark.parametrize(
    ("entry", "sentence"),
    [
        ({"date": "2027-03-06"}, "is a weekend or bank holiday"),
        (
            {"certainty": "confirmed", "contains_change": True},
            "It contains a change, and its notice must be announced first; add it as provisional",
        ),
        (
            {"certainty": "confirmed", "confirmed": "2026-01-05"},
            "is confirmed now; leave out confirmed",
        ),
        (
            {"moved": {"from": "2027-02-01", "at": "2026-11-01", "reason": "x"}},
            "was never moved; leave out moved",
        ),
        (
            {"certainty": "confirmed", "date": "2027-03-08", "precision": "datetime"},
            "a confirmed release needs an exact date and time",
        ),
        ({"landing_url": "www.example.org/air"}, "is no address; write one with https://"),
        ({"contact": "the team"}, "must be an email address or one with https://"),
    ],
)
def test_what_no_verb_would_take_is_refused(
    world: World, entry: dict[str, Any], sentence: str
) -> None:
    world.begin()
    said = adds(world, **entry)
    assert (said.status, said.err.count("\n")) == (1, 1)
    assert sentence in said.err
    titles = [row["title"] for row in world.cli("releases", "list", "--json").json]
    assert TITLE not in titles


def test_confirmed_at_once_it_says_how_many_days_ahead(world: World) -> None:
    world.begin()
    number = adds(world, certainty="confirmed").out.strip()
    assert release(world, TITLE)["confirmed_lead_days"] == 105
    page = " ".join(world.get(f"/releases/{number}").get_data(as_text=True).split())
    assert "105 days ahead" in page


def test_a_day_that_is_not_known_is_told_to_nobody(world: World) -> None:
    """The file must name a date; of one to be confirmed it is a guess, and stays one."""
    world.begin()
    number = adds(world, date="2027-03-08", precision="tbc").out.strip()
    row = release(world, TITLE)
    assert (row["date"], row["state"]) == (None, "provisional")
    assert "8 March 2027" not in world.get(f"/releases/{number}").get_data(as_text=True)
    confirm = ("releases", "confirm", number, "--at", "2027-04-15 09:30", "--by", ALICE)
    world.done(*confirm)
    world.clock.at("2027-04-15 09:30")
    world.done("releases", "publish", number, "--by", ALICE)
    assert release(world, TITLE)["punctuality_days_from_first"] == 0


def house(world: World, **second_person: Any) -> Any:
    """The organisation of the catalogue, with a choice of its own."""
    catalogue = yaml.safe_load(CATALOGUE.read_text("utf-8"))
    catalogue["organisation"]["second_person"] = second_person
    path = world.folder / "house.yaml"
    path.write_text(yaml.safe_dump(catalogue, sort_keys=False), "utf-8")
    world.done("migrate")
    return world.cli("load", str(path))


@pytest.mark.bare
def test_where_two_confirm_a_date_one_does_not(world: World) -> None:
    assert house(world, G=True).status == 0
    for email, role in ((ALICE, "author"), (BOB, "approver"), (HANA, "hop")):
        world.done("staff", "add", email, "--role", role)
    said = adds(world, certainty="confirmed")
    assert "asks for a second person who confirms a date; add it as provisional" in said.err
    number = adds(world).out.strip()
    confirm = ("releases", "confirm", number, "--at", DATE, "--by", ALICE)
    for more, sentence in (
        ((), f"ask {BOB}"),
        (("--approved-by", ALICE), "cannot approve it too"),
        (("--approved-by", "nobody@example.org"), "is not a member of staff"),
    ):
        said = world.cli(*confirm, *more)
        assert (said.status, said.err.count("\n")) == (1, 1)
        assert sentence in said.err, said.err
        assert release(world, TITLE)["state"] == "provisional"
    world.done(*confirm, "--approved-by", BOB)
    assert release(world, TITLE)["state"] == "confirmed"


@pytest.mark.bare
@pytest.mark.parametrize(
    ("choice", "sentence"),
    [
        ({"A": False}, "second_person knows F, G, newsletter, not 'A'"),
        ({"G": "perhaps"}, "second_person.G must be true or false"),
    ],
)
def test_a_choice_that_is_none_is_refused(
    world: World, choice: dict[str, Any], sentence: str
) -> None:
    said = house(world, **choice)
    assert (said.status, said.err.count("\n")) == (1, 1)
    assert sentence in said.err


def test_the_codes_four_weeks_are_not_chosen(world: World) -> None:
    """A longer promise would be printed as in force, while reminders and breach go by 28 days."""
    world.begin()
    rule = ("policy", "set", "G", "--minimum", "42", "--target", "56", "--from", "2026-11-23")
    said = world.cli(*rule, "--reason", "Earlier is better.", "--by", HANA)
    assert (said.status, said.err.count("\n")) == (1, 1)
    assert "is promised 28 days by the Code of Practice" in said.err


def test_an_edition_that_recurs_gets_a_page_of_its_own(world: World) -> None:
    world.begin()
    row = recurring(world)
    number = str(row["id"])
    mine = {"landing_url": "https://x.example/landings", "contact": "ports@example.org"}
    given = ("--landing-url", mine["landing_url"], "--contact", mine["contact"])
    world.done("releases", "describe", number, *given, "--period", "October 2026", "--by", ALICE)
    now_is = release(world, row["title"])
    assert {key: now_is[key] for key in mine} == mine
    assert "ports@example.org" in world.get(f"/releases/{number}").get_data(as_text=True)
    for more, sentence in (
        (given, "Nothing would change"),
        ((), "Nothing would change"),
        (("--landing-url", "landings"), "is no address"),
        (("--contact", "us"), "must be an email address"),
    ):
        said = world.cli("releases", "describe", number, *more, "--by", ALICE)
        assert (said.status, said.err.count("\n")) == (1, 1)
        assert sentence in said.err
    assert release(world, row["title"]) == now_is
    world.done("releases", "describe", number, "--contact", "", "--by", ALICE)
    assert release(world, row["title"])["contact"] != mine["contact"], "the team's again"


def test_the_page_of_what_is_armed_is_not_changed_alone(world: World) -> None:
    """Whether that page answers decides if the mail goes out."""
    world.begin()
    number = adds(world, certainty="confirmed").out.strip()
    words = world.folder / "words.yaml"
    words.write_text("detail: Figures.", "utf-8")
    announce = ("releases", "announce", number, "--from", str(words), "--by", ALICE)
    world.done(*announce, "--approved-by", BOB)
    describe = (
        "releases",
        "describe",
        number,
        "--landing-url",
        "https://x.example/",
        "--by",
        ALICE,
    )
    said = world.cli(*describe)
    assert (said.status, said.err.count("\n")) == (1, 1)
    assert f"releases disarm {number}" in said.err
    world.done("releases", "describe", number, "--period", "2026", "--by", ALICE)
    world.done("releases", "disarm", number, "--by", ALICE)
    world.done(*describe)
