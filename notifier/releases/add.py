"""A new release from one entry of the catalogue's ``releases:`` shape."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from notifier.catalogue import queries as catalogue
from notifier.catalogue.document import SECTIONS, check_entry
from notifier.errors import Refused
from notifier.releases import guards
from notifier.releases.load import read
from notifier.releases.models import Release
from notifier.store.db import session


def add(entry: Mapping[str, Any], *, now: datetime) -> Release:
    """Add one release, provisional unless the entry says confirmed. Refused when it is there."""
    check_entry("the release", entry, *SECTIONS["releases"])
    series = catalogue.series(str(entry["series"]))
    exists = select(Release.id).where(
        Release.series_id == series.id, Release.title == entry["title"]
    )
    if session.scalar(exists) is not None:
        raise Refused(f"{series.name} has a release called {entry['title']!r} already.")
    row = read("the release", entry, series, now=now)
    if row.state == "released":
        raise Refused("That date is past; give one that is still to come.")
    if row.day is not None and row.wall_time is not None and row.precision == "datetime":
        guards.a_proper_moment(series, row.day, row.wall_time)
    session.add(row)
    session.flush()
    return row
