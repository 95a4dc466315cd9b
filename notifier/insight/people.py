"""How many people there are, of which user types and topics, and how that grew month by month."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Function, Select, func, literal_column, or_, select
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
    ends = [*firsts[1:], date.max]
    within = [
        func.count().filter(Reach.joined.between(first.toordinal(), end.toordinal() - 1))
        for first, end in zip(firsts, ends, strict=True)
    ]
    # One pass with twelve counts: to group by day took three times as long.
    numbers = session.execute(select(*within)).one()
    came = Counter({f"{day:%Y-%m}": number for day, number in zip(firsts, numbers, strict=True)})
    went: Counter[str] = Counter()
    for confirmed, ended, number in session.execute(gone(start)):
        came[confirmed] += number
        went[ended or ""] += number
    return [Month(day, came[f"{day:%Y-%m}"], went[f"{day:%Y-%m}"]) for day in firsts]


def gone(start: datetime) -> Select[str, str | None, int]:
    """(month of confirming, month of the end or None, people) of who had confirmed and gets nothing
    now, in one look at all people; months as "2026-11"."""
    confirmed, ended = monthly(Subscriber.confirmed_at), monthly(Subscriber.ended_at)
    return (
        select(confirmed, ended, func.count())
        .where(
            Subscriber.state.in_(("paused", "left", "suppressed", "erased")),
            or_(Subscriber.confirmed_at >= start, Subscriber.ended_at >= start),
            Subscriber.confirmed_at.is_not(None),
        )
        .group_by(confirmed, ended)
    )


def monthly(column: InstrumentedAttribute[datetime | None]) -> Function[str]:
    """The month of an instant in UTC, "2026-11"."""
    if session.get_bind().dialect.name == "postgresql":
        month: Function[str] = func.to_char(
            func.timezone("UTC", column), literal_column("'YYYY-MM'")
        )
        return month
    return func.strftime(literal_column("'%Y-%m'"), column)


def months(today: date) -> Iterator[date]:
    """The first days of the last twelve months, the present one last."""
    for back in reversed(range(MONTHS)):
        number = today.year * 12 + today.month - 1 - back
        yield date(number // 12, number % 12 + 1, 1)
