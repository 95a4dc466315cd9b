"""A new release from one entry of the catalogue's ``releases:`` shape."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from notifier.catalogue import queries as catalogue
from notifier.catalogue.document import SECTIONS, check_entry, when
from notifier.clock import london_date
from notifier.errors import Refused
from notifier.releases import guards
from notifier.releases.dated import Dated
from notifier.releases.describe import reachable
from notifier.releases.load import read
from notifier.releases.models import Release
from notifier.store.db import session
from notifier.store.history import By, record


def add(entry: Mapping[str, Any], *, by: By, now: datetime) -> Release:
    """Add one release, provisional unless the entry says confirmed.

    Raises Refused when it is there, for a date that may not stand, and for a confirmed one that no
    ``releases confirm`` would take.
    """
    check_entry("the release", entry, *SECTIONS["releases"])
    of_now(entry, now=now)
    reachable(*(str(entry.get(key) or "") for key in ("landing_url", "contact")))
    series = catalogue.series(str(entry["series"]))
    exists = select(Release.id).where(
        Release.series_id == series.id, Release.title == entry["title"]
    )
    if session.scalar(exists) is not None:
        raise Refused(f"{series.name} has a release called {entry['title']!r} already.")
    row = read("the release", entry, series, now=now)
    if row.state == "released":
        raise Refused("That date is past; give one that is still to come.")
    if row.day is not None:
        guards.a_proper_date(series, Dated(row.day, row.wall_time, row.precision))
    session.add(row)
    session.flush()
    record(f"release:{row.id}", "add", by=by, now=now, state=row.state, day=row.day)
    return row


def of_now(entry: Mapping[str, Any], *, now: datetime) -> None:
    """What a catalogue tells of the past is no fact about a release that is new today."""
    if entry.get("moved"):
        raise Refused(
            "A release that is added now was never moved; leave out moved, and change its date "
            "later with: bin/notifier releases move."
        )
    if entry.get("certainty") != "confirmed":
        return
    way_out = (
        "add it as provisional and confirm it with: bin/notifier releases confirm, which asks for "
        "what must be so."
    )
    today = london_date(now)
    if entry.get("contains_change"):
        raise Refused(f"It contains a change, and its notice must be announced first; {way_out}")
    if guards.confirming_takes_two():
        raise Refused(f"This organisation asks for a second person who confirms a date; {way_out}")
    if when("the release", entry.get("confirmed", today), today)[0] != today:
        raise Refused("A release that is added now is confirmed now; leave out confirmed.")
