"""What a version of a notice, a newsletter or a release mail says, part by part, in plain words:
what ``compare`` sets side by side."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from notifier.clock import london_date, london_time
from notifier.notices.leadtime import PROMISES
from notifier.notices.rules import TYPE_WORDS
from notifier.notices.widening import ALWAYS_MATERIAL
from notifier.render import dates
from notifier.render.compare import Tag, flat

# The columns of a notice in the order in which they are read, with what people call them.
NOTICE = {
    "headline": "Headline",
    "brief": "Short words",
    "what": "What is changing",
    "not_changing": "What is not changing",
    "why": "Why",
    "driver": "What made it necessary",
    "technical": "Technical words",
    "effect": "Takes effect",
    "series": "Publication",
    "impact": "Size of effect",
    "comparability": "Comparing before and after",
    "what_to_do": "Who should act",
    "alternatives": "What to use instead",
    "mapping": "Old and new codes",
    "scope": "What it reaches",
    "evidence": "Evidence",
    "consultation": "Consultation",
    "next_update_by": "Next news by",
    "contact": "Contact",
    "type": "Kind of change",
    "other_types": "Also",
    "class": "Judged as",
    "materiality": "How much of a change",
    "series_break": "Break in the series",
    "machine_breaking": "Breaks programs",
    "cut": "Cuts back what is published",
    "decision": "Decision",
    "override_reason": "Why it is judged otherwise",
    "cy": "Welsh",
}
# What follows from another part, or that nobody reads.
SILENT = {
    "urn",
    "reference",
    "revision",
    "override",
    "effect_kind",
    "effect_release_id",
    "effect_date",
    "effect_at",
    "minimum_days",
    "target_days",
    "first_public_at",
    "judged_from",
    "lead_days",
    "verdict",
    "policy",
    "short_notice_reason",
    "outcome",
    "took_effect_at",
    "superseded_by_id",
    "split_from_id",
    "hold_reason",
    "end_reason",
    "created_at",
}
ISO_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
MEANING: Tag = ("Meaning changed", "way")
WORDING: Tag = ("Wording only", "neutral")
MATERIAL = {*ALWAYS_MATERIAL, "class", "series", "effect", "consultation", "next_update_by"}


def notice(words: Mapping[str, Any]) -> dict[str, str]:
    """The parts of a notice as they were kept (``notices.edit.said``, or the public snapshot of a
    revision), by the names that people give them; what stands empty is left out."""
    known = {name: label for name, label in NOTICE.items() if name in words or name == "effect"}
    more = [n for n in words if n not in NOTICE and n not in SILENT]
    found = {label: of_notice(name, words) for name, label in known.items()}
    found |= {name.replace("_", " ").capitalize(): flat(words[name]) for name in sorted(more)}
    return {label: text for label, text in found.items() if text}


def of_notice(name: str, words: Mapping[str, Any]) -> str:
    value = words.get(name)
    if name == "effect":
        return str(value) if isinstance(value, str) else effect(words)
    if name == "class":
        said = PROMISES[str(value)].words if value in PROMISES else flat(value)
        return f"{said[:1].upper()}{said[1:]}"
    if name in ("type", "other_types"):
        types = value if isinstance(value, list) else [value]
        return ", ".join(TYPE_WORDS.get(str(each), str(each)) for each in types)
    if name == "series":
        return "\n".join(map(str, value or ()))
    if name in ("machine_breaking", "cut"):
        return "Yes" if value else ""
    if name == "what_to_do":
        return "\n".join(to_do(item) for item in value or ())
    if name == "mapping":
        return "\n".join(code(item) for item in value or ())
    if name == "series_break" and value == "none":
        return ""
    if name in ("materiality", "series_break", "decision"):
        return str(value or "").replace("_", " ").capitalize()
    if name == "impact":
        return impact(value or {})
    return flat(dated(value))


def impact(facts: Mapping[str, Any]) -> str:
    """The words about its size, then the figures, then what is not known yet."""
    if facts.get("known") == "not_applicable":
        return "Does not apply"
    low, high = facts.get("size_low"), facts.get("size_high")
    ends = " to ".join(str(end) for end in (low, high) if end is not None)
    unit = str(facts.get("unit") or "")
    size = f"{ends}{'' if unit.startswith('%') else ' '}{unit}".strip() if ends else ""
    ways = {"up": "Up by ", "down": "Down by "}
    known = {"no": "Not known yet", "partly": "Known in part"}.get(str(facts.get("known")), "")
    more = f"; more by {day(facts['known_by'])}" if facts.get("known_by") else ""
    lines = [
        str(facts.get("text") or ""),
        f"{ways.get(str(facts.get('direction')), '')}{size}" if size else "",
        f"{known}{more}" if known else "",
    ]
    return "\n".join(filter(None, lines))


def dated(value: Any) -> Any:
    """The same with each day that is kept as ISO text in words."""
    if isinstance(value, Mapping):
        return {key: dated(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [dated(inner) for inner in value]
    if isinstance(value, str) and ISO_DAY.fullmatch(value):
        return day(value)
    return day(value) if isinstance(value, date) else value


def effect(words: Mapping[str, Any]) -> str:
    """ "Thursday 4 March 2027, with its release", "Date to be confirmed"."""
    kind = words.get("effect_kind")
    if kind is None:
        return ""
    when = day(words.get("effect_date")) or dates.vague(None, "tbc")
    return f"{when}, with its release" if kind == "release" else when


def to_do(item: Mapping[str, Any]) -> str:
    """ "Re-run your models by Friday 5 March 2027 (academic, business)"."""
    by = f" by {day(item['by'])}" if item.get("by") else ""
    who = ", ".join(item.get("user_types") or ())
    return f"{item.get('action', '')}{by}{f' ({who})' if who else ''}"


def code(item: Mapping[str, Any]) -> str:
    row = f"{item.get('old') or 'new'} → {item.get('new') or 'gone'}"
    return f"{row}: {item['what']}" if item.get("what") else row


def newsletter(words: Mapping[str, Any]) -> dict[str, str]:
    """The parts of an issue as it was kept: every column that says something."""
    labels = {"title": "Title", "body": "Words", "audience": "Whom it reaches", "send_at": "Goes"}
    found = {labels[name]: shown(words[name]) for name in labels if name in words}
    more = sorted(set(words) - set(labels) - {"slug", "team_id", "created_at", "published_at"})
    found |= {name.replace("_", " ").capitalize(): shown(words[name]) for name in more}
    return {label: text for label, text in found.items() if text}


def announcement(words: Mapping[str, Any]) -> dict[str, str]:
    """The words of a release mail ({"en": {depth: Markdown}, "cy": …}), by depth and language, and
    whatever else was kept beside them."""
    depths = {"headline": "In short", "detail": "Main points", "technical": "Technical words"}
    found = {
        f"{label}{' in Welsh' if lang == 'cy' else ''}": str(words.get(lang, {}).get(depth, ""))
        for lang in ("en", "cy")
        for depth, label in depths.items()
    }
    found |= {key: flat(value) for key, value in words.items() if key not in ("en", "cy")}
    return {label: text for label, text in found.items() if text}


def tags(changed: Collection[str]) -> dict[str, Tag]:
    """Of the names of changed columns, what each is called: a change of meaning or of wording."""
    names = set(changed)
    if any(name.startswith("effect_") for name in names):
        names.add("effect")
    return {
        NOTICE.get(name, name.replace("_", " ").capitalize()): (
            MEANING if name in MATERIAL else WORDING
        )
        for name in names
    }


def differing(before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    """Names of the columns that the two versions do not share."""
    return (name for name in {**before, **now} if before.get(name) != now.get(name))


def shown(value: Any) -> str:
    """As ``flat``; an instant in London's words."""
    at = instant(value) if isinstance(value, str) else value
    return dates.moment(at) if isinstance(at, datetime) else flat(value)


def instant(value: str) -> datetime | None:
    """An instant that was kept as ISO text, with its zone; None for any other words."""
    if len(value) < len("2027-02-23T09:30") or value[4:5] != "-" or value[10:11] not in ("T", " "):
        return None
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        return None
    return found if found.tzinfo else None


def day(value: Any) -> str:
    if isinstance(value, datetime):
        return dates.full(london_date(value))
    if isinstance(value, date):
        return dates.full(value)
    try:
        return dates.full(date.fromisoformat(str(value))) if value else ""
    except ValueError:
        return str(value)


def clocked(at: datetime) -> str:
    """ "18 February, 15:20", for the head of a column."""
    month = dates.MONTHS["en"].split()[london_date(at).month - 1]
    return f"{london_date(at).day} {month}, {london_time(at):%H:%M}"
