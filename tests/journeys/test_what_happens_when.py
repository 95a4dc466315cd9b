"""DOMAIN.md section 5, line by line, through doors only, on both databases."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.journeys.world import World, path_in, text_of
from tests.makers import CATALOGUE

CLEO, DAN, EVE = "cleo@example.org", "dan@example.org", "eve@example.org"
ALICE, BOB, HANA = "alice@example.org", "bob@example.org", "hana@example.org"
EMISSIONS = "Emissions of air pollutants in the UK, 1970 to 2025"


@pytest.fixture
def told(world: World) -> str:
    """Cleo follows Air quality, Dan Waste; the change of emissions is announced and mailed."""
    world.begin()
    world.joins(CLEO, topics=["air-quality"], user_type="academic")
    world.joins(DAN, topics=["waste"], user_type="local-government")
    reference = world.announces("fine particles")
    world.drain()
    return reference


def release(world: World, title: str = EMISSIONS) -> dict[str, Any]:
    rows = world.cli("releases", "list", "--json").json
    return next(row for row in rows if row["title"] == title)


def notice(world: World, reference: str) -> dict[str, Any]:
    return dict(world.cli("notices", "show", reference, "--json").json)


def moves(world: World, to: str, *, reason: str = "Data arrived late.") -> Any:
    number = str(release(world)["id"])
    options = ("--reason-code", "data_late", "--reason", reason, "--by", ALICE)
    return world.cli("releases", "move", number, "--to", to, *options, "--approved-by", HANA)


def test_a_release_moves_later(world: World, told: str) -> None:
    """The effect follows, unsaid stages are re-dated, one message merges move and change."""
    world.clock.at("2026-12-10 11:00")  # after T-90
    world.drain()
    mails = len(world.mails(CLEO))
    before = world.sends(told)
    assert moves(world, "2027-04-15 09:30").status == 0
    world.drain()
    assert len(world.mails(CLEO)) == mails + 1, "one merged message, never two"
    merged = text_of(world.mails(CLEO)[-1])
    assert "Data arrived late." in merged
    assert told in merged
    assert not world.mails(DAN, told)
    row = notice(world, told)
    assert row["effect"].startswith("2027-04-15")
    assert row["lead_days"] > 98
    after = world.sends(told)
    assert after["announce"] == before["announce"], "what was said is not repeated"
    assert after["T-90"] == before["T-90"]
    assert after["T-30"]["due_at"].startswith("2027-03-16")
    assert after["T0"]["due_at"].startswith("2027-04-15T08:30"), "09:30 in summer time"
    assert world.sends(f"release:{release(world)['id']}")["moved"]["accepted"] == 1
    page = world.get(f"/releases/{release(world)['id']}").get_data(as_text=True)
    assert "Data arrived late." in page


def test_no_release_today(world: World, told: str) -> None:
    """On the morning of the old date, to exactly those who expected it."""
    old = release(world)["date"]
    assert moves(world, "2027-04-15 09:30").status == 0
    world.drain()
    world.joins(EVE, topics=["air-quality"], user_type="media")  # never expected the old date
    world.clock.at(f"{old[:10]} 08:29")
    world.drain()
    assert not world.mails(CLEO, "No release today")
    world.clock.at(f"{old[:10]} 08:31")
    world.drain()
    assert len(world.mails(CLEO, "No release today")) == 1
    assert not world.mails(EVE, "No release today")
    assert not world.mails(DAN, "No release today")


def test_postponed_and_dated_again(world: World, told: str) -> None:
    number = str(release(world)["id"])
    guarded = ("--by", ALICE, "--approved-by", HANA)
    world.done(
        *("releases", "postpone", number, "--reason-code", "quality_issue"),
        *("--reason", "A check failed.", "--next-update", "2027-01-15", *guarded),
    )
    assert notice(world, told)["state"] == "on_hold"
    assert {s["state"] for s in world.sends(told).values()} == {"done", "paused"}
    world.drain()
    assert "A check failed." in text_of(world.mails(CLEO)[-1])
    world.clock.at("2027-02-26 12:00")  # the old T-30 and T0 have gone by
    world.drain()
    assert world.sends(told)["T-30"]["state"] == "paused", "nothing is said while it waits"
    world.done("releases", "confirm", number, "--at", "2027-05-13 09:30", "--by", ALICE)
    row = notice(world, told)
    assert (row["state"], row["effect"]) == ("announced", "2027-05-13T08:30:00Z")
    assert world.sends(told)["T-30"]["due_at"].startswith("2027-04-13")
    world.drain()
    assert "13 May 2027" in text_of(world.mails(CLEO)[-1]), "who heard of no date hears the new one"


def test_what_is_due_at_once_is_not_lost_by_what_follows(world: World) -> None:
    """Announced, moved and held before the worker looked even once: each of it is said."""
    world.begin()
    world.joins(CLEO, topics=["air-quality"], user_type="academic")
    reference = world.announces("fine particles")
    assert moves(world, "2027-04-15 09:30").status == 0
    hold = ("notices", "hold", reference, "--reason", "It is checked.", "--by", ALICE)
    world.done(*hold, "--next-update", "2027-01-11")
    file = entry_of(world, "fine particles", why="Fewer homes burn wood.", series_break="yes")
    revise = ("notices", "revise", reference, "--from", str(file), "--by", ALICE)
    world.done(*revise, "--summary", "There is a break.")
    assert world.sends(reference)["T-30"]["state"] == "paused", "on hold nothing is planned again"
    world.done("notices", "resume", reference, "--by", ALICE)
    world.drain()
    said = {stage for stage, row in world.sends(reference).items() if row["state"] == "done"}
    assert {"announce", "held", "updated", "resumed"} <= said
    assert world.sends(f"release:{release(world)['id']}")["moved"]["accepted"] == 1


def test_brought_forward_needs_the_head_of_profession(world: World, told: str) -> None:
    number = str(release(world)["id"])
    options = ("--reason-code", "brought_forward", "--reason", "It is ready.", "--by", ALICE)
    to = ("--to", "2027-01-14 09:30")
    refused = world.cli("releases", "move", number, *to, *options, "--approved-by", BOB)
    assert (refused.status, refused.err.count("\n")) == (1, 1)
    assert release(world)["date"] != "2027-01-14 09:30"
    world.done("releases", "move", number, *to, *options, "--approved-by", HANA)
    row = notice(world, told)
    assert (row["verdict"], row["short_notice_reason"]) == ("short", "It is ready.")
    world.drain()
    assert "It is ready." in text_of(world.mails(CLEO)[-1])
    assert world.sends(told)["T-90"]["state"] in ("skipped", "cancelled")


def test_a_cancelled_release_puts_its_changes_on_hold(world: World, told: str) -> None:
    number = str(release(world)["id"])
    world.done(
        *("releases", "cancel", number, "--reason", "The survey was stopped."),
        *("--by", ALICE, "--approved-by", HANA),
    )
    assert release(world)["state"] == "cancelled"
    assert notice(world, told)["state"] == "on_hold"
    world.drain()
    assert "The survey was stopped." in text_of(world.mails(CLEO)[-1])
    page = world.get(f"/releases/{number}")
    assert page.status_code == 200
    assert "The survey was stopped." in page.get_data(as_text=True)


def test_a_cancelled_change_tells_who_was_told(world: World, told: str) -> None:
    world.joins(EVE, topics=["air-quality"], user_type="media")  # got the welcome only
    world.done(
        *("notices", "cancel", told, "--reason", "The survey showed no difference."),
        *("--by", ALICE, "--approved-by", BOB),
    )
    world.drain()
    assert "The survey showed no difference." in text_of(world.mails(CLEO)[-1])
    assert not world.mails(EVE, "no difference"), "who was never told is not told that it is off"
    page = world.get(f"/changes/{told}")
    assert page.status_code == 200, "a tombstone stays"
    assert "will not happen" in page.get_data(as_text=True).lower()
    world.clock.forward(days=200)
    world.drain()
    assert {s["state"] for s in world.sends(told).values()} <= {"done", "cancelled"}


def test_early_effect(world: World, told: str) -> None:
    world.clock.forward(days=60)
    world.drain()
    world.done("notices", "early", told, "--reason", "Published by mistake.", "--by", ALICE)
    row = notice(world, told)
    assert (row["state"], row["verdict"]) == ("in_effect", "short")
    world.drain()
    assert "Published by mistake." in text_of(world.mails(CLEO)[-1])
    mails = len(world.mails(CLEO))
    world.clock.forward(days=100)
    world.drain()
    assert len(world.mails(CLEO)) == mails, "the remaining stages are stopped"


def test_effect_waits_for_the_release_and_then_the_outcome(world: World, told: str) -> None:
    number = str(release(world)["id"])
    day = release(world)["date"][:10]
    world.clock.at(f"{day} 12:00")
    world.drain()
    assert world.sends(told)["T0"]["state"] == "planned", "it is late, so T0 waits"
    assert notice(world, told)["state"] == "announced"
    world.done("releases", "publish", number, "--by", ALICE)
    world.drain()
    assert notice(world, told)["state"] == "in_effect"
    assert world.sends(told)["T0"]["accepted"] == 1
    refused = world.cli(
        "notices", "close", told, "--outcome", "fine", "--text", "Well.", "--by", ALICE
    )
    assert refused.status == 1
    world.done(
        *("notices", "close", told, "--outcome", "implemented_as_announced"),
        *("--text", "Total emissions fell by 11%.", "--by", ALICE),
    )
    world.drain()
    assert "fell by 11%" in text_of(world.mails(CLEO)[-1])
    assert notice(world, told)["state"] == "closed"


def test_got_it_stops_reminders_only(world: World, told: str) -> None:
    world.joins(EVE, topics=["air-quality"], user_type="media")
    world.clock.at("2026-12-10 11:00")
    world.drain()
    link = path_in(world.last_mail(EVE, "/got-it/"), "/got-it/")
    assert world.presses(link).status_code == 200
    count = len(world.mails(EVE))
    world.clock.at("2027-02-01 11:00")  # past T-30
    world.drain()
    assert len(world.mails(EVE)) == count
    assert world.sends(told)["T-30"]["accepted"] == 1, "Cleo only"
    assert moves(world, "2027-04-15 09:30").status == 0
    world.drain()
    assert len(world.mails(EVE)) == count + 1, "moved is never suppressed"


def entry_of(world: World, word: str, **changes: Any) -> Path:
    """A notice's entry of the catalogue, changed, as a file."""
    entries = yaml.safe_load(CATALOGUE.read_text("utf-8"))["notices"]
    entry = next(e for e in entries if word in e["headline"])
    path = world.folder / "entry.yaml"
    path.write_text(yaml.safe_dump({**entry, **changes}), "utf-8")
    return path


