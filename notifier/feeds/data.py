"""Notices and releases as data, page by page, in JSON and in CSV.

Instants are ISO 8601 in UTC, days ISO 8601.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from notifier.feeds import changed, data_notices, data_pages, horizon
from notifier.feeds.addresses import NOTHING_YET
from notifier.feeds.data_filters import Asked
from notifier.feeds.data_releases import release
from notifier.feeds.data_values import Document, dumped, instant, licence
from notifier.notices import queries as notice_queries
from notifier.releases import queries as release_queries
from notifier.releases.models import Release
from notifier.releases.rules import window

Form = Callable[[list[dict[str, Any]]], bytes]
ALL = Asked()


def notices(asked: Asked = ALL, *, now: datetime, base_url: str, form: Form = dumped) -> Document:
    """One page of the public notices, the one announced last first.

    ``form`` makes bytes of the rows: ``dumped`` or ``data_csv.notices``.
    """
    found, after = data_pages.page(asked, now=now)
    rows = data_notices.notices(found, base_url=base_url)
    return Document(form(rows), data_pages.last_change(), after)


def one_notice(reference: str, *, base_url: str) -> Document:
    """Raises NotFound, also for a notice that is not yet public."""
    found = notice_queries.public_notice(reference)
    (row,) = data_notices.notices([found], base_url=base_url)
    return Document(dumped(row), changed.notices([found])[found.id])


def releases(asked: Asked = ALL, *, now: datetime, base_url: str, form: Form = dumped) -> Document:
    """One page of the public releases from 90 days back to 12 months ahead, soonest first, undated
    ones last. ``form`` is ``dumped`` or ``data_csv.releases``."""
    ahead = horizon.AHEAD + horizon.AHEAD
    all_ = release_queries.calendar(now=now, back=horizon.AHEAD, ahead=ahead)
    times = changed.releases(all_)
    changes, told = carried()
    found = [r for r in all_ if in_sight(r, now) and fits(r, asked, times[r.id])]
    if asked.after:
        found = [each for each in found if place(each) > asked.after]
    page = found[: asked.limit]
    terms = licence()
    rows = [
        {
            **release(each, sorted(changes.get(each.id, [])), times[each.id], base_url=base_url),
            "licence": terms,
        }
        for each in page
    ]
    turns = [horizon.turned(*window(r.day, r.precision), now=now) for r in all_ if r.day]
    last = max([*told, *times.values(), *(t for t in turns if t)], default=NOTHING_YET)
    return Document(form(rows), last, place(page[-1]) if len(found) > len(page) else "")


def carried() -> tuple[dict[int, list[str]], list[datetime]]:
    """The references of public notices by the release that carries them, and when these were
    announced."""
    changes: dict[int, list[str]] = {}
    told = []
    for release_id, reference, at in data_pages.carriers():
        changes.setdefault(release_id, []).append(reference)
        told.append(at)
    return changes, told


def in_sight(found: Release, now: datetime) -> bool:
    return found.day is None or horizon.shown(*window(found.day, found.precision), now=now)


def fits(found: Release, asked: Asked, updated: datetime) -> bool:
    return (
        (asked.series_ids is None or found.series_id in asked.series_ids)
        and (not asked.states or found.state in asked.states)
        and (asked.updated_since is None or updated >= asked.updated_since)
    )


def place(found: Release) -> str:
    """Where it stands in the order of the list, as text that sorts like it: the instant and the
    id, so that a page goes on at its place also when its last row has moved."""
    return f"{instant(found.at) or 'undated'}_{found.id:010d}"
