"""A segment is read strictly, put into one order, and said so that it means one thing only."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings

from notifier.audience.segments_read import DEEPEST, MOST_LEAVES, read
from notifier.audience.segments_words import says, sentence
from notifier.errors import Refused
from tests.filters import FILTERS, LEAVES

NAMES = {
    ("user_type", "local-government"): "Local government",
    ("user_type", "academic"): "Academic or researcher",
    ("user_type", "media"): "Press and broadcasting",
    ("topic", "waste"): "Waste",
    ("topic", "fly-tipping"): "Fly-tipping",
    ("series", "fly-tipping"): "Fly-tipping",
}
WASTE, WATER = {"topic": "waste"}, {"topic": "water"}
LOCAL = {"user_type": "local-government"}


def said(data: Any) -> str:
    return sentence(read(data), NAMES)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (
            {"and": [LOCAL, WASTE, {"exclude": {"topic": "fly-tipping"}}]},
            "people in local government who follow Waste, except those who follow Fly-tipping",
        ),
        ({"everyone": True}, "everyone"),
        (LOCAL, "people in local government"),
        ({"user_type": "media"}, "people of the user type Press and broadcasting"),
        ({"not": LOCAL}, "people who are not in local government"),
        ({"exclude": WASTE}, "everyone, except those who follow Waste"),
        (
            {"topic": "waste", "subtopics": True, "above": True},
            "people who follow Waste or a topic under or above it",
        ),
        ({"series": "fly-tipping"}, "people who follow the series Fly-tipping"),
        ({"topic": ["waste", "water"]}, "people who follow Waste, or follow water"),
        (
            {"and": [{"or": [WASTE, WATER]}, LOCAL, {"wants": "release"}]},
            "people in local government who (follow Waste, or follow water) and want "
            "release announcements",
        ),
        (
            {"not": {"and": [WASTE, {"exclude": WATER}]}},
            "people who are none of those who (follow Waste, except those who follow water)",
        ),
        (
            {"and": [{"frequency": "weekly", "kind": "newsletter"}, {"depth": "headline"}]},
            "people who get newsletters weekly and read headlines only",
        ),
        (
            {"and": [WASTE, {"exclude": WATER}, {"exclude": {"language": "cy"}}]},
            "people who follow Waste, except those who follow water, "
            "and except those who read Welsh",
        ),
        (
            {"not": {"got": "DEFRA-2026-014", "stage": "announce"}},
            "people who did not get the announce message about DEFRA-2026-014",
        ),
        ({"joined_after": date(2026, 3, 1)}, "people who joined after 1 March 2026"),
        ({"organisation": " Leeds  Council "}, "people who work at “Leeds Council”"),
    ],
)
def test_says_it_in_good_english(data: Any, words: str) -> None:
    assert said(data) == words


@given(FILTERS, FILTERS)
@settings(max_examples=400)
def test_two_filters_never_share_a_sentence(one: Any, other: Any) -> None:
    first, second = read(one), read(other)
    assert (first == second) == (sentence(first, {}) == sentence(second, {}))


@given(LEAVES, LEAVES, LEAVES)
def test_brackets_tell_apart_what_and_and_or_would_mix(a: Any, b: Any, c: Any) -> None:
    shapes = [
        {"and": [a, {"or": [b, c]}]},
        {"or": [{"and": [a, b]}, c]},
        {"and": [a, b, c]},
        {"or": [a, b, c]},
        {"and": [a, {"not": {"and": [b, c]}}]},
        {"and": [a, {"exclude": {"or": [b, c]}}]},
    ]
    found = [read(shape) for shape in shapes]
    different = [each for n, each in enumerate(found) if each not in found[:n]]
    assert len({sentence(each, {}) for each in different}) == len(different)


@given(FILTERS)
def test_what_is_read_reads_as_itself(data: Any) -> None:
    """What is kept is in its one order already: frozen, loaded and read again it is the same."""
    assert read(read(data)) == read(data)


@given(LEAVES)
def test_every_leaf_has_a_yes_and_a_no(data: Any) -> None:
    yes, no = says(read(data), {})
    assert yes != no


def test_one_meaning_has_one_shape() -> None:
    one = {"and": [WASTE, {"and": [LOCAL, {"not": {"not": WATER}}]}, WASTE]}
    assert read(one) == {"and": [LOCAL, WASTE, WATER]}
    assert read({"and": [{"exclude": WATER}, {"everyone": True}]}) == {"exclude": WATER}
    assert read({"or": [{"exclude": WATER}, WASTE]}) == {"or": [{"not": WATER}, WASTE]}
    assert read({"topic": "waste", "subtopics": False}) == WASTE


def deep(levels: int) -> Any:
    return WASTE if levels == 1 else {"not": deep(levels - 1)}


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ([], "The filter must be a mapping such as 'topic: waste'."),
        ({}, "The filter must be a mapping such as 'topic: waste'."),
        ("waste", "The filter must be a mapping such as 'topic: waste'."),
        ({"topc": "waste"}, "The filter: there is no condition 'topc'; did you mean 'topic'?"),
        ({"topic": 7}, "The filter: topic must be a slug such as 'local-government', not '7'."),
        ({"topic": "waste' OR 1=1 --"}, "topic must be a slug"),
        ({"topic": []}, "The filter: topic is an empty list; name at least one."),
        ({"topic": "waste", "language": "en"}, "says topic and language at once; write them"),
        ({"topic": "waste", "subtopic": True}, "no option 'subtopic'; did you mean 'subtopics'?"),
        ({"wants": "change", "sub": 1}, "The filter: wants has no option 'sub'; it takes none."),
        ({"topic": "waste", "subtopics": "yes"}, "subtopics must be true or false, not 'yes'."),
        ({"everyone": False}, "everyone can only be true; for the opposite, write it under 'not'."),
        ({"and": []}, "The filter: and must be a list of conditions."),
        ({"and": WASTE}, "The filter: and must be a list of conditions."),
        ({"not": WASTE, "stage": 1}, "not stands alone; 'stage' does not belong beside it."),
        ({"or": [WASTE, {"not": {"wants": "news"}}]}, "The filter.or[2].not: wants cannot be"),
        ({"frequency": "daily"}, "frequency needs a kind beside it"),
        ({"frequency": "off", "kind": "change"}, "frequency cannot be 'off'"),
        ({"joined_after": "soon"}, "joined_after must be a day such as 2026-12-10, not 'soon'."),
        ({"joined_after": "9999-12-31"}, "joined_after must be a day such as 2026-12-10"),
        ({"organisation": "a\nb" * 80}, "organisation must be a name of at most 200 characters"),
        ({"got": "DEFRA-2026-014", "revision": 2}, "revision needs the stage beside it."),
        ({"got": "x'; DROP TABLE reach"}, "got must be a reference"),
        ({7: "x"}, "there is no condition '7'"),
        (deep(DEEPEST + 1), "nested at most 6 deep"),
        ({"topic": ["waste"] * (MOST_LEAVES + 1)}, "at most 50 conditions"),
        ({"or": [{"topic": ["waste"] * 30}] * 2}, "at most 50 conditions"),
    ],
)
def test_bad_filters_get_one_sentence(data: Any, sentence: str) -> None:
    with pytest.raises(Refused) as refused:
        read(data)
    assert sentence in str(refused.value)
    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) < 400


def test_a_small_file_that_spells_out_a_huge_filter_ends_early() -> None:
    bomb: Any = WASTE
    for _ in range(DEEPEST - 1):
        bomb = {"or": [bomb] * 2000}
    with pytest.raises(Refused, match="at most 50 conditions"):
        read(bomb)


def test_the_deepest_and_the_widest_pass() -> None:
    assert read(deep(DEEPEST))
    assert len(read({"topic": [f"t{n}" for n in range(MOST_LEAVES)]})["or"]) == MOST_LEAVES
