"""Phrases: each Welsh sentence takes the same values as its English one."""

from __future__ import annotations

from string import Formatter

import pytest

from notifier.notices.rules import OUTCOMES
from notifier.render.event import ENDED, NOT_DONE
from notifier.render.event_phrases import EVENTS
from notifier.render.notice_words import EVENTS as STAGES
from notifier.render.phrases import PHRASES, say


def values(words: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(words) if name}


@pytest.mark.parametrize("key", sorted(PHRASES))
def test_both_languages_take_the_same_values(key: str) -> None:
    english, welsh = PHRASES[key]
    assert welsh.strip()
    if english:  # some sentences are about the Welsh itself
        assert values(english) == values(welsh)


def test_no_phrase_is_written_twice() -> None:
    assert {key for key in EVENTS if PHRASES[key] != EVENTS[key]} == set()


def test_each_outcome_and_stage_has_plain_words() -> None:
    for word in OUTCOMES:
        assert "_" not in say(f"outcome_{word}", "en")
    for stage in (*STAGES, "impact_partly", "late"):
        assert say(f"stage_{stage}", "en")
    for word in (*ENDED, *NOT_DONE, "held"):
        assert say(f"status_{word}", "cy")
