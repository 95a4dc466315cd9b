"""A release as schema.org's Event, for search engines and assistants that read pages."""

from __future__ import annotations

from datetime import date, time
from typing import Any

from jinja2.utils import htmlsafe_json_dumps
from markupsafe import Markup

from notifier.catalogue.queries import organisation
from notifier.clock import LONDON, at_london
from notifier.insight.time_to_tell import moves
from notifier.releases.models import Release
from notifier.releases.rules import window

SCHEMA = "https://schema.org"


def write(release: Release, *, base_url: str) -> Markup | None:
    """JSON-LD whose ``<``, ``>``, ``&`` and quotes are escaped: no title can end the script.

    None for a release that was taken back: it is no event any more.
    """
    if release.state == "withdrawn":
        return None
    return htmlsafe_json_dumps(event(release, base_url=base_url))


def event(release: Release, *, base_url: str) -> dict[str, Any]:
    """The event. A postponed one keeps the date it had, as schema.org asks."""
    url = f"{base_url}/releases/{release.id}"
    moved = [change for change in release.date_changes if moves(change)]
    before = [
        iso(change.from_date, change.from_precision, change.from_time)
        for change in moved
        if change.from_date is not None
    ]
    start = iso(release.day, release.precision, release.wall_time)
    found: dict[str, Any] = {
        "@context": SCHEMA,
        "@type": "Event",
        "organizer": organizer(release, base_url),
        "name": title(release),
        "url": url,
        "eventStatus": f"{SCHEMA}/{status(release, moved=bool(before))}",
        "location": {"@type": "VirtualLocation", "url": url},
        "eventAttendanceMode": f"{SCHEMA}/OnlineEventAttendanceMode",
        "startDate": start or (before[-1] if before else None),
        "previousStartDate": before if start else None,
    }
    if release.end_reason and release.state == "cancelled":
        found["description"] = release.end_reason
    return {key: value for key, value in found.items() if value}


def title(release: Release) -> str:
    name = release.series.name
    return release.title if name.lower() in release.title.lower() else f"{name}: {release.title}"


def status(release: Release, *, moved: bool) -> str:
    if release.state == "cancelled":
        return "EventCancelled"
    if release.state == "postponed_tbc" or release.day is None:
        return "EventPostponed"
    return "EventRescheduled" if moved else "EventScheduled"


def organizer(release: Release, base_url: str) -> dict[str, str]:
    house = organisation()
    name = house.name if house else release.series.team.name
    return {"@type": "Organization", "name": name, "url": f"{base_url}/"}


def iso(day: date | None, precision: str, wall: time | None) -> str | None:
    """ISO 8601, as exact as the date is: "2027-03-25T09:30:00+00:00", "2027-03-25", "2027-03"."""
    if day is None or precision == "tbc":
        return None
    if precision == "datetime" and wall is not None:
        return at_london(day, wall).astimezone(LONDON).isoformat()
    if precision in ("month", "quarter"):
        return f"{window(day, precision)[0]:%Y-%m}"
    return window(day, precision)[0].isoformat()
