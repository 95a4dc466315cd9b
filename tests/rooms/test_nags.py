"""Staff are reminded of what they owe: once for each threshold, the newest, the right people."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time
from threading import Barrier, Thread
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from notifier.accounts import duty, people
from notifier.accounts.models import Staff
from notifier.errors import Refused
from notifier.notices import effect, follow, learn, pause
from notifier.notices.approve import approve, submit
from notifier.notices.publish import publish
from notifier.releases import queries as releases
from notifier.releases.add import add
from notifier.releases.breach import explain
from notifier.releases.dated import exact
from notifier.releases.models import Release
from notifier.sends.models import Send
from notifier.store.db import session, unit
from notifier.store.history import SYSTEM, of
from notifier.worker.nags import alert_late, remind
from tests.makers import ALICE, BOB, HANA, Clock, acting, announced, decided, draft, member

DORA = "dora@example.org"
WITH_HANA = ("alice", "bob", "hana")


def provisional(clock: Clock, day: str, **more: Any) -> Release:
    entry: Mapping[str, Any] = {"series": "family-food", "title": f"Food of {day}", **more}
    with unit():
        return add({"date": day, **entry}, by=SYSTEM, now=clock())


def moving(clock: Clock, *, reason_code: str = "data_late") -> dict[str, Any]:
    """Alice moves a date, Bob agrees."""
    reason = "Data are late." if reason_code == "data_late" else "Ready sooner."
    decision = decided(reason, code=reason_code, second=BOB)
    return {"decision": decision, "by": acting(ALICE), "now": clock()}


def moved(release: Release, day: date, clock: Clock, *, reason_code: str = "data_late") -> None:
    with unit():
        follow.move(release, exact(day), **moving(clock, reason_code=reason_code))


def fixed(release: Release, clock: Clock) -> None:
    """Alice confirms 21 January 2027."""
    day, alice = date(2027, 1, 21), member(ALICE)
    with unit():
        follow.confirm(release, day, time(9, 30), person=alice, by=acting(ALICE), now=clock())


def each(stage: str, *names: str) -> list[tuple[str, str]]:
    """The nags of one stage to these, to the team where nobody is named."""
    return [(stage, name) for name in names or ("alice", "bob")]


def nags(about: str) -> list[tuple[str, str]]:
    """Stage and first name of each nag about something, in the order of their making."""
    query = (
        select(Send.stage, Staff.email)
        .join(Staff, Staff.id == Send.staff_id)
        .where(Send.kind == "nag", Send.about == about)
    )
    rows = session.execute(query.order_by(Send.id))
    return [(stage, email.partition("@")[0]) for stage, email in rows]


def new(about: str, clock: Clock, at: str) -> list[tuple[str, str]]:
    """What the worker adds when it looks at that time, and that a second look adds nothing."""
    before = nags(about)
    clock.at(at)
    remind(clock())
    found = nags(about)
    remind(clock())
    assert nags(about) == found
    return found[len(before) :]


def test_six_five_and_four_weeks_before_a_provisional_date(room: Flask, clock: Clock) -> None:
    about = f"release:{provisional(clock, '2027-01-21 09:30').id}"
    assert new(about, clock, "2026-12-09 09:00") == []  # T-43
    assert new(about, clock, "2026-12-10 08:29") == []  # not before the working day begins
    assert new(about, clock, "2026-12-10 08:30") == each("T-42")
    assert new(about, clock, "2026-12-16 17:00") == []
    assert new(about, clock, "2026-12-17 09:00") == each("T-35")
    assert new(about, clock, "2026-12-24 09:00") == each("T-28", *WITH_HANA)


def test_a_worker_that_was_down_sends_the_newest_alone(room: Flask, clock: Clock) -> None:
    release = provisional(clock, "2027-01-21 09:30")
    found = new(f"release:{release.id}", clock, "2026-12-21 09:00")
    assert {stage for stage, _ in found} == {"T-35"}


def test_nobody_is_disturbed_on_days_off(room: Flask, clock: Clock) -> None:
    about = f"release:{provisional(clock, '2027-02-11 09:30').id}"  # T-42: New Year's Eve
    assert new(about, clock, "2027-01-01 09:00") == []
    assert new(about, clock, "2027-01-02 09:00") == []
    assert new(about, clock, "2027-01-04 08:30") == each("T-42")


def test_another_date_is_another_reminder(room: Flask, clock: Clock) -> None:
    release = provisional(clock, "2027-01-21 09:30")
    about = f"release:{release.id}"
    assert len(new(about, clock, "2026-12-10 09:00")) == 2
    moved(release, date(2027, 2, 18), clock)
    assert new(about, clock, "2026-12-17 09:00") == []
    assert new(about, clock, "2027-01-07 09:00") == each("T-42")


def test_four_weeks_are_broken_when_the_last_day_is_over(room: Flask, clock: Clock) -> None:
    release = provisional(clock, "2027-01-21 09:30")
    about = f"release:{release.id}"
    new(about, clock, "2026-12-24 23:59")  # the last day on which 28 days are given
    assert release.breached_on is None
    assert new(about, clock, "2026-12-25 00:01") == []  # on record at once, mailed after Christmas
    session.refresh(release)
    assert release.breached_on == date(2026, 12, 24)
    assert of(about)[-1].action == "breach"
    assert new(about, clock, "2026-12-29 08:30") == each("breach", *WITH_HANA)
    with pytest.raises(Refused, match="the reason is public"), unit():
        explain(release, " ", person=member(ALICE), by=acting(ALICE), now=clock())
    fixed(release, clock)
    with unit():
        explain(release, " We lost a week. ", person=member(ALICE), by=acting(ALICE), now=clock())
    assert (release.breach_reason, release.breached_on) == ("We lost a week.", date(2026, 12, 24))
    assert release.confirmed_lead_days == 23
    assert [row.action for row in of(about)][-2:] == ["confirm", "explain"]
    assert new(about, clock, "2027-01-05 09:00") == []


def test_confirming_on_the_last_day_is_in_time(room: Flask, clock: Clock) -> None:
    release = provisional(clock, "2027-01-21 09:30")
    clock.at("2026-12-24 17:00")
    fixed(release, clock)
    remind(clock.at("2027-01-05 09:00"))
    assert (release.breached_on, release.confirmed_lead_days) == (None, 28)
    with pytest.raises(Refused, match="nothing to explain"):
        explain(release, "Why?", person=member(ALICE), by=acting(ALICE), now=clock())


def test_what_was_entered_too_late_is_asked_for_and_is_no_breach(room: Flask, clock: Clock) -> None:
    release = provisional(clock, "2026-12-10 09:30")  # 17 days ahead
    found = new(f"release:{release.id}", clock, "2026-11-24 09:00")
    assert {stage for stage, _ in found} == {"T-28"}
    assert release.breached_on is None
    later = provisional(clock, "2027-03-04 09:30")
    # But a date that is brought so near is one, from the day on which it was told.
    moved(later, date(2026, 12, 16), clock, reason_code="brought_forward")
    remind(clock.at("2026-11-26 09:00"))
    session.refresh(later)
    assert later.breached_on == date(2026, 11, 24)


def test_news_is_asked_for_on_its_day_and_by_the_head_three_days_later(
    room: Flask, clock: Clock
) -> None:
    notice = announced(draft(now=clock()), now=clock())
    with unit():
        pause.hold(
            notice,
            reason="The pilot.",
            next_update=date(2026, 12, 4),
            by=acting(ALICE),
            now=clock(),
        )
    about = notice.reference
    assert new(about, clock, "2026-12-03 09:00") == []
    assert new(about, clock, "2026-12-04 09:00") == each("update-due")
    assert new(about, clock, "2026-12-08 09:00") == []
    assert new(about, clock, "2026-12-09 09:00") == each("update-overdue", *WITH_HANA)
    assert new(about, clock, "2026-12-20 09:00") == []


def test_the_size_that_becomes_known_ends_the_waiting(room: Flask, clock: Clock) -> None:
    unknown = {"impact": {"known": "no"}, "next_update_by": "2026-12-04"}
    notice = announced(draft(now=clock(), **unknown), now=clock())
    with unit():
        learn.know_impact(notice, {"known": "yes", "text": "1%"}, by=acting(ALICE), now=clock())
    assert new(notice.reference, clock, "2026-12-04 09:00") == []


def test_a_postponed_release_and_its_change_are_one_reminder(room: Flask, clock: Clock) -> None:
    release = provisional(clock, "2027-04-15 09:30", contains_change=True)
    change = draft(
        now=clock(), series=["family-food"], effect={"release": release.title}, headline="A change"
    )
    notice = announced(change, now=clock())
    with unit():
        follow.postpone(release, next_update=date(2026, 12, 7), **moving(clock))
    found = new(f"release:{release.id}", clock, "2026-12-07 09:00")
    assert [stage for stage, _ in found] == ["update-due", "update-due"]
    assert nags(notice.reference) == []


def test_two_hours_after_the_instant_the_staff_are_alarmed(room: Flask, clock: Clock) -> None:
    release = releases.any_release(1)
    assert (release.state, release.wall_time) == ("confirmed", time(9, 30))
    about, day = f"release:{release.id}", release.day
    alert_late(clock.at(f"{day} 11:29"))
    assert nags(about) == []
    alert_late(clock.at(f"{day} 11:30"))
    alarmed = each("late", *WITH_HANA)
    assert nags(about) == alarmed
    alert_late(clock.forward(hours=5))
    assert nags(about) == alarmed


def test_an_outcome_is_asked_for_thirty_days_after_the_effect(room: Flask, clock: Clock) -> None:
    notice = announced(draft(now=clock()), now=clock())  # effect on 22 January 2027
    clock.at("2027-01-22 12:00")
    with unit():
        effect.take_effect(now=clock())
    assert notice.state == "in_effect"
    assert new(notice.reference, clock, "2027-02-19 09:00") == []
    found = new(notice.reference, clock, "2027-02-22 09:00")  # the 21st is a Sunday
    assert found == each("close-due")


def test_a_draft_reminds_whoever_holds_it(room: Flask, clock: Clock) -> None:
    notice = draft(now=clock(), materiality="major", effect={"date": "2027-03-31"})  # class A
    about = notice.reference  # to be public by 31 December 2026
    assert new(about, clock, "2026-12-16 09:00") == []
    assert new(about, clock, "2026-12-17 09:00") == each("publish-14")
    with unit():
        submit(notice, author=member(BOB), by=acting(BOB), now=clock())
    assert new(about, clock, "2026-12-18 09:00") == [("publish-14", "hana")]
    with unit():
        approve(notice, approver=member(HANA), by=acting(HANA), now=clock())
    assert new(about, clock, "2026-12-24 09:00") == [("publish-7", "bob")]
    with unit():
        publish(notice, by=acting(BOB), now=clock())
    assert new(about, clock, "2026-12-30 09:00") == []


def test_a_team_without_staff_reaches_the_deputy_on_duty(room: Flask, clock: Clock) -> None:
    with unit():
        member(ALICE).active = member(BOB).active = False
        people.add(DORA, "deputy", team_id=None, by=SYSTEM, now=clock())
        day = date(2026, 12, 10)
        duty.away(member(HANA), day, day, by=SYSTEM, now=clock())
    about = f"release:{provisional(clock, '2027-01-21 09:30').id}"
    assert new(about, clock, "2026-12-10 09:00") == [("T-42", "dora")]


def test_two_workers_that_look_at_once_make_one_mail_each(house: Flask, clock: Clock) -> None:
    with house.app_context():
        about = f"release:{provisional(clock, '2027-01-21 09:30').id}"
    clock.at("2026-12-10 09:00")
    start = Barrier(2)

    def look() -> None:
        with house.app_context():
            start.wait()
            remind(clock())
            session.remove()

    workers = [Thread(target=look) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    with house.app_context():
        remind(clock())  # whoever lost left it all to the other
        assert nags(about) == each("T-42")
        week = session.scalars(select(Send.staff_id).where(Send.kind == "weekly")).all()
        assert len(week) == 1
