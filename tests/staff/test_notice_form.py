"""What the notice editor shows of a stored notice is read again as the same notice."""

from __future__ import annotations

from typing import Any

import pytest

from notifier.errors import Refused
from notifier.notices import queries
from notifier.notices.contents import said
from notifier.notices.models import ChangeNotice
from notifier.notices.write import fill, write
from notifier.store.db import unit
from notifier.web.staff.notices.ghost import ghost_of, releases_of
from notifier.web.staff.notices.read import entry_of, typed_of
from notifier.web.staff.notices.refusals import error_of
from tests.journeys.world import World
from tests.makers import Clock, on_sqlite

WHOLE: dict[str, Any] = {
    "series": ["milk-utilisation", "food-pocketbook"],
    "type": "format_or_layout",
    "other_types": ["access_or_api", "definition_or_classification"],
    "materiality": "moderate",
    "series_break": "possible",
    "machine_breaking": "yes",
    "cut": "yes",
    "class": {"is": "E", "because": "Only programs are hit."},
    "headline": "The milk table moves to a <tidy> CSV & has new codes",
    "cy": {"headline": "Mae'r tabl llaeth yn symud", "what": "Un.\n\nDau.", "follows": "1 Mai"},
    "what": "The workbook stops.\n\n- one\n- two",
    "why": "People asked — 🐄 مرحبا.",
    "not_changing": "The figures.",
    "technical": "UTF-8, RFC 4180.",
    "brief": "A CSV instead.",
    "driver": "A new system.",
    "effect": {"reference_period": "March 2027", "from": "2027-04-20 09:30"},
    "scope": {
        "geographies": ["England", "Wales, North"],
        "breakdowns": ["Cheese; hard"],
        "history_from": "1996",
        "identifiers": [{"scheme": "ONS", "value": "MILK", "url": "https://example.org/m"}],
        "user_types": ["media"],
    },
    "impact": {
        **{"known": "partly", "direction": "down", "size_low": 8, "size_high": 14.5},
        **{"unit": "% of PM2.5", "text": "Less.", "known_by": "2027-02-01"},
    },
    "comparability": {"back_series": "later", "from": "2010", "reason": "Work."},
    "what_to_do": [
        {"action": "Point scripts at it", "by": "2027-04-01", "user_types": ["academic", "media"]},
        {"action": "Tell us"},
    ],
    "alternatives": [{"title": "The book", "url": "https://example.org/b"}, {"title": "Asking"}],
    "mapping": [
        {"old": "Liquid milk (Ml)", "new": "LIQ_ML", "what": "Liquid | all"},
        {"old": "Cheese"},
        {"new": "B -> C"},
    ],
    "evidence": [{"title": "A, B", "url": "https://example.org/e?a=1&b=2"}],
    "decision": "consulting",
    "consultation": {
        **{"opens": "2026-12-01", "closes": "2027-01-20", "response_due": "2027-02-20"},
        **{"url": "https://example.org/c", "questions": ["Who?", "Why?"]},
    },
    "next_update_by": "2027-01-31",
    "contact": "milk@example.org",
}


ASKS = {"consultation_opens": ["1 May 2027"], "consultation_closes": ["30 June 2027"]}


@pytest.fixture
def kind() -> str:
    return "sqlite"


@on_sqlite
def test_every_notice_of_the_catalogue_is_read_as_it_was(world: World, clock: Clock) -> None:
    with world.build(now=clock).app_context(), unit():
        write(WHOLE, now=clock())
        for notice in queries.every():
            reads_the_same(notice, clock)


def reads_the_same(notice: ChangeNotice, clock: Clock) -> None:
    typed = typed_of(notice)
    entry, errors = entry_of(typed, releases_of(notice.series, notice))
    assert errors == []
    ghost = ghost_of(notice)
    fill(ghost, entry, "it", now=clock())
    before, after = said(notice), said(ghost)
    assert {k: after[k] for k in after if before[k] != after[k]} == {}


@on_sqlite
@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"headline": ["x" * 10_000]}, "headline", "shorten it to 100"),
        ({"headline": ["  "]}, "headline", "Write a headline"),
        ({"effect_date": ["1 May 2020"]}, "effect_date", "This day is past"),
        ({"effect_date": ["soon"]}, "effect_date", "Write a date like"),
        ({"effect_kind": ["tbc"]}, "next_update_by", "Say when you will know more"),
        ({"effect_kind": []}, "effect_kind", "Say when it takes effect"),
        ({"effect_kind": ["release"]}, "effect_release", "Choose the release"),
        ({"impact_known": ["no"]}, "next_update_by", "Say when you will know more"),
        ({"type": ["methodology"]}, "impact_known", "Only a layout, a label"),
        ({"impact_size_low": ["9"], "impact_size_high": ["3"]}, "impact_size_high", "“From”, 9"),
        ({"impact_size_low": ["lots"]}, "impact_size_low", "Write a number"),
        ({"ev_title": ["A report"]}, "evidence", "Give each a title and an address"),
        ({"ev_title": ["A"], "ev_url": ["javascript:alert(1)"]}, "evidence", "begins with https"),
        ({"todo_by": ["1 May 2027"]}, "what_to_do", "what users must do"),
        ({"contact": ["<script>"]}, "contact", "Give an email address"),
        ({"mapping": [" | only words"]}, "mapping", "an old or a new code"),
        ({"class_is": ["A"]}, "class_because", "Say why; users read it"),
        ({"class_is": ["F"], "class_because": ["x"]}, "class_is", "rules say this already"),
        ({"consultation_opens": ["1 May 2027"]}, "consultation_closes", "first and the last"),
        ({**ASKS, "consultation_reason": ["x"]}, "consultation_reason", "not both"),
        ({"scope_user_types": ["martians"]}, "scope_user_types", "Choose the people"),
        ({"id_scheme": ["DOI"]}, "identifiers", "name or number"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_beside_its_field(
    world: World, clock: Clock, changes: dict[str, list[str]], field: str, words: str
) -> None:
    with world.build(now=clock).app_context():
        notice = next(n for n in queries.every() if n.headline.startswith("Monthly landings"))
        entry, errors = entry_of({**typed_of(notice), **changes}, {})
        if not errors:
            with pytest.raises(Refused) as refused:
                fill(ghost_of(notice), entry, notice.reference, now=clock())
            errors = [error_of(refused.value)]
        assert [(error.field, words in error.text) for error in errors] == [(field, True)], errors
        assert not any(mark in errors[0].text for mark in ("_", "--", "DEFRA-", "bin/"))
