"""Staff hear what they owe before users miss it; the Head of Profession reads it each week."""

from __future__ import annotations

import re
import shlex
from email.message import EmailMessage
from pathlib import Path

from tests.journeys.world import World, html_of, text_of

ALICE, BOB, HANA, DORA = (f"{name}@example.org" for name in ("alice", "bob", "hana", "dora"))
TITLE = "Family Food 2025 to 2026"
RELEASE = f"""
series: family-food
title: {TITLE}
date: 2027-01-21 09:30
contains_change: false
"""


def adds(world: World, text: str = RELEASE) -> str:
    file = Path(world.folder / "release.yaml")
    file.write_text(text, "utf-8")
    return world.done("releases", "add", "--from", str(file)).strip()


def plays(world: World, *days: str) -> None:
    for day in days:
        world.clock.at(day)
        world.drain()


def heard(world: World, to: str, about: str = TITLE) -> list[str]:
    """The first words of the subjects that somebody got about something."""
    mails = world.mails(to)
    return [str(m["Subject"]).partition(":")[0] for m in mails if about in str(m["Subject"])]


def one_off(mail: EmailMessage) -> None:
    assert str(mail["From"]).endswith("<no-reply@notifier.example>")
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Unsubscribe"] is None
    assert mail["List-Id"] is None
    assert not re.search(r"unsubscribe|/u/|/preferences|/staff", text_of(mail) + html_of(mail))


def test_six_five_four_weeks_then_the_breach_and_its_reason(world: World) -> None:
    world.begin()
    number = adds(world)
    # Away for two of the thresholds: the newest alone is sent.
    plays(world, "2026-12-09 12:00", "2026-12-10 08:30", "2026-12-10 15:00")
    assert heard(world, ALICE) == ["Date to confirm"]
    plays(world, "2026-12-23 09:00")
    assert heard(world, ALICE) == ["Date to confirm"] * 2
    mail = world.last_mail(ALICE, TITLE)
    assert "Confirm day and time by Thursday 24 December 2026: 1 day is left." in text_of(mail)
    one_off(mail)
    plays(world, "2026-12-24 09:00")
    assert heard(world, ALICE)[-1] == "Last day to fix a date"
    assert heard(world, HANA) == ["Last day to fix a date"]
    plays(world, "2026-12-25 09:00", "2026-12-28 09:00", "2026-12-29 09:00")
    assert heard(world, HANA)[1:] == ["Date not fixed in time"]
    refused = world.cli("releases", "explain", number, "--reason", " ", "--by", ALICE)
    assert (refused.status, refused.err.count("\n")) == (1, 1)
    assert "the reason is public" in refused.err
    confirm = re.search(r"bin/notifier (releases confirm .*)", text_of(world.last_mail(ALICE)))
    assert confirm is not None
    world.done(*shlex.split(confirm[1]))
    world.done("releases", "explain", number, "--reason", "A week was lost.", "--by", ALICE)
    sends = world.cli("sends", "list", "--about", f"release:{number}", "--json").json
    assert {row["to"] for row in sends if row["kind"] == "nag"} == {ALICE, BOB, HANA}
    assert [row["stage"] for row in sends if row["to"] == HANA] == ["T-28", "breach"]
    got = len(world.mails(ALICE, TITLE))
    plays(world, "2027-01-05 09:00")
    assert len(world.mails(ALICE, TITLE)) == got


def test_a_release_that_is_not_out_wakes_team_and_head(world: World) -> None:
    world.begin()
    row = next(r for r in world.cli("releases", "list", "--json").json if r["state"] == "confirmed")
    day = row["date"][:10]
    plays(world, f"{day} 09:31", f"{day} 11:29")
    assert heard(world, HANA, row["title"]) == []
    plays(world, f"{day} 11:31")
    assert heard(world, HANA, row["title"]) == ["Not out"]
    assert heard(world, BOB, row["title"])[-1] == "Not out"
    mail = world.last_mail(BOB, "Not out")
    assert f"bin/notifier releases publish {row['id']} --by {BOB}" in text_of(mail)
    assert f"/releases/{row['id']}" in text_of(mail)
    plays(world, f"{day} 11:41", f"{day} 17:00")
    assert heard(world, HANA, row["title"]) == ["Not out"]


