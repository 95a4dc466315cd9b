"""Adds the notices of a catalogue file that are missing, as drafts without an author."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from notifier.catalogue.document import SECTIONS, check_entry
from notifier.notices.models import ChangeNotice
from notifier.notices.write import several, write
from notifier.store.db import session


def load(entries: list[dict[str, Any]], *, now: datetime) -> int:
    """Add each notice whose series and headline are not there yet; returns how many."""
    have = {
        (slug, notice.headline)
        for notice in session.scalars(select(ChangeNotice))
        for slug in [s.slug for s in notice.series]
    }
    added = 0
    for number, entry in enumerate(entries, start=1):
        where = f"notices[{number}]"
        check_entry(where, entry, *SECTIONS["notices"])
        slugs = several(entry["series"])
        headline = " ".join(entry["headline"].split())
        if any((slug, headline) in have for slug in slugs):
            continue
        write(entry, now=now, where=where)
        have.update((slug, headline) for slug in slugs)
        added += 1
    return added
