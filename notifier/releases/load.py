"""Adds the releases of a catalogue file that are missing; never touches a loaded one again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from notifier.catalogue.document import Keys, check_entry, on_working_day, when
from notifier.catalogue.load import by_slug, known
from notifier.catalogue.models import Series
from notifier.catalogue.shapes import ANY
from notifier.clock import RELEASE_TIME, at_london, london_date
from notifier.errors import Refused
from notifier.releases.models import Release, ReleaseDateChange
from notifier.releases.recur import dates
from notifier.releases.rules import PRECISIONS, REASONS, direction, instant, window
from notifier.store.db import session

MOVED = Keys(
    {"from", "at", "reason"},
    {"reason_code", "decided_by", "approved_by"},
    {"from": ANY, "at": ANY},
)


def load(entries: list[dict[str, Any]], *, now: datetime) -> int:
    """Add each release whose series and title are not there yet; returns how many.

    A release whose time has passed loads as released.
    """
    series, added = by_slug(Series), 0
    for one in series.values():
        if one.recurrence:  # refused here, in daylight, and not by the worker at night
            list(dates(one.recurrence, after=london_date(now), until=london_date(now)))
    for number, entry in enumerate(entries, start=1):
        where = f"releases[{number}]"
        of = known(series, entry["series"], where, "series")
        exists = session.scalar(
            select(Release.id).where(Release.series_id == of.id, Release.title == entry["title"])
        )
        row = read(where, entry, of, now=now)  # checked even when it is there already
        if exists is None:
            session.add(row)
            session.flush()
            if moved := entry.get("moved"):
                session.add(read_move(where, moved, row, now=now))
            added += 1
    session.flush()
    return added


def read(where: str, entry: Mapping[str, Any], series: Series, *, now: datetime) -> Release:
    """The release that an entry describes, not yet added to the session."""
    today = london_date(now)
    day, wall = on_working_day(where, entry["date"], today)
    precision = entry.get("precision", "datetime" if wall else "date")
    if precision not in PRECISIONS:
        raise Refused(f"{where}: precision must be one of {', '.join(PRECISIONS)}.")
    certainty = entry.get("certainty", "provisional")
    if certainty not in ("planned", "provisional", "confirmed"):
        raise Refused(
            f"{where}: certainty must be planned, provisional or confirmed, not {certainty!r}."
        )
    if certainty == "confirmed" and (precision != "datetime" or wall is None):
        raise Refused(f"{where}: a confirmed release needs an exact date and time.")
    at = instant(day, wall, precision)
    confirmed_at = lead = None
    if certainty == "confirmed":
        confirmed_day, _ = when(where, entry.get("confirmed", today), today)
        confirmed_at = min(at_london(confirmed_day), now)
        lead = (day - london_date(confirmed_at)).days
    state = certainty
    told = None if precision == "tbc" else day  # nobody is told a day that is not known
    if is_past(day, precision, at, now=now):
        state = "released"
    return Release(
        series_id=series.id,
        title=entry["title"],
        period=str(entry.get("period", "")).strip(),
        contact=str(entry.get("contact", "")).strip(),
        cy_title=str(entry.get("cy", {}).get("title") or ""),
        state=state,
        day=told,
        wall_time=wall if told else None,
        precision=precision,
        at=at,
        first_announced_on=None if state == "planned" else told,
        confirmed_at=confirmed_at,
        confirmed_lead_days=lead,
        contains_change=bool(entry.get("contains_change", False)),
        landing_url=entry.get("landing_url", ""),
        published_at=at if state == "released" else None,
        created_at=now,
        changed_at=now,
    )


def is_past(day: date, precision: str, at: datetime | None, *, now: datetime) -> bool:
    """Whether a release is out: its instant has come, or every day that a vague date may mean."""
    if at is None:
        return False
    if precision == "datetime":
        return at <= now
    return window(day, precision)[1] < london_date(now)


def read_move(
    where: str, entry: Mapping[str, Any], release: Release, *, now: datetime
) -> ReleaseDateChange:
    """The date change that the file tells of; the release keeps its first announced date."""
    check_entry(f"{where}.moved", entry, *MOVED)
    code = entry.get("reason_code", "other")
    if code not in REASONS:
        raise Refused(f"{where}: reason_code must be one of {', '.join(REASONS)}.")
    was_day, was_wall = on_working_day(where, entry["from"], london_date(now))
    told, _ = when(where, entry["at"], london_date(now))
    told_at = at_london(told, RELEASE_TIME)
    precision = "datetime" if was_wall else "date"
    release.first_announced_on = was_day
    release.sequence += 1
    return ReleaseDateChange(
        release_id=release.id,
        from_date=was_day,
        from_time=was_wall,
        from_precision=precision,
        to_date=release.day,
        to_time=release.wall_time,
        to_precision=release.precision,
        direction=moved_how(was_day, precision, release),
        reason_code=code,
        reason=entry["reason"],
        decided_at=told_at,
        decided_by=entry.get("decided_by", ""),
        approved_by=entry.get("approved_by", ""),
        announced_at=told_at,
    )


def moved_how(was_day: date, precision: str, release: Release) -> str:
    if release.day is None:
        return "vaguer"
    return direction((was_day, precision), (release.day, release.precision))
