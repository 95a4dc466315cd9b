"""A release's date may become less exact, or more: every surface says how exact, in words."""

from __future__ import annotations

from email.message import EmailMessage
from typing import Any

import pytest
import yaml

from tests.journeys.world import World, text_of

CLEO = "cleo@example.org"
ALICE, HANA = "alice@example.org", "hana@example.org"
EMISSIONS = "Emissions of air pollutants in the UK, 1970 to 2025"
LOOK = "A second look at emissions"
PEOPLE = ("--by", ALICE, "--approved-by", HANA)
WHY = ("--reason-code", "data_late", "--reason", "The survey came back late.")


@pytest.fixture
def number(world: World) -> str:
    """A provisional release on 10 June 2027 that Cleo follows with its topic."""
    world.begin()
    world.joins(CLEO, topics=["air-quality"], user_type="academic")
    entry = {"series": "emissions-air-pollutants", "title": LOOK, "date": "2027-06-10 09:30"}
    path = world.folder / "release.yaml"
    path.write_text(yaml.safe_dump(entry), "utf-8")
    return world.done("releases", "add", "--from", str(path)).strip()


def shown(world: World, number: str) -> dict[str, Any]:
    row: dict[str, Any] = world.cli("releases", "show", number, "--json").json
    return row


def moves(world: World, number: str, *to: str) -> EmailMessage:
    """Moves it; Cleo gets exactly one mail, which is returned."""
    before = len(world.mails(CLEO))
    said = world.done("releases", "move", number, "--to", *to, *WHY, *PEOPLE)
    assert "told by send" in said
    world.drain()
    mails = world.mails(CLEO)
    assert len(mails) == before + 1, [str(mail["Subject"]) for mail in mails[before:]]
    return mails[-1]


def event(world: World, number: str) -> dict[str, str]:
    """Its entry in the calendar, unfolded."""
    lines = world.get("/calendar.ics").get_data(as_text=True).replace("\r\n ", "").split("\r\n")
    start = next(i for i, row in enumerate(lines) if row.startswith(f"UID:release-{number}@"))
    first = max(i for i in range(start) if lines[i] == "BEGIN:VEVENT")
    entry = lines[first + 1 : lines.index("END:VEVENT", start)]
    return dict(row.split(":", 1) for row in entry if ":" in row)


def test_vaguer_then_firmer_is_said_in_words_everywhere(world: World, number: str) -> None:
    before = event(world, number)
    mail = moves(world, number, "2027-06")
    assert str(mail["Subject"]) == f"Now in June 2027: {LOOK}"
    words = text_of(mail)
    assert "The date of this release is less exact than before." in words
    assert "Comes out: In June 2027" in words
    assert "Was: 9:30am, Thursday 10 June 2027" in words
    assert "The survey came back late." in words
    row = shown(world, number)
    (move,) = row["moves"]
    assert (row["state"], row["precision"]) == ("provisional", "month")
    assert (move["direction"], move["from_precision"]) == ("vaguer", "datetime")

    found = event(world, number)
    assert found["UID"] == before["UID"]
    assert int(found["SEQUENCE"]) == int(before["SEQUENCE"]) + 1
    assert found["DTSTART;VALUE=DATE"] == "20270601"
    assert found["DTEND;VALUE=DATE"] == "20270701", "the day after the last"
    assert (found["TRANSP"], found["STATUS"]) == ("TRANSPARENT", "TENTATIVE")
    assert "now in June 2027" in found["DESCRIPTION"].replace("\\", "")
    page = world.get(f"/releases/{number}").get_data(as_text=True)
    assert "Was Thursday 10 June 2027, now in June 2027" in page
    assert "Day to come" in page
    assert '"startDate": "2027-06"' in page
    assert "now in June 2027" in world.get("/releases").get_data(as_text=True)
    assert "Less exact date: " in world.get("/feeds/all.atom").get_data(as_text=True)
    data = world.get("/releases.json").get_json()
    (entry,) = [each for each in data if each["title"] == LOOK]
    assert entry["precision"] == "month"
    assert entry["date_changes"][-1]["direction"] == "vaguer"

    mail = moves(world, number, "2027-06-17", "--precision", "week")
    assert str(mail["Subject"]) == f"Now in the week of Monday 14 June 2027: {LOOK}"
    assert "More exact date" in text_of(mail)
    assert "Was: in June 2027" in text_of(mail)
    assert "First announced for 10 June 2027; changed 2 times." in " ".join(
        world.get(f"/releases/{number}").get_data(as_text=True).split()
    ).replace("Thursday ", "")
    assert event(world, number)["DTSTART;VALUE=DATE"] == "20270614"


