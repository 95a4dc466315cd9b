"""Reads a catalogue file: YAML in, checked plain values out. Nothing is written here.

Every refusal names the place ("notices[2]") and what to do.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

import yaml

from notifier.catalogue.read_yaml import read_yaml
from notifier.catalogue.shapes import ALL_TEXT, ANY, LIST, MAPPING, TEXT, Shapes, check
from notifier.clock import working_day_before
from notifier.errors import Refused

LARGEST = 2_000_000  # bytes; a catalogue of thousands of series is well below


class Keys(NamedTuple):
    """The keys of one kind of entry. A value is a text, or what ``shapes`` says of its key."""

    required: set[str]
    other: set[str]
    shapes: Shapes = ALL_TEXT


SECTIONS = {
    "user_types": Keys({"slug", "name"}, {"depth", "cy"}),
    "bodies": Keys({"slug", "name"}, {"head_of_profession", "deputies"}, {"deputies": LIST}),
    "teams": Keys({"slug", "name"}, {"body", "contact", "phone"}),
    "topics": Keys({"slug", "name"}, {"parent", "cy", "intended", "uses"}, {"intended": LIST}),
    "series": Keys(
        {"slug", "name", "team", "topics"},
        {
            "designation",
            "frequency",
            "recurrence",
            "identifiers",
            "landing_url",
            "check_landing",
            "cy",
        },
        {"topics": LIST, "identifiers": LIST, "check_landing": (bool,)},
    ),
    "releases": Keys(
        {"series", "title", "date"},
        {
            "precision",
            "certainty",
            "confirmed",
            "contains_change",
            "moved",
            "landing_url",
            "period",
            "contact",
            "cy",
        },
        {
            "contains_change": (bool,),
            **dict.fromkeys(("date", "confirmed"), ANY),
            **dict.fromkeys(("moved", "cy"), MAPPING),
        },
    ),
    "notices": Keys(
        {"series", "type", "headline", "what", "why", "effect"},
        {
            "other_types",
            "materiality",
            "series_break",
            "machine_breaking",
            "cut",
            "cy",
            "not_changing",
            "technical",
            "impact",
            "comparability",
            "what_to_do",
            "mapping",
            "evidence",
            "decision",
            "consultation",
            "next_update_by",
            "scope",
            "brief",
            "driver",
            "alternatives",
            "contact",
            "class",
        },
        {
            "series": TEXT + LIST,
            "effect": ANY,
            "alternatives": LIST,
            **dict.fromkeys(("scope", "class"), MAPPING),
            "next_update_by": ANY,
            **dict.fromkeys(("series_break", "machine_breaking", "cut"), ANY),
            **dict.fromkeys(("cy", "impact", "comparability", "consultation"), MAPPING),
            **dict.fromkeys(("other_types", "what_to_do", "mapping", "evidence"), LIST),
        },
    ),
    "newsletters": Keys(
        {"team", "title", "body"}, {"audience", "send", "slug"}, {"audience": MAPPING, "send": ANY}
    ),
    "subscribers_example": Keys(
        {"email", "user_type", "topics"},
        {"frequency", "language", "name", "organisation"},
        {"topics": LIST},
    ),
}
ORGANISATION = Keys(
    {"name"},
    {
        "base_timezone",
        "standard_release_time",
        "head_of_profession",
        "licence",
        "languages",
        "welsh",
        "welsh_kinds",
        "second_person",
        "prefix",
        "off_days",
    },
    {
        "standard_release_time": ANY,
        "languages": LIST,
        **dict.fromkeys(("head_of_profession", "licence", "second_person", "welsh_kinds"), MAPPING),
    },
)
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
OFFSET = re.compile(r"([+-]\d{1,5})d(?: +(\d{1,2}:\d{2}))?")
EARLIEST, LATEST = date(1900, 1, 1), date(2200, 1, 1)  # beyond them calendars and sums overflow
ABSOLUTE = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[ T]+(\d{1,2}:\d{2}))?")


def read(text: str | bytes) -> dict[str, Any]:
    """The checked document: ``organisation`` and the lists of SECTIONS, all present.

    Raises Refused for anything that is not a catalogue, naming the place.
    """
    if len(text) > LARGEST:
        raise Refused("The catalogue file is larger than 2 MB; split it into several files.")
    try:
        document = read_yaml(text)
    # ValueError: a date such as 2026-02-30, or bytes that are not UTF-8
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        place = getattr(error, "problem_mark", None)
        line = f" near line {place.line + 1}" if place else ""
        raise Refused(f"The catalogue file is not valid YAML{line}; correct it there.") from error
    if not isinstance(document, dict):
        raise Refused("The catalogue file must be a mapping of sections such as topics and series.")
    check_keys("the catalogue", document, set(), {"organisation", *SECTIONS})
    organisation = document.get("organisation")
    if organisation is not None:
        check_entry("organisation", organisation, *ORGANISATION)
    for section, keys in SECTIONS.items():
        entries = document.setdefault(section, []) or []
        if not isinstance(entries, list):
            raise Refused(f"{section} must be a list of entries.")
        document[section] = entries
        for number, entry in enumerate(entries, start=1):
            check_entry(f"{section}[{number}]", entry, *keys)
    return document


def check_entry(
    where: str, entry: object, required: set[str], other: set[str], shapes: Shapes
) -> None:
    """Refuse unknown or missing keys, a slug that could not be a URL, and values of another shape.

    A key that may be left out and has no value counts as left out: it is taken from the entry.
    """
    mapping = check_keys(where, entry, required, other)
    for key in [k for k, value in mapping.items() if value is None and k in other]:
        del mapping[key]
    slug = mapping.get("slug")
    if slug is not None and not (isinstance(slug, str) and SLUG.fullmatch(slug)):
        raise Refused(f"{where}: slug {slug!r} must be lower-case letters, digits and hyphens.")
    for key in ("name", "title", "headline", "what", "why"):
        if key in mapping and not (isinstance(mapping[key], str) and mapping[key].strip()):
            raise Refused(f"{where}: {key} must be a text that is not empty.")
    check(where, mapping, shapes)


def check_keys(where: str, mapping: object, required: set[str], other: set[str]) -> dict[str, Any]:
    if not isinstance(mapping, dict):
        raise Refused(f"{where} must be a mapping of keys to values.")
    allowed = required | other
    for key in mapping:
        if key not in allowed:
            near = difflib.get_close_matches(str(key), allowed, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"known keys: {listed(allowed)}."
            raise Refused(f"{where} has an unknown key {key!r}; {hint}")
    for key in sorted(required - set(mapping)):
        raise Refused(f"{where} lacks the key {key!r}; add it.")
    return mapping


def listed(words: Iterable[str]) -> str:
    return ", ".join(sorted(words))


def when(where: str, value: object, today: date) -> tuple[date, time | None]:
    """A date and perhaps a wall time from "2026-12-10", "2026-12-10 09:30", "+95d" or "+16d 09:30".

    ``today`` is the London date of loading. An offset that lands on a weekend or bank holiday means
    the working day before only where the caller says so (``on_working_day``).
    """
    found = day_and_wall(value, today)
    if found is None or not EARLIEST <= found[0] <= LATEST:
        raise Refused(
            f"{where}: {str(value)[:40]!r} is no date; write 2026-12-10, 2026-12-10 09:30 or +95d."
        )
    return found


def day_and_wall(value: object, today: date) -> tuple[date, time | None] | None:
    """What ``when`` reads, or None for what is no date."""
    if isinstance(value, datetime):
        return value.date(), value.time().replace(second=0, microsecond=0)
    if isinstance(value, date):
        return value, None
    text = str(value).strip()
    try:
        if match := OFFSET.fullmatch(text):
            return today + timedelta(days=int(match[1])), wall(match[2])
        if match := ABSOLUTE.fullmatch(text):
            return date.fromisoformat(match[1]), wall(match[2])
    except (ValueError, OverflowError):
        pass
    return None


def on_working_day(where: str, value: object, today: date) -> tuple[date, time | None]:
    """As ``when``; an offset that lands on a day off means the working day before."""
    day, at = when(where, value, today)
    is_offset = isinstance(value, str) and OFFSET.fullmatch(value.strip())
    return (working_day_before(day) if is_offset else day), at


def wall(text: str | None) -> time | None:
    if text is None:
        return None
    hour, _, minute = text.partition(":")
    return time(int(hour), int(minute))
