"""A segment as lines and groups of a form, and back: the form holds the whole tree, so that it
works without script and nothing is kept before it is saved.

A node is known by its path, "0" the whole and "0-2-1" the second of the third. ``node`` fields name
the nodes in order, "0:g" a group and "0-1:l" a line. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from notifier.audience.segments_read import LEAVES, TURNS, Filter
from notifier.errors import Refused

NODE = re.compile(r"(0(?:-\d{1,2}){0,5}):([gl])", re.ASCII)
MOST_NODES, MOST_VALUES, LONGEST = 120, 12, 200
DEEPEST = 5  # groups: a line in the fifth is as deep as the room allows
# What widens "follow": the options of a topic or series, by the word of the form.
SCOPES: dict[str, dict[str, bool]] = {
    "": {},
    "under": {"subtopics": True},
    "above": {"above": True},
    "both": {"subtopics": True, "above": True},
}


class Fields(Protocol):
    """What a form sent."""

    def get(self, key: str, default: str) -> str: ...
    def getlist(self, key: str) -> list[str]: ...


@dataclass
class Line:
    """One condition. ``turn``: it must not be true. ``extra`` holds kind, scope, stage and
    revision, as far as the word has them."""

    word: str
    values: list[str] = field(default_factory=list)
    turn: bool = False
    extra: dict[str, str] = field(default_factory=dict)

    @property
    def is_whole(self) -> bool:
        return self.word == "everyone" or any(self.values)


@dataclass
class Group:
    """Conditions of which all ("and") or one ("or") must be true."""

    how: str = "and"
    items: list[Line | Group] = field(default_factory=list)
    turn: bool = False


# From the form


def of_form(form: Fields) -> Group:
    """The tree that a form holds; what makes no sense in it is left out."""
    root = Group(how_of(form, "0"))
    found: dict[str, Line | Group] = {"0": root}
    for text in form.getlist("node")[:MOST_NODES]:
        match = NODE.fullmatch(text)
        if match is None or match[1] in found:
            continue
        path, above = match[1], match[1].rpartition("-")[0]
        parent = found.get(above)
        if not isinstance(parent, Group):
            continue
        one = group_of(form, path) if match[2] == "g" else line_of(form, path)
        found[path] = one
        parent.items.append(one)
    return root


def how_of(form: Fields, path: str) -> str:
    return "or" if form.get(f"how.{path}", "and") == "or" else "and"


def group_of(form: Fields, path: str) -> Group:
    return Group(how_of(form, path), turn=bool(form.get(f"turn.{path}", "")))


def line_of(form: Fields, path: str) -> Line:
    word = form.get(f"word.{path}", "")
    word = word if word in LEAVES else "user_type"
    # A line whose verb was changed asks for new values: those of the earlier make no sense.
    fresh = form.get(f"was.{path}", word) != word
    given = [] if fresh else [each.strip()[:LONGEST] for each in form.getlist(f"v.{path}")]
    extra = {
        key: form.get(f"{key}.{path}", "").strip()[:LONGEST]
        for key in ("kind", "scope", "stage", "revision")
        if form.get(f"{key}.{path}", "").strip() and not fresh
    }
    kept = list(dict.fromkeys(filter(None, given)))[:MOST_VALUES]
    return Line(word, kept, bool(form.get(f"turn.{path}", "")), extra)


# What the buttons do


def change(tree: Group, deed: str) -> None:
    """Do what a button says: "add:0-1", "group:0", "remove:0-1", "value:0-1"; nothing else."""
    act, _, path = deed.partition(":")
    one = at(tree, path)
    if one is None:
        return
    room = sum(1 for _ in nodes(tree)) < MOST_NODES
    if isinstance(one, Group) and room and len(one.items) < 99:
        if act == "add":
            one.items.append(Line("topic"))
        elif act == "group" and path.count("-") < DEEPEST - 1:
            one.items.append(Group("or" if one.how == "and" else "and", [Line("topic")]))
    if act == "value" and isinstance(one, Line) and len(one.values) < MOST_VALUES:
        one.values.append("")
    if act == "remove" and path != "0":
        parent = at(tree, path.rpartition("-")[0])
        if isinstance(parent, Group):
            del parent.items[int(path.rpartition("-")[2])]


def at(tree: Group, path: str) -> Line | Group | None:
    """The node at a path; None for what there is not."""
    if not re.fullmatch(r"0(-\d{1,2}){0,6}", path, re.ASCII):
        return None
    one: Line | Group = tree
    for place in path.split("-")[1:]:
        if not isinstance(one, Group) or int(place) >= len(one.items):
            return None
        one = one.items[int(place)]
    return one


def nodes(one: Line | Group, path: str = "0") -> Iterator[tuple[str, Line | Group]]:
    """Each node with its path, parents before their children."""
    yield path, one
    if isinstance(one, Group):
        for place, each in enumerate(one.items):
            yield from nodes(each, f"{path}-{place}")


def unfinished(tree: Group) -> int:
    """How many lines lack what they need to count."""
    return sum(isinstance(one, Line) and not one.is_whole for _, one in nodes(tree))


# To a filter, and from one


def to_filter(tree: Group) -> Filter:
    """What the lines that are whole mean, for ``segments_read.read``. Raises Refused, naming the
    field, for a value that is none."""
    return node(tree, "0", alone=True) or {"everyone": True}


def node(one: Line | Group, path: str, *, alone: bool) -> Filter | None:
    """``alone``: not one of several that must all be true, from whom it could be excepted."""
    found = of_group(one, path) if isinstance(one, Group) else of_line(one, path)
    if found is None or not one.turn:
        return found
    return {"not" if alone else "exclude": found}


def of_group(one: Group, path: str) -> Filter | None:
    several = one.how == "and" and len(one.items) > 1
    found = [
        each
        for place, item in enumerate(one.items)
        if (each := node(item, f"{path}-{place}", alone=not several)) is not None
    ]
    if len(found) < 2:
        return turned(found[0]) if found else None
    return {one.how: found}


def turned(found: Filter) -> Filter:
    """One that stands alone after all excepts from nobody in particular."""
    return {"not": found["exclude"]} if "exclude" in found else found


def of_line(line: Line, path: str) -> Filter | None:
    if line.word == "everyone":
        return {"everyone": True}
    values = [VALUES.get(line.word, as_it_is)(each, path) for each in line.values if each]
    if not values:
        return None
    found: Filter = {line.word: values[0] if len(values) == 1 else values}
    scope = SCOPES.get(line.extra.get("scope", ""), {})
    allowed = LEAVES[line.word]
    found.update({key: True for key in scope if key in allowed})
    if line.word == "frequency":
        found["kind"] = line.extra.get("kind") or "change"
    if line.word == "got" and line.extra.get("stage"):
        found["stage"] = line.extra["stage"]
        if line.extra.get("revision"):
            found["revision"] = a_number(line.extra["revision"], path)
    return found


def as_it_is(value: str, path: str) -> Any:
    return value


def a_day(value: str, path: str) -> str:
    try:
        return date.fromisoformat(value).isoformat()
    except ValueError:
        raise Refused("Give a day, such as 10 December 2026.", field=f"v-{path}") from None


def a_number(value: str, path: str) -> int:
    if not (value.isascii() and value.isdigit() and 0 < int(value[:6]) <= 10_000):
        raise Refused("A revision is a whole number from 1.", field=f"v-{path}")
    return int(value)


VALUES: dict[str, Callable[[str, str], Any]] = {"joined_before": a_day, "joined_after": a_day}


def from_filter(found: Filter) -> Group:
    """The tree of a filter that ``segments_read.read`` gave."""
    if "everyone" in found:
        return Group()
    one = item(found)
    if isinstance(one, Group) and not one.turn:
        return one
    return Group("and", [one])


def item(found: Filter) -> Line | Group:
    for turn in TURNS:
        if turn in found:
            inner = item(found[turn])
            if inner.turn:  # twice: a group of its own keeps them apart
                return Group("and", [inner], turn=True)
            inner.turn = True
            return inner
    word, inner_value = next(iter(found.items()))
    if word == "or" and (line := one_line(inner_value)) is not None:
        return line
    if word in ("and", "or"):
        return Group(word, [item(each) for each in inner_value])
    return line_from([found])


def one_line(leaves: list[Filter]) -> Line | None:
    """Several values of one word and the same options: "academic or media"."""
    words = {next(iter(each)) for each in leaves}
    rest = {tuple(list(each.items())[1:]) for each in leaves if next(iter(each)) in LEAVES}
    fits = len(words) == 1 and words <= set(LEAVES) and len(rest) == 1
    return line_from(leaves) if fits and len(leaves) <= MOST_VALUES else None


def line_from(leaves: list[Filter]) -> Line:
    first = leaves[0]
    word = next(iter(first))
    if word == "everyone":
        return Line("everyone")
    return Line(word, [str(each[word]) for each in leaves], extra=extras(first))


def extras(leaf: Mapping[str, Any]) -> dict[str, str]:
    wider = {key: True for key in ("subtopics", "above") if leaf.get(key)}
    scope = next((name for name, options in SCOPES.items() if options == wider), "")
    found = {"scope": scope} if scope else {}
    found.update({key: str(leaf[key]) for key in ("kind", "stage", "revision") if key in leaf})
    return found
