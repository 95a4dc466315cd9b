"""Whether releases came out when it was said: on time, moved with how much notice, late."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from statistics import median

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, selectinload

from notifier.catalogue.models import Series
from notifier.clock import london_date
from notifier.insight.quarters import Quarter
from notifier.insight.time_to_tell import moves
from notifier.releases.flags import TO_COME, due_out, punctuality
from notifier.releases.models import Release, ReleaseDateChange
from notifier.releases.queries import PUBLIC
from notifier.releases.rules import instant, window
from notifier.store.bulk import among
from notifier.store.db import session
from notifier.store.history import History

TO_THE_MINUTE = timedelta(minutes=5)  # after its instant; later than that the worker raises alarm
ON_TIME, THAT_DAY, LATE, BEFORE = "on time", "later that day", "late", "before its date"
OUT = ("on time", "later that day", "late", "before its date")


@dataclass(frozen=True)
class Out:
    """A release that came out. ``days`` after its date, ``changes`` of the date before that."""

    id: int
    title: str
    series: str
    team_id: int
    planned: date | None
    published_at: datetime
    days: int
    how: str  # one of OUT
    moved: int


@dataclass(frozen=True)
class Moved:
    """A date that users counted on and that is not true any more. ``notice``: days from the news
    to the old date, negative when it was told after it; None where the old date was no day."""

    release_id: int
    title: str
    series: str
    team_id: int
    was: date
    was_precision: str
    now_is: date | None
    now_precision: str
    direction: str
    announced: date
    notice: int | None
    reason_code: str
    reason: str
    cancelled: bool = False


@dataclass(frozen=True)
class Punctual:
    """One quarter: what came out, and which dates were changed, in the order of the news."""

    out: list[Out]
    moved: list[Moved]

    def number(self, how: str) -> int:
        return sum(one.how == how for one in self.out)

    @property
    def typical_notice(self) -> int | None:
        """The median of the days between the news of another date and the old date."""
        days = [one.notice for one in self.moved if one.notice is not None]
        return int(median(days) // 1) if days else None


def quarters(
    wanted: Collection[Quarter], *, now: datetime, team_ids: Collection[int] | None = None
) -> dict[Quarter, Punctual]:
    """Each quarter as it stood at ``now``: three questions for all of them together."""
    begins, ends = min(q.begins for q in wanted), min(max(q.ends for q in wanted), now)
    published = came_out(begins, ends, team_ids)
    changed = [*date_moves(begins, ends, team_ids), *cancellations(begins, ends, team_ids)]
    return {
        quarter: Punctual(
            out=[one for one in published if quarter.holds(one.published_at)],
            moved=[one for one in changed if quarter.first <= one.announced <= quarter.last],
        )
        for quarter in wanted
    }


def came_out(
    begins: datetime, ends: datetime, team_ids: Collection[int] | None = None
) -> list[Out]:
    """What was published between the instants, also what was withdrawn since; in order. Not what a
    catalogue said was out already: of that nobody here knows whether it was on time."""
    query = (
        select(Release)
        .join(Release.series)
        .options(contains_eager(Release.series), selectinload(Release.date_changes))
        .where(Release.published_at >= begins, Release.published_at <= ends)
        .where(Release.created_at <= Release.published_at)
    )
    if team_ids is not None:
        query = query.where(Series.team_id.in_(team_ids))
    found = session.scalars(query.order_by(Release.published_at, Release.id))
    return [out(release) for release in found]


def out(release: Release) -> Out:
    days = punctuality(release) or 0
    at = release.published_at
    assert at is not None  # noqa: S101 (asked for above)
    exact = release.precision == "datetime" and release.at is not None
    if days:
        how = LATE if days > 0 else BEFORE
    elif exact and release.at is not None and at > release.at + TO_THE_MINUTE:
        how = THAT_DAY
    else:
        how = ON_TIME
    return Out(
        id=release.id,
        title=release.title,
        series=release.series.name,
        team_id=release.series.team_id,
        planned=release.day,
        published_at=at,
        days=days,
        how=how,
        moved=sum(moves(change) for change in release.date_changes),
    )


def date_moves(
    begins: datetime, ends: datetime, team_ids: Collection[int] | None = None
) -> list[Moved]:
    query = (
        select(ReleaseDateChange)
        .join(ReleaseDateChange.release)
        .join(Release.series)
        .options(contains_eager(ReleaseDateChange.release).contains_eager(Release.series))
        .where(
            Release.state.in_(PUBLIC),
            ReleaseDateChange.announced_at >= begins,
            ReleaseDateChange.announced_at <= ends,
        )
    )
    if team_ids is not None:
        query = query.where(Series.team_id.in_(team_ids))
    found = session.scalars(query.order_by(ReleaseDateChange.announced_at, ReleaseDateChange.id))
    return [one for one in map(moved, found) if one is not None]


def moved(change: ReleaseDateChange) -> Moved | None:
    """None for a date that only became exact."""
    if change.from_date is None or not moves(change):
        return None
    told = london_date(change.announced_at)
    return Moved(
        release_id=change.release_id,
        title=change.release.title,
        series=change.release.series.name,
        team_id=change.release.series.team_id,
        was=change.from_date,
        was_precision=change.from_precision,
        now_is=change.to_date,
        now_precision=change.to_precision,
        direction=change.direction,
        announced=told,
        notice=notice(change.from_date, change.from_precision, told),
        reason_code=change.reason_code,
        reason=change.reason,
    )


def notice(was: date, precision: str, told: date) -> int | None:
    """Days from the news to the first day on which it could have come out."""
    return None if precision == "tbc" else (window(was, precision)[0] - told).days


def cancellations(
    begins: datetime, ends: datetime, team_ids: Collection[int] | None = None
) -> list[Moved]:
    query = select(Release).join(Release.series).options(contains_eager(Release.series))
    query = query.where(Release.state == "cancelled")
    if team_ids is not None:
        query = query.where(Series.team_id.in_(team_ids))
    found = {f"release:{release.id}": release for release in session.scalars(query)}
    rows = select(History.object, History.at, History.why).where(
        among(History.object, list(found)),
        History.action == "cancel",
        History.at >= begins,
        History.at <= ends,
    )
    return [
        gone(found[about], london_date(at), why)
        for about, at, why in session.execute(rows.order_by(History.at, History.id))
        if found[about].day is not None
    ]


def gone(release: Release, told: date, why: str) -> Moved:
    day = release.day or told
    return Moved(
        release_id=release.id,
        title=release.title,
        series=release.series.name,
        team_id=release.series.team_id,
        was=day,
        was_precision=release.precision,
        now_is=None,
        now_precision="tbc",
        direction="cancelled",
        announced=told,
        notice=notice(day, release.precision, told),
        reason_code="",
        reason=why,
        cancelled=True,
    )


@dataclass(frozen=True)
class Waiting:
    """A release that should have been out and was not."""

    id: int
    title: str
    series: str
    team_id: int
    due: datetime


def waiting(
    *, now: datetime, at: datetime | None = None, team_ids: Collection[int] | None = None
) -> list[Waiting]:
    """What was not out at ``now``, or at an earlier moment ``at``, though its time had come."""
    moment = at or now
    query = select(Release).join(Release.series)
    query = query.options(contains_eager(Release.series), selectinload(Release.date_changes))
    if at is None:
        query = query.where(Release.state.in_(TO_COME), Release.at <= now)
    else:
        query = query.where(
            Release.created_at <= at,
            Release.published_at.is_(None) | (Release.published_at > at),
            Release.state != "planned",
        )
    if team_ids is not None:
        query = query.where(Series.team_id.in_(team_ids))
    found = list(session.scalars(query.order_by(Release.id)))
    states = {} if at is None else states_at([release.id for release in found], at)
    late = []
    for release in found:
        state = release.state if at is None else states.get(release.id, release.state)
        due = due_out(release) if at is None else due_at(release, at)
        if state in TO_COME and due is not None and due <= moment:
            late.append(
                Waiting(release.id, release.title, release.series.name, release.series.team_id, due)
            )
    return sorted(late, key=lambda one: (one.due, one.id))


def states_at(ids: Iterable[int], at: datetime) -> Mapping[int, str]:
    """The state of each release at that instant, where history knows it."""
    about = {f"release:{id_}": id_ for id_ in ids}
    query = select(History.object, History.at, History.data)
    query = query.where(among(History.object, list(about))).order_by(History.seq)
    found: dict[int, str] = {}
    for name, when, data in session.execute(query):
        if "now_is" in data and when <= at:
            found[about[name]] = data["now_is"]
        elif "was" in data and when > at:
            found.setdefault(about[name], data["was"])
    return found


def due_at(release: Release, at: datetime) -> datetime | None:
    """When it had to be out, by the date that stood at that instant."""
    day, wall, precision = date_at(release, at)
    then = Release(day=day, wall_time=wall, precision=precision)
    then.at = instant(day, wall, precision)
    return due_out(then)


def date_at(release: Release, at: datetime) -> tuple[date | None, time | None, str]:
    """Day, wall time and precision as users had been told them at that instant."""
    since = [change for change in release.date_changes if change.announced_at > at]
    if not since:
        return release.day, release.wall_time, release.precision
    return since[0].from_date, since[0].from_time, since[0].from_precision