def test_wording_and_meaning(world: World, told: str) -> None:
    """Editorial edits tell nobody; a change of meaning tells everybody who was told."""
    file = entry_of(world, "fine particles", why="Fewer homes burn wood than was assumed.")
    revise = ("notices", "revise", told, "--from", str(file), "--by", ALICE)
    world.done(*revise, "--summary", "“Why” is shorter.", "--editorial")
    world.drain()
    assert len(world.mails(CLEO, told)) == 1
    assert "“Why” is shorter." in world.get(f"/changes/{told}").get_data(as_text=True)

    file = entry_of(world, "fine particles", series_break="yes")
    refused = world.cli(*revise, "--summary", "A break.", "--editorial")
    assert refused.status == 1
    world.done(*revise, "--summary", "There is a break in the series after all.")
    world.drain()
    assert notice(world, told)["revision"] == 2
    assert "There is a break in the series after all." in text_of(world.mails(CLEO)[-1])


def test_held_and_resumed(world: World, told: str) -> None:
    hold = ("notices", "hold", told, "--reason", "The survey is checked again.", "--by", ALICE)
    world.done(*hold, "--next-update", "2027-01-11")
    world.drain()
    assert "The survey is checked again." in text_of(world.mails(CLEO)[-1])
    world.done("notices", "resume", told, "--by", ALICE)
    world.drain()
    assert notice(world, told)["state"] == "announced"
    world.done(*hold, "--next-update", "2027-01-12")  # it may happen again
    world.drain()
    assert len(world.mails(CLEO, "checked again")) == 2


