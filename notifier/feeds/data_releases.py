"""A public release as data, with every date that users were told."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from notifier.feeds import release_prose
from notifier.feeds.addresses import page
from notifier.feeds.data_values import day, harmless, instant
from notifier.releases.models import Release, ReleaseDateChange
from notifier.releases.rules import window


def release(
    found: Release, references: Iterable[str], updated: datetime, *, base_url: str
) -> dict[str, Any]:
    """A public release; that it contains a change is told by the public notice of that change."""
    known = list(references)
    landing = release_prose.landing(found)
    exact = found.precision == "datetime" and found.at is not None
    told: dict[str, Any] = harmless(
        {
            "id": found.id,
            "series": found.series.slug,
            "title": found.title,
            "date": instant(found.at) if exact else earliest(found.day, found.precision),
            "date_words": release_prose.when(found),
            "precision": found.precision,
            "certainty": found.certainty,
            "state": found.state,
            "published_at": instant(found.published_at),
            "updated": instant(updated),
            "contains_change": bool(known),
            "notices": known,
            "date_changes": [move(each) for each in found.date_changes],
            "url": page(base_url, "releases", found.id),
            "landing_url": landing.url if landing else None,
        }
    )
    return told


def move(found: ReleaseDateChange) -> dict[str, Any]:
    return {
        "from": earliest(found.from_date, found.from_precision),
        "from_precision": found.from_precision,
        "to": earliest(found.to_date, found.to_precision),
        "to_precision": found.to_precision,
        "direction": found.direction,
        "reason_code": found.reason_code,
        "reason": found.reason,
        "announced_at": instant(found.announced_at),
    }


def earliest(value: date | None, precision: str) -> str | None:
    """The first day that a date may mean: the day kept behind "in January" is not told."""
    return day(window(value, precision)[0]) if value else None
