"""A dated message is moved by hand within its room, stays so when it is planned anew, and goes back
where its rule has it.
"""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask

from notifier.accounts.models import Staff
from notifier.clock import is_working_day, london_date
from notifier.errors import Refused
from notifier.notices import adjust
from notifier.notices.models import ChangeNotice
from notifier.notices.promises import replan, stages_of
from notifier.sends.models import Send
from notifier.sends.queries import calendar
from notifier.store.db import unit
from notifier.store.history import of
from tests import makers
from tests.makers import ALICE, HANA, Clock, acting, emissions, london, member

MONTH, WEEK = "T-30", "T-7"


def moves(notice: ChangeNotice, stage: str, day: str, clock: Clock) -> None:
    person = member(ALICE)
    with unit():
        adjust.adjust(
            notice, stage, date.fromisoformat(day), person=person, by=acting(ALICE), now=clock()
        )


def back(notice: ChangeNotice, stage: str, clock: Clock, who: str = ALICE) -> None:
    person: Staff = member(who)
    with unit():
        adjust.put_back(notice, stage, person=person, by=acting(who), now=clock())


def send(notice: ChangeNotice, stage: str) -> Send:
    return next(s for s in calendar(about=notice.reference) if s.stage == stage)


def day_of(notice: ChangeNotice, stage: str, clock: Clock) -> date | None:
    plan = stages_of(notice, announced_at=notice.first_public_at or clock())
    return next(each.wall_date for each in plan if each.name == stage)


def actions(notice: ChangeNotice) -> list[str]:
    return [row.action for row in of(f"notice:{notice.id}")]


@pytest.fixture
def public(room: Flask, clock: Clock) -> ChangeNotice:
    """Fine particles: class A with the release of 1 March 2027, announced 98 days before."""
    return makers.announced(emissions(), now=clock())


def test_of_a_draft_the_plan_moves_and_history_says_so(room: Flask, clock: Clock) -> None:
    notice = emissions()
    assert day_of(notice, MONTH, clock) == date(2027, 1, 29)
    moves(notice, MONTH, "2027-01-27", clock)
    assert day_of(notice, MONTH, clock) == date(2027, 1, 27)
    row = of(f"notice:{notice.id}")[-1]
    assert row.action == "adjust_stage"
    assert row.data == {"stage": MONTH, "was": "2027-01-29", "day": "2027-01-27"}
    makers.announced(notice, now=clock())
    assert send(notice, MONTH).wall_date == date(2027, 1, 27)


def test_of_a_public_notice_its_send_moves_and_no_other(public: ChangeNotice, clock: Clock) -> None:
    before = {s.stage: s.due_at for s in calendar(about=public.reference)}
    moves(public, MONTH, "2027-02-01", clock)
    after = {s.stage: s.due_at for s in calendar(about=public.reference)}
    assert after.pop(MONTH) == london("2027-02-01 10:30")
    before.pop(MONTH)
    assert after == before
    assert send(public, MONTH).state == "planned"


def test_it_stays_off_its_rule_when_the_release_moves(public: ChangeNotice, clock: Clock) -> None:
    moves(public, MONTH, "2027-01-27", clock)
    with unit():
        public.effect_at = london("2027-03-25 09:30")
        replan(public, now=clock(), why="the release moved")
    # 30 days before 25 March is 23 February; two days earlier as before.
    assert send(public, MONTH).wall_date == date(2027, 2, 19)


def test_back_it_goes_where_its_rule_puts_it(public: ChangeNotice, clock: Clock) -> None:
    moves(public, WEEK, "2027-02-24", clock)
    assert send(public, WEEK).due_at == london("2027-02-24 10:30")
    back(public, WEEK, clock)
    assert send(public, WEEK).due_at == london("2027-02-22 10:30")
    assert public.stage_shifts == {}
    assert actions(public)[-2:] == ["adjust_stage", "put_back_stage"]
    with pytest.raises(Refused, match="nothing to put back"):
        back(public, WEEK, clock)


def test_the_room_keeps_order_sense_and_working_days(public: ChangeNotice, clock: Clock) -> None:
    for stage in ("T-90", MONTH, WEEK, "T+30"):
        found = adjust.room(public, stage, now=clock())
        assert found.first <= found.rule_day <= found.last
        assert is_working_day(found.first)
        assert is_working_day(found.last)
        assert abs((found.first - found.rule_day).days) <= adjust.furthest(stage)
        assert abs((found.last - found.rule_day).days) <= adjust.furthest(stage)
    week = adjust.room(public, WEEK, now=clock())
    assert week.last < date(2027, 3, 1)
    # The outcome is overdue after thirty days: earlier, not later.
    late = adjust.room(public, "T+30", now=clock())
    assert late.last == late.rule_day
    # At 10:30, more than 48 hours after the announcement of 23 November at 10:00.
    assert adjust.room(public, "T-90", now=clock()).first == date(2026, 11, 25)


@pytest.mark.parametrize("stage", ["T0", "T-1", "announce", "moved", "last-edition", "T-14", "x"])
def test_what_has_its_own_day_is_not_moved(public: ChangeNotice, clock: Clock, stage: str) -> None:
    with pytest.raises(Refused):
        moves(public, stage, "2027-02-01", clock)
    assert public.stage_shifts == {}


@pytest.mark.parametrize(
    ("day", "why"),
    [
        ("2027-01-30", "weekend"),
        ("2027-03-30", "from 25 January 2027 to 3 February 2027"),
        ("2026-11-24", "from 25 January 2027"),
        ("2027-01-29", "already"),
    ],
)
def test_a_wrong_day_is_refused_and_nothing_is_changed(
    public: ChangeNotice, clock: Clock, day: str, why: str
) -> None:
    with pytest.raises(Refused, match=why) as refusal:
        moves(public, MONTH, day, clock)
    assert refusal.value.field == "day"
    assert send(public, MONTH).wall_date == date(2027, 1, 29)
    assert "adjust_stage" not in actions(public)


def test_what_went_out_or_was_stopped_is_not_moved(public: ChangeNotice, clock: Clock) -> None:
    with unit():
        send(public, MONTH).state = "cancelled"
    with pytest.raises(Refused, match="cannot be moved"):
        moves(public, MONTH, "2027-01-28", clock)
    clock.at("2027-02-23 09:00")
    with pytest.raises(Refused, match="not planned any more"):
        moves(public, WEEK, "2027-02-24", clock)


def test_an_approval_did_not_know_of_it_and_is_void(room: Flask, clock: Clock) -> None:
    notice = makers.approved(emissions(), now=clock())
    moves(notice, MONTH, "2027-01-27", clock)
    assert notice.state == "draft"
    assert notice.approver_id is None
    assert actions(notice)[-2:] == ["adjust_stage", "return"]


def test_the_author_hears_when_somebody_else_moves_it(room: Flask, clock: Clock) -> None:
    notice = makers.approved(emissions(), now=clock())
    with unit():
        adjust.adjust(
            notice,
            MONTH,
            date(2027, 1, 27),
            person=member(HANA),
            by=acting(HANA),
            now=clock(),
        )
    told = [s for s in calendar(about=notice.reference) if s.stage == "returned"]
    assert [s.staff_id for s in told] == [member(ALICE).id]


def test_what_is_over_has_no_plan(public: ChangeNotice, clock: Clock) -> None:
    with unit():
        public.state = "closed"
    with pytest.raises(Refused, match="nothing of it is planned"):
        adjust.room(public, MONTH, now=clock())
    assert london_date(clock()) == date(2026, 11, 23)
