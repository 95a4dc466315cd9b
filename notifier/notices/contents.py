"""Everything that a notice says, for telling one version from another."""

from __future__ import annotations

from typing import Any

from notifier.accounts import rulings
from notifier.notices.models import ChangeNotice

# What no entry says, or what follows from it.
KEPT = {"id", "state", "author_id", "approver_id", "approved_at", "changed_at", "sequence"}
# What changes by itself, or by publishing: whoever approves has not read it.
UNREAD = {"minimum_days", "target_days", "policy", "short_notice_reason", "revision"}


def said(notice: ChangeNotice) -> dict[str, Any]:
    """Everything that an entry may say, by the names of the columns, as JSON keeps it; the effect
    as its release has it."""
    found = rulings.contents(notice, but=KEPT)
    release = notice.effect_release
    if release is not None:
        found |= rulings.plain({"effect_date": release.day, "effect_at": release.at})
    return {**found, "series": sorted(series.slug for series in notice.series)}


def read(notice: ChangeNotice) -> dict[str, Any]:
    """What somebody reads who approves it."""
    return {name: value for name, value in said(notice).items() if name not in UNREAD}


def version(notice: ChangeNotice) -> str:
    """Which version of it a page shows (``rulings.version``)."""
    return rulings.version(notice.state, notice.changed_at, read(notice))
