"""The same rows as a table for spreadsheets: one line each, lists joined, formulas defused."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from typing import Any

from notifier.cells import defused
from notifier.feeds.characters import one_line

NOTICE = (
    "reference",
    "revision",
    "state",
    "headline",
    "series",
    "identifiers",
    "type",
    "class",
    "class_words",
    "materiality",
    "series_break",
    "machine_breaking",
    "decision",
    "effect",
    "effect_release",
    "effect_words",
    "first_public_at",
    "updated",
    "minimum_days",
    "target_days",
    "lead_days",
    "verdict",
    "short_notice_reason",
    "next_update_by",
    "what",
    "not_changing",
    "why",
    "impact_known",
    "impact",
    "what_to_do",
    "mapping_csv",
    "url",
    "licence",
)
RELEASE = (
    "id",
    "series",
    "title",
    "date",
    "date_words",
    "precision",
    "certainty",
    "state",
    "published_at",
    "updated",
    "contains_change",
    "notices",
    "date_changes",
    "last_reason",
    "url",
    "landing_url",
    "licence",
)


def notices(rows: Iterable[Mapping[str, Any]]) -> bytes:
    """RFC 4180 in UTF-8; identifiers as scheme:value, what to do as sentences."""
    return table(NOTICE, (flat_notice(row) for row in rows))


def releases(rows: Iterable[Mapping[str, Any]]) -> bytes:
    """``date_changes`` is how often the date changed; ``last_reason`` is why it did last."""
    return table(RELEASE, (flat_release(row) for row in rows))


def flat_notice(row: Mapping[str, Any]) -> dict[str, Any]:
    names = [
        ":".join(filter(None, (str(each.get("scheme") or ""), str(each.get("value") or ""))))
        for each in row["identifiers"]
    ]
    steps = [
        f"{item.get('action', '')}{' (by ' + item['by'] + ')' if item.get('by') else ''}"
        for item in row["what_to_do"]
    ]
    return {
        **row,
        "identifiers": names,
        "impact_known": row["impact"].get("known"),
        "impact": row["impact"].get("text"),
        "what_to_do": " ".join(steps),
    }


def flat_release(row: Mapping[str, Any]) -> dict[str, Any]:
    moves = row["date_changes"]
    last = moves[-1]["reason"] if moves else ""
    return {**row, "date_changes": len(moves), "last_reason": last}


def table(header: tuple[str, ...], rows: Iterable[Mapping[str, Any]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([[cell(row[name]) for name in header] for row in rows])
    return out.getvalue().encode()


def cell(value: Any) -> str:
    """Lists are joined by a semicolon, a licence is its address, yes and no are words."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, Mapping):
        value = value.get("url")
    if isinstance(value, list):
        value = "; ".join(str(each) for each in value)
    return defused(one_line(str(value)) if value is not None else "")
