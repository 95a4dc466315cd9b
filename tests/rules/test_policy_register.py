"""Which promise a change is judged by: the table's rows, their reasons, a class chosen by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from notifier.errors import Refused
from notifier.notices.fields import alternative, contact, scope, welsh
from notifier.notices.judge import judge_again, least_lead, would_be_short
from notifier.notices.leadtime import CODE, OWN, PRACTICE, PROMISES, policy, rows
from notifier.notices.models import ChangeNotice
from notifier.notices.widening import widened
from tests.makers import london


def of(*types: str, **facts: Any) -> dict[str, str]:
    given = {
        "materiality": "minor",
        "series_break": "none",
        "machine_breaking": False,
        "cut": False,
        **facts,
    }
    return rows(types, **given)


def test_each_row_says_why_it_fits_in_the_order_of_the_table() -> None:
    assert of("methodology", materiality="major", series_break="yes", machine_breaking=True) == {
        "A": "it breaks the series and is a major change of method",
        "E": "programs that read the data will break",
        "D": "it is a major change",
    }
    assert of("coverage_or_scope", cut=True) == {"B": "it cuts coverage or frequency"}
    assert of("suspension", cut=True) == {"B": "it stops or pauses a statistic"}
    assert of("geography", series_break="possible") == {"D": "the series may break"}
    assert of("rebasing", "access_or_api") == {
        "C": "it changes the base year",
        "E": "it changes access to the data",
    }
    assert of("consultation") == {"K": "it is a consultation alone"}
    assert of("format_or_layout") == {"F": "no graver row of the table fits"}


def test_the_longest_minimum_wins_and_a_chosen_class_counts_alone() -> None:
    judged = policy(["J", "E", "D"])
    assert (judged.class_, judged.derived, judged.minimum_days) == ("J", "J", 60)
    chosen = policy(["A", "E", "D"], override="D")
    assert (chosen.class_, chosen.derived, chosen.minimum_days) == ("D", "A", 42)
    assert (chosen.second_person, chosen.fits) == ("approver", ("D",))


def test_the_register_is_an_argument() -> None:
    longer = {**PROMISES, "D": replace(PROMISES["D"], minimum=100, target=200, rule=OWN)}
    assert policy(["A", "D"], longer).minimum_days == 100, "the longest of what is promised now"
    assert policy(["A", "D"], longer).rule == OWN
    assert policy(["A", "D"]).minimum_days == 90


def test_each_minimum_says_whose_it_is() -> None:
    whose = {class_: promise.rule for class_, promise in PROMISES.items()}
    assert {c for c, rule in whose.items() if rule == CODE} == {"G", "H"}
    assert {c for c, rule in whose.items() if rule == PRACTICE} == {"A", "B", "I"}
    assert {c for c, rule in whose.items() if rule == OWN} == set("CDEFJK")


def told(**more: Any) -> dict[str, Any]:
    known = {"series": ["a"], "class": "D", "effect_at": london("2027-03-01 09:30"), "scope": {}}
    return {**known, **more}


@pytest.mark.parametrize(
    ("after", "wider"),
    [
        ({}, False),
        ({"series": ["a", "b"]}, True),
        ({"series": []}, False),
        ({"class": "A"}, True),
        ({"class": "F"}, False),
        ({"effect_at": london("2027-02-28 09:30")}, True),
        ({"effect_at": london("2027-03-02 09:30")}, False),
        ({"effect_at": None}, False),
        ({"scope": {"breakdowns": ["age", "sex"]}}, True),
        ({"scope": {"geographies": ["England", "Wales"]}}, True),
        ({"scope": {"history_from": "2019"}}, False),
        ({"scope": {"user_types": ["media"]}}, False),
    ],
)
def test_what_hits_users_by_more_or_sooner_is_wider(after: dict[str, Any], wider: bool) -> None:
    before = told(scope={"breakdowns": ["age"], "geographies": ["England"]})
    scope_ = {"breakdowns": ["age"], "geographies": ["England"], **after.pop("scope", {})}
    assert widened(before, told(scope=scope_, **after)) is wider


def test_a_scope_that_is_named_no_more_is_wider() -> None:
    assert widened(told(scope={"geographies": ["Wales"]}), told())
    assert not widened(told(), told())


def stopping(told: str, decided: str, effect: str) -> ChangeNotice:
    return ChangeNotice(
        class_="B",
        decision="decided",
        consultation={"decided_at": london(decided).isoformat()},
        judged_from=london(told),
        effect_at=london(effect),
        minimum_days=90,
        target_days=180,
        policy={},
    )


def test_what_stops_is_judged_from_its_decision_too_and_the_worse_verdict_counts() -> None:
    notice = stopping("2026-11-23 10:00", "2027-04-01 10:00", "2027-06-29 09:30")
    judge_again(notice)
    assert (notice.lead_days, least_lead(notice), notice.verdict) == (218, 89, "short")
    assert would_be_short(notice, notice.effect_at)
    assert not would_be_short(notice, london("2027-06-30 09:30"))
    notice.effect_at = london("2027-06-30 09:30")
    judge_again(notice)
    assert notice.verdict == "met"
    notice.class_ = "A"  # nobody else is judged twice
    judge_again(notice)
    assert notice.verdict == "on_time"


def test_a_scope_keeps_only_what_is_said() -> None:
    kinds = {"media"}
    given = {
        "geographies": "Wales",
        "breakdowns": ["age", "age", ""],
        "identifiers": ["ENV01", {"scheme": "table", "value": "T1", "url": "https://x.example/1"}],
        "reference_from": 2027,
        "history_from": date(2020, 1, 1),
        "user_types": ["media"],
    }
    assert scope(given, "here", kinds) == {
        "geographies": ["Wales"],
        "breakdowns": ["age"],
        "identifiers": [
            {"scheme": "", "value": "ENV01"},
            {"scheme": "table", "value": "T1", "url": "https://x.example/1"},
        ],
        "reference_from": "2027",
        "history_from": "2020-01-01",
        "user_types": ["media"],
    }
    assert scope({}, "here", kinds) == {}


@pytest.mark.parametrize(
    ("read", "sentence"),
    [
        (lambda: scope({"places": []}, "here", ()), "here: scope has an unknown key 'places'"),
        (lambda: scope({"user_types": ["moon"]}, "here", ()), "there is no user type 'moon'"),
        (lambda: scope({"geographies": [{"a": 1}]}, "here", ()), "must be a list of names"),
        (lambda: scope({"identifiers": [{"scheme": "t"}]}, "here", ()), "lacks the key 'value'"),
        (
            lambda: scope({"identifiers": [{"value": "t", "url": "javascript:x"}]}, "here", ()),
            "is no address; write one with https://",
        ),
        (lambda: alternative({"url": "https://x.example"}, "here"), "lacks the key 'title'"),
        (lambda: alternative({"title": " "}, "here"), "give each a title"),
        (lambda: alternative({"title": "T", "url": "data:x"}, "here"), "is no address"),
        (lambda: contact("ring us", "here"), "leave it out for the team's own"),
        (lambda: welsh({"headlin": "Llaeth"}, "here"), "did you mean 'headline'"),
    ],
)
def test_a_slip_is_refused_in_a_sentence(read: Any, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        read()