def test_the_weekly_mail_goes_to_who_is_on_duty_and_proves_the_history(world: World) -> None:
    world.begin()
    world.done("staff", "add", DORA, "--role", "deputy")
    world.drain()
    assert world.mails(HANA, "Your week") == []
    plays(world, "2026-11-30 08:30")
    mail = world.last_mail(HANA, "Your week of 30 November 2026")
    one_off(mail)
    words = text_of(mail)
    assert "things need you this week" in words
    assert "Too late to keep the promise" in words
    # Who submits it counts as its author and cannot agree to the short notice: never the reader.
    assert f"bin/notifier notices submit DEFRA-2026-006 --by {ALICE}" in words
    head = re.search(r"^    ([0-9a-f]{64})\r?$", words, re.M)
    assert head is not None
    assert f"that of 2026-11-29 is {head[1]}" in world.done("check")
    # Away on the next Monday, which is entered after that mail was planned.
    away = ("staff", "away", HANA, "--from", "2026-12-07", "--until", "2026-12-11")
    world.done(*away, "--by", HANA)
    plays(world, "2026-12-06 12:00", "2026-12-07 08:31")
    assert len(world.mails(HANA, "Your week")) == 1
    assert world.last_mail(DORA, "Your week of 7 December 2026")
    rows = {row["email"]: row for row in world.cli("staff", "list", "--json").json}
    assert rows[HANA]["away"] == ["2026-12-07 to 2026-12-11"]
    assert rows[DORA]["roles"] == ["deputy"]
    plays(world, "2026-12-13 12:00", "2026-12-14 08:31")
    assert len(world.mails(HANA, "Your week")) == 2


def test_a_deputy_approves_only_while_the_head_is_away(world: World) -> None:
    world.begin()
    world.done("staff", "add", DORA, "--role", "deputy")
    rows = world.cli("notices", "list", "--json").json
    about = next(row["reference"] for row in rows if "fine particles" in row["headline"])
    world.done("notices", "submit", about, "--by", ALICE)
    waiting = next(
        row for row in world.cli("notices", "owed", "--json").json if row["reference"] == about
    )
    assert waiting["holder"].endswith(f"approve ({HANA})")
    refused = world.cli("notices", "approve", about, "--by", DORA)
    assert refused.status == 1
    assert f"{DORA} is not one: ask {HANA}." in refused.err
    for text, *days in (
        ("is past|are past", "2026-11-02", "2026-11-06"),
        ("before the first", "2026-12-02", "2026-12-01"),
    ):
        said = world.cli("staff", "away", HANA, *between(days), "--by", HANA)
        assert said.status == 1
        assert re.search(text, said.err)
    said = world.cli("staff", "away", HANA, *between(["2026-11-23", "2026-11-27"]), "--by", DORA)
    assert said.status == 1
    assert "their own absence only" in said.err
    world.done("staff", "away", HANA, *between(["2026-11-23", "2026-11-27"]), "--by", HANA)
    row = next(r for r in world.cli("notices", "owed", "--json").json if r["reference"] == about)
    assert row["holder"].endswith(f"approve ({DORA})")
    world.done("notices", "approve", about, "--by", DORA)
    world.done("staff", "back", HANA, "--by", HANA)
    confirmed = next(
        r for r in world.cli("releases", "list", "--json").json if r["state"] == "confirmed"
    )
    moved = ("releases", "move", str(confirmed["id"]), "--to", "2027-03-25 09:30")
    refused = world.cli(*moved, "--reason", "Late.", "--by", ALICE, "--approved-by", DORA)
    assert refused.status == 1
    assert f"ask {HANA}" in refused.err


def between(days: list[str]) -> tuple[str, str, str, str]:
    return ("--from", days[0], "--until", days[1])


def test_the_board_names_who_answers_and_what_is_still_to_be_told(world: World) -> None:
    world.begin()
    adds(world, RELEASE.replace("contains_change: false", "contains_change: true"))
    unwritten = [row for row in world.cli("notices", "owed", "--json").json if not row["reference"]]
    assert [row["release"] for row in unwritten if row["release"] == TITLE] == [TITLE]
    assert unwritten[-1]["publish_by"] == "2026-12-10"  # six weeks ahead, as a moderate change
    about = world.announces("Dry mixed recycling")
    world.clock.at("2027-01-28 12:00")
    world.drain()
    row = next(r for r in world.cli("notices", "owed", "--json").json if r["reference"] == about)
    assert "say what became of it" in row["holder"]
    assert row["days_left"] > 0
    closed = ("--outcome", "implemented_as_announced", "--text", "Rates fell by a point.")
    world.done("notices", "close", about, *closed, "--by", ALICE)
    rows = world.cli("notices", "owed", "--json").json
    assert about not in [row["reference"] for row in rows]
