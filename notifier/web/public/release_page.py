"""One release's page, put into the shapes of pages/public/release.html."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

from notifier.catalogue.models import Series
from notifier.clock import london_date
from notifier.notices import queries as notices
from notifier.releases.models import Release
from notifier.render import dates
from notifier.web.public import release_rows
from notifier.web.public.shapes import Follow, Link, on_day


def context(found: Release, day: date) -> dict[str, Any]:
    """Every variable of the page."""
    series = found.series
    row = release_rows.row(found, day)
    changed = [n for n in notices.all_public([series.id]) if n.effect_release_id == found.id]
    last = found.date_changes[-1] if found.date_changes else None
    return {
        "release": SimpleNamespace(
            title=found.title,
            series=Link(series.name, f"/series/{series.slug}"),
            period="",
            day=row.day,
            days_words=days_words(found, day),
            ahead=found.state in ("confirmed", "provisional"),
            tag=row.tag,
            reason=found.end_reason or (last.reason if last else ""),
            landing_url=found.landing_url if found.state == "released" else None,
        ),
        "first_words": first_words(found, day),
        "changes": [Link(n.headline, f"/changes/{n.reference}") for n in changed],
        "dates": [
            SimpleNamespace(
                day=on_day(london_date(change.announced_at), day),
                what=f"{release_rows.moved_from(change, found).partition(',')[0].rstrip('.')} to "
                f"{dates.full(change.to_date) if change.to_date else 'a date to come'}.",
                why=change.reason,
            )
            for change in reversed(found.date_changes)
        ],
        "follow": follow_series(series),
        "team": series.team,
        "event_json": None,
    }


def days_words(found: Release, day: date) -> str:
    if found.state == "released":
        return "Out"
    if found.state in ("cancelled", "withdrawn"):
        return "Will not come out"
    if found.day is None:
        return "No date yet"
    if found.precision in ("week", "month", "quarter"):
        return "Day to come"  # days are counted to a day only
    return dates.left(found.day, day) or "Late"


def first_words(found: Release, day: date) -> str:
    """ "First announced for Friday 18 December 2026; moved once."."""
    if found.first_announced_on is None:
        return "No date has been announced yet."
    times = len(found.date_changes)
    moved = "kept so far" if not times else "moved once" if times == 1 else f"moved {times} times"
    first = dates.on(found.first_announced_on, day)
    if found.precision not in ("datetime", "date") and not times:
        return f"First announced as {dates.within(dates.vague(found.day, found.precision))}."
    return f"First announced for {first}; {moved}."


def follow_series(series: Series) -> Follow:
    topics = "&".join(f"topic={topic.slug}" for topic in series.topics)
    return Follow(
        subscribe_url=f"/subscribe?{topics}",
        calendar_url=f"/calendar/series/{series.slug}.ics",
        atom_url=f"/feeds/series/{series.slug}.atom",
        rss_url=f"/feeds/series/{series.slug}.rss",
        json_url=f"/feeds/series/{series.slug}.json",
    )
