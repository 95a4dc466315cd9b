"""A day by which users were promised the size of a change is nagged about as any other news."""

from __future__ import annotations

from datetime import date

from flask import Flask

from notifier.insight.overdue import promised_by, silent_notices
from notifier.insight.weekly import weekly
from notifier.notices import effect, learn, pause
from notifier.notices.models import ChangeNotice
from notifier.store.db import unit
from tests.makers import ALICE, Clock, acting, announced, draft
from tests.rooms.test_nags import new

PARTLY = {"known": "partly", "text": "They fall.", "known_by": "2026-12-04"}
TEAM = ["alice", "bob"]


def partly_known(clock: Clock, **more: object) -> ChangeNotice:
    return announced(draft(now=clock(), impact={**PARTLY, **more}), now=clock())


def test_the_team_on_the_day_and_the_head_three_working_days_later(
    room: Flask, clock: Clock
) -> None:
    about = partly_known(clock).reference
    assert new(about, clock, "2026-12-03 09:00") == []
    assert new(about, clock, "2026-12-04 08:30") == [("update-due", name) for name in TEAM]
    assert new(about, clock, "2026-12-08 09:00") == []
    overdue = [("update-overdue", name) for name in (*TEAM, "hana")]
    assert new(about, clock, "2026-12-09 09:00") == overdue
    assert new(about, clock, "2026-12-16 09:00") == []


def test_what_is_known_ends_it_and_another_day_begins_it_anew(room: Flask, clock: Clock) -> None:
    notice = partly_known(clock)
    new(notice.reference, clock, "2026-12-04 09:00")
    with unit():
        later = {**PARTLY, "known_by": "2026-12-11"}
        learn.know_impact(notice, later, by=acting(ALICE), now=clock())
    assert new(notice.reference, clock, "2026-12-09 09:00") == []
    found = new(notice.reference, clock, "2026-12-11 09:00")
    assert found == [("update-due", name) for name in TEAM]
    with unit():
        learn.know_impact(notice, {"known": "yes", "text": "1%"}, by=acting(ALICE), now=clock())
    assert new(notice.reference, clock, "2026-12-21 09:00") == []


def test_of_two_promises_the_newest_that_has_come_is_asked_for(room: Flask, clock: Clock) -> None:
    """The news of the 4th is one thing, the size of the 8th another; on one day they are one."""
    notice = partly_known(clock, known_by="2026-12-08")
    with unit():
        hold = {"reason": "The pilot.", "next_update": date(2026, 12, 4)}
        pause.hold(notice, by=acting(ALICE), now=clock(), **hold)  # type: ignore[arg-type]
    about = notice.reference
    assert new(about, clock, "2026-12-04 09:00") == [("update-due", name) for name in TEAM]
    assert new(about, clock, "2026-12-08 09:00") == [("update-due", name) for name in TEAM]
    assert promised_by(notice, date(2026, 12, 7)) == date(2026, 12, 4)
    notice.next_update_by = date(2026, 12, 8)
    assert new(about, clock, "2026-12-08 10:00") == []


def test_also_after_the_effect_and_in_the_weekly_mail(room: Flask, clock: Clock) -> None:
    notice = partly_known(clock, known_by="2027-01-25")  # effect on 22 January
    clock.at("2027-01-22 12:00")
    with unit():
        effect.take_effect(now=clock())
    assert notice.state == "in_effect"
    assert notice not in silent_notices(date(2027, 1, 24))
    clock.at("2027-01-25 09:00")
    found = weekly([series.team_id for series in notice.series], now=clock())
    assert found.silent_notices == [notice]


def test_a_wholly_known_size_promises_nothing(room: Flask, clock: Clock) -> None:
    notice = partly_known(clock, known="yes")
    assert new(notice.reference, clock, "2026-12-10 09:00") == []
