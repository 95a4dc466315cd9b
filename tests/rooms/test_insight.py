"""The public record counts what was told early, late and afterwards, and hides none of it."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask

from notifier.insight import notice_given
from notifier.insight.notice_given import Given
from notifier.notices.end import cancel, close
from notifier.notices.pause import hold
from notifier.store.db import unit
from tests.makers import (
    ALICE,
    BOB,
    Clock,
    acting,
    approved,
    draft,
    london,
    member,
)
from tests.rooms.given import MINOR, MODERATE, REASON, at, told, told_after, verdicts


@pytest.fixture(autouse=True)
def new_year(clock: Clock) -> None:
    clock.at("2027-01-11 10:00")


def test_each_verdict_is_counted_once(room: Flask, clock: Clock) -> None:
    told(92, clock, **MODERATE)
    told(42, clock, **MODERATE)
    told(35, clock, **MODERATE)
    told(0, clock, **MINOR)
    told_after(3, clock, **MINOR)
    told_after(0, clock, **MINOR)
    found = at("2027-06-30 12:00", clock)
    assert (found.first, found.last) == (date(2027, 1, 1), date(2027, 6, 30))
    assert verdicts(found.changes) == [
        ("after", -3),
        ("after", 0),
        ("same_day", 0),
        ("short", 35),
        ("met", 42),
        ("on_time", 92),
    ]
    assert (found.kept, found.coming) == (2, ())
    assert [found.told(v) for v in ("short", "same_day", "after")] == [1, 1, 2]


def test_kinds_have_their_promise_and_their_median(room: Flask, clock: Clock) -> None:
    for days in (95, 42, 35):
        told(days, clock, **MODERATE)
    for days in (28, 17):
        told(days, clock, **MINOR)
    told_after(2, clock, **MINOR)
    told(60, clock, **MINOR, machine_breaking=True)
    found = at("2027-06-30 12:00", clock)
    assert [(k.class_, k.minimum, len(k.changes), k.kept, k.typical) for k in found.kinds] == [
        ("D", 42, 3, 2, 42),
        ("E", 60, 1, 1, 60),
        ("F", 14, 3, 2, 17),
    ]
    assert found.kinds[0].words == "a moderate change of method or classification"
    assert {kind.rule for kind in found.kinds} == {"our own promise"}


def test_a_class_with_two_promises_has_two_rows(room: Flask, clock: Clock) -> None:
    """A designation that also breaks programs is promised their 60 days."""
    told(77, clock, type="designation", impact={"known": "not_applicable"}, materiality="minor")
    told(
        77,
        clock,
        type="designation",
        impact={"known": "not_applicable"},
        materiality="minor",
        machine_breaking=True,
    )
    found = at("2027-06-30 12:00", clock)
    assert [(kind.class_, kind.minimum) for kind in found.kinds] == [("J", 28), ("J", 60)]


def test_the_median_never_claims_more_than_was_given() -> None:
    def given(days: int) -> Given:
        return Given("", "", "D", "closed", date(2027, 1, 1), days, 42, "", "", "", False, False)

    assert notice_given.typical([given(49), given(92)]) == 70
    assert notice_given.typical([given(-3), given(0)]) == -2
    assert notice_given.typical([given(5)]) == 5


def test_reasons_stand_newest_first_also_for_what_is_to_come(room: Flask, clock: Clock) -> None:
    told(35, clock, **MODERATE)
    told_after(2, clock, **MINOR)
    clock.at("2027-06-30 10:00")
    told(70, clock, **MODERATE)  # kept
    told(12, clock, **MINOR, reason="It was ready sooner.")
    found = at("2027-06-30 12:00", clock)
    assert verdicts(found.coming) == [("short", 12), ("met", 70)]
    assert [(change.state, change.reason) for change in found.late] == [
        ("announced", "It was ready sooner."),
        ("in_effect", REASON),
        ("in_effect", "A reader told us."),
    ]
    assert len(found.changes) == 2


def test_a_reason_that_was_not_needed_is_not_published(room: Flask, clock: Clock) -> None:
    told(42, clock, **MODERATE)
    (kept,) = at("2027-06-30 12:00", clock).changes
    assert (kept.verdict, kept.reason) == ("met", "")


def test_years_are_those_of_the_london_day_of_effect(room: Flask, clock: Clock) -> None:
    clock.at("2027-11-01 10:00")
    notice = told(60, clock, **MODERATE)
    with unit():
        notice.effect_at = london("2028-01-01 00:30")
    last_minute = told(60, clock, **MODERATE)
    with unit():
        last_minute.effect_at = london("2027-12-31 23:59")
    this = at("2028-02-01 10:00", clock)
    before = notice_given.record(2027, now=clock())
    assert [c.reference for c in this.changes] == [notice.reference]
    assert [c.reference for c in before.changes] == [last_minute.reference]
    assert (before.last, before.coming) == (date(2027, 12, 31), ())
    assert notice_given.years(now=clock()) == [2028, 2027]


def test_a_year_without_changes_is_empty(room: Flask, clock: Clock) -> None:
    found = at("2027-06-30 12:00", clock)
    assert (found.changes, found.coming, found.kinds, found.late) == ((), (), [], [])
    assert notice_given.years(now=clock()) == [2027]


def test_what_is_not_public_or_did_not_happen_does_not_count(room: Flask, clock: Clock) -> None:
    draft(now=clock(), **MINOR)
    approved(draft(now=clock(), **MINOR, headline="Approved"), now=clock())
    gone = told(35, clock, **MODERATE)
    with unit():
        cancel(
            gone,
            reason="The law did not pass.",
            person=member(ALICE),
            approved_by=member(BOB),
            by=acting(ALICE),
            now=clock(),
        )
    put_off, done = told(35, clock, **MODERATE), told(36, clock, **MODERATE)
    at("2027-06-30 12:00", clock)
    with unit():
        close(put_off, outcome="deferred", text="Next year.", by=acting(ALICE), now=clock())
        close(
            done,
            outcome="implemented_modified",
            text="With fewer columns.",
            by=acting(ALICE),
            now=clock(),
        )
    found = at("2027-06-30 12:00", clock)
    assert [change.reference for change in found.changes] == [done.reference]
    assert [change.reference for change in found.late] == [done.reference]


def test_a_change_on_hold_keeps_its_reason_while_it_has_a_day(room: Flask, clock: Clock) -> None:
    notice = told(35, clock, **MODERATE)
    with unit():
        hold(
            notice,
            reason="The panel is checked.",
            next_update=date(2027, 3, 1),
            by=acting(ALICE),
            now=clock(),
        )
    assert [change.state for change in at("2027-01-12 10:00", clock).late] == ["on_hold"]


def test_overruled_and_shortened_promises_are_marked(room: Flask, clock: Clock) -> None:
    plain, overruled, shortened = (told(50, clock, **MODERATE) for _ in range(3))
    with unit():
        overruled.class_, overruled.minimum_days = "A", 90
        shortened.minimum_days = 30
    marks = {
        change.reference: (change.overruled, change.shortened)
        for change in at("2027-06-30 12:00", clock).changes
    }
    assert marks == {
        plain.reference: (False, False),
        overruled.reference: (True, False),
        shortened.reference: (False, True),
    }
