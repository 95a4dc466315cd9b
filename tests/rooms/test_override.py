"""A class chosen against the table: who must agree, what is judged, what stays on record."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from notifier.catalogue.models import Organisation
from notifier.errors import Refused
from notifier.insight import notice_given
from notifier.notices.approve import approve, submit
from notifier.notices.derive import rows_of
from notifier.notices.models import ChangeNotice
from notifier.store.db import session, unit
from notifier.store.history import of
from tests.makers import ALICE, BOB, HANA, Clock, acting, announced, approved, draft, member

BECAUSE = "Only three dairies are concerned."


def chosen(clock: Clock, is_: str, **changes: Any) -> ChangeNotice:
    return draft(now=clock(), **{"class": {"is": is_, "because": BECAUSE}, **changes})


def test_a_lighter_class_needs_the_head_of_profession(room: Flask, clock: Clock) -> None:
    notice = chosen(clock, "D", materiality="major", effect={"date": "+60d"})
    assert (notice.class_, notice.override, notice.minimum_days) == ("D", "D", 42)
    assert list(rows_of(notice)) == ["A", "D"]
    with pytest.raises(Refused, match=r"\(its class was chosen against the table\), so a Head"):
        approved(notice, now=clock(), by=BOB)
    session.rollback()
    announced(notice, now=clock(), by=HANA)
    assert (notice.verdict, notice.policy["class_"], notice.policy["derived"]) == ("met", "D", "A")
    (given,) = [g for g in notice_given.still_to_come() if g.reference == notice.reference]
    assert (given.overruled, given.shortened) == (True, True)


def test_a_graver_class_needs_who_it_asks_for_and_no_more(room: Flask, clock: Clock) -> None:
    notice = chosen(clock, "E", effect={"date": "+95d"})  # an approver's class, like D
    announced(notice, now=clock(), by=BOB)
    assert (notice.minimum_days, notice.verdict) == (60, "on_time")


@pytest.mark.parametrize(
    ("class_", "sentence"),
    [
        ({"is": "D", "because": BECAUSE}, "the table says D already; leave class out"),
        ({"is": "A"}, "class lacks the key 'because'"),
        ({"is": "A", "because": " "}, "say because: why the table does not fit"),
        ({"is": "G", "because": BECAUSE}, "is must be one of A, B, C, D, E, F, J, K, not 'G'"),
        ({"is": "I", "because": BECAUSE}, "say type: correction"),
        ({"is": "A", "because": BECAUSE, "by": "me"}, "class has an unknown key 'by'"),
    ],
)
def test_a_slip_is_refused(
    room: Flask, clock: Clock, class_: dict[str, str], sentence: str
) -> None:
    with pytest.raises(Refused, match=sentence):
        draft(now=clock(), **{"class": class_})


def test_both_languages_or_neither(room: Flask, clock: Clock) -> None:
    with unit():
        session.execute(update(Organisation).values(welsh="both_or_neither"))
        session.expire_all()
    half = draft(now=clock(), cy={"headline": "Llaeth", "what": "Mae'n newid."}, driver="A law.")
    with pytest.raises(Refused, match="has no Welsh for why, driver; add it under cy"):
        approved(half, now=clock(), by=BOB)
    assert half.state in ("draft", "in_review")
    whole = draft(
        now=clock(), headline="Milk, too", cy={"headline": "Llaeth", "what": "W", "why": "P"}
    )
    approved(whole, now=clock(), by=BOB)
    assert whole.state == "approved"


def test_the_record_says_in_which_office_somebody_approved(room: Flask, clock: Clock) -> None:
    notice = draft(now=clock())
    with unit():
        submit(notice, author=member(ALICE), by=acting(ALICE), now=clock())
        approve(notice, approver=member(BOB), by=acting(BOB), now=clock())
    row = of(f"notice:{notice.id}")[-1]
    assert (row.data["role"], row.data["basis"]) == ("approver", "signed_in")
