"""DOMAIN.md section 5, line by line, through doors only, on both databases."""

from __future__ import annotations

import pytest

from tests.journeys.acts import entry_of, moves, notice, release
from tests.journeys.world import World, text_of

CLEO, DAN, EVE = "cleo@example.org", "dan@example.org", "eve@example.org"


ALICE, BOB, HANA = "alice@example.org", "bob@example.org", "hana@example.org"


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
