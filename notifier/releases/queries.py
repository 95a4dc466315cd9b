"""What one can ask of releases. Planned ones are private: no query for the public shows them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, time, timedelta

from sqlalchemy import Select, func, select
from sqlalchemy.orm import contains_eager, selectinload

from notifier.catalogue.models import Series, series_topic
from notifier.clock import at_london
from notifier.errors import NotFound
from notifier.releases.models import Release, ReleaseDateChange
from notifier.releases.rules import window
from notifier.store.db import session

PUBLIC = ("provisional", "confirmed", "released", "postponed_tbc", "cancelled", "withdrawn")
LONGEST_WINDOW = timedelta(days=92)  # of a date's precisions: a quarter


def public() -> Select[Release]:
    return select(Release).where(Release.state.in_(PUBLIC))


def calendar(
    *,
    now: datetime,
    series_ids: Collection[int] | None = None,
    back: timedelta = timedelta(days=90),
    ahead: timedelta = timedelta(days=366),
) -> list[Release]:
    """Public releases from 90 days back to 12 months ahead, soonest first, undated ones last."""
    query = public().where(
        (Release.at.is_(None)) | ((Release.at >= now - back) & (Release.at <= now + ahead))
    )
    if series_ids is not None:
        query = query.where(Release.series_id.in_(series_ids))
    query = query.options(
        selectinload(Release.date_changes),
        selectinload(Release.series).selectinload(Series.topics),
    )
    return list(session.scalars(query.order_by(Release.at.is_(None), Release.at, Release.id)))


def upcoming(*, now: datetime, series_ids: Collection[int] | None = None) -> list[Release]:
    """Public releases that are still to come, soonest first."""
    coming = calendar(now=now, series_ids=series_ids, back=timedelta(0))
    return [r for r in coming if r.state in ("provisional", "confirmed", "postponed_tbc")]


def release(release_id: int) -> Release:
    """A public release. Raises NotFound, also for one that is not yet public."""
    found = session.scalars(public().where(Release.id == release_id)).first()
    if found is None:
        raise NotFound(f"There is no release {release_id}.")
    return found


def of_topics(topic_ids: Collection[int]) -> list[int]:
    """Ids of the series that stand under any of the topics."""
    rows = session.scalars(
        select(series_topic.c.series_id).where(series_topic.c.topic_id.in_(topic_ids)).distinct()
    )
    return list(rows)


def released(
    *, now: datetime, series_ids: Collection[int] | None = None
) -> list[tuple[int, datetime, datetime]]:
    """(id, published_at, created_at) of releases that are out; also of those withdrawn since.

    Not whole rows: a feed over 10,000 releases took 420 ms with them and takes 70 ms without.
    """
    query = select(Release.id, Release.published_at, Release.created_at)
    query = query.where(Release.state.in_(PUBLIC), Release.published_at <= now)
    if series_ids is not None:
        query = query.where(Release.series_id.in_(series_ids))
    return [(id_, out, made) for id_, out, made in session.execute(query) if out is not None]


def date_changes(
    *, now: datetime, series_ids: Collection[int] | None = None
) -> list[ReleaseDateChange]:
    """Dates of public releases that changed, as users were told, oldest first."""
    query = (
        select(ReleaseDateChange)
        .join(ReleaseDateChange.release)
        .options(contains_eager(ReleaseDateChange.release))
        .where(Release.state.in_(PUBLIC), ReleaseDateChange.announced_at <= now)
    )
    if series_ids is not None:
        query = query.where(Release.series_id.in_(series_ids))
    return list(session.scalars(query.order_by(ReleaseDateChange.announced_at)))


def ended(series_ids: Collection[int]) -> list[Release]:
    """Editions of these series that were cancelled, or withdrawn after they were out."""
    query = select(Release).where(
        Release.series_id.in_(series_ids), Release.state.in_(("cancelled", "withdrawn"))
    )
    return list(session.scalars(query.order_by(Release.id)))


def in_days(first: date, last: date) -> list[Release]:
    """Public releases whose date may fall between two days (London, both inclusive), or did until
    it changed; soonest first, those without a date last."""
    left = select(ReleaseDateChange.release_id).where(
        ReleaseDateChange.from_date >= first, ReleaseDateChange.from_date <= last
    )
    # ``at`` is the first instant of a vague date: a quarter may have begun 92 days ago.
    begins = (at_london(first - LONGEST_WINDOW), at_london(last + timedelta(days=1), time.min))
    query = public().where(
        Release.id.in_(left) | ((Release.at >= begins[0]) & (Release.at < begins[1]))
    )
    query = query.options(selectinload(Release.date_changes), selectinload(Release.series))
    found = session.scalars(query.order_by(Release.at.is_(None), Release.at, Release.id))
    return [release for release in found if touches(release, first, last)]


def touches(release: Release, first: date, last: date) -> bool:
    """Whether its date, or one that it had, may fall between the two days."""
    given = [(release.day, release.precision)]
    given += [(change.from_date, change.from_precision) for change in release.date_changes]
    windows = [window(day, precision) for day, precision in given if day is not None]
    return any(start <= last and end >= first for start, end in windows)


def next_instant(now: datetime) -> datetime | None:
    """When the next public release is due out."""
    query = select(func.min(Release.at)).where(Release.state.in_(PUBLIC), Release.at > now)
    return session.scalar(query)


def any_release(release_id: int) -> Release:
    """A release in any state, for staff."""
    found = session.get(Release, release_id)
    if found is None:
        raise NotFound(f"There is no release {release_id}; see: bin/notifier releases list.")
    return found


def every() -> list[Release]:
    """All releases, for staff, by date; undated ones last."""
    query = select(Release).order_by(Release.at.is_(None), Release.at, Release.id)
    return list(session.scalars(query))
