"""A part of a public notice becomes one of its own: what it inherits, who agrees, who is told."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from notifier.errors import Refused
from notifier.notices import end, queries
from notifier.notices.models import ChangeNotice
from notifier.notices.promises import prior
from notifier.notices.split import split
from notifier.sends.models import Send
from notifier.sends.queries import calendar
from notifier.store.db import unit
from notifier.store.history import of
from tests.makers import ALICE, BOB, HANA, Clock, acting, announced, draft, member

BOTH = ["milk-utilisation", "monthly-landings"]


def entry(**changes: Any) -> dict[str, Any]:
    return {
        "series": ["monthly-landings"],
        "type": "methodology",
        "materiality": "moderate",
        "headline": "Landings will be estimated from a smaller panel",
        "what": "The panel of ports shrinks.",
        "why": "Ports closed.",
        "effect": {"date": "2027-03-22"},
        "impact": {"known": "yes", "text": "By about 1%."},
        **changes,
    }


def whole(clock: Clock, **changes: Any) -> ChangeNotice:
    given = {"series": BOTH, "effect": {"date": "2027-02-22"}, **changes}
    return announced(draft(now=clock(), **given), now=clock())


def parted(
    notice: ChangeNotice, clock: Clock, second: str = BOB, reason: str = "", **changes: Any
) -> ChangeNotice:
    with unit():
        return split(
            notice,
            entry(**changes),
            summary="Landings come a month later.",
            person=member(ALICE),
            approved_by=member(second),
            by=acting(ALICE),
            now=clock(),
            short_notice_reason=reason,
        )


def test_a_part_was_announced_with_the_whole(room: Flask, clock: Clock) -> None:
    notice = whole(clock)
    first = clock()
    clock.at("2026-12-14 10:00")
    part = parted(notice, clock)
    assert (part.state, part.split_from_id, part.revision) == ("announced", notice.id, 1)
    assert (part.first_public_at, part.judged_from) == (first, first)
    assert (part.lead_days, part.verdict) == (119, "on_time")
    assert (part.author_id, part.approver_id) == (member(ALICE).id, member(BOB).id)
    assert [s.slug for s in notice.series] == ["milk-utilisation"]
    assert (notice.revision, notice.lead_days) == (2, 91)
    assert queries.revisions(notice)[0].summary.startswith(f"{part.reference} was split from it.")
    assert queries.revisions(part)[0].summary.startswith(f"Split from {notice.reference}.")
    assert [r.action for r in of(f"notice:{part.id}")] == ["split"]
    assert of(f"notice:{notice.id}")[-1].data["part"] == part.reference


def test_one_message_tells_both_and_stages_go_their_own_ways(room: Flask, clock: Clock) -> None:
    notice = whole(clock)
    clock.at("2026-12-14 10:00")
    part = parted(notice, clock)
    fresh = [s for s in calendar() if s.created_at == clock() and s.due_at <= clock()]
    told = [s for s in fresh if s.state == "planned"]
    assert [(s.about, s.stage, s.context["part"]) for s in told] == [
        (notice.reference, "updated", part.id)
    ]
    assert len((told[0].receivers or {})["series"]) == 2, "who follows either hears it"
    stages = {s.stage: s for s in calendar(about=part.reference)}
    assert stages["announce"].end_reason == f"told with {notice.reference}"
    assert [s for s in stages if stages[s].state == "planned"] == ["T-28", "T-7", "T0"]
    assert series_of(stages["T0"]) == [s.id for s in part.series]
    kept = {s.stage: s for s in calendar(about=notice.reference)}
    assert series_of(kept["T0"]) == [s.id for s in notice.series], "and no longer those of the part"


def series_of(send: Send) -> list[int]:
    return list((send.receivers or {})["series"])


def test_a_wider_part_counts_from_now(room: Flask, clock: Clock) -> None:
    notice = whole(clock)
    clock.at("2026-12-14 10:00")
    sooner = parted(notice, clock, effect={"date": "2027-02-15"})
    assert (sooner.first_public_at, sooner.judged_from) == (clock(), clock())
    assert (sooner.lead_days, sooner.verdict) == (63, "met")


def test_a_wider_part_that_is_short_needs_what_a_late_announcement_needs(
    room: Flask, clock: Clock
) -> None:
    notice = whole(clock)
    clock.at("2027-01-18 10:00")
    soon = {"effect": {"date": "2027-02-15"}}
    before = len(queries.every())
    with pytest.raises(Refused, match=r"This leaves 28 days; 42 are promised.* 1 March 2027"):
        parted(notice, clock, **soon)
    with pytest.raises(Refused, match="The Head of Profession must agree"):
        parted(notice, clock, reason="Ports closed early.", **soon)
    assert len(queries.every()) == before
    assert notice.revision == 1
    part = parted(notice, clock, HANA, "Ports closed early.", **soon)
    assert (part.verdict, part.short_notice_reason) == ("short", "Ports closed early.")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"series": ["wild-birds"]}, "is not about wild-birds; split off its own"),
        (
            {"series": BOTH, "effect": {"date": "2027-02-22"}},
            "every series of .* and its effect; give it some of the series, or another effect",
        ),
    ],
)
def test_what_is_no_part_is_refused(
    room: Flask, clock: Clock, changes: dict[str, Any], sentence: str
) -> None:
    notice = whole(clock)
    with pytest.raises(Refused, match=sentence):
        parted(notice, clock, **changes)


def test_the_same_series_with_another_effect_stays_with_both(room: Flask, clock: Clock) -> None:
    notice = whole(clock)
    part = parted(notice, clock, series=BOTH, scope={"geographies": []})
    assert len(part.series) == len(notice.series) == 2


def test_the_second_person_is_whom_the_part_asks_for(room: Flask, clock: Clock) -> None:
    notice = whole(clock)
    with pytest.raises(Refused, match=r"alice@example.org wrote .*; ask an approver"):
        parted(notice, clock, ALICE)
    with pytest.raises(Refused, match="so a Head of Profession must approve it; bob@"):
        parted(notice, clock, BOB, materiality="major")


def test_only_what_is_open_is_split(room: Flask, clock: Clock) -> None:
    notice = draft(now=clock(), series=BOTH)
    with pytest.raises(Refused, match="is a draft; only what is announced"):
        parted(notice, clock)
    notice = whole(clock, headline="Another")
    with unit():
        end.cancel(
            notice,
            reason="No.",
            person=member(ALICE),
            approved_by=member(BOB),
            by=acting(ALICE),
            now=clock(),
        )
    with pytest.raises(Refused, match="is cancelled; only what is announced"):
        parted(notice, clock)


def test_what_becomes_of_a_part_reaches_who_was_told_of_the_whole(
    room: Flask, clock: Clock
) -> None:
    notice = whole(clock)
    announce = calendar(about=notice.reference)[0]
    with unit():
        announce.frozen_at, announce.state = clock(), "done"
    clock.forward(days=3)
    part = parted(notice, clock)
    later = calendar(about=notice.reference)[-1]
    assert prior(part) == [announce.id]
    clock.forward(days=1)
    with unit():
        later.frozen_at = clock()
        later.created_at = clock() + timedelta(days=1)
    assert later.id not in prior(part), "what is said of the whole afterwards is not about the part"
