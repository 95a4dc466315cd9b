"""Notices and releases as they stand, one entry each: for programs that keep a copy of the state.

Entries change, so their pages are no archives (RFC 5005 section 4) but the pages of a paged feed
(section 3): the last change comes first, and what changes moves to the front.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select

from notifier.feeds import changed
from notifier.feeds.happenings import Happening
from notifier.feeds.scopes import Scope
from notifier.notices import queries as notices
from notifier.releases.models import Release, ReleaseDateChange
from notifier.releases.queries import PUBLIC
from notifier.releases.rules import RELEASE
from notifier.store.db import session
from notifier.store.history import History


class Standing(NamedTuple):
    """Something public and when it last changed. ``it`` has the kind notice or release."""

    it: Happening
    changed: datetime


def standing(scope: Scope, *, now: datetime) -> list[Standing]:
    """Every public notice and release of the scope, what changed last first."""
    found = [*of_notices(scope, now), *of_releases(scope, now)]
    return sorted(found, key=lambda s: (s.changed, s.it.at, s.it.kind, s.it.key), reverse=True)


def of_notices(scope: Scope, now: datetime) -> Iterator[Standing]:
    if "announced" not in scope.kinds:
        return
    public = notices.all_public(scope.series_ids)
    times = changed.notices(public)
    for notice in public:
        first = notice.first_public_at
        if first is not None and first <= now:
            it = Happening(first, "notice", notice.reference, notice.id, first)
            yield Standing(it, times[notice.id])


def of_releases(scope: Scope, now: datetime) -> Iterator[Standing]:
    """Columns, not whole rows: there are thousands of releases, and a page shows few."""
    if "released" not in scope.kinds:
        return
    query = select(Release.id, Release.created_at, Release.published_at)
    query = query.where(Release.state.in_(PUBLIC))
    if scope.series_ids is not None:
        query = query.where(Release.series_id.in_(scope.series_ids))
    rows = session.execute(query).all()
    moved, stepped = moves(), steps()
    anew = changed.described({id_: out for id_, _, out in rows})
    for id_, made, out in rows:
        known = (made, out, moved.get(id_), stepped.get(f"release:{id_}"), anew.get(id_))
        it = Happening(made, "release", str(id_), id_, made)
        yield Standing(it, max(at for at in known if at is not None))


def moves() -> dict[int, datetime]:
    """When a change of date was last announced, by release."""
    query = select(ReleaseDateChange.release_id, func.max(ReleaseDateChange.announced_at))
    rows = session.execute(query.group_by(ReleaseDateChange.release_id))
    return {id_: at for id_, at in rows}  # noqa: C416


def steps() -> dict[str, datetime]:
    """When the last step was taken that the public may know, by "release:12"."""
    query = select(History.object, func.max(History.at)).where(
        History.object.startswith("release:"),
        History.action.in_(changed.public_events(RELEASE, PUBLIC)),
    )
    return {about: at for about, at in session.execute(query.group_by(History.object))}  # noqa: C416