def test_recorded_late(world: World) -> None:
    """A change that took effect unannounced counts: verdict after, with reason and HoP."""
    world.begin()
    world.joins(CLEO, topics=["fisheries"], user_type="business")
    rows = world.cli("notices", "list", "--json").json
    reference = next(r["reference"] for r in rows if "Monthly landings" in r["headline"])
    world.done("notices", "submit", reference, "--by", ALICE)
    world.done("notices", "approve", reference, "--by", BOB)
    late = ("--took-effect", "2026-11-20", "--reason", "The table was published too soon.")
    world.done("notices", "record-late", reference, *late, "--by", ALICE, "--approved-by", HANA)
    row = notice(world, reference)
    assert (row["state"], row["verdict"], row["lead_days"]) == ("in_effect", "after", -3)
    world.drain()
    assert "published too soon" in text_of(world.mails(CLEO)[-1])


def test_the_gate(world: World) -> None:
    """A release that contains a change cannot be confirmed by hand without its notice."""
    world.begin()
    file = world.folder / "release.yaml"
    file.write_text(
        "series: uk-waste\ntitle: UK statistics on waste 2027\ndate: 2027-05-13\n"
        "contains_change: true\n"
    )
    number = world.done("releases", "add", "--from", str(file)).strip()
    confirm = ("releases", "confirm", number, "--at", "2027-05-13 09:30", "--by", ALICE)
    refused = world.cli(*confirm)
    assert refused.status == 1
    assert "not announced" in refused.err
    owed = world.cli("notices", "owed", "--json").json
    assert any(row["release"] == "UK statistics on waste 2027" for row in owed)


@pytest.mark.parametrize(
    ("to", "word"),
    [
        ("2027-04-17 09:30", "weekend or bank holiday"),
        ("2027-04-15 07:00", "09:30"),
        ("2027-04-15", "exact time"),
        ("2026-01-05 09:30", "past"),
    ],
)
def test_a_date_that_may_not_stand(world: World, told: str, to: str, word: str) -> None:
    before = release(world)
    refused = moves(world, to)
    assert (refused.status, refused.err.count("\n")) == (1, 1)
    assert word in refused.err
    assert release(world) == before


def test_an_exemption_is_recorded(world: World, told: str) -> None:
    exempt = ("series", "exempt", "emissions-air-pollutants", "--time", "07:00", "--by", ALICE)
    world.done(*exempt, "--reason", "Published with the European figures.")
    assert moves(world, "2027-04-15 07:00").status == 0
