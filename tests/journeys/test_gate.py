"""The gate of a release with a change, what waits behind it, and reminders that came too late."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from tests.journeys.acts import cleo_is_told
from tests.journeys.world import World
from tests.makers import CATALOGUE

CLEO, DAN = "cleo@example.org", "dan@example.org"
ALICE, BOB, HANA = "alice@example.org", "bob@example.org", "hana@example.org"
EMISSIONS = "Emissions of air pollutants in the UK, 1970 to 2025"
PEOPLE = ("--by", ALICE, "--approved-by", HANA)
LATE = ("--reason-code", "data_late", "--reason", "Data arrived late.")


@pytest.fixture
def told(world: World) -> str:
    return world.once(cleo_is_told)


def number(world: World) -> str:
    rows = world.cli("releases", "list", "--json").json
    return str(next(row["id"] for row in rows if row["title"] == EMISSIONS))


def entry(**changes: Any) -> dict[str, Any]:
    document = yaml.safe_load(CATALOGUE.read_text("utf-8"))
    return {**document["notices"][0], **changes}


def written(world: World, **changes: Any) -> str:
    path = world.folder / "notice.yaml"
    path.write_text(yaml.safe_dump(entry(**changes), allow_unicode=True), "utf-8")
    return str(path)


def publishes(world: World) -> Any:
    return world.cli("releases", "publish", number(world), "--by", ALICE)


def test_what_is_on_hold_keeps_its_release_back(world: World, told: str) -> None:
    reason = ("--reason", "The panel asked for more.", "--next-update", "2027-01-11")
    world.done("notices", "hold", told, *reason, "--by", ALICE)
    world.clock.at("2027-03-01 09:30")
    said = publishes(world)
    assert (said.status, f"{told} is on hold" in said.err) == (1, True)
    assert said.err.count("\n") == 1


def test_a_second_change_that_nobody_has_read_keeps_it_back(world: World, told: str) -> None:
    path = written(world, headline="A second change comes with the same edition")
    second = world.done("notices", "new", "--from", path).strip()
    world.clock.at("2027-03-01 09:30")
    said = publishes(world)
    assert f"{second} is to take effect with this release and is not announced" in said.err


def test_a_change_that_took_effect_early_or_will_not_happen_opens_it(
    world: World, told: str
) -> None:
    world.done("notices", "early", told, "--reason", "The survey was ready.", "--by", ALICE)
    world.clock.at("2027-03-01 09:30")
    assert publishes(world).status == 0


def test_a_cancelled_change_does_not_lock_its_release(world: World, told: str) -> None:
    world.done("notices", "cancel", told, "--reason", "It will not be.", *PEOPLE)
    world.clock.at("2027-03-01 09:30")
    assert publishes(world).status == 0


def test_two_moves_before_anybody_was_told(world: World, told: str) -> None:
    """The first message never went; the morning of the first day is told to who got the second."""
    world.done("releases", "move", number(world), "--to", "2027-03-22 09:30", *LATE, *PEOPLE)
    world.done("releases", "move", number(world), "--to", "2027-03-31 09:30", *LATE, *PEOPLE)
    world.drain()
    world.clock.at("2027-03-01 08:31")
    world.drain()
    assert len(world.mails(CLEO, "No release today")) == 1


def test_who_follows_another_series_of_the_change_hears_of_the_move(
    world: World, told: str
) -> None:
    path = written(world, series=["emissions-air-pollutants", "uk-waste"])
    world.done(
        *("notices", "revise", told, "--from", path),
        *("--summary", "Waste is concerned, too.", "--by", ALICE),
    )
    world.joins(DAN, topics=["waste"], user_type="media")
    world.drain()
    world.done("releases", "move", number(world), "--to", "2027-04-15 09:30", *LATE, *PEOPLE)
    world.drain()
    assert world.mails(DAN, "Data arrived late.")


def test_a_reminder_that_comes_too_late_is_not_sent(world: World, told: str) -> None:
    """No worker ran from the announcement to a week before: the newest reminder says it all."""
    world.clock.at("2027-02-23 12:00")
    world.drain()
    sends = world.sends(told)
    assert {stage: sends[stage]["state"] for stage in ("T-90", "T-30", "T-7")} == {
        "T-90": "skipped",
        "T-30": "skipped",
        "T-7": "done",
    }
    assert "its time had passed" in sends["T-30"]["end_reason"]


def test_a_notice_does_not_tell_the_date_of_a_hidden_release(world: World) -> None:
    world.begin()
    path = world.folder / "release.yaml"
    given = {"series": "emissions-air-pollutants", "title": "Hidden", "date": "2027-06-10 09:30"}
    path.write_text(yaml.safe_dump({**given, "certainty": "planned"}), "utf-8")
    hidden = world.done("releases", "add", "--from", str(path)).strip()
    file = written(world, headline="It comes with what is hidden", effect={"release": "Hidden"})
    reference = world.done("notices", "new", "--from", file).strip()
    world.done("notices", "submit", reference, "--by", ALICE)
    world.done("notices", "approve", reference, "--by", HANA)
    said = world.cli("notices", "publish", reference, "--by", ALICE)
    assert f"releases pre-announce {hidden}" in said.err
    world.done("releases", "pre-announce", hidden, "--by", ALICE)
    world.done("notices", "publish", reference, "--by", ALICE)


@pytest.mark.parametrize(
    ("date", "sentence"),
    [
        ("2027-03-06 09:30", "is a weekend or bank holiday"),
        ("2027-03-08 11:00", "Statistics come out at 09:30"),
        ("2026-03-09 09:30", "That date is past"),
    ],
)
def test_a_new_release_keeps_the_rules(world: World, date: str, sentence: str) -> None:
    world.begin()
    path = world.folder / "release.yaml"
    given = {"series": "emissions-air-pollutants", "title": "Another", "date": date}
    path.write_text(yaml.safe_dump({**given, "certainty": "confirmed"}), "utf-8")
    said = world.cli("releases", "add", "--from", str(path))
    assert (said.status, sentence in said.err) == (1, True), said.err


def test_what_cannot_come_out_is_withheld_with_an_alarm(world: World, told: str) -> None:
    """Armed, and its change is put on hold before the instant: nothing goes out, an alarm does."""
    words = world.folder / "words.yaml"
    words.write_text("detail: Figures.", "utf-8")
    people = ("--by", ALICE, "--approved-by", BOB)
    world.done("releases", "announce", number(world), "--from", str(words), *people)
    reason = ("--reason", "The panel asked for more.", "--next-update", "2027-03-11")
    world.done("notices", "hold", told, *reason, "--by", ALICE)
    world.clock.at("2027-03-01 09:30")
    world.drain()
    world.clock.forward(minutes=6)
    world.drain()
    assert not world.mails(CLEO, "Out now")
    assert world.mails(BOB, f"{told} is on hold")
    state = world.cli("releases", "words", number(world), "--json").json["state"]
    assert state == "withheld"
