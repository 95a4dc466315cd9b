"""What staff and calendars are told is what holds today: the gate, dates, the promise in force."""

from __future__ import annotations

import re

from tests.journeys.test_armed import arms
from tests.journeys.test_kept_true import GUARDED, SERIES, adds, drafted, event, told
from tests.journeys.test_people_over_time import release_id
from tests.journeys.world import World, text_of
from tests.makers import ALICE, HANA

__all__ = ["told"]


def weekly(world: World, monday: str) -> str:
    world.clock.at(f"{monday} 12:00")
    world.drain()
    return re.sub(r"\s+", " ", text_of(world.last_mail(HANA, "Week of")))


def test_the_weekly_letter_says_what_opens_a_shut_gate(world: World) -> None:
    """Nothing publishes what a change keeps back; the letter offered that command all the same."""
    armed = adds(world, "Annex", "2026-12-10 09:30", landing_url="https://example.org/annex")
    arms(world, armed)
    by_hand = adds(world, "Tables", "2026-12-10 09:30")
    path = drafted(world, "tidy CSV", series=[SERIES], effect={"release": "Annex"})
    draft = world.done("notices", "new", "--from", path).strip()
    path = drafted(world, "milk volumes", series=[SERIES], effect={"release": "Tables"})
    other = world.done("notices", "new", "--from", path).strip()
    world.clock.at("2026-12-10 09:40")
    world.drain()
    letter = weekly(world, "2026-12-14")
    assert f"{draft} is to take effect with this release and is not announced" in letter
    assert f"notices submit {draft}" in letter
    assert f"{other} is to take effect with this release" in letter, "nor by hand"
    for number in (armed, by_hand):
        assert f"releases publish {number}" not in letter
    world.done("notices", "edit", other, "--from", drafted(world, "milk volumes"), "--by", ALICE)
    assert f"releases publish {by_hand}" in weekly(world, "2026-12-21"), "now it may"


def test_a_calendar_entry_says_when_its_day_moved(world: World, told: str) -> None:
    """Another release carries the change: no release of the two was moved."""
    other = adds(world, "Revised edition", "2027-05-13 09:30")
    before = modified(world, told)
    world.clock.at("2026-12-01 15:00")
    choice = ("--notice", f"{told}={other}", "--reason", "It is merged.", *GUARDED)
    world.done("releases", "cancel", str(release_id(world)), *choice)
    assert "DTSTART;VALUE=DATE:20270513" in event(world, f"notice-{told}-effect")
    assert (before, modified(world, told)) == ("20261123T100020Z", "20261201T150000Z")


def modified(world: World, reference: str) -> str:
    found = re.search(r"LAST-MODIFIED:(\w+)", event(world, f"notice-{reference}-effect"))
    assert found is not None
    return found[1]


def test_a_listed_draft_is_judged_by_the_promise_in_force(world: World) -> None:
    rule = ("--minimum", "120", "--target", "200", "--from", "2026-11-23", "--reason", "More.")
    world.done("policy", "set", "A", *rule, "--by", HANA)
    row = listed(world)
    assert (row["minimum_days"], row["target_days"]) == (120, 200)
    assert row["publish_by"] == "2026-11-01"
    moved = ("--reason-code", "data_late", "--reason", "Data came late.", *GUARDED)
    world.done("releases", "move", str(release_id(world)), "--to", "2027-04-15 09:30", *moved)
    assert (listed(world)["publish_by"], listed(world)["effect"]) == (
        "2026-12-16",
        "2027-04-15T08:30:00Z",
    )
    shown = world.cli("notices", "show", str(row["reference"]), "--json").json
    assert (shown["minimum_days"], shown["promise"]) == (120, "our own promise")
    world.announces("fine particles")
    lengthened = ("--minimum", "180", "--target", "200", "--from", "2026-11-23", "--reason", "M.")
    world.done("policy", "set", "A", *lengthened, "--by", HANA)
    assert listed(world)["minimum_days"] == 120, "what is public keeps its promise"


def listed(world: World) -> dict[str, object]:
    rows = world.cli("notices", "list", "--json").json
    return dict(next(row for row in rows if "fine particles" in row["headline"]))
