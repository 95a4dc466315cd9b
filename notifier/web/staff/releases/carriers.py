"""What becomes of the changes that hang on a release that will not come out."""

from __future__ import annotations

from typing import Any

from notifier.clock import london_date
from notifier.errors import Refused
from notifier.notices import out
from notifier.releases.models import Release
from notifier.releases.queries import upcoming
from notifier.web.public.shapes import Choice
from notifier.web.staff.releases import words
from notifier.web.staff.security import now


def chosen(release: Release, values: dict[str, str]) -> dict[str, str]:
    """What becomes of each change that hangs on it."""
    found = {}
    for notice in out.anchored(release):
        word = values.get(f"change-{notice.reference}", "hold")
        known = ("hold", "cancel", *(str(r.id) for r in others(release)))
        if word not in known:
            raise Refused("Choose what becomes of the change.", field=f"change-{notice.reference}")
        found[notice.reference] = word
    return found


def others(release: Release) -> list[Release]:
    coming = upcoming(now=now(), series_ids=[release.series_id])
    dated = [r for r in coming if r.id != release.id and r.at is not None]
    return [r for r in dated if r.state in ("provisional", "confirmed")][:12]


def carriers(release: Release) -> list[tuple[Any, list[Choice]]]:
    """Each change with what may become of it."""
    today = london_date(now())
    coming = [
        Choice(str(r.id), f"It comes with {r.title} ({words.lower(words.when(r, today))})")
        for r in others(release)
    ]
    every = [Choice("hold", "It waits, on hold"), *coming, Choice("cancel", "It is cancelled too")]
    return [(notice, every) for notice in out.anchored(release)]
