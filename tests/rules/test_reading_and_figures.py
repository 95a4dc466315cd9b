"""A hard sentence is found, a plain one is not; a result is told from a method."""

from __future__ import annotations

import pytest

from notifier.notices.figures import results
from notifier.notices.reading import HARD_AGE, LONG_SENTENCE, measure

PLAIN = (
    "The survey will ask fewer people. We will ask each of them more. The numbers stay as good as "
    "they were. You need to do nothing."
)
HARD = (
    "The methodological harmonisation of administrative registrations necessitates retrospective "
    "recalculation of disaggregated consumption estimates, notwithstanding considerable "
    "heterogeneity of respondent characteristics across participating institutions."
)


def test_plain_words_are_read_early_and_hard_ones_late() -> None:
    plain, hard = measure(PLAIN), measure(HARD)
    assert plain.age is not None
    assert hard.age is not None
    assert plain.age <= 10
    assert hard.age >= HARD_AGE
    assert (plain.sentences, plain.its_words) == (4, 8)


def test_the_longest_sentence_is_the_one_that_is_named() -> None:
    long = " ".join(["word"] * (LONG_SENTENCE + 1)) + "."
    found = measure(f"Short. {long} Short again.".replace(" word", " Word", 1))
    assert found.its_words == LONG_SENTENCE + 1


@pytest.mark.parametrize("text", ["", " \n ", "1234 5678.", "…"])
def test_what_has_no_words_has_no_age(text: str) -> None:
    assert measure(text).age is None


@pytest.mark.parametrize(
    "text",
    [
        "Emissions rose by 4.2% in 2025.",
        "Landings were 12,400 tonnes.",
        "Income fell to £3.1 billion.",
        "Sales were up 3 per cent.",
        "It is 12% lower than last year.",
    ],
)
def test_a_result_is_found(text: str) -> None:
    assert results(f"A first sentence. {text}") == [text]


@pytest.mark.parametrize(
    "text",
    [
        "Estimates for recent years are expected to fall by between 8% and 14%.",
        "The panel was cut from 1,000 to 600 dairies.",
        "All years from 1990 are recalculated.",
        "The table will have 1,200 rows.",
        "Release 3.1 was moved to 2027.",
        "NFR19 category 1A4bi; uncertainty recalculated with approach 2.",
        "The threshold was raised to £90,000.",
    ],
)
def test_a_method_or_what_is_to_come_is_none(text: str) -> None:
    assert results(text) == []


def test_a_long_hostile_text_takes_no_time() -> None:
    assert results("was 1," * 50_000) == []
    assert measure("a" * 200_000).words <= 1
