"""What stops asks its users first or says why not; a time to answer is not moved in silence."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from notifier.errors import Refused
from notifier.notices.approve import submit
from notifier.notices.models import ChangeNotice
from notifier.notices.revise import revise
from notifier.sends.queries import calendar
from notifier.store.db import session, unit
from tests.makers import ALICE, Clock, acting, announced, draft, member, on_sqlite

STOPS = {"type": "discontinuation", "effect": {"date": "2027-06-30"}}
WHY = {"reason": "The law that asked for it was repealed."}
ENTRY: dict[str, Any] = {
    "series": ["milk-utilisation"],
    "type": "methodology",
    "headline": "Milk volumes will be estimated from a smaller panel",
    "what": "The panel shrinks from 100 to 60 dairies.",
    "why": "Forty dairies closed or merged.",
    "effect": {"date": "2027-06-30"},
    "impact": {"known": "yes", "text": "Volumes fall by about 1%."},
}
DAYS = {"opens": "2026-11-23", "closes": "2027-01-18"}


def submits(notice: ChangeNotice, clock: Clock) -> None:
    with unit():
        submit(notice, author=member(ALICE), by=acting(ALICE), now=clock())


def revises(notice: ChangeNotice, clock: Clock, *, editorial: bool = True, **changes: Any) -> None:
    with unit():
        by = acting(ALICE)
        entry = {**ENTRY, **changes}
        revise(notice, entry, summary="Put right.", editorial=editorial, by=by, now=clock())


@on_sqlite
@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (STOPS, "users are asked for 42 days first; .* say in consultation.reason why"),
        ({"cut": True}, "users are asked for 42 days first"),
        ({"decision": "consulting"}, "says that it is consulting and has no days for it"),
    ],
)
def test_who_asks_nobody_says_why(
    room: Flask, clock: Clock, changes: dict[str, Any], sentence: str
) -> None:
    notice = draft(now=clock(), **changes)
    with pytest.raises(Refused, match=sentence):
        submits(notice, clock)
    session.expire_all()
    assert notice.state == "draft"


@on_sqlite
@pytest.mark.parametrize(
    "changes",
    [
        {**STOPS, "consultation": WHY},
        {**STOPS, "consultation": {"opens": "2026-09-01", "closes": "2026-11-13"}},
        {**STOPS, "decision": "proposed"},  # its days may not be known yet
        {"decision": "consulting", "consultation": DAYS},
    ],
)
def test_who_asks_or_says_why_may_submit(
    room: Flask, clock: Clock, changes: dict[str, Any]
) -> None:
    notice = draft(now=clock(), **changes)
    submits(notice, clock)
    assert notice.state == "in_review"


@on_sqlite
def test_a_revision_does_not_go_round_it(room: Flask, clock: Clock) -> None:
    notice = announced(draft(now=clock(), effect={"date": "2027-06-30"}), now=clock())
    with pytest.raises(Refused, match="users are asked for 42 days first"):
        revises(notice, clock, editorial=False, type="discontinuation")
    session.expire_all()
    assert (notice.class_, notice.revision) == ("D", 1)


ASKING = {"decision": "consulting", "consultation": DAYS}


def test_days_to_answer_are_no_matter_of_wording(room: Flask, clock: Clock) -> None:
    """Else "7 days before it closes" would be said on the old day, and nobody told of the new."""
    notice = announced(draft(now=clock(), effect={"date": "2027-06-30"}, **ASKING), now=clock())
    later = {**DAYS, "closes": "2027-02-15"}
    with pytest.raises(Refused, match=r"changes the meaning \(consultation\)"):
        revises(notice, clock, decision="consulting", consultation=later)
    session.expire_all()
    revises(notice, clock, decision="consulting", consultation=later, editorial=False)
    stages = [send.stage for send in calendar(about=notice.reference)]
    assert "updated" in stages
    reworded = {**later, "questions": ["Do you use the panel?"]}
    revises(notice, clock, decision="consulting", consultation=reworded)
    assert notice.revision == 2, "a question may be put right in silence"


@on_sqlite
def test_the_last_call_moves_with_its_day(room: Flask, clock: Clock) -> None:
    cut = {"cut": True, "effect": {"date": "2027-09-30"}}
    notice = announced(draft(now=clock(), **cut, **ASKING), now=clock())
    later = {**DAYS, "closes": "2027-02-15"}
    revises(notice, clock, editorial=False, decision="consulting", consultation=later, **cut)
    due = {s.stage: s.due_at.date().isoformat() for s in calendar(about=notice.reference)}
    assert due["close-7"] == "2027-02-08"


@on_sqlite
def test_the_day_for_news_is_not_put_off_in_silence(room: Flask, clock: Clock) -> None:
    open_: dict[str, Any] = {"effect": {"tbc": True}, "next_update_by": "2026-12-18"}
    notice = announced(draft(now=clock(), **open_), now=clock())
    with pytest.raises(Refused, match=r"changes the meaning \(next update by\)"):
        revises(notice, clock, **{**open_, "next_update_by": "2027-01-18"})
