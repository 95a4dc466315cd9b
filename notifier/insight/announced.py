"""What was announced and what took effect, with how much notice: by quarter, for teams or all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from notifier.catalogue.models import Series
from notifier.clock import london_date
from notifier.insight.notice_given import DID_NOT_HAPPEN, KEPT, TOLD_AT_ONCE, TOOK_EFFECT
from notifier.insight.quarters import Quarter
from notifier.insight.stood import Stood
from notifier.notices.agree import SHORT
from notifier.store.db import session
from notifier.store.once import once

TAKEN_BACK = "retracted"  # published in error: it announced nothing


@dataclass(frozen=True)
class Told:
    """One change. ``verdict`` is None while it has no day; ``teams`` are those of its series."""

    stood: Stood
    announced: date
    effect: date | None
    days: int | None
    verdict: str | None
    teams: frozenset[int]

    @property
    def kept(self) -> bool:
        return self.verdict in KEPT

    @property
    def reason(self) -> str:
        """The public reason for short notice; "" where the promise was kept or nobody gave one."""
        return self.stood.reason if self.verdict in SHORT else ""


@dataclass(frozen=True)
class Count:
    """How many changes, by verdict. ``undated`` have no day to count to yet; ``explained`` are
    those told late with a public reason."""

    total: int
    on_time: int
    met: int
    short: int
    same_day: int
    after: int
    undated: int
    explained: int

    @property
    def kept(self) -> int:
        return self.on_time + self.met

    @property
    def late(self) -> int:
        return self.short + self.same_day + self.after


def told(found: Iterable[Stood], teams: Collection[int] | None = None) -> list[Told]:
    """Changes of the teams, or all: without corrections, which cannot be told ahead, and without
    what was published in error and taken back."""
    of = team_of()
    rows = [
        Told(
            stood=one,
            announced=london_date(one.first_public_at),
            effect=london_date(one.effect_at) if one.effect_at else None,
            days=one.lead_days,
            verdict=one.verdict,
            teams=frozenset(of[id_] for id_ in one.series if id_ in of),
        )
        for one in found
        if one.class_ != TOLD_AT_ONCE and one.state != TAKEN_BACK
    ]
    return rows if teams is None else [row for row in rows if not row.teams.isdisjoint(teams)]


def of_teams(found: Iterable[Stood], teams: Collection[int]) -> list[Stood]:
    """Those that are about a series of one of the teams; corrections, too."""
    of = team_of()
    return [one for one in found if any(of.get(id_) in teams for id_ in one.series)]


@once
def team_of() -> dict[int, int]:
    """The team of each series, by id."""
    return {row.id: row.team_id for row in session.execute(select(Series.id, Series.team_id))}


def announced_in(quarter: Quarter, rows: Iterable[Told]) -> list[Told]:
    """By the day of their first public word."""
    found = [row for row in rows if quarter.holds(row.stood.first_public_at)]
    return sorted(found, key=lambda row: (row.stood.first_public_at, row.stood.id))


def effective_in(quarter: Quarter, rows: Iterable[Told], *, now: datetime) -> list[Told]:
    """By the day on which they took effect: what ``notice_given`` counts, by quarter."""
    return [
        row
        for row in rows
        if row.stood.state in TOOK_EFFECT
        and row.stood.outcome not in DID_NOT_HAPPEN
        and quarter.holds(row.stood.effect_at)
        and row.stood.effect_at is not None
        and row.stood.effect_at <= now
    ]


def count(rows: Collection[Told]) -> Count:
    by = Counter(row.verdict for row in rows)
    return Count(
        total=len(rows),
        on_time=by["on_time"],
        met=by["met"],
        short=by["short"],
        same_day=by["same_day"],
        after=by["after"],
        undated=by[None],
        explained=sum(bool(row.reason) for row in rows),
    )
