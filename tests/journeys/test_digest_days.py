"""Cleo takes it daily, Eve weekly: what each gets, when, and how they stop; through doors only."""

from __future__ import annotations

import re
from email.message import EmailMessage

import pytest

from tests.journeys.world import World, html_of, one_click, path_in, text_of
from tests.makers import ALICE, CLEO, HANA, Clock

EVE, DAN, GWYN = "eve@example.org", "dan@example.org", "gwyn@example.org"
HEADER = "email,user_type,topics,frequency,language,organisation,confirmed_at"
READERS = (
    f"{CLEO},academic,air-quality;waste;fisheries,daily,en,,2026-11-01",
    f"{EVE},media,air-quality;waste,weekly,en,,2026-11-01",
    f"{DAN},academic,air-quality;waste;fisheries,immediate,en,,2026-11-01",
    f"{GWYN},academic,air-quality;waste,daily,both,,2026-11-01",
)
EMISSIONS, RECYCLING, LANDINGS = "fine particles", "Dry mixed recycling", "Monthly landings"


@pytest.fixture
def readers(world: World, clock: Clock) -> World:
    """A world with its readers, on a Tuesday afternoon."""
    clock.at("2026-11-17 15:00")
    world.begin()
    file = world.folder / "readers.csv"
    file.write_text("\n".join([HEADER, *READERS, ""]), "utf-8")
    world.done("subscribers", "import", str(file), "--consent", "I agree to get emails.")
    return world


def digests(world: World, to: str) -> list[EmailMessage]:
    return [m for m in world.mails(to) if re.search(r"<(daily|weekly)\.", str(m["List-Id"]))]


def drains(world: World, clock: Clock, text: str) -> None:
    clock.at(text)
    world.drain()


def test_a_daily_reader_has_one_mail_in_the_morning(readers: World, clock: Clock) -> None:
    emissions, recycling = readers.announces(EMISSIONS), readers.announces(RECYCLING)
    readers.drain()
    assert len(readers.mails(DAN)) == 2
    assert readers.mails(CLEO) == []
    assert readers.sends(emissions)["announce"]["pending"] == 3
    drains(readers, clock, "2026-11-18 10:29")
    assert readers.mails(CLEO) == []
    drains(readers, clock, "2026-11-18 10:30")
    readers.drain()
    (mail,) = readers.mails(CLEO)
    assert str(mail["Subject"]).startswith("2 updates: ")
    assert "Daily digest from " in str(mail["List-Id"])
    assert "<daily." in str(mail["List-Id"])
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    text, html = text_of(mail), html_of(mail)
    for reference in (emissions, recycling):
        assert text.count(f"/changes/{reference}") == 1
    assert "Takes effect: " in text
    assert "days left" in text
    assert "You get this because you follow Air quality and Waste and recycling." in text
    links = set(re.findall(r"https?://[^\s()\"<>]+", text))
    assert links == {u.replace("&amp;", "&") for u in re.findall(r'href="(https?://[^"]+)"', html)}
    assert len(html) < 102_000
    for to in (EVE, DAN):
        assert digests(readers, to) == []
    (both,) = digests(readers, GWYN)
    assert "Crynodeb dyddiol" in text_of(both)
    assert "Daily digest" in text_of(both)
    assert both["Content-Language"] == "cy, en"


def test_a_weekly_reader_has_one_mail_on_monday(readers: World, clock: Clock) -> None:
    """What was announced on three days is in it, and the record of each is complete then."""
    emissions = readers.announces(EMISSIONS)
    readers.drain()
    drains(readers, clock, "2026-11-19 12:00")
    recycling = readers.announces(RECYCLING)
    for day in ("20", "21", "22"):
        drains(readers, clock, f"2026-11-{day} 12:00")
    assert readers.mails(EVE) == []
    assert readers.sends(emissions)["announce"]["state"] == "sending"
    drains(readers, clock, "2026-11-23 10:30")
    (mail,) = readers.mails(EVE)
    assert "<weekly." in str(mail["List-Id"])
    assert "Weekly digest" in text_of(mail)
    for reference in (emissions, recycling):
        assert reference in text_of(mail)
        told = readers.sends(reference)["announce"]
        assert (told["state"], told["accepted"], told["pending"]) == ("done", 4, 0)
    shown = readers.cli("subscribers", "show", EVE, "--json").json["sends"]
    why = {row["about"]: row["why"] for row in shown}
    assert why[emissions] == "follows Air quality; in the digest of 23 November 2026"
    days = [
        row["stage"] for row in readers.cli("sends", "list", "--about", "digest", "--json").json
    ]
    assert days == ["2026-11-18", "2026-11-20", "2026-11-23"]  # nothing to say, nothing planned


def test_what_is_urgent_or_would_be_late_comes_at_once(readers: World, clock: Clock) -> None:
    """A moved release, and a notice on the last day on which it keeps its promise."""
    rows = readers.cli("releases", "list", "--json").json
    moving = next(str(r["id"]) for r in rows if "emission" in r["series"] and r["contains_change"])
    emissions = readers.announces(EMISSIONS)
    drains(readers, clock, "2026-11-18 10:30")
    assert len(digests(readers, CLEO)) == 1
    clock.at("2026-11-18 15:00")
    why = ("--reason-code", "data_late", "--reason", "Late data.")
    signed = ("--by", ALICE, "--approved-by", HANA)
    readers.done("releases", "move", moving, "--to", "2027-03-25 09:30", *why, *signed)
    readers.drain()
    for to in (CLEO, EVE, DAN):
        assert len(readers.mails(to, "Late data.")) == 1
    publish_by = readers.cli("notices", "show", emissions, "--json").json["publish_by"]
    clock.at(f"{publish_by} 15:00")
    news = ("--next-update", "2027-01-29", "--by", ALICE)
    readers.done("notices", "hold", emissions, "--reason", "A check.", *news)
    readers.drain()
    for to in (CLEO, EVE, DAN):
        assert len(readers.mails(to, "A check.")) == 1
    assert len(digests(readers, CLEO)) == 1


def test_a_minor_change_reaches_everybody_by_digest(readers: World, clock: Clock) -> None:
    minor = readers.announces(LANDINGS)
    assert readers.cli("notices", "show", minor, "--json").json["class"] == "F"
    readers.drain()
    assert readers.mails(DAN) == readers.mails(CLEO) == []
    drains(readers, clock, "2026-11-18 10:30")
    for to in (CLEO, DAN):
        (mail,) = readers.mails(to)
        assert "<daily." in str(mail["List-Id"])
        assert minor in text_of(mail)
    assert readers.sends(minor)["announce"]["accepted"] == 2


def test_one_click_in_a_digest_ends_what_it_told_of(readers: World, clock: Clock) -> None:
    readers.announces(EMISSIONS)
    readers.announces(RECYCLING)
    drains(readers, clock, "2026-11-18 10:30")
    (mail,) = readers.mails(CLEO)
    page = readers.get(path_in(mail, "/u/")).get_data(as_text=True)
    assert "Air quality" in page
    assert "Waste and recycling" in page
    for _ in range(2):
        answer = readers.post(one_click(mail), {"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200
    person = readers.cli("subscribers", "show", CLEO, "--json").json
    assert (person["status"], person["topics"]) == ("active", ["fisheries"])
