"""What may become of a release beside its moves: private at first, cancelled with a choice, told
late."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from tests.journeys.acts import cleo_is_told
from tests.journeys.world import World, text_of

CLEO, DAN = "cleo@example.org", "dan@example.org"
ALICE, BOB, HANA = "alice@example.org", "bob@example.org", "hana@example.org"
EMISSIONS = "Emissions of air pollutants in the UK, 1970 to 2025"
NEXT = "A second look at emissions"
PEOPLE = ("--by", ALICE, "--approved-by", HANA)
SURFACES = ("/releases", "/releases.json", "/calendar.ics", "/feeds/all.atom", "/feeds/all.json")


def release(world: World, title: str = EMISSIONS) -> dict[str, Any]:
    rows = world.cli("releases", "list", "--json").json
    return next(row for row in rows if row["title"] == title)


def adds(world: World, **entry: Any) -> str:
    given = {"series": "emissions-air-pollutants", "title": NEXT, **entry}
    path = world.folder / "release.yaml"
    path.write_text(yaml.safe_dump(given), "utf-8")
    return world.done("releases", "add", "--from", str(path)).strip()


@pytest.fixture
def told(world: World) -> str:
    return world.once(cleo_is_told)


def cancels(world: World, *more: str) -> Any:
    number = str(release(world)["id"])
    reason = ("--reason", "The inventory was not compiled.")
    return world.cli("releases", "cancel", number, *reason, *more, *PEOPLE)


def test_a_planned_release_is_nowhere_until_it_is_announced(world: World) -> None:
    world.begin()
    number = adds(world, date="2027-06-10 09:30", certainty="planned")
    assert world.get(f"/releases/{number}").status_code == 404
    for path in (*SURFACES, "/series/emissions-air-pollutants"):
        assert NEXT not in world.get(path).get_data(as_text=True), path
    world.done("releases", "pre-announce", number, "--by", ALICE)
    assert world.get(f"/releases/{number}").status_code == 200
    for path in ("/releases", "/releases.json", "/calendar.ics"):
        assert NEXT in world.get(path).get_data(as_text=True).replace("\r\n ", ""), path
    said = world.cli("releases", "pre-announce", number, "--by", ALICE)
    assert (said.status, said.err.count("\n")) == (1, 1)


def test_cancelled_and_another_release_carries_the_change(world: World, told: str) -> None:
    """The change keeps its promise with the next edition: it is dated anew, in the one message."""
    number = adds(world, date="2027-06-10 09:30", certainty="confirmed")
    before = len(world.mails(CLEO))
    assert cancels(world, "--notice", f"{told}={number}").status == 0
    world.drain()
    assert len(world.mails(CLEO)) == before + 1, "one merged message"
    mail = text_of(world.mails(CLEO)[-1])
    assert "The inventory was not compiled." in mail
    assert "10 June 2027" in mail
    row = world.cli("notices", "show", told, "--json").json
    assert (row["state"], row["effect"]) == ("announced", "2027-06-10T08:30:00Z")
    assert world.sends(told)["T-30"]["due_at"].startswith("2027-05-11")


def test_cancelled_with_its_change(world: World, told: str) -> None:
    before = len(world.mails(CLEO))
    assert cancels(world, "--notice", f"{told}=cancel").status == 0
    world.drain()
    assert len(world.mails(CLEO)) == before + 1, "one merged message"
    assert "Will not happen" in text_of(world.mails(CLEO)[-1])
    assert world.cli("notices", "show", told, "--json").json["state"] == "cancelled"
    assert "Will not happen" in world.get(f"/changes/{told}").get_data(as_text=True)
    world.clock.at("2027-03-02 12:00")
    world.drain()
    assert len(world.mails(CLEO, told)) <= before + 2, "and then only the old morning"


@pytest.mark.parametrize(
    ("choice", "sentence"),
    [
        ("DEFRA-1999-001=hold", "does not hang on release"),
        ("{told}=perhaps", "=hold, =cancel or =ID of a release"),
        ("{told}", "=hold, =cancel or =ID of a release"),
        ("{told}=99999", "There is no release 99999"),
        ("{told}={same}", "has no date to come"),
        ("{told}={other}", "is of no series"),
        ("{told}={soon}", "would have less notice than the 90 days promised"),
    ],
)
def test_a_choice_that_cannot_be(world: World, told: str, choice: str, sentence: str) -> None:
    rows = world.cli("releases", "list", "--json").json
    other = next(r for r in rows if r["series"] != "emissions-air-pollutants" and r["date"])
    soon = adds(world, date="2027-01-14 09:30", certainty="confirmed")
    given = choice.format(told=told, same="", other=other["id"], soon=soon)
    if "{same}" in choice:
        given = f"{told}={adds_out(world)}"
    said = cancels(world, "--notice", given)
    assert (said.status, sentence in said.err, said.err.count("\n")) == (1, True, 1), said.err
    assert release(world)["state"] == "confirmed", "nothing has changed"
    assert world.cli("notices", "show", told, "--json").json["state"] == "announced"


def adds_out(world: World) -> str:
    """One that will not come out."""
    other = adds(world, title="An older edition", date="2027-06-10 09:30", certainty="confirmed")
    world.done("releases", "cancel", other, "--reason", "It is merged.", *PEOPLE)
    return other


def test_when_it_was_decided_is_on_record(world: World, told: str) -> None:
    """Told three working days after the decision: that is public, with how many were told."""
    number = str(release(world)["id"])
    reason = ("--reason-code", "data_late", "--reason", "Data arrived late.")
    to = ("--to", "2027-04-15 09:30", *reason, *PEOPLE)
    said = world.cli("releases", "move", number, *to, "--decided", "2026-12-01")
    assert "cannot have been decided later than now" in said.err
    world.done("releases", "move", number, *to, "--decided", "2026-11-18 16:00")
    world.drain()
    move = world.cli("releases", "show", number, "--json").json["moves"][-1]
    assert (move["decided_at"], move["told"]) == ("2026-11-18T16:00:00Z", 1)
    assert "later" in world.get("/notice-given").get_data(as_text=True)


def test_no_false_alarm_for_what_is_out_already(world: World, told: str) -> None:
    """Moved later, then brought forward: on the first old day it has been out for days."""
    number = str(release(world)["id"])
    reason = ("--reason-code", "data_late", "--reason", "Data arrived late.")
    world.done("releases", "move", number, "--to", "2027-03-22 09:30", *reason, *PEOPLE)
    world.done("releases", "move", number, "--to", "2027-02-25 09:30", *reason, *PEOPLE)
    world.clock.at("2027-02-25 09:30")
    world.done("releases", "publish", number, "--by", ALICE)
    world.drain()
    world.clock.at("2027-03-01 08:31")
    world.drain()
    assert not world.mails(CLEO, "No release today")


def test_what_the_team_holds_stays_on_hold_when_its_release_moves(world: World, told: str) -> None:
    number = str(release(world)["id"])
    reason = ("--reason", "The panel asked for more.", "--next-update", "2027-01-11")
    world.done("notices", "hold", told, *reason, "--by", ALICE)
    why = ("--reason-code", "data_late", "--reason", "Data arrived late.")
    world.done("releases", "move", number, "--to", "2027-04-15 09:30", *why, *PEOPLE)
    row = world.cli("notices", "show", told, "--json").json
    assert (row["state"], row["effect"]) == ("on_hold", "2027-04-15T08:30:00Z")
    world.done("releases", "postpone", number, *why, "--next-update", "2027-02-01", *PEOPLE)
    world.done("releases", "confirm", number, "--at", "2027-05-13 09:30", "--by", ALICE)
    assert world.cli("notices", "show", told, "--json").json["state"] == "on_hold"
    world.done("notices", "resume", told, "--by", ALICE)
    assert world.sends(told)["T-30"]["due_at"].startswith("2027-04-13")


def test_still_no_date_can_be_said(world: World, told: str) -> None:
    """The day for news has come and there is none: a new day, a new reason, one message."""
    number = str(release(world)["id"])
    why = ("--reason-code", "data_late", "--reason")
    news = ("--next-update", "2027-01-11")
    world.done("releases", "postpone", number, *why, "Data are late.", *news, *PEOPLE)
    world.drain()
    world.clock.at("2027-01-11 11:00")
    before = len(world.mails(CLEO))
    news = ("--next-update", "2027-02-01")
    world.done("releases", "postpone", number, *why, "They are still late.", *news, *PEOPLE)
    world.drain()
    assert len(world.mails(CLEO)) == before + 1
    mail = text_of(world.mails(CLEO)[-1])
    assert "They are still late." in mail
    assert "1 February 2027" in mail
    row = world.cli("releases", "show", number, "--json").json
    assert (row["state"], row["next_update_by"]) == ("postponed_tbc", "2027-02-01")
    assert "They are still late." in world.get(f"/releases/{number}").get_data(as_text=True)


def test_what_was_taken_back_is_told_to_who_got_it(world: World, told: str) -> None:
    """Cleo got the release mail; Dan never followed it. The page keeps the reason."""
    world.joins(DAN, topics=["waste"], user_type="media")
    number = str(release(world)["id"])
    world.clock.at("2027-03-01 09:30")
    world.done("releases", "publish", number, "--by", ALICE)
    world.drain()
    world.clock.forward(days=1)
    reason = ("--reason", "Table 3 held figures of 2024.")
    world.done("releases", "withdraw", number, *reason, "--by", ALICE, "--approved-by", BOB)
    world.drain()
    mail = world.last_mail(CLEO, "Taken back")
    assert "Table 3 held figures of 2024." in text_of(mail)
    assert "Came out" in text_of(mail)
    assert not world.mails(DAN, "Taken back")
    assert "Table 3 held figures" in world.get(f"/releases/{number}").get_data(as_text=True)
