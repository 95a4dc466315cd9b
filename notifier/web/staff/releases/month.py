"""One month of a team's releases as weeks of days."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from notifier.clock import is_working_day
from notifier.releases.models import Release
from notifier.render import dates
from notifier.web.public.releases.calendar_month import last_of, touches
from notifier.web.staff.releases.listing import Row

EXACT = ("datetime", "date", "no_later_than")


@dataclass(frozen=True)
class Day:
    number: int
    words: str
    off: str
    today: bool
    other: bool
    past: bool
    rows: list[Row] = field(default_factory=list)


def draw(
    shown: Iterable[tuple[Release, Row]], first: date, today: date
) -> tuple[list[list[Day]], list[Row]]:
    """The weeks, and the editions that come in the month on a day that is not known."""
    by_day: dict[date, list[Row]] = {}
    vague = []
    for release, row in shown:
        if release.day is None:
            continue
        if release.precision in EXACT:
            by_day.setdefault(release.day, []).append(row)
        elif touches(release.day, release.precision, first):
            vague.append(row)
    monday, weeks = first - timedelta(days=first.weekday()), []
    while monday <= last_of(first):
        days = [monday + timedelta(days=number) for number in range(7)]
        weeks.append([one(day, first, today, by_day.get(day, [])) for day in days])
        monday += timedelta(days=7)
    return weeks, vague


def one(day: date, first: date, today: date, rows: list[Row]) -> Day:
    off = "" if is_working_day(day) else "Weekend" if day.weekday() > 4 else "Bank holiday"
    return Day(
        number=day.day,
        words=dates.full(day),
        off=off,
        today=day == today,
        other=day.month != first.month,
        past=day < today,
        rows=rows,
    )
