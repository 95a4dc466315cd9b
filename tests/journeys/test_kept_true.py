"""What was said stays true when plans change: pages, calendar, board and who goes on being told."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from tests.journeys.acts import cleo_is_told
from tests.journeys.test_armed import arms
from tests.journeys.test_people_over_time import EMISSIONS, follows, release_id, shown
from tests.journeys.world import World, text_of
from tests.makers import ALICE, BOB, CATALOGUE, CLEO, HANA

SERIES = "emissions-air-pollutants"
GUARDED = ("--by", ALICE, "--approved-by", HANA)


@pytest.fixture
def told(world: World) -> str:
    return world.once(cleo_is_told)


def words(world: World, path: str) -> str:
    """A page as it reads: no tags, one space between words."""
    page = re.sub(r"<[^>]+>", " ", world.get(path).get_data(as_text=True))
    return re.sub(r"\s+", " ", page).replace(" .", ".").replace("\xa0", " ")


def put(world: World, entry: dict[str, Any]) -> str:
    path = world.folder / "entry.yaml"
    path.write_text(yaml.safe_dump(entry, allow_unicode=True), "utf-8")
    return str(path)


def drafted(world: World, word: str, **more: Any) -> str:
    """The file of a notice of the catalogue with that word in its headline, changed by ``more``."""
    rows = yaml.safe_load(CATALOGUE.read_text())["notices"]
    return put(world, {**next(row for row in rows if word in row["headline"]), **more})


def adds(world: World, title: str, date: str, **more: Any) -> str:
    entry = {"series": SERIES, "title": title, "date": date, "certainty": "confirmed", **more}
    return world.done("releases", "add", "--from", put(world, entry)).strip()


def moves(world: World, to: str, reason: str = "Data arrived late.") -> None:
    options = ("--reason-code", "data_late", "--reason", reason, *GUARDED)
    world.done("releases", "move", str(release_id(world)), "--to", to, *options)


def postpones(world: World, next_update: str) -> None:
    options = ("--reason-code", "data_late", "--reason", "No data.", "--next-update", next_update)
    world.done("releases", "postpone", str(release_id(world)), *options, *GUARDED)


def event(world: World, uid: str) -> str:
    """The event of the calendar of everything whose uid starts so; "" when there is none."""
    body = world.get("/calendar.ics").get_data(as_text=True).replace("\r\n ", "")
    found = [e for e in body.split("BEGIN:VEVENT") if f"UID:{uid}@" in e]
    return found[0] if found else ""


def board(world: World, word: str) -> dict[str, Any]:
    rows = world.cli("notices", "owed", "--json").json
    return next(row for row in rows if word in (row["headline"] or ""))


def withheld(world: World) -> list[dict[str, Any]]:
    rows = world.cli("notices", "owed", "--json").json
    return [row for row in rows if row["state"] == "withheld"]


def test_who_follows_a_release_hears_that_its_waiting_change_is_off(world: World) -> None:
    """The release is cancelled; its change waits for months and is then cancelled, too."""
    world.begin()
    number = release_id(world)
    follows(world, CLEO, f"release={number}")
    reference = world.announces("fine particles")
    world.drain()
    world.clock.forward(hours=3)
    world.done("releases", "cancel", str(number), "--reason", "The survey ended.", *GUARDED)
    world.drain()
    world.clock.at("2027-03-02 10:00")
    world.drain()
    assert shown(world, CLEO)["releases"], "her change waits, so she still follows"
    options = ("--reason", "It is given up.", "--by", ALICE, "--approved-by", BOB)
    world.done("notices", "cancel", reference, *options)
    world.drain()
    assert "It is given up." in text_of(world.last_mail(CLEO))
    world.clock.forward(hours=3)
    world.drain()
    assert shown(world, CLEO)["releases"] == [], "nothing more will be said"


def test_the_page_says_each_new_day_of_the_effect(world: World, told: str) -> None:
    """Once each, with the reason: its release moved; another one carries it."""
    moves(world, "2027-04-15 09:30")
    world.drain()
    page = words(world, f"/changes/{told}")
    because = "because data arrived late."
    assert f"Takes effect 15 April 2027 instead of 1 March 2027, {because}" in page
    assert "Date moved from" not in page, "not twice"
    other = adds(world, "Another edition", "2027-05-06 09:30")
    options = ("--reason-code", "other", "--reason", "A bank holiday.", *GUARDED)
    world.clock.forward(minutes=5)
    world.done("releases", "move", other, "--to", "2027-05-13 09:30", *options)
    world.clock.forward(minutes=5)
    cancel = ("releases", "cancel", str(release_id(world)), "--reason", "The survey was stopped.")
    world.done(*cancel, "--notice", f"{told}={other}", *GUARDED)
    world.drain()
    page = words(world, f"/changes/{told}")
    because = "because the survey was stopped."
    assert f"Takes effect 13 May 2027 instead of 15 April 2027, {because}" in page
    assert "Takes effect 15 April 2027 instead of 1 March 2027" in page, "history stays"
    assert "A bank holiday" not in page, "it was not the day of this change then"
    assert page.count("Takes effect 13 May 2027") == 1
    assert "redate" in world.done("notices", "history", told)


def test_a_day_after_a_time_without_one(world: World, told: str) -> None:
    postpones(world, "2027-01-15")
    world.clock.forward(minutes=5)
    number = str(release_id(world))
    world.done("releases", "confirm", number, "--at", "2027-05-13 09:30", "--by", ALICE)
    page = words(world, f"/changes/{told}")
    assert "Date moved from 1 March 2027 to no date for now. No data." in page
    assert "Takes effect 13 May 2027: the date is fixed." in page


def test_what_comes_early_is_in_the_calendar_on_its_day(world: World, told: str) -> None:
    assert "DTSTART;VALUE=DATE:20270301" in event(world, f"notice-{told}-effect")
    world.clock.at("2027-01-20 10:00")
    world.drain()
    world.done("notices", "early", told, "--reason", "It went out by mistake.", "--by", ALICE)
    found = event(world, f"notice-{told}-effect")
    assert "DTSTART;VALUE=DATE:20270120" in found
    assert "STATUS:CONFIRMED" in found
    assert "20 January 2027" in words(world, f"/changes/{told}")


def test_postponed_twice_and_cancelled_it_stays_in_the_calendar(world: World, told: str) -> None:
    number = release_id(world)
    for next_update in ("2027-03-20", "2027-04-20"):
        postpones(world, next_update)
        world.clock.forward(minutes=5)
        found = event(world, f"release-{number}")
        assert "STATUS:CANCELLED" in found
        assert "DTSTART;VALUE=DATE:20270301" in found, "the last day that was given up"
    assert "no new date" in found
    assert "Still without a date. No data." in words(world, f"/releases/{number}")
    assert "There is still no date. No data." in words(world, f"/changes/{told}")
    world.done("releases", "cancel", str(number), "--reason", "It is given up.", *GUARDED)
    assert "SUMMARY:Cancelled: " in event(world, f"release-{number}")


def test_a_draft_is_owed_by_its_release_as_it_stands(world: World) -> None:
    assert board(world, "fine particles")["publish_by"] == "2026-12-01"
    moves(world, "2027-04-15 09:30")
    assert board(world, "fine particles")["publish_by"] == "2027-01-15"
    world.clock.at("2027-01-14 09:00")
    world.drain()
    letter = text_of(world.last_mail(ALICE, "fine particles"))
    assert "15 January 2027" in letter


def test_a_draft_is_owed_by_the_promise_in_force(world: World) -> None:
    rule = ("--minimum", "120", "--target", "180", "--from", "2026-11-23", "--reason", "More.")
    world.done("policy", "set", "A", *rule, "--by", HANA)
    assert board(world, "fine particles")["publish_by"] == "2026-11-01"
    world.clock.forward(days=1)
    world.drain()
    assert "120 days of notice" in text_of(world.last_mail(ALICE, "fine particles"))


@pytest.mark.parametrize(
    ("verb", "word"), [("supersede", "Replaced"), ("cancel", "Will not happen")]
)
def test_what_is_over_says_no_step_to_come(world: World, told: str, verb: str, word: str) -> None:
    if verb == "supersede":
        world.done("notices", "new", "--from", drafted(world, "fine", headline="Counted anew"))
        other = world.announces("Counted anew")
        world.done("notices", "supersede", told, "--with", other, "--by", ALICE)
    else:
        options = ("--reason", "Not now.", "--by", ALICE, "--approved-by", BOB)
        world.done("notices", "cancel", told, *options)
    page = words(world, f"/changes/{told}")
    line = page[page.index("Where we are") : page.index("What is changing")]
    assert re.search(rf"{word} Monday 23 November 2026 We are here", line), line
    assert line.count("We are here") == 1
    assert "In effect" not in line
    assert "Outcome told" not in line


def test_a_withdrawn_release_is_said_on_the_page_of_its_change(world: World, told: str) -> None:
    number = str(release_id(world))
    world.clock.at("2027-03-01 09:30")
    world.drain()
    world.done("releases", "publish", number, "--by", ALICE)
    world.drain()
    assert "was withdrawn" not in words(world, f"/changes/{told}")
    world.done("releases", "withdraw", number, "--reason", "A wrong table.", *GUARDED)
    page = words(world, f"/changes/{told}")
    assert "Its release was withdrawn" in page
    assert f"{EMISSIONS} was taken back after it came out. A wrong table." in page


def test_a_shut_gate_is_not_blamed_on_the_page(world: World) -> None:
    """Armed, and then a change is linked to it that nobody announced."""
    number = adds(world, "Annex", "2026-12-10 09:30", landing_url="https://example.org/annex")
    arms(world, number)
    path = drafted(world, "tidy CSV", series=[SERIES], effect={"release": "Annex"})
    draft = world.done("notices", "new", "--from", path).strip()
    world.clock.at("2026-12-10 09:30")
    world.drain()
    world.clock.forward(minutes=6)
    world.drain()
    letter = re.sub(r"\s+", " ", text_of(world.last_mail(ALICE, "Annex")))
    assert "See to the change that keeps it back" in letter
    assert f"{draft} is to take effect with this release and is not announced" in letter
    assert f"notices submit {draft}" in letter
    assert "releases publish" not in letter
    assert "page on line" not in letter
    assert "see to the change that keeps it back" in withheld(world)[0]["holder"]
    world.done("releases", "cancel", number, "--reason", "Given up.", *GUARDED)
    assert not withheld(world), "what is cancelled is owed no more"
