"""Cleo asks for Friday's mail, reads it, and ends it with one click; through doors only."""

from __future__ import annotations

import re
from datetime import date, timedelta
from email.message import EmailMessage

import pytest

from tests.journeys.world import World, html_of, one_click, path_in, text_of
from tests.makers import ALICE, CLEO, HANA, Clock

SUBJECT = "Coming next week: "


def asks_for_fridays(
    world: World, email: str, *, language: str = "en", topics: tuple[str, ...] = ("water",)
) -> None:
    """Joins and ticks the box in her settings, behind the link of her welcome."""
    world.joins(email, topics=list(topics), user_type="academic")
    settings = path_in(world.last_mail(email, "/preferences/"), "/preferences/")
    data = {"topics": list(topics), "user_type": "academic", "depth": "technical"}
    answer = world.presses(settings, language=language, week_ahead="1", **data)
    assert answer.status_code == 200


def fridays(world: World, email: str) -> list[EmailMessage]:
    return [m for m in world.mails(email) if str(m["Subject"]).startswith(SUBJECT)]


def ids(world: World, word: str) -> str:
    rows = world.cli("releases", "list", "--json").json
    return next(str(row["id"]) for row in rows if word in row["title"])


@pytest.fixture
def told(world: World, clock: Clock) -> World:
    """A world in which a release comes out, one moves away and a change takes effect from
    28 December to 3 January; Cleo and Dan have asked for Fridays, Eve has not."""
    world.begin()
    asks_for_fridays(world, CLEO)
    world.joins("eve@example.org", topics=["water"], user_type="media")
    world.announces("labelled as")
    moved = ("--to", "2027-01-20 09:30", "--reason-code", "data_late", "--reason", "Late data.")
    world.done("releases", "move", ids(world, "Fly-tipping"), *moved, "--by", ALICE,
               "--approved-by", HANA)  # fmt: skip
    return world


def test_on_friday_who_asked_gets_the_week_to_come(told: World, clock: Clock) -> None:
    """Christmas Day is the Friday before: the mail goes out on Thursday 24 December, once."""
    clock.at("2026-12-23 12:00")
    told.drain()
    assert told.sends("week:2026-W53")["ahead"]["due_at"] == "2026-12-24T10:30:00Z"
    clock.at("2026-12-24 10:29")
    told.drain()
    assert "2026-W53" not in "".join(text_of(m) for m in fridays(told, CLEO))
    clock.at("2026-12-24 10:30")
    for _ in range(2):
        told.drain()
    assert fridays(told, "eve@example.org") == []
    mail = fridays(told, CLEO)[-1]
    assert mail["Subject"] == "Coming next week: 28 December 2026 to 3 January 2027"
    opening = re.search(r'<div class="preheader"[^>]*>([^<]*)', html_of(mail))
    assert opening is not None
    assert re.match(r"\s*Releases: \d+ · Changes: 1 · Releases moved or cancelled: 1", opening[1])
    assert mail["List-Id"] is not None
    assert "Coming next week <week-ahead." in mail["List-Id"]
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    said = text_of(mail)
    assert "Releases: " in said
    assert "Changes: 1" in said
    assert "The Children's Survey will no longer be labelled as in development" in said
    away = said.partition("Will not come out in that week")[2]
    assert re.search(
        r"Fly-tipping.*Was: Wednesday 30 December 2026\s+Now: 9:30am, Wednesday 20 January 2027"
        r"\s+Why: Late data\.",
        away,
        re.S,
    )
    assert "one email each Friday about the week to come" in said
    assert "/week-ahead/2026-W53" in said
    links = re.findall(r"https?://[^\s()\"<>]+", said)
    assert set(links) == set(re.findall(r'href="(https?://[^"]+)"', html_of(mail)))
    assert len([m for m in fridays(told, CLEO) if m["Subject"] == mail["Subject"]]) == 1


def test_one_click_ends_fridays_and_nothing_else(told: World, clock: Clock) -> None:
    clock.at("2026-12-24 10:30")
    told.drain()
    mail = fridays(told, CLEO)[-1]
    assert told.post(one_click(mail), {"List-Unsubscribe": "One-Click"}).status_code == 200
    before = len(fridays(told, CLEO))
    clock.at("2027-01-22 10:30")
    told.drain()
    assert len(fridays(told, CLEO)) == before
    person = told.cli("subscribers", "show", CLEO, "--json").json
    assert (person["status"], person["topics"]) == ("active", ["water"])


def test_a_week_without_anything_is_skipped_with_the_reason(world: World, clock: Clock) -> None:
    """Nothing is announced, no edition is due: no mail, and the page says so."""
    world.begin()
    asks_for_fridays(world, CLEO)
    quiet = next(
        name
        for name in (f"2027-W{number:02d}" for number in range(2, 50))
        if "Nothing comes out and nothing changes" in world.get(f"/week-ahead/{name}").text
    )
    monday = date_of(quiet)
    clock.at(f"{monday} 12:00")
    world.drain()
    friday = world.sends(f"week:{quiet}")["ahead"]["due_at"]
    clock.at(f"{friday[:10]} 12:00")
    world.drain()
    sent = world.sends(f"week:{quiet}")["ahead"]
    assert sent["state"] == "skipped"
    assert sent["end_reason"] == "nothing happens in that week"
    assert f"/week-ahead/{quiet}" not in "".join(text_of(m) for m in fridays(world, CLEO))


def date_of(name: str) -> str:
    """The Wednesday of the week before the one that is named."""
    year, number = name.split("-W")
    return (date.fromisocalendar(int(year), int(number), 3) - timedelta(days=7)).isoformat()


def test_a_mail_that_could_not_go_out_before_the_week_began_lapses(
    told: World, clock: Clock
) -> None:
    """The worker was away from Wednesday to Tuesday: "next week" would not be true any more."""
    clock.at("2026-12-23 12:00")
    told.drain()
    clock.at("2026-12-29 09:00")
    told.drain()
    assert told.sends("week:2026-W53")["ahead"]["end_reason"] == "lapsed"
    assert "2026-W53" not in "".join(text_of(m) for m in fridays(told, CLEO))


def test_in_welsh_the_frame_is_welsh_and_both_have_both(told: World, clock: Clock) -> None:
    asks_for_fridays(told, "gwyn@example.org", language="cy")
    asks_for_fridays(told, "bethan@example.org", language="both")
    clock.at("2026-12-24 10:30")
    told.drain()
    welsh = told.last_mail("gwyn@example.org", "2026-W53")
    assert welsh["Subject"] == "Yr wythnos nesaf: 28 Rhagfyr 2026 i 3 Ionawr 2027"
    assert "Ni fydd yn dod allan yn yr wythnos honno" in text_of(welsh)
    assert "Late data" not in text_of(welsh)
    assert "rhesymau yn Saesneg" in text_of(welsh)
    both = told.last_mail("bethan@example.org", "2026-W53")
    assert str(both["Subject"]).startswith("Yr wythnos nesaf: ")
    assert " / Coming next week: " in str(both["Subject"])
    assert "Late data." in text_of(both)
