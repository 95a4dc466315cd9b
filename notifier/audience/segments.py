"""Saved filters over the people: a team gives one a name, uses it, changes it, drops it."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime

from sqlalchemy import select

from notifier.accounts.models import Staff
from notifier.accounts.people import must_belong
from notifier.audience.models import Segment
from notifier.audience.segments_named import check, in_words
from notifier.audience.segments_read import SLUG, Filter, read
from notifier.catalogue import queries as catalogue
from notifier.catalogue.models import Team
from notifier.errors import NotFound, Refused
from notifier.store.db import session
from notifier.store.history import By, record

LONGEST_SLUG, LONGEST_NAME = 80, 200


def save(
    slug: str,
    data: object,
    *,
    person: Staff,
    by: By,
    now: datetime,
    name: str = "",
    team: Team | None = None,
) -> Segment:
    """Keep the filter ``data`` (``segments_read.read``) under ``slug``; again, it changes it.

    Sends that were promised keep the filter with which they were. Raises Refused for a bad filter
    or name, and for somebody of another team; NotFound for what the filter names and is not there.
    """
    if not SLUG.fullmatch(slug) or len(slug) > LONGEST_SLUG:
        raise Refused(
            f"A segment's slug must be lower-case letters, digits and hyphens, not {slug[:40]!r}."
        )
    found = read(data)
    check(found)
    row = session.scalars(select(Segment).where(Segment.slug == slug)).first()
    may_keep(slug, row.team_id if row is not None else None, person, by)
    if team is not None:
        must_belong(by, team_ids=catalogue.body_teams({team.id}), what=team.name)
    said = label(name) or (row.name if row is not None else label(slug.replace("-", " ")))
    team_id = team.id if team is not None else row.team_id if row is not None else None
    if row is None:
        row = Segment(slug=slug, created_at=now)
        session.add(row)
    elif (row.name, row.filter, row.team_id) == (said, found, team_id):
        return row
    row.name, row.filter, row.team_id, row.changed_at = said, found, team_id, now
    session.flush()
    record(f"segment:{slug}", "save", by=by, now=now, name=said, filter=found, team=team_id)
    return row


def delete(row: Segment, *, person: Staff, by: By, now: datetime) -> None:
    """Drop a segment. Sends that were promised with it keep its filter.

    ``newsletters.segments.delete`` asks first whether an issue waits for it.
    """
    may_keep(row.slug, row.team_id, person, by)
    record(
        f"segment:{row.slug}",
        "delete",
        by=by,
        now=now,
        filter=row.filter,
        said=in_words(row.filter),
    )
    session.delete(row)
    session.flush()


def may_keep(slug: str, team_id: int | None, person: Staff, by: By) -> None:
    """Refuse who has no role, and of a team's segment, who has none in that team."""
    if team_id is not None:
        must_belong(by, team_ids=catalogue.body_teams({team_id}), what=f"the segment {slug}")
    elif not person.roles:
        raise Refused(f"{person.email} has no role in any team; ask an administrator for one.")


def label(name: str) -> str:
    said = " ".join(name.split())
    if len(said) > LONGEST_NAME or not said.isprintable():
        raise Refused(f"A segment's name has at most {LONGEST_NAME} characters on one line.")
    return said[:1].upper() + said[1:]


def segment(slug: str) -> Segment:
    """Raises NotFound."""
    row = session.scalars(select(Segment).where(Segment.slug == slug)).first()
    if row is None:
        raise NotFound(f"There is no segment {slug[:80]!r}; see: bin/notifier segments list.")
    return row


def every() -> list[Segment]:
    return list(session.scalars(select(Segment).order_by(Segment.slug)))


def free_slug(name: str, found: Filter) -> str:
    """A slug made of the name that no segment has yet; or that of the one with this very name and
    filter: a form may be sent twice."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    start = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60].strip("-") or "segment"
    start = "segment-new" if start == "new" else start
    taken = {row.slug: row for row in every()}
    for number in range(1, len(taken) + 2):
        slug = start if number == 1 else f"{start}-{number}"
        if slug not in taken:
            return slug
        if taken[slug].filter == found and taken[slug].name == label(name):
            return slug
    return start
