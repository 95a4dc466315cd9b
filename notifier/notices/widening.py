"""Whether an edit changes the meaning of a notice, and whether it hits users by more or sooner."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from notifier.notices.models import ChangeNotice

# What is never a matter of wording (DOMAIN.md section 4).
ALWAYS_MATERIAL = (
    "type",
    "other_types",
    "materiality",
    "series_break",
    "machine_breaking",
    "effect_at",
    "decision",
    "scope",
    "mapping",
    "impact",
    "what_to_do",
)
ADDED = ("geographies", "breakdowns")  # parts of the scope of which more hits more people
HEAVIER = "FGKJDECBAHI"  # classes by their minimum, lightest first


def facts(notice: ChangeNotice) -> dict[str, Any]:
    """What makes an edit material."""
    found = {name: getattr(notice, name) for name in ALWAYS_MATERIAL}
    found["series"] = sorted(series.slug for series in notice.series)
    found["effect"] = (notice.effect_kind, notice.effect_release_id)
    asked = notice.consultation or {}
    found["consultation"] = [asked.get(day) for day in ("opens", "closes", "response_due")]
    found["next_update_by"] = notice.next_update_by
    found["class"] = notice.class_
    return found


def widened(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Whether users are hit by more, or sooner, than they were told."""
    more_series = set(after["series"]) - set(before["series"])
    heavier = HEAVIER.index(after["class"]) > HEAVIER.index(before["class"])
    was, now_is = before["effect_at"], after["effect_at"]
    sooner = was is not None and now_is is not None and now_is < was
    more_scope = any(grew(before["scope"], after["scope"], part) for part in ADDED)
    return bool(more_series) or heavier or sooner or more_scope


def grew(before: Mapping[str, Any], after: Mapping[str, Any], part: str) -> bool:
    """Whether a geography or breakdown was added; one that is named no more means all of them."""
    was, now_is = set(before.get(part, [])), set(after.get(part, []))
    return bool(now_is - was) or bool(was and not now_is)
