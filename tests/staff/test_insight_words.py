"""The sentences of a statement, for none, one and many, kept and missed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from notifier.insight.announced import Count
from notifier.insight.punctual import Punctual
from notifier.insight.quarters import Quarter
from notifier.insight.statement import Statement
from notifier.insight.time_to_tell import TimeToTell
from notifier.web.staff.insight.asked import Asked, Whose
from notifier.web.staff.insight.page import answer
from notifier.web.staff.insight.statement import lines
from tests.makers import london

NOW = london("2027-07-20 10:00")
ASKED = Asked(Quarter(2027, 1), Whose("", "Defra", None), None, NOW)
NONE = Count(0, 0, 0, 0, 0, 0, 0, 0)
NOBODY = TimeToTell(0, 0, 0, 0)
QUIET = Statement(NONE, NONE, 0, NOBODY, NOBODY, Punctual([], []), 0)


def said(figures: Statement) -> list[str]:
    return ["".join(piece.text for piece in line) for line in lines(ASKED, figures)]


def test_nothing_is_said_as_plainly() -> None:
    assert said(QUIET) == [
        "From January to March 2027 Defra announced no change.",
        "No change took effect.",
        "No date of a release was changed, and none was cancelled.",
        "No release came out.",
        "No error was corrected.",
    ]
    assert answer(ASKED, QUIET)[0] == "From January to March 2027 no change was announced."


@pytest.mark.parametrize(
    ("count", "sentence", "short"),
    [
        (
            Count(1, 1, 0, 0, 0, 0, 0, 0),
            "announced one change: one with the notice that we promise, or more.",
            "One change was announced, as early as we promise.",
        ),
        (
            Count(1, 0, 0, 1, 0, 0, 0, 1),
            "announced one change: none with the notice that we promise, or more; one with less, "
            "and that with a public reason.",
            "One change was announced, not as early as we promise.",
        ),
        (
            Count(3, 2, 1, 0, 0, 0, 0, 0),
            "announced three changes: all with the notice that we promise, or more.",
            "All three changes were announced as early as we promise.",
        ),
        (
            Count(14, 5, 2, 1, 1, 3, 2, 4),
            "announced 14 changes: seven with the notice that we promise, or more; five with less, "
            "four of them with a public reason; two have no day of effect yet.",
            "Seven of 14 changes were announced as early as we promise.",
        ),
        (
            Count(5, 0, 0, 5, 0, 0, 0, 0),
            "announced five changes: none with the notice that we promise, or more; five with "
            "less, without a public reason.",
            "None of five changes was announced as early as we promise.",
        ),
        (
            Count(4, 0, 1, 2, 0, 0, 1, 2),
            "announced four changes: one with the notice that we promise, or more; two with less, "
            "both with a public reason; one has no day of effect yet.",
            "One of four changes was announced as early as we promise.",
        ),
    ],
)
def test_what_was_announced(count: Count, sentence: str, short: str) -> None:
    figures = replace(QUIET, announced=count)
    assert said(figures)[0] == f"From January to March 2027 Defra {sentence}"
    assert answer(ASKED, figures)[0] == short


def test_the_rest() -> None:
    figures = replace(
        QUIET,
        announced=Count(1, 1, 0, 0, 0, 0, 0, 0),
        effective=Count(9, 4, 1, 1, 1, 2, 0, 0),
        taken_back=1,
        moved=TimeToTell(2, 1, 1, 0),
        corrected=TimeToTell(0, 0, 1, 0),
        waiting=1,
    )
    told, took, moved, out, corrected = said(figures)
    assert told.endswith(" One more was taken back as an error.")
    assert took == (
        "Nine changes took effect; users had been told of five as early as we promise, of one "
        "later than that, of one only on the day, of two only after it had happened."
    )
    assert moved == (
        "Four release dates were changed or cancelled; users were told of two on the day of the "
        "decision, of one by the next working day, of one later than we promise."
    )
    assert out == "No release came out. One was overdue on 31 March 2027."
    assert corrected == "One error was corrected; users were told of one later than we promise."


def test_a_quarter_that_is_not_over_says_until_when() -> None:
    asked = replace(ASKED, quarter=Quarter(2027, 3))
    assert asked.span == "From 1 July to 20 July 2027"
    assert replace(ASKED, quarter=Quarter(2028, 1)).span == (
        "In January to March 2028, which had not begun,"
    )
