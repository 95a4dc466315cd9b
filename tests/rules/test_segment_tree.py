"""A segment goes through the form and comes back as it was."""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from notifier.audience.segments_read import read
from notifier.errors import Refused
from notifier.web.staff.people.segment_tree import (
    Group,
    Line,
    at,
    change,
    from_filter,
    nodes,
    of_form,
    to_filter,
    unfinished,
)
from tests.filters import FILTERS

ACTS = ("add", "group", "remove", "value")


def as_form(tree: Group) -> MultiDict[str, str]:
    """What a browser sends for the page that shows the tree."""
    form: MultiDict[str, str] = MultiDict()
    for path, one in nodes(tree):
        form.add("node", f"{path}:{'g' if isinstance(one, Group) else 'l'}")
        form[f"turn.{path}"] = "not" if one.turn else ""
        if isinstance(one, Group):
            form[f"how.{path}"] = one.how
            continue
        form[f"word.{path}"] = form[f"was.{path}"] = one.word
        form.setlist(f"v.{path}", one.values)
        for key, value in one.extra.items():
            form[f"{key}.{path}"] = value
    return form


def holds(found: dict[str, Any], world: int) -> bool:
    """Whether the filter is true of somebody of whom each leaf is true or not by the toss of a coin
    that is the same for the same leaf and world."""
    word, inner = next(iter(found.items()))
    if word == "and":
        return all(holds(each, world) for each in inner)
    if word == "or":
        return any(holds(each, world) for each in inner)
    if word in ("not", "exclude"):
        return not holds(inner, world)
    coin = hashlib.sha256(f"{world} {json.dumps(found, sort_keys=True)}".encode()).digest()[0]
    return word == "everyone" or coin % 2 == 1


@settings(max_examples=300, deadline=None)
@given(FILTERS)
def test_what_goes_through_the_form_means_the_same(written: dict[str, Any]) -> None:
    found = read(written)
    back = read(to_filter(of_form(as_form(from_filter(found)))))
    for world in range(32):
        assert holds(back, world) == holds(found, world)
    assert read(to_filter(of_form(as_form(from_filter(back))))) == back


@settings(max_examples=200, deadline=None)
@given(
    FILTERS, st.lists(st.sampled_from(["add", "group", "remove", "value"]), max_size=12), st.data()
)
def test_whatever_is_pressed_the_form_stays_whole(
    written: dict[str, Any], acts: list[str], data: st.DataObject
) -> None:
    tree = from_filter(read(written))
    for act in acts:
        path = data.draw(st.sampled_from([path for path, _ in nodes(tree)]))
        change(tree, f"{act}:{path}")
        tree = of_form(as_form(tree))
    with suppress(Refused):  # too deep, or too many
        assert read(to_filter(tree))


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.text("0123456789-:gl", max_size=12), max_size=30),
    st.text(max_size=20),
    st.dictionaries(st.text(max_size=10), st.text(max_size=20), max_size=5),
)
def test_a_forged_form_is_no_error(names: list[str], deed: str, more: dict[str, str]) -> None:
    form: MultiDict[str, str] = MultiDict(more)
    form.setlist("node", names)
    tree = of_form(form)
    change(tree, deed)
    assert read(to_filter(tree)) == {"everyone": True}


def test_the_sentence_of_the_issue() -> None:
    tree = Group(
        "and",
        [
            Line("topic", ["air-quality"]),
            Line("user_type", ["academic", "data-reuser"]),
            Line("depth", ["technical"]),
            Line("acknowledged", ["DEFRA-2026-001"], turn=True),
        ],
    )
    assert read(to_filter(of_form(as_form(tree)))) == {
        "and": [
            {"topic": "air-quality"},
            {"or": [{"user_type": "academic"}, {"user_type": "data-reuser"}]},
            {"depth": "technical"},
            {"exclude": {"acknowledged": "DEFRA-2026-001"}},
        ]
    }


def test_a_line_that_is_not_whole_does_not_count() -> None:
    tree = Group("and", [Line("topic"), Line("depth", ["technical"])])
    assert unfinished(tree) == 1
    assert to_filter(tree) == {"depth": "technical"}
    assert to_filter(Group()) == {"everyone": True}


def test_another_verb_drops_the_values_of_the_first() -> None:
    form = as_form(Group("and", [Line("topic", ["waste"], extra={"scope": "under"})]))
    form["word.0-0"] = "depth"
    assert of_form(form).items == [Line("depth")]


def test_groups_stand_as_deep_as_the_room_allows_and_no_deeper() -> None:
    tree, path = Group(), "0"
    for _ in range(8):
        change(tree, f"group:{path}")
        group = at(tree, path)
        assert isinstance(group, Group)
        if not any(isinstance(each, Group) for each in group.items):
            break
        path += f"-{len(group.items) - 1}"
    assert path.count("-") == 4
    for _, one in nodes(tree):
        if isinstance(one, Line):
            one.values = ["waste"]
    change(tree, f"add:{path}")
    last = at(tree, path)
    assert isinstance(last, Group)
    last.items[1] = Line("depth", ["detail"])
    read(to_filter(tree))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (Line("joined_before", ["soon"]), "Give a day"),
        (Line("got", ["DEFRA-2026-001"], extra={"stage": "T-30", "revision": "x"}), "whole number"),
        (Line("got", ["DEFRA-2026-001"], extra={"stage": "T-30", "revision": "٣"}), "whole number"),
    ],
)
def test_a_value_that_is_none_is_said_at_its_field(line: Line, said: str) -> None:
    with pytest.raises(Refused, match=said) as refusal:
        to_filter(Group("and", [line]))
    assert refusal.value.field == "v-0-0"
