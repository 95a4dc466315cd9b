"""A topic that is merged or retired: its people are told, and never dropped in silence."""

from __future__ import annotations

import re

from tests.journeys.test_people_over_time import shown
from tests.journeys.world import World, text_of
from tests.makers import ALICE, BOB, CLEO, DAN, HANA


def test_a_merged_topic_takes_its_people_along(world: World) -> None:
    world.joins(CLEO, topics=["air-quality"], user_type="academic")
    world.joins(DAN, topics=["air-quality", "waste"], user_type="academic")
    merge = ("topics", "merge", "air-quality", "--into", "waste", "--by")
    assert world.cli(*merge, ALICE).status == 1, "an author may not"
    soon = world.cli(*merge, BOB, "--on", "2026-11-27")
    assert (soon.status, "choose 2026-11-30 or later" in soon.err) == (1, True)
    assert "on 2026-12-07" in world.done(*merge, BOB)
    assert "ends already" in world.cli(*merge, BOB).err
    reference = world.announces("fine particles")
    world.drain()
    told = text_of(world.last_mail(CLEO, "becomes part of"))
    assert "From Monday 7 December 2026" in told
    assert len(world.mails(DAN, "becomes part of")) == 1
    assert "becomes part of" in world.get("/topics/air-quality").text
    assert "becomes part of" in world.get("/feeds/topics/air-quality.atom").text
    assert "becomes part of" in world.get("/calendar/topics/air-quality.ics").text
    assert world.get("/feeds/topics/waste.atom").text.count("becomes part of") == 0
    assert shown(world, CLEO)["topics"] == ["air-quality"], "nothing happens before the day"
    world.clock.at("2026-12-07 00:10")
    world.drain()
    assert shown(world, CLEO)["topics"] == ["waste"]
    assert shown(world, DAN)["topics"] == ["waste"]
    base = "http://127.0.0.1:8000"
    for path in ("/topics/{}", "/feeds/topics/{}.rss", "/calendar/topics/{}.ics"):
        moved = world.get(path.format("air-quality"))
        there = base + path.format("waste")
        assert (moved.status_code, moved.headers["Location"]) == (301, there)
    form = world.get("/subscribe?topic=air-quality").text
    assert 'value="air-quality"' not in form
    assert re.search(r'value="waste" checked', form)
    world.clock.at("2026-12-10 11:00")
    world.drain()
    for person in (CLEO, DAN):
        reminder = text_of(world.last_mail(person, reference))
        assert len(world.mails(person, reference)) == 2, "announced and reminded, each once"
        assert "You get this because you follow Waste and recycling" in reminder


def test_a_retired_topic_ends_and_says_how_to_choose_again(world: World) -> None:
    refused = world.cli("topics", "retire", "air-quality", "--by", HANA)
    assert (refused.status, "merge Air quality into another" in refused.err) == (1, True)
    catalogue = world.folder / "more.yaml"
    catalogue.write_text(
        "topics: [{slug: odours, name: Odours, parent: environment}]\n", encoding="utf-8"
    )
    world.done("load", str(catalogue))
    world.joins(CLEO, topics=["odours"], user_type="academic")
    world.joins(DAN, topics=["odours", "waste"], user_type="academic")
    world.done("topics", "retire", "odours", "--by", HANA, "--on", "2026-12-01")
    world.drain()
    told = text_of(world.last_mail(CLEO, "Odours"))
    assert "If you follow nothing else, emails from us end then." in told
    assert "/subscribe" in told
    world.clock.at("2026-12-01 00:10")
    world.drain()
    assert (shown(world, CLEO)["status"], shown(world, DAN)["topics"]) == ("left", ["waste"])
    assert world.get("/topics/odours").status_code == 410
    assert world.get("/feeds/topics/odours.atom").status_code == 410
    assert 'value="odours"' not in world.get("/subscribe?topic=odours").text
