"""What second persons answered is kept; less notice is agreed to; an emergency has its own way."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask

from notifier.accounts import people, rulings
from notifier.errors import Conflict, Refused
from notifier.newsletters import queries as newsletters
from notifier.newsletters.send import approve as approve_issue
from notifier.newsletters.send import submit as submit_issue
from notifier.notices import contents, short
from notifier.notices.approve import approve, submit
from notifier.notices.edit import edit
from notifier.notices.emergency import emergency
from notifier.notices.give_back import give_back
from notifier.notices.models import ChangeNotice
from notifier.notices.publish import publish
from notifier.store.db import session, unit
from notifier.store.history import SYSTEM, of
from tests.makers import ALICE, BOB, HANA, Clock, acting, approved, draft, emissions, member
from tests.rooms.test_two_at_once import Together

WHY = "The supplier told us on Friday."


def submitted(notice: ChangeNotice, clock: Clock, *, note: str = "") -> ChangeNotice:
    with unit():
        submit(notice, author=member(ALICE), by=acting(ALICE), now=clock(), note=note)
    return notice


def entry(**changes: Any) -> dict[str, Any]:
    return {
        "series": ["milk-utilisation"],
        "type": "methodology",
        "materiality": "moderate",
        "headline": "Milk volumes will be estimated from a smaller panel",
        "what": "The panel shrinks from 100 to 50 dairies.",
        "why": "Forty dairies closed or merged.",
        "effect": {"date": "+60d"},
        "impact": {"known": "yes", "text": "Volumes fall by about 1%."},
        **changes,
    }


def of_notice(notice: ChangeNotice, *answers: str) -> rulings.Ruling:
    found = rulings.last(f"notice:{notice.id}", *answers)
    assert found is not None
    return found


def test_the_words_of_each_approval_are_kept_as_they_stood(room: Flask, clock: Clock) -> None:
    notice = submitted(draft(now=clock()), clock, note=" Look at the panel. ")
    with unit():
        approve(notice, approver=member(BOB), by=acting(BOB), now=clock())
    first = of_notice(notice, rulings.APPROVED)
    with unit():
        edit(notice, entry(), person=member(ALICE), by=acting(ALICE), now=clock())
    submitted(notice, clock)
    with unit():
        approve(notice, approver=member(HANA), by=acting(HANA), now=clock())
    second = of_notice(notice, rulings.APPROVED)
    assert [r.words["what"][-11:] for r in (first, second)] == ["60 dairies.", "50 dairies."]
    assert rulings.last(f"notice:{notice.id}", rulings.APPROVED, person=member(BOB)) == first
    chain = of(f"notice:{notice.id}")
    assert chain[0].why == "Look at the panel."
    kept = [row.data["words"] for row in chain if row.action == "approve"]
    assert kept == [rulings.digest(row.words) for row in (first, second)]
    assert second.words == contents.read(notice)


def test_a_remark_waits_until_it_is_submitted_again(room: Flask, clock: Clock) -> None:
    notice = submitted(draft(now=clock()), clock)
    about = f"notice:{notice.id}"
    with unit():
        give_back(notice, reason=" No. ", person=member(BOB), by=acting(BOB), now=clock())
    assert rulings.unanswered([about, "notice:0"])[about].remark == "No."
    submitted(notice, clock)
    assert rulings.unanswered([about]) == {}
    assert [row.answered_at for row in rulings.remarks(about)] == [clock()]
    with unit():
        give_back(notice, reason="Mine.", person=member(ALICE), by=acting(ALICE), now=clock())
    assert len(rulings.remarks(about)) == 1  # an author's own word is no remark


@pytest.mark.parametrize("reason", ["", " \n ", "x" * 4001])
def test_a_remark_says_something_and_not_too_much(room: Flask, clock: Clock, reason: str) -> None:
    notice = submitted(draft(now=clock()), clock)
    with pytest.raises(Refused), unit():
        give_back(notice, reason=reason, person=member(BOB), by=acting(BOB), now=clock())
    assert notice.state == "in_review"


def test_a_version_is_of_one_state_one_instant_and_these_words(room: Flask, clock: Clock) -> None:
    notice = submitted(emissions(), clock)
    seen = [contents.version(notice)]
    release = notice.effect_release
    assert release is not None
    assert release.at is not None
    with unit():  # the release moves and the notice with it: not a row of its own changes
        release.day, release.at = date(2027, 3, 8), release.at + timedelta(days=7)
    seen.append(contents.version(notice))
    with unit():
        approve(notice, approver=member(HANA), by=acting(HANA), now=clock())
    seen.append(contents.version(notice))
    assert len(set(seen)) == 3
    with pytest.raises(Conflict), unit():
        give_back(
            notice, reason="x", person=member(HANA), by=acting(HANA), now=clock(), read=seen[0]
        )


def agrees(notice: ChangeNotice, clock: Clock, email: str = HANA, reason: str = WHY) -> None:
    with unit():
        short.accept(notice, reason, person=member(email), by=acting(email), now=clock())


def test_less_notice_is_agreed_to_by_whom_and_when(room: Flask, clock: Clock) -> None:
    """35 days where 42 are promised; 23 November 2026 is a Monday."""
    notice = submitted(draft(now=clock(), effect={"date": "2026-12-30"}), clock)
    with pytest.raises(Refused, match="in review"):
        agrees(notice, clock)
    with unit():
        approve(notice, approver=member(BOB), by=acting(BOB), now=clock())
    with pytest.raises(Refused, match="Only a Head of Profession"):
        agrees(notice, clock, BOB)
    with pytest.raises(Refused, match="Give the reason"):
        agrees(notice, clock, reason=" ")
    with unit():
        people.grant(ALICE, "hop", team_id=None, by=SYSTEM, now=clock())
    with pytest.raises(Refused, match="wrote words of"):
        agrees(notice, clock, ALICE)
    assert short.accepted(notice, now=clock()) is None
    agrees(notice, clock)
    found = short.accepted(notice, now=clock())
    assert found is not None
    assert (found.person.email, found.days, found.until) == (HANA, 37, date(2026, 11, 24))


@pytest.mark.parametrize(
    ("agreed", "last", "over"),
    [
        ("2026-11-23 10:00", "2026-11-24 23:59", "2026-11-25 00:00"),
        ("2026-11-26 10:00", "2026-11-27 23:59", "2026-11-28 00:00"),
        ("2026-11-27 10:00", "2026-11-30 23:59", "2026-12-01 00:00"),  # over a weekend
        ("2026-12-23 10:00", "2026-12-24 23:59", "2026-12-25 00:00"),
        ("2026-12-24 10:00", "2026-12-29 23:59", "2026-12-30 00:00"),  # over Christmas
    ],
)
def test_it_counts_through_the_next_working_day(
    room: Flask, clock: Clock, agreed: str, last: str, over: str
) -> None:
    effect = "2026-12-30" if agreed < "2026-12-01" else "2027-01-14"  # less than 42 days ahead
    notice = draft(now=clock(), effect={"date": effect})
    clock.at(agreed)
    notice = approved(notice, now=clock())
    agrees(notice, clock)
    clock.at(last)
    assert short.accepted(notice, now=clock()) is not None
    clock.at(over)
    assert short.accepted(notice, now=clock()) is None


def test_what_was_agreed_to_is_for_these_words_and_this_approval(room: Flask, clock: Clock) -> None:
    notice = approved(draft(now=clock(), effect={"date": "2026-12-30"}), now=clock())
    agrees(notice, clock)
    with unit():
        changes = entry(effect={"date": "2026-12-30"})
        edit(notice, changes, person=member(ALICE), by=acting(ALICE), now=clock())
    clock.forward(minutes=1)
    approved(notice, now=clock())
    assert short.accepted(notice, now=clock()) is None
    with pytest.raises(Refused, match="Publishing today gives 37 days"), unit():
        publish(notice, by=acting(ALICE), now=clock())
    agrees(notice, clock)
    with unit():
        publish(notice, by=acting(ALICE), now=clock())
    assert (notice.verdict, notice.short_notice_reason) == ("short", WHY)
    last = of(f"notice:{notice.id}")[-1]
    assert (last.action, last.data["approved_by"]) == ("announce", member(HANA).id)


def test_where_enough_notice_is_given_there_is_nothing_to_agree_to(
    room: Flask, clock: Clock
) -> None:
    notice = approved(draft(now=clock()), now=clock())
    with pytest.raises(Refused, match="nothing is short"):
        agrees(notice, clock)
    with pytest.raises(Refused, match="in the usual way"), unit():
        emergency(notice, reason=WHY, person=member(HANA), by=acting(HANA), now=clock())
    assert notice.state == "approved"


@pytest.mark.parametrize("email", [ALICE, BOB])
def test_an_emergency_is_for_a_head_of_profession_who_wrote_none_of_it(
    room: Flask, clock: Clock, email: str
) -> None:
    notice = submitted(draft(now=clock(), effect={"date": "2026-12-30"}), clock)
    if email == ALICE:
        with unit():
            people.grant(ALICE, "hop", team_id=None, by=SYSTEM, now=clock())
    given: dict[str, Any] = {"person": member(email), "by": acting(email), "now": clock()}
    with pytest.raises(Refused), unit():
        emergency(notice, reason=WHY, **given)
    assert notice.state == "in_review"
    assert [row.action for row in of(f"notice:{notice.id}")] == ["submit"]


def test_nobody_publishes_a_draft_in_an_emergency(room: Flask, clock: Clock) -> None:
    notice = draft(now=clock(), effect={"date": "2026-12-30"})
    with pytest.raises(Refused, match="a draft"), unit():
        emergency(notice, reason=WHY, person=member(HANA), by=acting(HANA), now=clock())
    submitted(notice, clock)
    with pytest.raises(Refused, match="Give the reason"), unit():
        emergency(notice, reason=" ", person=member(HANA), by=acting(HANA), now=clock())
    with unit():
        emergency(notice, reason=WHY, person=member(HANA), by=acting(HANA), now=clock())
    assert (notice.state, notice.lead_days) == ("announced", 37)
    assert [row.action for row in of(f"notice:{notice.id}")] == [
        *("submit", "approve", "emergency", "announce"),
    ]


@pytest.mark.parametrize("second", ["approve", "return"])
def test_two_who_decide_at_once_make_one_decision(room: Flask, clock: Clock, second: str) -> None:
    """Both have read the row before either writes; one is told, and one answer is kept."""
    notice = submitted(draft(now=clock()), clock)
    number, read = notice.id, contents.version(notice)
    session.remove()

    def by_bob() -> None:
        row = session.get_one(ChangeNotice, number)
        approve(row, approver=member(BOB), by=acting(BOB), now=clock(), read=read)

    def by_hana() -> None:
        row = session.get_one(ChangeNotice, number)
        given: dict[str, Any] = {"by": acting(HANA), "now": clock(), "read": read}
        if second == "approve":
            approve(row, approver=member(HANA), **given)
        else:
            give_back(row, reason="x", person=member(HANA), **given)

    answers = Together(room)(by_bob, by_hana)
    assert sorted(type(answer).__name__ for answer in answers) in (
        *(["Conflict", "str"], ["Refused", "str"]),
    )
    assert len([r for r in of(f"notice:{number}") if r.action in ("approve", "return")]) == 1
    kept = session.query(rulings.Ruling).filter_by(about=f"notice:{number}").all()
    assert len(kept) == 1


def test_two_who_decide_on_an_issue_at_once(room: Flask, clock: Clock) -> None:
    with unit():
        issue = newsletters.every()[0]
        submit_issue(issue, author=member(ALICE), by=acting(ALICE), now=clock())
    session.remove()

    def by(email: str) -> Any:
        def act() -> None:
            row = newsletters.every()[0]
            approve_issue(row, approver=member(email), by=acting(email), now=clock())

        return act

    answers = Together(room)(by(BOB), by(HANA))
    assert len([answer for answer in answers if answer == "done"]) == 1
    assert session.query(rulings.Ruling).count() == 1
