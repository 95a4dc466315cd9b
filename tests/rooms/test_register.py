"""The register of promises in a real database: who may set what, and which rule holds on a day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from notifier.accounts import people
from notifier.catalogue import queries as catalogue
from notifier.errors import Refused
from notifier.notices import register
from notifier.notices.leadtime import OWN, PROMISES
from notifier.notices.models import PolicyRule
from notifier.notices.revise import revise
from notifier.store.db import session, unit
from notifier.store.history import SYSTEM, of
from tests.makers import ALICE, BOB, HANA, Clock, acting, announced, draft, member

ADA = "ada@example.org"  # an administrator of the whole organisation
HUGO = "hugo@example.org"  # a second Head of Profession


@pytest.fixture
def staffed(room: Flask, clock: Clock) -> None:
    with unit():
        people.add(ADA, "admin", team_id=None, by=SYSTEM, now=clock())
        people.add(HUGO, "hop", team_id=None, by=SYSTEM, now=clock())
        food = catalogue.team("food").id
        people.add("fay@example.org", "admin", team_id=food, by=SYSTEM, now=clock())


def sets(clock: Clock, class_: str = "D", **given: Any) -> PolicyRule:
    """Ada sets a rule from today, unless told otherwise."""
    asked: dict[str, Any] = {
        "minimum": 60,
        "target": 120,
        "starts_on": clock().date(),
        "reason": "Users asked for two months.",
        "by": ADA,
        "approved_by": None,
        **given,
    }
    who = asked.pop("by")
    second = asked.pop("approved_by")
    with unit():
        return register.promise(
            class_,
            **asked,
            person=member(who),
            approved_by=member(second) if second else None,
            by=acting(who),
            now=clock(),
        )


@pytest.mark.usefixtures("staffed")
def test_the_newest_rule_in_force_holds_from_its_day_on(clock: Clock) -> None:
    sets(clock)
    sets(clock, minimum=70, target=140, starts_on=date(2027, 1, 1))
    sets(clock, minimum=65, target=130, starts_on=date(2026, 12, 1))

    def minimum(day: date) -> int:
        return register.promises_on(day)["D"].minimum

    assert minimum(date(2026, 11, 22)) == PROMISES["D"].minimum
    assert minimum(date(2026, 11, 23)) == 60
    assert minimum(date(2026, 12, 1)) == 65
    assert minimum(date(2027, 1, 1)) == 70, "the one that started last, however early it was set"
    assert register.promises_on(date(2027, 1, 1))["D"].rule == OWN
    assert register.promises_on(date(2027, 1, 1))["A"] == PROMISES["A"]
    assert [row.data["minimum"] for row in of("policy:D")] == [60, 70, 65]


@pytest.mark.usefixtures("staffed")
@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"class_": "Z"}, "There is no class 'Z'; choose one of A, B"),
        ({"class_": "I"}, "Class I, a correction of an error, is told within a working day"),
        ({"class_": "H"}, "it has no days that could be promised"),
        ({"starts_on": date(2026, 11, 22)}, "cannot start in the past"),
        ({"reason": "  "}, "Give a public reason"),
        ({"target": 59}, "the target at least as long"),
        ({"minimum": 0}, "must be 1 day or more"),
        ({"target": 4000}, "3650 days at most"),
        ({"by": ALICE}, "alice@example.org may not set what is promised"),
        ({"by": "fay@example.org"}, "may not set what is promised"),
        ({"minimum": 41}, "41 days for class D are fewer than the 42 promised. The Head of"),
        ({"minimum": 41, "approved_by": BOB}, "The Head of Profession must agree: ask hana@"),
        ({"minimum": 41, "by": HANA, "approved_by": HANA}, "another Head of Profession must"),
    ],
)
def test_what_may_not_be_set_is_refused_and_changes_nothing(
    clock: Clock, given: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(Refused, match=sentence):
        sets(clock, **given)
    assert session.scalar(select(func.count(PolicyRule.id))) == 0
    assert of("policy:D") == []


@pytest.mark.usefixtures("staffed")
def test_what_was_lengthened_is_shortened_only_by_two(clock: Clock) -> None:
    sets(clock, starts_on=date(2026, 12, 1))
    with pytest.raises(Refused, match="50 days for class D are fewer than the 60 promised"):
        sets(clock, minimum=50, starts_on=date(2027, 1, 1))
    rule = sets(clock, minimum=50, starts_on=date(2027, 1, 1), by=HANA, approved_by=HUGO)
    assert not register.is_shortened(rule), "it is still more than the program promises"
    rule = sets(clock, minimum=30, starts_on=date(2027, 2, 1), approved_by=HANA)
    assert register.is_shortened(rule)
    assert rule.approved_by == HANA


@pytest.mark.usefixtures("staffed")
def test_a_public_notice_keeps_the_promise_of_its_day(clock: Clock) -> None:
    notice = announced(draft(now=clock()), now=clock())  # class D, 60 days ahead
    assert (notice.minimum_days, notice.verdict) == (42, "met")
    sets(clock, minimum=61, target=120)
    clock.forward(days=1)
    same = {
        "series": ["milk-utilisation"],
        "type": "methodology",
        "materiality": "moderate",
        "headline": notice.headline,
        "what": notice.what,
        "why": "Forty dairies closed, merged or sold.",
        "effect": {"date": "2027-01-22"},
        "impact": {"known": "yes", "text": "Volumes fall by about 1%."},
    }

    def revised(**changes: Any) -> None:
        with unit():
            revise(
                notice,
                {**same, **changes},
                summary="It is said better.",
                editorial=False,
                by=acting(ALICE),
                now=clock(),
                short_notice_reason="The dairies told us yesterday.",
                approved_by=member(HANA),
            )

    revised()
    assert (notice.minimum_days, notice.policy["minimum_days"], notice.verdict) == (42, 42, "met")
    revised(scope={"breakdowns": ["organic milk"]})
    assert (notice.minimum_days, notice.lead_days, notice.verdict) == (61, 59, "short")
    assert notice.judged_from == clock()
    assert notice.first_public_at == clock() - timedelta(days=1), "which nobody can edit"
