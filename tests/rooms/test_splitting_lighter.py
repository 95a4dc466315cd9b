"""A part of a public notice that is promised less, or decided later, than the whole was."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from notifier.accounts import people
from notifier.errors import Refused
from notifier.notices import queries
from notifier.notices.models import ChangeNotice
from notifier.notices.publish import publish
from notifier.notices.revise import revise
from notifier.notices.split import split
from notifier.store.db import unit
from notifier.store.history import SYSTEM
from tests.makers import (
    ALICE,
    BOB,
    HANA,
    Clock,
    acting,
    announced,
    approved,
    draft,
    member,
    on_sqlite,
)

BOTH = ["milk-utilisation", "monthly-landings"]
CHANGE: dict[str, Any] = {
    "type": "methodology",
    "materiality": "moderate",
    "headline": "Landings will be estimated from a smaller panel",
    "what": "The panel of ports shrinks.",
    "why": "Ports closed.",
    "impact": {"known": "yes", "text": "By about 1%."},
}
STOPS = {"type": "discontinuation", "consultation": {"reason": "Nobody uses it."}}


def whole(clock: Clock, **changes: Any) -> ChangeNotice:
    return announced(draft(now=clock(), series=BOTH, **changes), now=clock())


def parted(
    notice: ChangeNotice, clock: Clock, second: str = BOB, reason: str = "", **changes: Any
) -> ChangeNotice:
    with unit():
        return split(
            notice,
            {**CHANGE, "series": ["monthly-landings"], **changes},
            summary="Landings change less.",
            person=member(ALICE),
            approved_by=member(second),
            by=acting(ALICE),
            now=clock(),
            short_notice_reason=reason,
        )


def refused(notice: ChangeNotice, clock: Clock, sentence: str, *given: str, **changes: Any) -> None:
    """Nothing is changed by it."""
    before = len(queries.every())
    with pytest.raises(Refused, match=sentence):
        parted(notice, clock, *given, **changes)
    assert (len(queries.every()), notice.revision, len(notice.series)) == (before, 1, 2)


def test_a_lighter_class_needs_the_head_of_profession_as_a_revision_does(
    room: Flask, clock: Clock
) -> None:
    """A short major change would become a moderate one in time, by an approver's word alone."""
    day = {"date": "2027-01-18"}  # 56 days ahead
    notice = draft(now=clock(), series=BOTH, materiality="major", effect=day)
    short_notice(notice, clock)
    assert (notice.class_, notice.verdict) == ("A", "short")
    gap = rf"{notice.reference} was announced with a promise of 90 days \(class A\); this makes "
    refused(notice, clock, rf"{gap}it 42 \(class D\)\. The Head of Profession must", effect=day)
    part = parted(notice, clock, HANA, effect=day)
    assert (part.class_, part.minimum_days, part.verdict) == ("D", 42, "met")
    said = queries.revisions(part)[0].summary
    assert "a promise of 42 days since, before of 90; a Head of Profession agreed" in said


def short_notice(notice: ChangeNotice, clock: Clock) -> None:
    """Announced at once, too late, with a reason and the Head of Profession."""
    approved(notice, now=clock())
    with unit():
        publish(
            notice,
            by=acting(ALICE),
            now=clock(),
            short_notice_reason="The law changed.",
            approved_by=member(HANA),
        )


@on_sqlite
def test_who_wrote_the_whole_does_not_lighten_its_promise(room: Flask, clock: Clock) -> None:
    notice = whole(clock, materiality="major", effect={"date": "+95d"})
    with unit():
        people.add("head@example.org", "hop", team_id=None, by=SYSTEM, now=clock())
    with unit():
        notice.author_id = member(HANA).id
    day = {"date": notice.effect_date.isoformat() if notice.effect_date else ""}
    refused(
        notice, clock, "hana@example.org wrote it; another Head of Profession", HANA, effect=day
    )
    assert parted(notice, clock, "head@example.org", effect=day).class_ == "D"


def test_a_part_is_judged_from_the_decision_of_the_whole(room: Flask, clock: Clock) -> None:
    """The whole was decided 88 days before it stops; a part of it must not look in time."""
    stop = {**STOPS, "effect": {"date": "2027-03-12"}}
    notice = whole(clock, decision="proposed", **stop)
    clock.at("2026-12-14 10:00")
    decide(notice, clock, stop)
    assert (notice.lead_days, notice.verdict) == (109, "short")
    part = parted(notice, clock, HANA, **stop)
    assert (part.verdict, part.short_notice_reason) == ("short", "The budget ends.")
    assert part.consultation["decided_at"] == notice.consultation["decided_at"]


def test_a_part_that_is_shorter_still_needs_reason_and_head_of_profession(
    room: Flask, clock: Clock
) -> None:
    """Proposed too late already; the part is decided three weeks later, which leaves less."""
    stop = {**STOPS, "effect": {"date": "2027-02-12"}}
    notice = draft(now=clock(), series=BOTH, decision="proposed", **stop)
    short_notice(notice, clock)
    assert (notice.lead_days, notice.verdict) == (81, "short")
    clock.at("2026-12-14 10:00")
    refused(notice, clock, "This leaves 60 days; 90 are promised", HANA, **stop)
    part = parted(notice, clock, HANA, "The budget ends.", **stop)
    assert (part.lead_days, part.short_notice_reason) == (81, "The budget ends.")


@on_sqlite
def test_splitting_decides_nothing_that_users_are_asked_about(room: Flask, clock: Clock) -> None:
    asked = {"opens": "2026-11-24", "closes": "2027-01-12"}
    given = {"type": "discontinuation", "consultation": asked, "effect": {"date": "+200d"}}
    notice = whole(clock, decision="consulting", **given)
    clock.forward(days=3)
    words = "is in consultation; decide it with: notices decide"
    refused(notice, clock, words, HANA, **{**given, "decision": "decided"})
    stop = {**STOPS, "decision": "proposed", "effect": {"date": "+197d"}}
    refused(notice, clock, "is open for answers until 2027-01-12", HANA, **stop)
    effect = {"date": notice.effect_date.isoformat() if notice.effect_date else ""}
    part = parted(notice, clock, HANA, **{**given, "decision": "consulting", "effect": effect})
    assert part.consultation["closes"] == "2027-01-12"


def decide(notice: ChangeNotice, clock: Clock, facts: dict[str, Any]) -> None:
    with unit():
        revise(
            notice,
            {**CHANGE, "series": BOTH, **facts},
            summary="It is decided.",
            editorial=False,
            by=acting(ALICE),
            now=clock(),
            short_notice_reason="The budget ends.",
            approved_by=member(HANA),
        )
