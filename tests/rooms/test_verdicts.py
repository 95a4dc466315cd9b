"""How early a change is told is judged once, by London's days, and short notice has its price."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask

from notifier.errors import Refused
from notifier.notices.approve import approve, submit
from notifier.notices.publish import publish
from notifier.sends.queries import calendar
from notifier.store.db import session, unit
from notifier.store.history import of
from tests.makers import (
    ALICE,
    BOB,
    HANA,
    Clock,
    acting,
    announced,
    approved,
    draft,
    emissions,
    london,
    member,
)

REASON = "The supplier told us last week."


def test_short_notice_needs_a_public_reason_and_the_head_of_profession(
    room: Flask, clock: Clock
) -> None:
    notice = approved(draft(now=clock(), effect={"date": "2026-12-23"}), now=clock())
    gap = (
        "Publishing today gives 30 days; a moderate change of method or classification (class D) "
        "needs 42. It should have been public by 11 November 2026."
    )

    def refused(**given: Any) -> str:
        with pytest.raises(Refused) as refusal, unit():
            publish(notice, by=acting(ALICE), now=clock(), **given)
        return str(refusal.value)

    assert refused() == (
        f"{gap} Give a public reason (--short-notice-reason) and ask the Head of Profession "
        "(--approved-by), or move the effect to 4 January 2027."
    )
    assert refused(short_notice_reason="  ", approved_by=member(HANA)).startswith(f"{gap} Give a")
    agree = (
        f"{gap} The Head of Profession must agree: ask {HANA}, and name them with --approved-by."
    )
    assert refused(short_notice_reason=REASON) == agree
    assert refused(short_notice_reason=REASON, approved_by=member(BOB)) == agree
    session.expire_all()
    assert (notice.state, notice.first_public_at, notice.verdict) == ("approved", None, None)
    assert calendar(about=notice.reference) == []

    with unit():
        publish(
            notice,
            by=acting(ALICE),
            now=clock(),
            short_notice_reason=f" {REASON} ",
            approved_by=member(HANA),
        )
    assert (notice.lead_days, notice.verdict) == (30, "short")
    assert notice.short_notice_reason == REASON
    assert of(f"notice:{notice.id}")[-1].data["approved_by"] == member(HANA).id


def test_a_head_of_profession_does_not_shorten_her_own_notice(room: Flask, clock: Clock) -> None:
    notice = draft(now=clock(), effect={"date": "2026-12-23"})
    with unit():
        submit(notice, author=member(HANA), by=acting(HANA), now=clock())
        approve(notice, approver=member(BOB), by=acting(BOB), now=clock())
    with pytest.raises(Refused, match=f"{HANA} wrote it; another Head of Profession must agree"):
        publish(
            notice,
            by=acting(HANA),
            now=clock(),
            short_notice_reason=REASON,
            approved_by=member(HANA),
        )


def test_a_reason_where_none_is_needed_is_kept_in_history_only(room: Flask, clock: Clock) -> None:
    notice = approved(draft(now=clock()), now=clock())
    with unit():
        publish(notice, by=acting(ALICE), now=clock(), short_notice_reason=REASON)
    assert (notice.verdict, notice.short_notice_reason) == ("met", "")
    assert of(f"notice:{notice.id}")[-1].why == REASON


@pytest.mark.parametrize(
    ("effect", "told", "days", "verdict"),
    [
        ("2027-02-22", "2026-11-24 00:00", 90, "on_time"),
        ("2027-02-22", "2026-11-24 23:59", 90, "on_time"),
        ("2027-02-22", "2026-11-25 00:00", 89, "met"),
        ("2027-02-22", "2027-01-11 10:00", 42, "met"),
    ],
)
def test_the_verdict_is_taken_from_london_dates(
    room: Flask, clock: Clock, effect: str, told: str, days: int, verdict: str
) -> None:
    notice = approved(draft(now=clock(), effect={"date": effect}), now=clock())
    with unit():
        publish(notice, by=acting(ALICE), now=clock.at(told))
    assert (notice.lead_days, notice.verdict) == (days, verdict)


def test_a_change_whose_effect_is_past_is_not_announced(room: Flask, clock: Clock) -> None:
    notice = approved(draft(now=clock(), effect={"date": "2026-12-23"}), now=clock())
    clock.at("2026-12-23 10:30")
    with pytest.raises(Refused, match="takes effect on 2026-12-23, which is past"), unit():
        publish(
            notice,
            by=acting(ALICE),
            now=clock(),
            short_notice_reason=REASON,
            approved_by=member(HANA),
        )
    with unit():
        publish(
            notice,
            by=acting(ALICE),
            now=clock() - timedelta(minutes=1),
            short_notice_reason=REASON,
            approved_by=member(HANA),
        )
    assert notice.verdict == "same_day"


def test_without_a_date_there_is_no_verdict_and_only_the_announcement(
    room: Flask, clock: Clock
) -> None:
    notice = draft(now=clock(), effect={"tbc": True}, next_update_by="+30d")
    announced(notice, now=clock())
    assert (notice.lead_days, notice.verdict) == (None, None)
    assert [s.stage for s in calendar(about=notice.reference)] == ["announce"]


def test_the_effect_follows_the_release_until_it_is_announced(room: Flask, clock: Clock) -> None:
    notice = approved(emissions(), now=clock())
    release = notice.effect_release
    assert release is not None
    with unit():
        release.day, release.at = date(2027, 3, 8), london("2027-03-08 09:30")
    with unit():
        publish(notice, by=acting(ALICE), now=clock())
    assert (notice.effect_at, notice.lead_days) == (london("2027-03-08 09:30"), 105)
