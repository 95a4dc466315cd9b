"""What was said in consultations, and by whom, beside who follows; confirmed answers only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from notifier.audience.headcount import by_user_type
from notifier.catalogue import queries as catalogue
from notifier.clock import london_date
from notifier.notices import queries
from notifier.notices.consult import is_open, period
from notifier.notices.models import Answer, ChangeNotice
from notifier.notices.promises import audience_of
from notifier.notices.rules import OPEN
from notifier.store.db import session


@dataclass(frozen=True)
class Turnout:
    """One user type: its slug and name, how many of it follow the change, how many answered, and
    whether a topic of the change is meant for it."""

    user_type: str
    name: str
    followers: int
    answers: int
    intended: bool = False

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def open_consultations(
    now: datetime,
    *,
    series_ids: Collection[int] | None = None,
    team_id: int | None = None,
) -> list[ChangeNotice]:
    """Those that take answers now, the soonest to close first; of some series, of a team, or (given
    both) of either."""
    if team_id is not None:
        own = {series.id for series in catalogue.all_series() if series.team_id == team_id}
        series_ids = own | set(series_ids or ())
    query = queries.public(series_ids).where(
        ChangeNotice.state.in_(OPEN), ChangeNotice.decision != "decided"
    )
    found = [notice for notice in session.scalars(query) if is_open(notice, now)]
    return sorted(found, key=lambda notice: (period(notice)[1] or london_date(now), notice.id))


def given(notice: ChangeNotice) -> list[Answer]:
    """The confirmed answers, oldest first; of each person the one that they confirmed last."""
    query = select(Answer).where(Answer.notice_id == notice.id, Answer.confirmed_at.is_not(None))
    rows = session.scalars(query.order_by(Answer.confirmed_at, Answer.id))
    latest = {row.subscriber_id: row for row in rows}
    return sorted(latest.values(), key=lambda row: (row.confirmed_at or row.created_at, row.id))


def answers_by_type(notice: ChangeNotice) -> dict[int, int]:
    """How many people answered, by id of the user type that they gave with their answer."""
    return Counter(row.user_type_id for row in given(notice))


def followers_by_type(notice: ChangeNotice) -> dict[int, int]:
    """How many people its announcement would reach now, by id of their user type."""
    return by_user_type(audience_of(notice, "announce"))


def turnout(notice: ChangeNotice, *, followers: dict[int, int] | None = None) -> list[Turnout]:
    """Who answered against who follows, one row for each user type of the catalogue, in its order.

    ``followers`` are those of ``followers_by_type`` where they were counted before: with a million
    people that count takes a third of a second.
    """
    follow = followers_by_type(notice) if followers is None else followers
    answered = answers_by_type(notice)
    meant = {kind.id for series in notice.series for t in series.topics for kind in t.intended}
    return [
        Turnout(
            kind.slug,
            kind.name,
            follow.get(kind.id, 0),
            answered.get(kind.id, 0),
            kind.id in meant,
        )
        for kind in catalogue.user_types()
    ]
