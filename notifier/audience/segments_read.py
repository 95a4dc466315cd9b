"""Reads a segment: a filter over people as plain data, checked strictly and put into one order.

A node is a mapping: ``and`` or ``or`` with a list of nodes, ``not`` or ``exclude`` with one, or a
leaf of ``LEAVES`` with its options. Slugs and references only, no ids. Pure.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from notifier.audience.kinds import KINDS, OFF, RHYTHMS
from notifier.audience.rules import TAKES_PART
from notifier.catalogue.rules import DEPTHS, LANGUAGES
from notifier.errors import Refused

Filter = dict[str, Any]

DEEPEST, MOST_LEAVES = 6, 50
MACHINE_BREAKING = "machine_breaking"  # the change notices that break scripts
WANTED = (*KINDS, MACHINE_BREAKING)
GROUPS = ("and", "or")
TURNS = ("not", "exclude")
# Each leaf with its options.
LEAVES: dict[str, tuple[str, ...]] = {
    "everyone": (),
    "user_type": (),
    "topic": ("subtopics", "above"),
    "series": ("above",),
    "wants": (),
    "depth": (),
    "language": (),
    "frequency": ("kind",),
    "organisation": (),
    "joined_before": (),
    "joined_after": (),
    "takes_part": (),
    "acknowledged": (),
    "got": ("stage", "revision"),
}
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
ABOUT = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,59}(:[0-9]{1,9})?")
STAGE = re.compile(r"[A-Za-z][A-Za-z0-9+_-]{0,39}")
EARLIEST, LATEST = date(1900, 1, 1), date(2200, 1, 1)


def read(data: object) -> Filter:
    """The filter in its one order: lists spelled out, groups flat, excludes last.

    Raises Refused, with the place and the way out, for whatever is not a filter, is nested deeper
    than six or has more than fifty conditions.
    """
    return settled(node("The filter", data, 1, [0]), root=True)


def node(where: str, data: object, depth: int, leaves: list[int]) -> Filter:
    """``leaves`` counts the conditions so far: a small file may spell out a huge one."""
    if depth > DEEPEST:
        raise Refused(f"A segment is nested at most {DEEPEST} deep; save it in simpler words.")
    if not isinstance(data, Mapping) or not data:
        raise Refused(f"{where} must be a mapping such as 'topic: waste'.")
    words = [word for word in data if word in (*GROUPS, *TURNS, *LEAVES)]
    if len(words) != 1:
        return refuse_words(where, data, words)
    word = words[0]
    if word in LEAVES:
        return leaf(where, word, data, leaves)
    if len(data) > 1:
        other = next(key for key in data if key != word)
        raise Refused(f"{where}: {word} stands alone; {shown(other)} does not belong beside it.")
    inner = data[word]
    if word in TURNS:
        return {word: node(f"{where}.{word}", inner, depth + 1, leaves)}
    if not isinstance(inner, list) or not inner:
        raise Refused(f"{where}: {word} must be a list of conditions.")
    places = enumerate(inner, start=1)
    return {word: [node(f"{where}.{word}[{n}]", each, depth + 1, leaves) for n, each in places]}


def refuse_words(where: str, data: Mapping[Any, Any], words: list[Any]) -> Filter:
    if words:
        raise Refused(
            f"{where} says {' and '.join(words)} at once; write them as a list under 'and'."
        )
    known = (*GROUPS, *TURNS, *LEAVES)
    unknown = next(iter(data))
    raise Refused(f"{where}: there is no condition {shown(unknown)}; {hint(unknown, known)}")


def leaf(where: str, word: str, data: Mapping[Any, Any], leaves: list[int]) -> Filter:
    for key in data:
        if key != word and key not in LEAVES[word]:
            known = hint(key, LEAVES[word]) if LEAVES[word] else "it takes none."
            raise Refused(f"{where}: {word} has no option {shown(key)}; {known}")
    several = data[word] if isinstance(data[word], list) else [data[word]]
    if not several:
        raise Refused(f"{where}: {word} is an empty list; name at least one.")
    leaves[0] += len(several)
    if leaves[0] > MOST_LEAVES:
        raise Refused(f"A segment has at most {MOST_LEAVES} conditions; save it in fewer.")
    options = {
        key: OPTIONS[key](f"{where}: {key}", data[key]) for key in LEAVES[word] if key in data
    }
    if word == "frequency" and "kind" not in options:
        raise Refused(f"{where}: frequency needs a kind beside it: {', '.join(KINDS)}.")
    if "revision" in options and "stage" not in options:
        raise Refused(f"{where}: revision needs the stage beside it.")
    kept = {key: value for key, value in options.items() if value is not False}
    found = [{word: VALUES[word](f"{where}: {word}", value), **kept} for value in several]
    return found[0] if len(found) == 1 else {"or": found}


def settled(found: Filter, *, root: bool = False) -> Filter:
    """The same filter in its one order, so that one meaning has as few shapes as can be.

    Outside an ``and`` there is nothing to exclude from: there, and twice over, it is a ``not``.
    """
    word, inner = next(iter(found.items()))
    if word in TURNS:
        inside = settled(inner)
        return turned(word if root else "not", inside)
    if word not in GROUPS:
        return found
    items: list[Filter] = []
    for each in inner:
        excluded = word == "and" and "exclude" in each
        one = turned("exclude", settled(each["exclude"])) if excluded else settled(each)
        items += one.get(word, [one])
    if word == "and":
        items = in_order(items)
    items = [each for place, each in enumerate(items) if each not in items[:place]]
    if len(items) > 1:
        return {word: items}
    alone = items[0]
    return turned("not", alone["exclude"]) if "exclude" in alone and not root else alone


def turned(word: str, inside: Filter) -> Filter:
    """``not`` or ``exclude`` of it; twice is itself."""
    twice = next((inside[each] for each in TURNS if each in inside), None)
    return twice if word == "not" and twice is not None else {word: inside}


def in_order(items: Iterable[Filter]) -> list[Filter]:
    """Who they are first, then the rest as it was said, then the exceptions; "everyone" goes."""
    kept = [each for each in items if "everyone" not in each] or [{"everyone": True}]
    return sorted(kept, key=lambda each: 2 * ("exclude" in each) + ("user_type" not in each))


# Values


def one_of(words: Iterable[str]) -> Callable[[str, object], str]:
    known = tuple(words)

    def check(where: str, value: object) -> str:
        if not isinstance(value, str) or value not in known:
            raise Refused(f"{where} cannot be {shown(value)}; {hint(value, known)}")
        return value

    return check


def shaped(pattern: re.Pattern[str], what: str) -> Callable[[str, object], str]:
    def check(where: str, value: object) -> str:
        if not isinstance(value, str) or not pattern.fullmatch(value):
            raise Refused(f"{where} must be {what}, not {shown(value)}.")
        return value

    return check


def true(where: str, value: object) -> bool:
    if value is not True:
        raise Refused(f"{where} can only be true; for the opposite, write it under 'not'.")
    return True


def yes_or_no(where: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise Refused(f"{where} must be true or false, not {shown(value)}.")
    return value


def day(where: str, value: object) -> str:
    """A day as ISO 8601; YAML may have made a date of it."""
    try:
        found = value if isinstance(value, date) else date.fromisoformat(str(value))
        found = date(found.year, found.month, found.day)
    except ValueError:
        found = date.min
    if not EARLIEST <= found <= LATEST:
        raise Refused(f"{where} must be a day such as 2026-12-10, not {shown(value)}.")
    return found.isoformat()


def name(where: str, value: object) -> str:
    text = " ".join(value.split()) if isinstance(value, str) else ""
    if not text or len(text) > 200 or not text.isprintable():
        raise Refused(f"{where} must be a name of at most 200 characters, not {shown(value)}.")
    return text


def number(where: str, value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 10_000:
        raise Refused(f"{where} must be a whole number from 1, not {shown(value)}.")
    return value


def shown(value: object) -> str:
    """At most 40 characters of what somebody wrote, on one line."""
    return repr(value if isinstance(value, str) else str(value))[:42]


def hint(word: object, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(str(word), known := tuple(known), n=1)
    return f"did you mean {near[0]!r}?" if near else f"use {', '.join(known)}."


a_slug = shaped(SLUG, "a slug such as 'local-government'")
about = shaped(ABOUT, "a reference such as 'DEFRA-2026-014', 'release:3' or 'newsletter:1'")
VALUES: dict[str, Callable[[str, object], Any]] = {
    "everyone": true,
    "user_type": a_slug,
    "topic": a_slug,
    "series": a_slug,
    "wants": one_of(WANTED),
    "depth": one_of(DEPTHS),
    "language": one_of(LANGUAGES),
    "frequency": one_of(RHYTHMS[OFF + 1 :]),
    "organisation": name,
    "joined_before": day,
    "joined_after": day,
    "takes_part": one_of(TAKES_PART),
    "acknowledged": about,
    "got": about,
}
OPTIONS: dict[str, Callable[[str, object], Any]] = {
    "subtopics": yes_or_no,
    "above": yes_or_no,
    "kind": one_of(KINDS),
    "stage": shaped(STAGE, "a stage such as 'announce' or 'T-30'"),
    "revision": number,
}
