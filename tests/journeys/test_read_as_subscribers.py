"""What people read over some weeks, as they would: true, once, and not after they said stop."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.journeys.acts import entry_of, moves, release
from tests.journeys.world import World, one_click, path_in, text_of
from tests.makers import ALICE, CLEO, DAN, HANA, Clock

EVE, GWYN = "eve@example.org", "gwyn@example.org"
READERS = f"""email,user_type,topics,frequency,language,organisation,confirmed_at
{CLEO},academic,environment;fisheries,weekly,en,,2026-11-01
{DAN},academic,environment;fisheries,immediate,en,,2026-11-01
{EVE},academic,air-quality;waste;fisheries,daily,en,,2026-11-01
{GWYN},academic,waste,daily,both,,2026-11-01
"""
CLICK = {"List-Unsubscribe": "One-Click"}
RECYCLING = "Dry mixed recycling"


@pytest.fixture
def readers(world: World, clock: Clock) -> World:
    """A world with its readers, on a Tuesday afternoon."""
    clock.at("2026-11-24 15:00")
    world.begin()
    file = world.folder / "readers.csv"
    file.write_text(READERS, "utf-8")
    world.done("subscribers", "import", str(file), "--consent", "I agree to get emails.")
    return world


def drains(world: World, clock: Clock, text: str) -> None:
    clock.at(text)
    world.drain()


def revised(world: World, reference: str, summary: str, **changes: object) -> None:
    file = str(entry_of(world, RECYCLING, **changes))
    world.done("notices", "revise", reference, "--from", file, "--summary", summary, "--by", ALICE)
    world.drain()


def test_who_pressed_the_link_hears_no_more_as_an_earlier_reader(
    readers: World, clock: Clock
) -> None:
    """Cleo presses it in a digest, Dan in a mail of its own; both still follow fisheries. Also
    what was promised before they did does not come."""
    reference = readers.announces(RECYCLING)
    emissions = readers.announces("fine particles")
    drains(readers, clock, "2026-11-30 10:30")
    assert moves(readers, "2027-03-15 09:30").status == 0
    readers.drain()
    (digest,) = readers.mails(CLEO, reference)
    (moved,) = readers.mails(DAN, "Data arrived late.")
    for letter in (digest, moved):
        assert readers.post(one_click(letter), CLICK).status_code == 200
    for to in (CLEO, DAN):
        person = readers.cli("subscribers", "show", to, "--json").json
        assert (person["status"], person["topics"]) == ("active", ["fisheries"])
    before = {to: len(readers.mails(to)) for to in (CLEO, DAN)}
    clock.forward(hours=1)
    revised(readers, reference, "It is two weeks later.", effect={"date": "2027-02-10"})
    ended = ("--reason", "No.", "--by", ALICE, "--approved-by", HANA)
    readers.done("notices", "cancel", emissions, *ended)
    for day in ("2026-12-02 10:30", "2026-12-07 10:30", "2027-03-01 08:30", "2027-03-01 10:30"):
        drains(readers, clock, day)
    assert len(readers.mails(EVE, "No release today")) == 1
    assert {to: len(readers.mails(to)) for to in (CLEO, DAN)} == before


def test_the_link_in_a_letter_to_earlier_readers_works(readers: World, clock: Clock) -> None:
    """Eve gave the topic up in her settings, which ends no promise to tell her how it went on;
    the link of the letter that does so ends that as well."""
    reference = readers.announces(RECYCLING)
    drains(readers, clock, "2026-11-25 10:30")
    link = path_in(readers.last_mail(EVE), "/preferences/")
    kept = {"user_type": "academic", "depth": "technical", "language": "en"}
    readers.presses(link, topics=["fisheries"], **kept)
    clock.forward(hours=1)
    revised(readers, reference, "It is one week later.", effect={"date": "2027-02-03"})
    drains(readers, clock, "2026-11-26 10:30")
    told = readers.last_mail(EVE, "It is one week later.")
    assert "you had an earlier message about this" in text_of(told)
    for _ in range(2):
        assert readers.post(one_click(told), CLICK).status_code == 200
    clock.forward(hours=1)
    revised(readers, reference, "It is two weeks later.", effect={"date": "2027-02-10"})
    drains(readers, clock, "2026-11-27 10:30")
    assert readers.mails(EVE, "It is two weeks later.") == []
    assert len(readers.mails(GWYN, "It is two weeks later.")) == 1
    person = readers.cli("subscribers", "show", EVE, "--json").json
    assert (person["status"], person["topics"]) == ("active", ["fisheries"])


def test_a_correction_is_called_one(readers: World, clock: Clock) -> None:
    wrong = {
        "series": ["fly-tipping"],
        "type": "correction",
        "materiality": "minor",
        "effect": {"date": "2026-11-24"},
        "headline": "The count for Leeds was wrong",
        "what": "It was 1,204 and is 1,024.",
    }
    file = str(entry_of(readers, RECYCLING, **wrong, next_update_by=None, impact={"known": "yes"}))
    readers.done("notices", "new", "--from", file)
    reference = readers.announces("Leeds")
    readers.drain()
    mail = readers.last_mail(DAN, reference)
    assert str(mail["Subject"]) == "Correction: The count for Leeds was wrong"
    text = text_of(mail)
    assert "Corrected: Tuesday 24 November 2026" in text
    for untrue in ("is coming", "Takes effect", "Notice given", "today", "Decided"):
        assert untrue not in text
    welsh = str(readers.last_mail(GWYN, reference)["Subject"])
    assert welsh.startswith("Cywiriad: ")


def test_a_digest_says_when_a_day_moved_and_what_it_was(readers: World, clock: Clock) -> None:
    reference = readers.announces(RECYCLING)
    drains(readers, clock, "2026-11-30 10:30")
    was = readers.cli("notices", "show", reference, "--json").json["effect"]
    clock.forward(hours=1)
    revised(readers, reference, "It is two weeks later.", effect={"date": "2027-02-10"})
    drains(readers, clock, "2026-12-07 10:30")
    mail = readers.last_mail(CLEO, "two weeks later")
    assert str(mail["Subject"]).startswith("Updated: Dry mixed recycling")
    day = datetime.fromisoformat(str(was)[:10])
    text = text_of(mail)
    assert "Takes effect: Wednesday 10 February 2027 (65 days left)" in text
    assert f"Was: {day:%A} {day.day} {day:%B %Y}" in text


def test_who_reads_weekly_is_told_before_it_is_too_late_and_why_then(
    readers: World, clock: Clock
) -> None:
    """Of class F, eleven days ahead: the next Monday leaves fewer than five working days."""
    short = ("--short-notice-reason", "It was asked for in November.", "--approved-by", HANA)
    reference = readers.announces("Monthly landings", *short)
    drains(readers, clock, "2026-11-25 10:30")
    (early,) = readers.mails(CLEO, reference)
    text = text_of(early)
    assert "Before your weekly digest, Wednesday 25 November 2026" in text
    assert "too late, so it comes now" in " ".join(text.split())
    assert "once a week" not in text
    drains(readers, clock, "2026-11-30 10:30")
    assert len(readers.mails(CLEO, reference)) == 1, "it is not told again on Monday"


def test_a_release_that_is_taken_back_came_out_when_it_did(readers: World, clock: Clock) -> None:
    row = next(
        each
        for each in readers.cli("releases", "list", "--json").json
        if each["series"] == "people-nature-survey" and each["certainty"] == "confirmed"
    )
    at = datetime.fromisoformat(row["at"].replace("Z", "+00:00"))
    clock.instant = at + timedelta(hours=2)
    number = str(row["id"])
    readers.joins("nell@example.org", topics=["nature"], user_type="academic")
    readers.done("releases", "publish", number, "--by", ALICE)
    out = clock.instant
    readers.drain()
    clock.forward(hours=3)
    why = ("--reason", "A table was wrong.", "--by", ALICE, "--approved-by", HANA)
    readers.done("releases", "withdraw", number, *why)
    readers.drain()
    text = text_of(readers.last_mail("nell@example.org", "A table was wrong."))
    assert f"Came out: {out:%-I:%M}am" in text
    assert release(readers)["state"] == "confirmed", "the others stand"
