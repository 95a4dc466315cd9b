"""What an author must say of a consultation, and what no revision may undo."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from notifier.errors import Refused
from notifier.notices.consult_rules import check, revised

SIX_WEEKS = {"opens": "2026-11-23", "closes": "2027-01-04"}  # 42 days
CLOSED = {"opens": "2026-10-12", "closes": "2026-11-30"}
TODAY = date(2026, 12, 1)


@pytest.mark.parametrize("class_", ["B", "K"])
def test_forty_two_days_are_enough_and_forty_one_are_not(class_: str) -> None:
    check(SIX_WEEKS, class_)
    with pytest.raises(Refused, match=rf"open for 41 days; class {class_} needs 42.*2027-01-04"):
        check({**SIX_WEEKS, "closes": "2027-01-03"}, class_)


def test_other_classes_may_ask_for_a_day() -> None:
    check({"opens": "2026-11-23", "closes": "2026-11-23"}, "D")
    check({}, "D")
    check({}, "B")


@pytest.mark.parametrize(
    ("given", "class_", "sentence"),
    [
        ({}, "K", "a consultation has a first and a last day"),
        ({"closes": "2027-01-04"}, "A", "give consultation.opens and consultation.closes"),
        ({"opens": "2027-01-04", "closes": "2027-01-03"}, "D", "before it opens on 2027-01-04"),
        ({**SIX_WEEKS, "response_due": "2027-01-04"}, "K", "must come after it closes"),
        ({**SIX_WEEKS, "opens": "soon"}, "K", "consultation.opens must be a date, not 'soon'"),
        ({**SIX_WEEKS, "questions": "Why?"}, "K", "must be a list of texts"),
        ({**SIX_WEEKS, "questions": ["Why?", " "]}, "K", "must be a list of texts"),
        ({**SIX_WEEKS, "questions": ["Why?", "Why?"]}, "K", "the same question twice"),
        ({**SIX_WEEKS, "questions": [f"{n}?" for n in range(21)]}, "K", "at most 20 questions"),
        ({**SIX_WEEKS, "questions": ["x" * 301]}, "K", "has 301 characters; shorten it to 300"),
        ({**SIX_WEEKS, "url": "javascript:alert(1)"}, "K", "must begin with https://"),
        ({**SIX_WEEKS, "response": "All agreed."}, "K", "published by: notices decide"),
    ],
)
def test_a_wrong_consultation_is_refused(given: dict[str, Any], class_: str, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence) as refusal:
        check(given, class_, where="notices[1]")
    assert str(refusal.value).startswith("notices[1]: ")


def test_a_revision_keeps_what_was_published() -> None:
    was = {**SIX_WEEKS, "response": "Kept.", "decided_at": "2027-01-10T10:00:00+00:00"}
    words = {**SIX_WEEKS, "url": "https://example.org/more"}
    kept = revised(was, words, decision=("decided", "decided"), today=date(2027, 2, 1))
    assert kept == {**words, "response": "Kept.", "decided_at": "2027-01-10T10:00:00+00:00"}


@pytest.mark.parametrize(
    ("was", "now_is", "decision", "sentence"),
    [
        (SIX_WEEKS, SIX_WEEKS, ("consulting", "decided"), "decide it with: notices decide"),
        (SIX_WEEKS, {}, ("proposed", "decided"), "decide it with: notices decide"),
        ({}, {}, ("consulting", "decided"), "decide it with: notices decide"),
        (
            {**SIX_WEEKS, "response": "Kept."},
            SIX_WEEKS,
            ("decided", "consulting"),
            "its summary is public",
        ),
        (
            SIX_WEEKS,
            {**SIX_WEEKS, "closes": "2027-01-03"},
            ("consulting", "consulting"),
            "open for answers until 2027-01-04, as people were told",
        ),
        (SIX_WEEKS, {}, ("consulting", "consulting"), "can be closed later, not sooner"),
        (CLOSED, {}, ("consulting", "proposed"), "was open for answers until 2026-11-30"),
        (CLOSED, {}, ("decided", "decided"), "keep consultation.opens"),
    ],
)
def test_a_revision_may_not_go_round_the_consultation(
    was: dict[str, Any], now_is: dict[str, Any], decision: tuple[str, str], sentence: str
) -> None:
    with pytest.raises(Refused, match=sentence):
        revised(was, now_is, decision=decision, where="DEFRA-2026-003", today=TODAY)


def test_a_revision_may_keep_it_open_longer() -> None:
    longer = {**SIX_WEEKS, "closes": "2027-02-01"}
    assert revised(SIX_WEEKS, longer, decision=("consulting", "consulting"), today=TODAY) == longer
    # A mere proposal may be decided by a revision: nobody was asked.
    assert revised({}, {}, decision=("proposed", "decided"), today=TODAY) == {}
    with pytest.raises(Refused, match="decide it with"):
        revised({}, {}, decision=("proposed", "decided"), today=TODAY, consulted=True)
