"""What teams have said of series for which nothing is planned; silence is told too."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import NamedTuple

from sqlalchemy import func, select

from notifier.catalogue.models import Series
from notifier.clock import london_date
from notifier.notices.models import ChangeNotice, notice_series
from notifier.notices.rules import OPEN, PUBLIC
from notifier.store.db import session


class Statement(NamedTuple):
    """``on`` is the London day on which the team last said so, None when it never did.

    ``overtaken`` says that a change was announced since, so that the words no longer hold.
    """

    series: Series
    on: date | None
    overtaken: bool


def quiet(series: Collection[Series]) -> list[Statement]:
    """A statement for each of the series that has no open change, in the order given."""
    busy, last = with_open_changes(), announced_last()
    return [statement(one, last.get(one.id)) for one in series if one.id not in busy]


def of(series: Series) -> Statement:
    """What stands about one series."""
    return statement(series, announced_last().get(series.id))


def statement(series: Series, announced: date | None) -> Statement:
    said = series.nothing_planned_on
    overtaken = said is not None and announced is not None and announced > said
    return Statement(series, said, overtaken)


def with_open_changes() -> set[int]:
    """Ids of the series for which a change is announced and not yet there."""
    query = select(notice_series.c.series_id).join(
        ChangeNotice, ChangeNotice.id == notice_series.c.notice_id
    )
    return set(session.scalars(query.where(ChangeNotice.state.in_(OPEN))))


def announced_last() -> dict[int, date]:
    """The London day of the last announcement about each series, by id."""
    query = (
        select(notice_series.c.series_id, func.max(ChangeNotice.first_public_at))
        .join(ChangeNotice, ChangeNotice.id == notice_series.c.notice_id)
        .where(ChangeNotice.state.in_(PUBLIC))
        .group_by(notice_series.c.series_id)
    )
    return {id_: london_date(at) for id_, at in session.execute(query) if at is not None}
