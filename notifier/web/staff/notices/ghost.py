"""A notice as it would be with what is typed: worked out beside the database, and never stored."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import inspect, select
from sqlalchemy.orm import load_only

from notifier.catalogue.models import Series
from notifier.clock import london_date
from notifier.notices.models import ChangeNotice
from notifier.notices.revise import rewrite
from notifier.notices.rules import OPEN
from notifier.notices.write import fill
from notifier.releases.models import Release
from notifier.store.db import session

COMING = ("planned", "provisional", "confirmed", "postponed_tbc")
MOST = 200  # releases in one list
LATER = timedelta(days=30)


def ghost_of(notice: ChangeNotice) -> ChangeNotice:
    """A copy that belongs to no session: what happens to it, happens to nothing."""
    names = [column.key for column in inspect(ChangeNotice).column_attrs]
    copy = ChangeNotice(**{name: getattr(notice, name) for name in names})
    copy.series = list(notice.series)
    copy.effect_release = notice.effect_release
    return copy


def with_words(notice: ChangeNotice, entry: Mapping[str, Any], *, now: datetime) -> ChangeNotice:
    """As the room would have it after an edit or a revision. Raises what the room raises."""
    ghost = ghost_of(notice)
    with session.no_autoflush:
        if notice.state in OPEN:
            rewrite(ghost, entry, now=now)
        else:
            ghost.effect_release = None
            ghost.effect_date = ghost.effect_at = None
            fill(ghost, entry, notice.reference, now=now)
    return ghost


def not_saved(entry: Mapping[str, Any], *, now: datetime) -> ChangeNotice:
    """A notice of what is typed so far, enough to count its days: what is missing of its words is
    left out. Raises what the room raises."""
    day = entry.get("next_update_by") or (london_date(now) + LATER).isoformat()
    whole = {**dict.fromkeys(("headline", "what", "why"), "…"), **entry, "next_update_by": day}
    ghost = ChangeNotice(state="draft", policy={}, short_notice_reason="", reference="", sequence=0)
    ghost.id, ghost.revision = 0, 1  # nothing is about that number
    ghost.created_at = ghost.changed_at = now
    with session.no_autoflush:
        fill(ghost, whole, "the notice", now=now)
    return ghost


def releases_of(series: Iterable[Series], notice: ChangeNotice | None = None) -> dict[str, str]:
    """Titles of the releases to come of these series, by their number as a form holds it; the one
    that carries the notice already stays."""
    ids = [one.id for one in series]
    query = select(Release).where(Release.series_id.in_(ids), Release.state.in_(COMING))
    query = query.order_by(Release.at.is_(None), Release.at, Release.id).limit(MOST)
    found = list(session.scalars(query.options(load_only(Release.title, Release.at, Release.day))))
    kept = notice.effect_release if notice is not None else None
    if kept is not None and kept not in found:
        found.insert(0, kept)
    return {str(release.id): release.title for release in found}
