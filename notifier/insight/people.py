"""How many people there are, of which user types and topics, and how that grew month by month."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute

from notifier.audience.headcount import by_user_type
from notifier.audience.models import Reach, Subscriber
from notifier.audience.receivers import Audience
from notifier.audience.segments_preview import by_topic
from notifier.catalogue import queries as catalogue
from notifier.clock import london_date
from notifier.store.db import session

MONTHS = 12


@dataclass(frozen=True)
class Month:
    """``day`` is its first; of the present one what has been. UTC months."""

    day: date
    came: int
    went: int


@dataclass(frozen=True)
class People:
    """``states`` has every state of ``rules.SUBSCRIBER`` that somebody is in; ``types`` and
    ``topics`` count who gets mail now, in the order of the catalogue, names to people: one person
    may follow several topics. ``idle`` are the types of which there is nobody."""

    states: dict[str, int]
    types: dict[str, int]
    topics: dict[str, int]
    months: list[Month]

    @property
    def active(self) -> int:
        return self.states.get("active", 0)

    @property
    def idle(self) -> list[str]:
        return [name for name, people in self.types.items() if not people]


def people(*, now: datetime) -> People:
    """The picture of the people as it is now."""
    query = select(Subscriber.state, func.count()).group_by(Subscriber.state)
    states = {state: number for state, number in session.execute(query)}  # noqa: C416
    everyone = Audience(everyone=True)
    types = by_user_type(everyone)
    topics = by_topic(everyone)
    return People(
        states=states,
        types={kind.name: types.get(kind.id, 0) for kind in catalogue.user_types()},
        topics=topics,
        months=growth(now=now),
    )


def growth(*, now: datetime) -> list[Month]:
    """The last twelve months, the oldest first: who confirmed, and who left or was stopped since
    they had.

    Who is there now is counted over ``reach``, which holds the day: half as dear as the people.
    """
    firsts = list(months(london_date(now)))
    start = datetime(firsts[0].year, firsts[0].month, 1, tzinfo=now.tzinfo)
    came: Counter[str] = Counter()
    joined = select(Reach.joined, func.count()).where(Reach.joined >= start.toordinal())
    for day, number in session.execute(joined.group_by(Reach.joined)):
        came[f"{date.fromordinal(day):%Y-%m}"] += number
    away = Subscriber.state.in_(("paused", "left", "suppressed", "erased"))
    came.update(monthly(Subscriber.confirmed_at, start, away))
    went = monthly(Subscriber.ended_at, start, away & Subscriber.confirmed_at.is_not(None))
    return [Month(day, came[f"{day:%Y-%m}"], went.get(f"{day:%Y-%m}", 0)) for day in firsts]


def monthly(
    column: InstrumentedAttribute[datetime | None], start: datetime, which: ColumnElement[bool]
) -> dict[str, int]:
    """How many of ``which`` people have the instant in each month ("2026-11") since ``start``."""
    if session.get_bind().dialect.name == "postgresql":
        month = func.to_char(func.timezone("UTC", column), "YYYY-MM")
    else:
        month = func.strftime("%Y-%m", column)
    query = select(month, func.count()).where(column >= start, which).group_by(month)
    return {name: number for name, number in session.execute(query)}  # noqa: C416


def months(today: date) -> Iterator[date]:
    """The first days of the last twelve months, the present one last."""
    for back in reversed(range(MONTHS)):
        number = today.year * 12 + today.month - 1 - back
        yield date(number // 12, number % 12 + 1, 1)
