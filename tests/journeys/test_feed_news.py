"""Who follows by feed reader hears what mail tells: each event once, and nothing that is over."""

from __future__ import annotations

import json
from typing import Any

import feedparser
import icalendar

from tests.journeys.world import World

ALICE, HANA = "alice@example.org", "hana@example.org"


def entries(world: World, path: str = "changes") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(world.get(f"/feeds/{path}.json").data)["items"]
    return found


def opening(world: World, path: str = "changes") -> list[str]:
    return [entry["title"].partition(":")[0] for entry in entries(world, path)]


def test_a_change_is_announced_held_goes_on_and_is_cancelled(world: World) -> None:
    world.begin()
    reference = world.announces("milk volumes table")
    assert opening(world)[0] == "Announced"
    world.clock.forward(days=1)
    reason = ("--reason", "The pilot showed gaps.", "--next-update", "2026-12-18")
    world.done("notices", "hold", reference, *reason, "--by", ALICE)
    assert opening(world) == ["On hold", "On hold"]  # the news, and the notice as it stands
    news, whole = entries(world)
    assert news["tags"][0] == "On hold"
    assert "The pilot showed gaps. Next update by Friday 18 December 2026." in news["summary"]
    assert "Point scripts at the CSV" in whole["content_html"]
    world.clock.forward(days=1)
    world.done("notices", "resume", reference, "--by", ALICE)
    assert opening(world) == ["Going ahead again", "Announced", "On hold"]
    world.clock.forward(days=1)
    pair = ("--by", ALICE, "--approved-by", HANA)
    world.done("notices", "cancel", reference, "--reason", "The supplier left.", *pair)
    shown = entries(world)
    assert opening(world)[:2] == ["Cancelled", "Will not happen"]
    assert len({entry["id"] for entry in shown}) == len(shown) == 4
    assert all("Takes effect" not in entry["content_html"] for entry in shown)
    for form in ("atom", "rss"):
        parsed = feedparser.parse(world.get(f"/feeds/changes.{form}").data)
        assert not parsed.bozo
        assert [e.title.partition(":")[0] for e in parsed.entries] == opening(world)
    calendar = icalendar.Calendar.from_ical(world.get("/calendar.ics").data)
    (event,) = [e for e in calendar.events if f"{reference}-effect" in str(e["uid"])]
    assert (event["status"], str(event["summary"])[:17]) == ("CANCELLED", "Will not happen: ")
    row = json.loads(world.get(f"/notices/{reference}.json").data)
    assert row["effect_words"].startswith("Will not happen. Was to take effect: ")


def test_an_old_copy_is_not_fresh_once_the_time_to_comment_is_over(world: World) -> None:
    world.begin()
    world.announces("pocketbook")
    first = world.get("/feeds/changes.json")
    assert "Tell us what you think by" in first.get_data(as_text=True)
    given = {"If-Modified-Since": first.headers["Last-Modified"]}
    assert world.get("/feeds/changes.json", **given).status_code == 304
    world.clock.at("2027-01-19 00:00")
    later = world.get("/feeds/changes.json", **given)
    assert later.status_code == 200
    assert "Tell us" not in later.get_data(as_text=True)
