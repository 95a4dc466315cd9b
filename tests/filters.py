"""Random segments over a small vocabulary, as hypothesis makes them."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from notifier.audience.kinds import KINDS
from notifier.audience.rules import TAKES_PART
from notifier.audience.segments_read import WANTED
from notifier.catalogue.rules import DEPTHS, LANGUAGES

TYPES = ("academic", "local-government", "media")
TOPICS = ("environment", "air-quality", "waste", "water", "food")
SERIES = ("fly-tipping", "uk-waste", "food-pocketbook")
ORGANISATIONS = ("Leeds City Council", "leeds city COUNCIL", "Cyngor Ŵyl", "cyngor ŵyl", "100%_")
DAYS = ("2026-11-20", "2026-11-23", "2026-11-26")
ABOUT = ("DEFRA-2026-001", "DEFRA-2026-002")
STAGES = ("announce", "T-30")


def leaf(word: str, values: tuple[str, ...], **options: Any) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({word: st.sampled_from(values)}, optional=options)


LEAVES = st.one_of(
    st.just({"everyone": True}),
    leaf("user_type", TYPES),
    leaf("topic", TOPICS, subtopics=st.booleans(), above=st.booleans()),
    leaf("series", SERIES, above=st.booleans()),
    leaf("wants", WANTED),
    leaf("depth", DEPTHS),
    leaf("language", LANGUAGES),
    st.builds(
        lambda rhythm, kind: {"frequency": rhythm, "kind": kind},
        st.sampled_from(("immediate", "daily", "weekly")),
        st.sampled_from(KINDS),
    ),
    leaf("organisation", ORGANISATIONS),
    leaf("joined_before", DAYS),
    leaf("joined_after", DAYS),
    leaf("takes_part", TAKES_PART),
    leaf("acknowledged", ABOUT),
    leaf("got", ABOUT, stage=st.sampled_from(STAGES)),
)


def groups(inner: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    several = st.lists(inner, min_size=1, max_size=3)
    return st.one_of(
        st.builds(lambda items: {"and": items}, several),
        st.builds(lambda items: {"or": items}, several),
        st.builds(lambda one: {"not": one}, inner),
        st.builds(lambda one: {"exclude": one}, inner),
    )


def depth(found: dict[str, Any]) -> int:
    word, inner = next(iter(found.items()))
    if word in ("and", "or"):
        return 1 + max(depth(each) for each in inner)
    return 1 + depth(inner) if word in ("not", "exclude") else 1


FILTERS = st.recursive(LEAVES, groups, max_leaves=8).filter(lambda each: depth(each) <= 6)
