"""Each check of a notice: what makes it speak, and what lets it be silent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask

from notifier.audience.rules import variant
from notifier.catalogue.queries import organisation
from notifier.errors import Refused
from notifier.notices import links
from notifier.notices.approve import approve, submit
from notifier.notices.checks import Check, Letter, checks
from notifier.notices.models import ChangeNotice
from notifier.notices.publish import publish
from notifier.store.db import unit
from tests import makers
from tests.makers import ALICE, BOB, Clock, acting, emissions, member

LETTERS = {variant("detail", "en"): Letter("Change coming", 20_000)}
WELSH = dict.fromkeys(("headline", "what", "why"), "Geiriau")


def found(notice: ChangeNotice, clock: Clock, letters: Any = None) -> list[Check]:
    return checks(notice, letters or LETTERS, now=clock()).checks


def said(notice: ChangeNotice, clock: Clock, letters: Any = None) -> list[tuple[str, str]]:
    return [(check.severity, check.field) for check in found(notice, clock, letters)]


@pytest.fixture
def fine(room: Flask, clock: Clock) -> ChangeNotice:
    """A draft in which nothing is found."""
    notice = makers.draft(now=clock(), cy=WELSH)
    assert found(notice, clock) == []
    return notice


def test_a_fine_notice_passes_each_group(fine: ChangeNotice, clock: Clock) -> None:
    result = checks(fine, LETTERS, now=clock())
    assert (result.stops, result.looks) == (0, 0)
    assert result.passed == [
        *("links", "pictures", "reading", "figures", "size", "headers", "Welsh", "contact")
    ]


Change = Callable[[ChangeNotice], None]


def sets(**values: Any) -> Change:
    def change(notice: ChangeNotice) -> None:
        for name, value in values.items():
            setattr(notice, name, value)

    return change


LONG = "The panel " + "and the other panel " * 12 + "shrink."


@pytest.mark.parametrize(
    ("change", "severity", "field", "words"),
    [
        (sets(what=" "), "stops", "what", "Say what is changing"),
        (sets(why=""), "stops", "why", "Say why"),
        (sets(impact={"known": "no"}), "stops", "next_update_by", "the size of the change"),
        (
            sets(effect_kind="tbc", effect_at=None, effect_date=None),
            "stops",
            "next_update_by",
            "the day of the change",
        ),
        (sets(decision="consulting"), "stops", "consultation", "from when to when"),
        (
            sets(consultation={"opens": "2026-12-01"}),
            "stops",
            "consultation",
            "not complete",
        ),
        (
            sets(effect_at=makers.london("2026-11-20 10:30"), effect_date=date(2026, 11, 20)),
            "stops",
            "effect",
            "is past",
        ),
        (
            sets(effect_at=makers.london("2026-12-20 10:30"), effect_date=date(2026, 12, 20)),
            "look",
            "effect",
            "Today gives 27 days of notice, and 42 are promised",
        ),
        (sets(impact={"known": "partly"}), "look", "impact", "when the size will be known"),
        (
            sets(comparability={"back_series": "later"}),
            "look",
            "comparability",
            "when the back series comes out",
        ),
        (sets(series_break="possible"), "look", "comparability", "compare over time"),
        (sets(what="See ![](https://x.example/a.png)."), "look", "what", "no words for people"),
        (
            sets(what="See ![A chart](https://x.example/a.png)."),
            "look",
            "what",
            "cannot stand in",
        ),
        (sets(technical='<img src="a.png">'), "look", "technical", "no words for people"),
        (sets(why=LONG), "look", "why", "is a sentence of 51 words"),
        (sets(what="Volumes fell by 4.1% in May."), "look", "what", "looks like a result"),
        (sets(cy={}), "look", "cy", "No Welsh words yet"),
        (sets(cy={"headline": "Pennawd"}), "look", "cy", "no Welsh for what is changing, why"),
        (sets(contact="no-reply@example.org"), "look", "contact", "somebody answers"),
    ],
)
def test_a_failing_notice_is_told_where_to_go(
    fine: ChangeNotice, clock: Clock, change: Change, severity: str, field: str, words: str
) -> None:
    change(fine)
    of_field = [c for c in found(fine, clock) if c.field == field and words in c.words]
    assert [c.severity for c in of_field] == [severity], found(fine, clock)
    assert of_field[0].go


def test_what_breaks_programs_wants_codes_and_what_to_do(fine: ChangeNotice, clock: Clock) -> None:
    fine.machine_breaking = True
    assert {"what_to_do", "mapping"} <= {field for _, field in said(fine, clock)}
    fine.what_to_do = [{"action": "Point scripts at the CSV.", "user_types": []}]
    fine.mapping = [{"old": "A", "new": "B"}]
    assert not {"what_to_do", "mapping"} & {field for _, field in said(fine, clock)}


def test_nobody_answers_when_the_team_has_no_contact(fine: ChangeNotice, clock: Clock) -> None:
    fine.series[0].team.contact = ""
    assert said(fine, clock) == [("look", "contact")]
    fine.contact = "milk@example.org"
    assert "contact" not in {field for _, field in said(fine, clock) if field}


def test_size_and_subject_are_those_of_the_letters(fine: ChangeNotice, clock: Clock) -> None:
    number = variant("technical", "both")
    assert said(fine, clock, {number: Letter("S", 93_000)}) == [("look", "technical")]
    assert said(fine, clock, {number: Letter("S", 92_000)}) == []
    assert said(fine, clock, {0: Letter("Change coming: a very long …", 1)}) == [
        ("look", "headline")
    ]
    # Two subjects in one line always give way.
    assert said(fine, clock, {number: Letter("Newid … / Change …", 1)}) == []


def test_links_count_when_they_were_asked_within_a_week(fine: ChangeNotice, clock: Clock) -> None:
    url = "https://example.org/method"
    with unit():
        fine.evidence = [{"title": "The method", "url": url}]
    mailbox = f"mailto:{links.answers(fine)}"
    assert "One link was not tried" in found(fine, clock)[0].words
    with unit():
        links.keep(fine, {url: "", mailbox: ""}, by=acting(ALICE), now=clock())
    assert found(fine, clock) == []
    with unit():
        links.keep(fine, {url: "there is no such page"}, by=acting(ALICE), now=clock())
    broken = found(fine, clock)
    assert [(c.severity, c.field) for c in broken] == [("look", "evidence")]
    assert broken[0].words == "“The method” does not answer: there is no such page."
    clock.forward(days=8)
    assert "not tried" in found(fine, clock)[-1].words
    with unit():
        fine.evidence = []
        links.keep(fine, {}, by=acting(ALICE), now=clock())
    assert url not in fine.link_checks


def test_every_address_is_named_once_with_its_field(fine: ChangeNotice) -> None:
    fine.evidence = [{"title": "A", "url": "https://a.example/1"}]
    fine.alternatives = [{"title": "B", "url": "https://b.example"}, {"title": "none"}]
    fine.what = "As said at https://a.example/1 and https://c.example/x."
    fine.contact = "https://d.example/ask"
    assert [(each.url, each.field) for each in links.named(fine)] == [
        ("https://a.example/1", "evidence"),
        ("https://b.example", "alternatives"),
        ("https://c.example/x", "what"),
        ("https://d.example/ask", "contact"),
    ]


def test_a_released_result_may_be_told(fine: ChangeNotice, clock: Clock) -> None:
    fine.what = "Volumes fell by 4.1% in May."
    assert said(fine, clock) == [("look", "what")]
    fine.type = "correction"
    assert ("look", "what") not in said(fine, clock)


def test_both_or_neither_stops_and_approving_refuses_it_too(room: Flask, clock: Clock) -> None:
    """What stops here is what the verbs refuse; what is only to be looked at they let pass."""
    notice = makers.draft(now=clock())
    house = organisation()
    assert house is not None
    house.welsh = "both_or_neither"
    assert ("stops", "cy") in said(notice, clock)
    submit(notice, author=member(ALICE), by=acting(ALICE), now=clock())
    with pytest.raises(Refused, match="no Welsh"):
        approve(notice, approver=member(BOB), by=acting(BOB), now=clock())
    house.welsh = "frame"
    assert [severity for severity, _ in said(notice, clock)] == ["look"]
    approve(notice, approver=member(BOB), by=acting(BOB), now=clock())
    publish(notice, by=acting(ALICE), now=clock())


def test_a_release_that_nobody_knows_of_stops_it(room: Flask, clock: Clock) -> None:
    notice = emissions()
    assert notice.effect_release is not None
    assert ("stops", "effect") not in said(notice, clock)
    notice.effect_release.state = "planned"
    assert ("stops", "effect") in said(notice, clock)


def test_what_is_public_is_not_asked_for_its_time_again(room: Flask, clock: Clock) -> None:
    notice = makers.announced(emissions(), now=clock())
    clock.forward(days=120)
    assert not {"effect"} & {field for _, field in said(notice, clock)}


def test_no_class_and_no_command_stand_in_a_check(room: Flask, clock: Clock) -> None:
    notice = makers.draft(now=clock(), type="discontinuation", materiality="major", cy=WELSH)
    assert ("stops", "consultation") in said(notice, clock)
    for check in found(notice, clock):
        for code in ("class ", "bin/notifier", "--", "_"):
            assert code not in check.words
