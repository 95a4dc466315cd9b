"""What stops is judged from its decision, too, and told once more with its last edition."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from notifier.errors import Refused
from notifier.insight import notice_given
from notifier.notices import follow, learn
from notifier.notices.models import ChangeNotice
from notifier.notices.promises import redate_last_editions
from notifier.notices.revise import revise
from notifier.releases.dated import exact
from notifier.releases.load import load
from notifier.releases.models import Release
from notifier.sends.queries import calendar
from notifier.store.db import session, unit
from notifier.web.public.record import record_words
from tests.makers import ALICE, BOB, HANA, Clock, acting, announced, decided, draft, london, member

STOPS: dict[str, Any] = {
    "type": "discontinuation",
    "headline": "Milk utilisation will stop",
    "effect": {"date": "2027-06-30"},
    "consultation": {"reason": "The law that asked for it was repealed."},
}


def proposed(clock: Clock, **changes: Any) -> ChangeNotice:
    return announced(
        draft(now=clock(), **{**STOPS, "decision": "proposed", **changes}), now=clock()
    )


def decides(notice: ChangeNotice, clock: Clock, **more: Any) -> None:
    with unit():
        learn.decide(notice, summary="It stops.", by=acting(ALICE), now=clock(), **more)


def test_a_decision_that_comes_early_enough_leaves_the_verdict(room: Flask, clock: Clock) -> None:
    notice = proposed(clock)
    assert (notice.lead_days, notice.verdict) == (219, "on_time")
    clock.at("2027-04-01 10:00")  # 90 days before
    decides(notice, clock)
    assert (notice.lead_days, notice.verdict) == (219, "met"), "the worse of the two"


def test_a_decision_that_comes_late_needs_a_reason_and_the_head(room: Flask, clock: Clock) -> None:
    notice = proposed(clock)
    clock.at("2027-04-02 10:00")
    with pytest.raises(Refused, match=r"This leaves 89 days; 90 .* move the effect to 1 July 2027"):
        decides(notice, clock)
    with pytest.raises(Refused, match="The Head of Profession must agree"):
        decides(notice, clock, short_notice_reason="The survey lost its money.")
    session.expire_all()
    assert (notice.decision, notice.verdict, notice.revision) == ("proposed", "on_time", 1)
    agreed = {"short_notice_reason": "The survey lost its money.", "approved_by": member(HANA)}
    decides(notice, clock, **agreed)
    assert (notice.lead_days, notice.verdict) == (219, "short")
    (given,) = [g for g in notice_given.still_to_come() if g.reference == notice.reference]
    assert record_words.told(given) == "Told 219 days ahead, decided 89 days ahead; 90 promised"


def test_a_decision_by_revision_is_judged_alike(room: Flask, clock: Clock) -> None:
    notice = proposed(clock)
    clock.at("2027-04-02 10:00")
    entry = {
        "series": ["milk-utilisation"],
        "what": notice.what,
        "why": notice.why,
        "impact": {"known": "yes"},
        **STOPS,
    }
    given: dict[str, Any] = {"summary": "Decided.", "editorial": False, "by": acting(ALICE)}
    with pytest.raises(Refused, match="This leaves 89 days"), unit():
        revise(notice, entry, now=clock(), **given)
    session.expire_all()
    assert notice.decision == "proposed"


def edition(title: str, day: str, *, precision: str = "datetime") -> Release:
    at = f"{day} 09:30" if precision == "datetime" else day
    entry = {"series": "milk-utilisation", "title": title, "date": at, "precision": precision}
    with unit():
        load([entry], now=london("2026-11-23 10:00"))
    return session.scalars(select(Release).where(Release.title == title)).one()


def last_edition(notice: ChangeNotice) -> list[tuple[str, str]]:
    rows = [s for s in calendar(about=notice.reference) if s.stage == "last-edition"]
    return [(s.due_at.strftime("%Y-%m-%d %H:%M"), s.state) for s in rows]


def test_the_last_edition_before_the_stop_moves_with_its_release(room: Flask, clock: Clock) -> None:
    release = edition("May 2027", "2027-06-10")
    edition("April 2027", "2027-05-13")
    edition("Some time", "2027-06-20", precision="month")
    notice = announced(draft(now=clock(), **STOPS), now=clock())
    assert last_edition(notice) == [("2027-06-10 09:30", "planned")]
    why, given = decided("Data come late."), {"by": acting(ALICE), "now": clock()}
    with unit():
        follow.move(release, exact(date(2027, 6, 17)), why, **given)
        redate_last_editions(now=clock())
    assert last_edition(notice) == [("2027-06-17 09:30", "planned")]
    news = date(2027, 1, 11)
    with unit():
        follow.postpone(release, why, next_update=news, **given)
        redate_last_editions(now=clock())
    assert last_edition(notice) == [("2027-05-13 09:30", "planned")], (
        "the one before it is the last"
    )


def test_nobody_else_has_a_last_edition_and_an_unknown_one_is_none(
    room: Flask, clock: Clock
) -> None:
    unknown = announced(draft(now=clock(), **STOPS), now=clock())
    assert last_edition(unknown) == []
    edition("May 2027", "2027-06-10")
    method = draft(now=clock(), headline="A method", effect={"date": "2027-06-30"})
    assert last_edition(announced(method, now=clock(), by=BOB)) == []
