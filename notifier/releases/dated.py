"""A date of a release and how exact it is, read from what a person types. Pure."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from typing import NamedTuple

from notifier.catalogue.document import EARLIEST, LATEST, day_and_wall
from notifier.clock import RELEASE_TIME, at_london
from notifier.errors import Refused
from notifier.releases.rules import direction, instant, window

WEEK = re.compile(r"(\d{4})-W(\d{2})", re.IGNORECASE)
MONTH = re.compile(r"(\d{4})-(\d{2})")
QUARTER = re.compile(r"(\d{4})[- ]?Q([1-4])", re.IGNORECASE)
EXAMPLES = {
    "datetime": "2027-03-25 09:30",
    "date": "2027-03-25",
    "week": "2027-W12",
    "month": "2027-03",
    "quarter": "2027-Q1",
}
SAID = {"date": "a day", "week": "a week", "month": "a month", "quarter": "a quarter"}
GIVEN = (*EXAMPLES, "no_later_than")  # precisions that a person may ask for, finest first


class Dated(NamedTuple):
    """``day`` is the first of a week, month or quarter; ``wall`` (London) only of an exact time."""

    day: date
    wall: time | None
    precision: str

    @property
    def last(self) -> date:
        """The last day that it may mean."""
        return window(self.day, self.precision)[1]

    def earliest(self, wall: time) -> datetime:
        """The earliest instant that it allows; ``wall`` is the time where none is said."""
        at = instant(self.day, self.wall or wall, self.precision)
        return at or at_london(self.day, wall)

    def latest(self, wall: time) -> datetime:
        return at_london(self.last, self.wall or wall)


def exact(day: date, wall: time = RELEASE_TIME) -> Dated:
    return Dated(day, wall, "datetime")


def read(text: str, precision: str | None = None, *, today: date) -> Dated:
    """ "2027-03-25 09:30" is exact, "2027-03-25" a day, "2027-W12", "2027-03" and "2027-Q1" a week
    [ISO 8601], a month and a quarter. ``precision`` makes it vaguer, never more exact.

    Raises Refused for what is no date, and for a precision finer than the text.
    """
    typed = as_typed(text.strip(), today)
    if typed is None or not EARLIEST <= typed.day <= LATEST:
        examples = ", ".join(list(EXAMPLES.values())[:-1])
        raise Refused(
            f"the date: {text[:40]!r} is no date; write {examples} or {EXAMPLES['quarter']}."
        )
    if precision is None or precision == typed.precision:
        return typed
    if typed.wall is not None:
        raise Refused(
            f"{text.strip()!r} has a time, so it is exact; leave out the time, or --precision."
        )
    if precision == "no_later_than":
        return Dated(typed.last, None, precision)
    if GIVEN.index(precision) < GIVEN.index(typed.precision):
        raise Refused(
            f"{text.strip()!r} says {SAID[typed.precision]} and no more; write it as "
            f"{EXAMPLES[precision]}, or leave out --precision."
        )
    return Dated(window(typed.day, precision)[0], None, precision)


def as_typed(text: str, today: date) -> Dated | None:
    """The date with the precision that its form says; None for what is no date."""
    try:
        if match := WEEK.fullmatch(text):
            return Dated(date.fromisocalendar(int(match[1]), int(match[2]), 1), None, "week")
        if match := MONTH.fullmatch(text):
            return Dated(date(int(match[1]), int(match[2]), 1), None, "month")
        if match := QUARTER.fullmatch(text):
            return Dated(date(int(match[1]), 3 * int(match[2]) - 2, 1), None, "quarter")
    except ValueError:
        return None
    found = day_and_wall(text, today)
    if found is None:
        return None
    return Dated(*found, "date" if found[1] is None else "datetime")


def how(before: Dated, after: Dated) -> str:
    """How a date changed: ``rules.direction``, and by the clock where the day is the same."""
    if (before.day, before.precision) == (after.day, after.precision):
        return "later" if (after.wall or time.min) > (before.wall or time.min) else "earlier"
    return direction(before[::2], after[::2])
