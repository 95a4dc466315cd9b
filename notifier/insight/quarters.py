"""Quarters of the calendar, London time, and moments of the past as people ask for them. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from notifier.clock import at_london, london_date

SLUG = re.compile(r"(\d{4})-Q([1-4])", re.ASCII)
EARLIEST, LATEST = 1990, 2200  # years; nothing older was ever announced by mail
MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July", "August", "September"),
    *("October", "November", "December"),
)


@dataclass(frozen=True, order=True)
class Quarter:
    """``number`` is 1 to 4."""

    year: int
    number: int

    @property
    def slug(self) -> str:
        return f"{self.year}-Q{self.number}"

    @property
    def first(self) -> date:
        return date(self.year, 3 * self.number - 2, 1)

    @property
    def last(self) -> date:
        return self.next.first - timedelta(days=1)

    @property
    def begins(self) -> datetime:
        return at_london(self.first, time.min)

    @property
    def ends(self) -> datetime:
        """The first instant that is not in it any more."""
        return self.next.begins

    @property
    def next(self) -> Quarter:
        return self.back(-1)

    @property
    def words(self) -> str:
        """ "July to September 2026"."""
        return f"{MONTHS[self.first.month - 1]} to {MONTHS[self.first.month + 1]} {self.year}"

    @property
    def short(self) -> str:
        """ "Jul–Sep 2026"."""
        first, last = MONTHS[self.first.month - 1], MONTHS[self.first.month + 1]
        return f"{first[:3]}–{last[:3]} {self.year}"

    def back(self, count: int) -> Quarter:
        """The quarter so many before this one."""
        year, number = divmod(4 * self.year + self.number - 1 - count, 4)
        return Quarter(year, number + 1)

    def holds(self, instant: datetime | None) -> bool:
        return instant is not None and self.begins <= instant < self.ends


def quarter_of(day: date) -> Quarter:
    return Quarter(day.year, (day.month - 1) // 3 + 1)


def read(text: str) -> Quarter | None:
    """ "2026-Q3"; None for anything else."""
    found = SLUG.fullmatch(text)
    if found is None or not EARLIEST <= int(found[1]) <= LATEST:
        return None
    return Quarter(int(found[1]), int(found[2]))


def last_ones(count: int, *, until: Quarter) -> list[Quarter]:
    """So many quarters up to and with that one, oldest first."""
    return [until.back(number) for number in range(count - 1, -1, -1)]


def end_of(day: date) -> datetime:
    """The last instant of a London day that is told apart from the next."""
    return at_london(day + timedelta(days=1), time.min) - timedelta(microseconds=1)


def as_of(text: str, *, now: datetime) -> datetime | None:
    """The end of a day that is over; None for today. Raises ValueError for what is no day of the
    past."""
    day, today = date.fromisoformat(text), london_date(now)
    if day > today or day.year < EARLIEST:
        raise ValueError(text)
    return None if day == today else end_of(day)
