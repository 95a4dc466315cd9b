"""No revision betters the record: lighter promises, less notice, lost consultations."""

from __future__ import annotations

from typing import Any

from tests.journeys.test_honest_record import (
    ALICE,
    BOB,
    HANA,
    drafted,
    file,
    page,
    published,
    shown,
)
from tests.journeys.world import Said, World

STOP: dict[str, Any] = {"type": "discontinuation", "effect": {"date": "2027-09-22"}}
ASKED = {"opens": "2026-11-23", "closes": "2027-01-18"}


def revises(world: World, reference: str, *more: str, **changes: Any) -> Said:
    words = ("--summary", "It is smaller than we thought.", "--by", ALICE)
    return world.cli(
        "notices", "revise", reference, "--from", file(world, **changes), *words, *more
    )


def late(world: World, **changes: Any) -> str:
    """A notice that is public too late, with its reason."""
    reference = drafted(world, **changes)
    why = ("--short-notice-reason", "Dairies told us late.", "--approved-by", HANA)
    world.done("notices", "publish", reference, "--by", ALICE, *why)
    return reference


def refused(said: Said, words: str) -> None:
    """One sentence that names the rule, and no success."""
    assert said.status == 1, said.out
    assert said.err.count("\n") == 1
    assert words in said.err


def test_a_lighter_promise_needs_a_head_of_profession_and_shows(world: World) -> None:
    world.begin()
    reference = late(world, materiality="major")
    row = shown(world, reference)
    assert (row["class"], row["lead_days"], row["verdict"]) == ("A", 60, "short")
    lighter: list[dict[str, Any]] = [
        {"materiality": "minor"},
        {"materiality": "major", "class": {"is": "F", "because": "We think so."}},
        {"type": "correction", "materiality": "minor"},
    ]
    for changes in lighter:
        refused(revises(world, reference, **changes), "with a promise of 90 days (class A)")
        refused(revises(world, reference, "--approved-by", BOB, **changes), f"ask {HANA}")
    world.done("staff", "add", ALICE, "--role", "hop")
    said = revises(world, reference, "--approved-by", ALICE, **lighter[0])
    refused(said, "wrote it; another Head of Profession must agree")
    assert shown(world, reference) == row, "nothing changed"
    assert revises(world, reference, "--approved-by", HANA, **lighter[0]).status == 0
    row = shown(world, reference)
    assert (row["class"], row["minimum_days"], row["verdict"]) == ("F", 14, "on_time")
    said = page(world, f"/changes/{reference}")
    assert "It is smaller than we thought. It is judged by a promise of 14 days since" in said
    assert "before of 90; a Head of Profession agreed." in said
    assert HANA not in said


def test_who_acts_does_not_agree_to_their_own_lighter_promise(world: World) -> None:
    world.begin()
    reference = published(world)
    by_hana = ("--summary", "Smaller.", "--by", HANA, "--approved-by", HANA)
    entry = file(world, materiality="minor")
    said = world.cli("notices", "revise", reference, "--from", entry, *by_hana)
    refused(said, f"{HANA} revises it")
    assert revises(world, reference, what="The panel shrinks by half.").status == 0, "no lighter"
    assert shown(world, reference)["minimum_days"] == 42


def test_what_is_short_gets_no_shorter_unasked(world: World) -> None:
    world.begin()
    reference = late(world, effect={"date": "2026-12-21"})
    row = shown(world, reference)
    assert (row["verdict"], row["lead_days"]) == ("short", 28)
    sooner = {"effect": {"date": "2026-12-07"}}
    refused(revises(world, reference, **sooner), "This leaves 14 days; 42 are promised.")
    assert shown(world, reference) == row
    assert (
        revises(world, reference, why="Forty dairies closed.", effect=row_effect(row)).status == 0
    )
    why = ("--short-notice-reason", "The last dairy left.", "--approved-by", HANA)
    assert revises(world, reference, *why, **sooner).status == 0
    row = shown(world, reference)
    assert (row["lead_days"], row["short_notice_reason"]) == (14, "The last dairy left.")
    later = revises(world, reference, effect={"date": "2026-12-14"})
    assert later.status == 0, "a later effect needs nobody"


def row_effect(row: dict[str, Any]) -> dict[str, str]:
    return {"date": row["effect"][:10]}


def test_a_release_takes_no_short_notice_further_forward(world: World) -> None:
    world.begin()
    new = {"series": "milk-utilisation", "title": "Milk in the year", "certainty": "confirmed"}
    entry = world.folder / "release.yaml"
    entry.write_text("".join(f"{k}: {v}\n" for k, v in new.items()) + "date: 2026-12-22 09:30\n")
    number = world.done("releases", "add", "--from", str(entry)).strip()
    reference = late(world, effect={"release": "Milk in the year"})
    assert shown(world, reference)["verdict"] == "short"
    move = ("releases", "move", number, "--to", "2026-12-15 09:30", "--reason-code", "other")
    why = ("--reason", "The data came sooner.", "--by", ALICE)
    refused(world.cli(*move, *why, "--approved-by", BOB), "Head of Profession")
    assert shown(world, reference)["effect"].startswith("2026-12-22")
    world.done(*move, *why, "--approved-by", HANA)
    assert shown(world, reference)["short_notice_reason"] == "The data came sooner."


