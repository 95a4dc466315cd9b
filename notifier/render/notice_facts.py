"""Lists of a change as its letters show them: what to use instead, what it covers, identifiers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from notifier.catalogue.models import UserType
from notifier.notices.models import ChangeNotice
from notifier.render.passages import Link, Passage, in_language, line, link, list_of
from notifier.render.phrases import say


@dataclass(frozen=True)
class Instead:
    """What one can use in place of what changes; with no ``link`` it has no address."""

    title: Passage
    link: Link | None


def instead(notice: ChangeNotice) -> list[Instead]:
    """What to use in its place."""
    return [
        Instead(line(item.get("title")), link(item.get("url"), item.get("title")))
        for item in notice.alternatives or []
    ]


def scope(
    notice: ChangeNotice, lang: str, kinds: Mapping[str, UserType]
) -> list[tuple[str, Passage]]:
    """What it covers as labels and words; only what the team said."""
    facts = notice.scope or {}
    named = [kinds[slug] for slug in facts.get("user_types", []) if slug in kinds]
    datasets = [
        " ".join(filter(None, (each.get("scheme"), each.get("value"))))
        for each in facts.get("identifiers", [])
    ]
    said_of = {
        "geographies": ", ".join(facts.get("geographies", [])),
        "breakdowns": ", ".join(facts.get("breakdowns", [])),
        "datasets": ", ".join(datasets),
        "reference_from": facts.get("reference_from", ""),
        "history_from": facts.get("history_from", ""),
    }
    rows = [(say(key, lang), line(words)) for key, words in said_of.items() if words]
    if named:
        types = [in_language(kind.name, kind.cy, lang) for kind in named]
        rows.append((say("user_types", lang), Passage(list_of(types, lang), types[0].lang)))
    return rows


def identifiers(notice: ChangeNotice) -> list[tuple[str, str, Link | None]]:
    """Scheme, value and perhaps address of what the changed series are called elsewhere."""
    return [
        (line(found.get("scheme")).text, line(found.get("value")).text, link(found.get("url")))
        for series in notice.series
        for found in series.identifiers
    ]