def test_who_waits_on_the_old_day_hears_that_morning(world: World, number: str) -> None:
    """It may not come out on that day unless that is confirmed first."""
    moves(world, number, "2027-06")
    world.clock.at("2027-06-10 08:29")
    world.drain()
    assert not world.mails(CLEO, "No release today")
    world.clock.at("2027-06-10 08:31")
    world.drain()
    mail = world.last_mail(CLEO, "No release today")
    assert "In June 2027" in text_of(mail)


def test_fixed_on_the_old_day_after_all_no_false_alarm(world: World, number: str) -> None:
    moves(world, number, "2027-06")
    world.done("releases", "confirm", number, "--at", "2027-06-10 09:30", "--by", ALICE)
    assert shown(world, number)["moves"][-1]["direction"] == "firmer"
    world.clock.at("2027-06-10 08:31")
    world.drain()
    assert not world.mails(CLEO, "No release today")


def test_another_date_is_told_and_never_confirmed_in_silence(world: World, number: str) -> None:
    confirm = ("releases", "confirm", number, "--by", ALICE, "--at")
    for at in ("2027-07-01 09:30", "2027-06-11 09:30"):
        said = world.cli(*confirm, at)
        assert (said.status, said.err.count("\n")) == (1, 1)
        assert "Users were told another date; move the release" in said.err
    moves(world, number, "2027-Q3")
    assert shown(world, number)["moves"][-1]["direction"] == "later"
    for vague in ("2027-07", "2027-07-01"):
        assert "needs an exact time" in world.cli(*confirm, vague).err
    world.done(*confirm, "2027-07-01 09:30")
    row = shown(world, number)
    assert (row["state"], row["moved"]) == ("confirmed", True)


def test_a_confirmed_date_stays_exact_and_the_way_out_works(world: World) -> None:
    """Postponed without a date it waits, its change with it; a quarter lets both go on."""
    world.begin()
    world.joins(CLEO, topics=["air-quality"], user_type="academic")
    change = world.announces("fine particles")
    world.drain()
    rows = world.cli("releases", "list", "--json").json
    number = str(next(row["id"] for row in rows if row["title"] == EMISSIONS))
    before = shown(world, number)
    for to in (("2027-03",), ("2027-Q2",), ("2027-04-15",), ("2027-04-15", "--precision", "week")):
        said = world.cli("releases", "move", number, "--to", *to, *WHY, *PEOPLE)
        assert (said.status, said.err.count("\n")) == (1, 1), to
        assert f"bin/notifier releases postpone {number}" in said.err
    assert shown(world, number) == before
    news = ("--next-update", "2027-01-11")
    world.done("releases", "postpone", number, *news, *WHY, *PEOPLE)
    world.drain()
    assert world.cli("notices", "show", change, "--json").json["state"] == "on_hold"
    world.clock.at("2027-01-11 11:00")
    words = text_of(moves(world, number, "2027-Q2"))
    assert "This release has a date again." in words
    assert "Between April and June 2027" in words
    row = shown(world, number)
    assert (row["state"], row["precision"], row["next_update_by"]) == (
        "provisional",
        "quarter",
        None,
    )
    notice = world.cli("notices", "show", change, "--json").json
    assert (notice["state"], notice["effect"][:10]) == ("announced", "2027-04-01")
    page = world.get(f"/changes/{change}").get_data(as_text=True)
    words = "Takes effect between April and June 2027, after a time without a date, because"
    assert words in page
    assert "The day is not settled yet" in page
    world.done("releases", "confirm", number, "--at", "2027-05-13 09:30", "--by", ALICE)
    notice = world.cli("notices", "show", change, "--json").json
    assert notice["effect"] == "2027-05-13T08:30:00Z"


@pytest.mark.parametrize(
    ("to", "words"),
    [
        (("2026-10",), "That date is past"),
        (("2026-W46",), "That date is past"),
        (("2027-06", "--precision", "date"), "says a month and no more"),
        (("2027-06-12",), "is a weekend or bank holiday"),
        (("2027-06-10 07:00",), "Statistics come out at 09:30"),
        (("2027-06-10 09:30",), "the date that stands already"),
        (("some day",), "is no date"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_a_date_that_cannot_be(world: World, number: str, to: tuple[str, ...], words: str) -> None:
    before = shown(world, number)
    said = world.cli("releases", "move", number, "--to", *to, *WHY, *PEOPLE)
    assert (said.status, words in said.err, said.err.count("\n")) == (1, True, 1), said.err
    assert shown(world, number) == before
    world.drain()
    assert not world.mails(CLEO, LOOK)
