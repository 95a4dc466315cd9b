"""Days of the past that a walk does not come by: late records, parts, decisions, ends, outcomes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from flask import Flask

from notifier.insight import notice_given
from notifier.insight.stood import changes
from notifier.notices.effect import take_effect
from notifier.notices.end import close, retract, supersede
from notifier.notices.models import ChangeNotice, NoticeRevision
from notifier.notices.split import split
from notifier.store.db import session, unit
from tests.makers import ALICE, BOB, HANA, Clock, acting, member
from tests.rooms.given import MINOR, MODERATE, told, told_after

Kept = dict[datetime, Any]


@pytest.fixture
def keeps(room: Flask, clock: Clock) -> Callable[[], Kept]:
    """Remembers what is told at this moment, and on an hour."""
    kept: Kept = {}

    def look() -> Kept:
        kept[clock()] = changes(), notice_given.record(2027, now=clock())
        clock.forward(days=1)
        return kept

    clock.at("2027-01-11 10:00")
    return look


def holds(kept: Kept, clock: Clock) -> None:
    for moment, (stood, record) in kept.items():
        assert changes(at=moment) == stood, moment
        assert notice_given.record(2027, now=clock(), at=moment) == record, moment


def effects(clock: Clock) -> None:
    with unit():
        take_effect(now=clock())


def test_outcomes_ends_and_late_records(
    room: Flask, clock: Clock, keeps: Callable[[], Kept]
) -> None:
    keeps()
    one, two, three = (told(20, clock, **MINOR, headline=f"Number {n}") for n in range(3))
    keeps()
    late = told_after(0, clock, **MINOR)
    keeps()
    told_after(3, clock, **MODERATE)
    keeps()
    with unit():
        supersede(two, one, by=acting(ALICE), now=clock())
    keeps()
    with unit():
        retract(
            three,
            reason="Published in error.",
            person=member(ALICE),
            approved_by=member(BOB),
            by=acting(ALICE),
            now=clock(),
        )
    keeps()
    clock.forward(days=20)
    effects(clock)
    keeps()
    for notice, outcome in ((one, "deferred"), (late, "implemented_as_announced")):
        with unit():
            close(notice, outcome=outcome, text="So it is.", by=acting(ALICE), now=clock())
        keeps()
    kept = keeps()
    assert len(kept) == 11 - 1
    holds(kept, clock)
    assert len({str(record.changes) for _, record in kept.values()}) > 4


def test_a_part_is_not_there_before_it_was_split_off(
    room: Flask, clock: Clock, keeps: Callable[[], Kept]
) -> None:
    """Although it was announced with the whole, and is judged like it."""
    series = ["milk-utilisation", "livestock-populations"]
    whole = told(120, clock, **MODERATE, series=series)
    keeps()
    with unit():
        part = split(
            whole,
            {
                "series": ["livestock-populations"],
                "headline": "Fewer herds are counted",
                "what": "The panel shrinks.",
                "why": "Farms closed.",
                "impact": {"known": "yes", "text": "Small."},
                "effect": {"date": "+140d"},
                **MODERATE,
            },
            summary="Herds come later.",
            person=member(ALICE),
            approved_by=member(HANA),
            by=acting(ALICE),
            now=clock(),
        )
    assert part.first_public_at == whole.first_public_at
    kept = keeps()
    holds(keeps(), clock)
    assert [len(stood) for stood, _ in kept.values()][:2] == [1, 2]


def test_a_revision_from_before_judgements_were_kept(room: Flask, clock: Clock) -> None:
    """What stands counts for it: nothing better is known."""
    clock.at("2027-01-11 10:00")
    notice = told(95, clock, **MODERATE)
    with unit():
        for row in session.query(NoticeRevision):
            row.words = {name: row.words[name] for name in row.words if name != "judged"}
    (stood,) = changes(at=clock())
    assert (stood.lead_days, stood.verdict) == (notice.lead_days, notice.verdict) == (95, "on_time")


def test_what_stands_is_what_the_notice_says(room: Flask, clock: Clock) -> None:
    """Lead, verdict and the days from a decision are counted here and in notices.judge: alike."""
    clock.at("2027-01-11 10:00")
    for days in (0, 10, 14, 41, 42, 90):
        told(days, clock, **(MINOR if days < 42 else MODERATE), headline=f"In {days} days")
    told_after(0, clock, **MINOR)
    told_after(9, clock, **MINOR)
    by = {one.id: one for one in changes()}
    assert len(by) == 8
    for notice in session.query(ChangeNotice).filter(ChangeNotice.id.in_(by)):
        assert by[notice.id].lead_days == notice.lead_days
        assert by[notice.id].verdict == notice.verdict
