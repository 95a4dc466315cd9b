"""Letters show every field of a notice at its depth, and no heading without words below it."""

from __future__ import annotations

import re
from datetime import date, time
from typing import Any

import pytest

from notifier.audience.rules import variant
from notifier.clock import at_london
from notifier.notices.models import ChangeNotice
from notifier.render import letters
from notifier.render.letters import Words
from tests.edges.letter_house import NOW, SITE, about_change, house, loaded, notice, send

__all__ = ["house", "loaded"]
pytestmark = pytest.mark.usefixtures("house")

NEW_HEADINGS = ("In short", "What led to it", "What to use instead", "What it covers")


def full(**more: Any) -> ChangeNotice:
    """The change of fine particles with every field said."""
    change = notice()
    given: dict[str, Any] = {
        "brief": "Figures fall by a tenth.",
        "driver": "A survey of stoves.",
        "alternatives": [
            {"title": "Old tables", "url": "https://stats.example/old"},
            {"title": "The library"},
        ],
        "scope": {
            "geographies": ["England", "Wales"],
            "breakdowns": ["by fuel"],
            "identifiers": [{"scheme": "table", "value": "ENV01"}],
            "reference_from": "2025",
            "history_from": "1970",
            "user_types": ["academic", "media"],
        },
        "contact": "stoves@example.org",
        **more,
    }
    for name, value in given.items():
        setattr(change, name, value)
    return change


def texts(written: dict[int, Words], language: str = "en") -> dict[str, str]:
    return {d: written[variant(d, language)].text for d in ("headline", "detail", "technical")}


def test_each_field_stands_at_its_depth_and_only_there() -> None:
    written = about_change(full())
    found = texts(written)
    where = {
        "In short": {"headline"},
        "Figures fall by a tenth.": {"headline"},
        "What led to it": {"detail", "technical"},
        "A survey of stoves.": {"detail", "technical"},
        "What to use instead": set(found),
        "The library": set(found),
        "https://stats.example/old": set(found),
        "What it covers": {"technical"},
        "Places: England, Wales": {"technical"},
        "Datasets: table ENV01": {"technical"},
        "Data from: 2025": {"technical"},
        "Earlier data revised from: 1970": {"technical"},
        "stoves@example.org": set(found),
    }
    assert {
        words: {depth for depth, text in found.items() if words in text} for words in where
    } == where
    html = written[variant("technical", "en")].html
    assert re.search(r'<a href="https://stats.example/old"[^>]*>Old tables</a>', html)
    assert re.search(r"<li[^>]*>Places: England, Wales</li>", html)


def test_what_is_not_said_has_no_heading() -> None:
    for text in texts(about_change(notice())).values():
        assert [head for head in NEW_HEADINGS if head in text] == []


def test_in_a_welsh_frame_the_new_words_are_told_to_be_english() -> None:
    change = full()
    words = about_change(change)[variant("headline", "cy")]
    assert "Yn gryno" in words.text
    assert re.search(r'<p lang="en"[^>]*>Figures fall by a tenth.</p>', words.html)
    change.cy = {**change.cy, "brief": "Mae'r ffigurau'n gostwng."}
    words = about_change(change, "T-30")[variant("headline", "cy")]
    assert "Mae'r ffigurau'n gostwng." in words.text
    assert "Figures fall by a tenth." not in words.text


def test_a_period_is_said_beside_its_day() -> None:
    day = date(2027, 3, 4)
    change = full(
        effect_kind="reference_period",
        effect_release=None,
        effect_date=day,
        effect_at=at_london(day, time(10, 30)),
    )
    change.scope = {"reference_from": "Q1 2027"}
    text = texts(about_change(change))["detail"]
    assert "Takes effect: Thursday 4 March 2027, with data for Q1 2027" in text


@pytest.mark.parametrize("stage", ["held", "cancelled", "retracted", "early", "outcome", "after"])
def test_a_planned_message_keeps_the_words_it_was_promised_with(stage: str) -> None:
    change = full(outcome={"word": "implemented_modified", "text": "Later.", "at": NOW.isoformat()})
    change.hold_reason = change.end_reason = "Later."
    change.took_effect_at = NOW
    text = texts(about_change(change, stage, summary="As it was."))["detail"]
    assert "As it was." in text
    assert "Later." not in text.partition("What")[0]


def test_a_held_message_names_the_day_for_news_that_was_promised() -> None:
    change = full()
    change.next_update_by = None  # it goes on again before the worker looked
    context = {"notice": change.id, "summary": "A check.", "next_update": "2026-12-18"}
    row = send("notice", change.reference, stage="held", receivers={}, context=context)
    text = texts(letters.write(row, site=SITE, now=NOW))["detail"]
    assert "Next update by Friday 18 December 2026" in text


def test_a_split_is_told_with_both_names() -> None:
    change, part = full(), notice("milk volumes")
    context = {"notice": change.id, "summary": "Two dates.", "part": part.id}
    row = send("notice", change.reference, stage="updated", receivers={}, context=context)
    for text in texts(letters.write(row, site=SITE, now=NOW)).values():
        assert "A part of this change is now a notice of its own:" in text
        assert f"/changes/{part.reference}" in text
        assert f"/changes/{change.reference}" in text


def test_the_last_edition_has_its_own_words() -> None:
    written = about_change(full(), "last-edition")
    words = written[variant("detail", "en")]
    assert words.subject.startswith("The last edition before the change:")
    assert "/got-it/" in words.text or "got_it" in words.text