def test_a_consultation_that_was_public_stays(world: World) -> None:
    world.begin()
    asks = {**STOP, "decision": "consulting", "consultation": ASKED}
    reference = published(world, **asks)
    world.clock.at("2027-01-25 10:00")
    gone = {**STOP, "decision": "proposed"}
    refused(revises(world, reference, **gone), "was open for answers until 2027-01-18")
    assert revises(world, reference, **{**asks, "decision": "proposed"}).status == 0
    for changes in ({**STOP, "decision": "decided"}, {**asks, "decision": "decided"}):
        refused(revises(world, reference, **changes), "notices decide")
    assert shown(world, reference)["decision"] == "proposed"
    world.done("notices", "decide", reference, "--summary", "Nobody minded.", "--by", ALICE)
    assert shown(world, reference)["decision"] == "decided"


def test_two_steps_do_not_go_round_the_answer(world: World) -> None:
    """A notice in consultation, made a mere proposal, is not decided so."""
    world.begin()
    days = world.done("notices", "new", "--from", file(world, decision="consulting")).strip()
    refused(world.cli("notices", "submit", days, "--by", ALICE), "and has no days for it")
    asking = {"consultation": ASKED}
    reference = published(world, decision="consulting", **asking)
    assert revises(world, reference, decision="proposed", **asking).status == 0
    refused(revises(world, reference, decision="decided", **asking), "notices decide")
    plain = published(world, headline="Nobody was asked", decision="proposed")
    assert revises(world, plain, headline="Nobody was asked", decision="decided").status == 0


def test_the_cause_of_an_early_effect_is_public(world: World) -> None:
    world.begin()
    reference = published(world)
    world.clock.at("2026-12-07 10:00")
    world.done("notices", "early", reference, "--reason", "Spilled by a link.", "--by", ALICE)
    row = shown(world, reference)
    assert (row["verdict"], row["short_notice_reason"]) == ("short", "Spilled by a link.")
    assert "Spilled by a link." in page(world, "/notice-given")
    said = page(world, f"/changes/{reference}")
    assert "This change took effect early" in said
    assert said.count("Spilled by a link.") >= 2, "as its cause, and as the reason"


def test_only_a_standing_notice_of_its_series_takes_the_place(world: World) -> None:
    world.begin()
    first, second = published(world, headline="One"), published(world, headline="Two")
    other = published(world, headline="Ports", series=["monthly-landings"])
    ended = published(world, headline="Never")
    reason = ("--reason", "The panel stays.", "--by", ALICE, "--approved-by", BOB)
    world.done("notices", "cancel", ended, *reason)

    def replaced(old: str, new: str) -> Said:
        return world.cli("notices", "supersede", old, "--with", new, "--by", ALICE)

    refused(replaced(first, ended), f"{ended} is cancelled; name a notice that is announced")
    refused(replaced(first, other), f"{other} is about no series of {first}")
    assert replaced(first, second).status == 0
    refused(replaced(second, first), f"{first} is superseded itself, by {second}")
    assert shown(world, second)["state"] == "announced"


def test_on_hold_the_day_for_news_stays(world: World) -> None:
    world.begin()
    reference = published(world)
    hold = ("--reason", "A check failed.", "--next-update", "2027-01-11", "--by", ALICE)
    world.done("notices", "hold", reference, *hold)
    impact = world.folder / "impact.yaml"
    impact.write_text("known: 'yes'\ntext: Nine percent.\n")
    world.done("notices", "impact", reference, "--from", str(impact), "--by", ALICE)
    assert "11 January 2027" in page(world, f"/changes/{reference}")
    assert revises(world, reference, why="Forty dairies closed.").status == 0
    assert "11 January 2027" in page(world, f"/changes/{reference}")
    open_ = {"effect": {"tbc": True}, "next_update_by": "2027-01-12", "impact": {"known": "no"}}
    waits = published(world, headline="Waits", **open_)
    world.done("notices", "impact", waits, "--from", str(impact), "--by", ALICE)
    data = world.get(f"/notices/{waits}.json").json or {}
    assert data["next_update_by"] == "2027-01-12", "the day of the effect is still to come"


def test_what_stops_without_a_consultation_says_so(world: World) -> None:
    world.begin()
    plain = world.done("notices", "new", "--from", file(world, **STOP)).strip()
    refused(world.cli("notices", "submit", plain, "--by", ALICE), "say in consultation.reason why")
    why = {"reason": "A law ends it."}
    reference = published(world, headline="By law", consultation=why, **STOP)
    assert "No consultation was held: A law ends it. Approved by" in page(
        world, f"/changes/{reference}"
    )
    both = file(world, consultation={**ASKED, **why}, **STOP)
    refused(world.cli("notices", "new", "--from", both), "why there is no consultation")
