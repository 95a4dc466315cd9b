"""A new issue from one entry of the catalogue's ``newsletters:`` shape, and the loader of many."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from notifier.audience.segments import segment
from notifier.catalogue import queries as catalogue
from notifier.catalogue.document import SECTIONS, check_entry, on_working_day
from notifier.catalogue.load import slug_of
from notifier.clock import SEND_TIME, at_london, london_date
from notifier.errors import Refused
from notifier.newsletters.models import Newsletter
from notifier.newsletters.pictures import must_be_known
from notifier.store.db import session
from notifier.store.history import By, record


def write(
    entry: Mapping[str, Any],
    *,
    now: datetime,
    where: str = "the newsletter",
    by: By | None = None,
) -> Newsletter:
    """A draft, added to the session. Raises Refused for unknown keys, teams, topics, user types."""
    check_entry(where, entry, *SECTIONS["newsletters"])
    team = catalogue.team(entry["team"])
    audience = dict(entry.get("audience") or {})
    for key in audience:
        if key not in ("topics", "user_types", "segment"):
            raise Refused(f"{where}: audience knows topics, user_types and segment, not {key!r}.")
    for key, slugs in audience.items():
        if key == "segment":
            if not isinstance(slugs, str):
                raise Refused(f"{where}: audience.segment must be the slug of one segment.")
            segment(slugs)
            continue
        if not (isinstance(slugs, list) and all(isinstance(slug, str) for slug in slugs)):
            raise Refused(f"{where}: audience.{key} must be a list of slugs.")
    if not audience.get("topics") and "segment" not in audience:
        raise Refused(f"{where}: name at least one topic under audience.topics, or a segment.")
    catalogue.topics_named(audience.get("topics", []))
    must_be_known(entry["body"])
    for slug in audience.get("user_types", []):
        catalogue.user_type(slug)
    send_at = None
    if entry.get("send"):
        day, wall = on_working_day(where, entry["send"], london_date(now))
        send_at = at_london(day, wall or SEND_TIME)
        if send_at <= now:
            raise Refused(f"{where}: send is in the past; give a time to come.")
    row = Newsletter(
        slug=slug_of(entry.get("slug") or entry["title"], taken()),
        title=" ".join(entry["title"].split()),
        body=entry["body"],
        audience=audience,
        send_at=send_at,
        state="draft",
        created_at=now,
        changed_at=now,
    )
    row.team = team
    session.add(row)
    session.flush()
    if by is not None:  # a catalogue that is loaded says so itself
        record(f"newsletter:{row.id}", "create", by=by, now=now)
    return row


def load(entries: list[dict[str, Any]], *, now: datetime) -> int:
    """Add each issue whose team and title are not there yet; returns how many."""
    added = 0
    for number, entry in enumerate(entries, start=1):
        where = f"newsletters[{number}]"
        check_entry(where, entry, *SECTIONS["newsletters"])
        team = catalogue.team(entry["team"])
        title = " ".join(entry["title"].split())
        exists = select(Newsletter.id).where(
            Newsletter.team_id == team.id, Newsletter.title == title
        )
        if session.scalar(exists) is None:
            write(entry, now=now, where=where)
            added += 1
    return added


def taken() -> set[str]:
    return set(session.scalars(select(Newsletter.slug)))
