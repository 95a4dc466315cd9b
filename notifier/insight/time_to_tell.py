"""How soon users heard of what cannot be told ahead: moved dates, cancelled releases, corrections.

The promise is to tell within one working day of deciding (DOMAIN.md section 4, classes H and I).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from notifier.catalogue.models import Series
from notifier.clock import add_working_days, london_date
from notifier.insight.notice_given import TOLD_AT_ONCE, midnight
from notifier.insight.stood import Stood, changes
from notifier.releases.models import Release, ReleaseDateChange
from notifier.releases.queries import PUBLIC
from notifier.releases.rules import window
from notifier.store.db import session
from notifier.store.history import History

Told = tuple[datetime | None, datetime]  # decided (None: not known), announced


@dataclass(frozen=True)
class TimeToTell:
    """Counts. ``next_day`` is by the end of the next working day; ``later`` broke the promise."""

    same_day: int
    next_day: int
    later: int
    unknown: int  # when it was decided is not known

    @property
    def total(self) -> int:
        return self.same_day + self.next_day + self.later + self.unknown


def moved(year: int) -> TimeToTell:
    """Releases whose date moved or went away, and cancelled ones, announced in that year (London).

    A vague date that becomes exact within what it said is no move.
    """
    return moved_between(midnight(year), midnight(year + 1))


def moved_between(
    begins: datetime, ends: datetime, *, team_ids: Collection[int] | None = None
) -> TimeToTell:
    """The same for any time, and for the series of some teams."""
    moves = dates_moved(begins, ends, team_ids)
    return counted([*moves, *cancelled(begins, ends, team_ids)])


def corrected(year: int) -> TimeToTell:
    """Corrections announced in that year, from their approval; those taken back do not count."""
    return corrected_between(midnight(year), midnight(year + 1), found=changes())


def corrected_between(begins: datetime, ends: datetime, *, found: Iterable[Stood]) -> TimeToTell:
    """The same for any time, of those that are given."""
    return counted(
        (one.approved_at, one.first_public_at)
        for one in found
        if one.class_ == TOLD_AT_ONCE
        and one.state != "retracted"
        and begins <= one.first_public_at < ends
    )


def dates_moved(
    begins: datetime, ends: datetime, team_ids: Collection[int] | None = None
) -> list[Told]:
    query = (
        select(ReleaseDateChange)
        .join(ReleaseDateChange.release)
        .where(
            Release.state.in_(PUBLIC),
            ReleaseDateChange.announced_at >= begins,
            ReleaseDateChange.announced_at < ends,
        )
    )
    if team_ids is not None:
        query = query.join(Release.series).where(Series.team_id.in_(team_ids))
    return [(row.decided_at, row.announced_at) for row in session.scalars(query) if moves(row)]


def moves(change: ReleaseDateChange) -> bool:
    """Whether a day that users could count on is no longer true."""
    if change.from_date is None:
        return False
    if change.to_date is None or change.direction != "firmer":
        return True
    if change.from_precision == "no_later_than":
        return change.to_date > change.from_date
    first, last = window(change.from_date, change.from_precision)
    return not first <= change.to_date <= last


def cancelled(
    begins: datetime, ends: datetime, team_ids: Collection[int] | None = None
) -> list[Told]:
    """A cancellation is public at the commit that decides it; history has its instant."""
    query = select(Release.id).where(Release.state == "cancelled")
    if team_ids is not None:
        query = query.join(Release.series).where(Series.team_id.in_(team_ids))
    releases = session.scalars(query)
    ends_of = select(History.at).where(
        History.object.in_([f"release:{id_}" for id_ in releases]),
        History.action == "cancel",
        History.at >= begins,
        History.at < ends,
    )
    return [(at, at) for at in session.scalars(ends_of)]


def counted(found: Iterable[Told]) -> TimeToTell:
    same_day = next_day = later = unknown = 0
    for decided, announced in found:
        if decided is None:
            unknown += 1
        elif london_date(announced) <= london_date(decided):
            same_day += 1
        elif london_date(announced) <= add_working_days(london_date(decided), 1):
            next_day += 1
        else:
            later += 1
    return TimeToTell(same_day, next_day, later, unknown)
