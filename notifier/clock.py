"""The one place that reads the time, and the one that makes instants of London wall time."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from importlib.resources import files
from time import monotonic
from time import sleep as time_sleep
from zoneinfo import ZoneInfo

from dateutil.easter import easter
from dateutil.relativedelta import MO, relativedelta

LONDON = ZoneInfo("Europe/London")
RELEASE_TIME = time(9, 30)  # the standard time of official statistics in the UK
SEND_TIME = time(10, 30)  # dated messages follow the 09:30 wave, DOMAIN.md section 4
SATURDAY = 5  # and Sunday is 6
# By the weekday of Christmas Day: the days off for it and Boxing Day, where one is on a weekend.
CHRISTMAS = {4: (25, 28), 5: (27, 28), 6: (26, 27)}

Now = Callable[[], datetime]
Sleep = Callable[[float], None]


def now() -> datetime:
    """The current instant, in UTC."""
    return datetime.now(UTC)


def elapsed() -> float:
    """Seconds on a clock that never jumps, for durations only."""
    return monotonic()


def sleep(seconds: float) -> None:
    """Let so much time pass."""
    time_sleep(seconds)


def at_london(day: date, wall: time = RELEASE_TIME) -> datetime:
    """The instant (UTC) at which London's clocks show ``wall`` on ``day``.

    A wall time that the spring change skips is taken an hour later; one that the autumn change
    repeats is the first of the two (PEP 495, fold=0).
    """
    return datetime.combine(day, wall, tzinfo=LONDON).astimezone(UTC)


def london_date(instant: datetime) -> date:
    """The calendar date in London at ``instant``."""
    return instant.astimezone(LONDON).date()


def london_time(instant: datetime) -> time:
    """The wall time in London at ``instant``, without zone."""
    return instant.astimezone(LONDON).time()


@cache
def bank_holidays() -> frozenset[date]:
    """Bank holidays of England and Wales, from the data that the library carries (no network).

    Its code is not imported: it brings requests along, 6 MB and 60 ms of each process.
    """
    kept = json.loads((files("govuk_bank_holidays") / "bank-holidays.json").read_text("utf-8"))
    return frozenset(date.fromisoformat(day["date"]) for day in kept["england-and-wales"]["events"])


@cache
def last_known_year() -> int:
    return max(bank_holidays()).year


@cache
def fixed_holidays(year: int) -> frozenset[date]:
    """The bank holidays that a year in England and Wales has by rule, with their substitutes.

    Banking and Financial Dealings Act 1971, with the days proclaimed each year since 1974 and 1978.
    Single days, such as for a coronation, are in no rule.
    """
    sunday, new_year = easter(year), date(year, 1, 1)
    first, last = relativedelta(weekday=MO(1)), relativedelta(day=31, weekday=MO(-1))
    winter = CHRISTMAS.get(date(year, 12, 25).weekday(), (25, 26))
    return frozenset(
        [
            new_year + first if new_year.weekday() >= SATURDAY else new_year,
            sunday - timedelta(days=2),
            sunday + timedelta(days=1),
            date(year, 5, 1) + first,
            date(year, 5, 1) + last,
            date(year, 8, 1) + last,
            *(date(year, 12, day) for day in winter),
        ]
    )


def is_working_day(day: date) -> bool:
    """Monday to Friday, not a bank holiday in England and Wales."""
    known = bank_holidays() if day.year <= last_known_year() else fixed_holidays(day.year)
    return day.weekday() < SATURDAY and day not in known


def working_day_before(day: date) -> date:
    """``day`` itself if it is a working day, else the last working day before it."""
    while not is_working_day(day):
        day -= timedelta(days=1)
    return day


def working_day_after(day: date) -> date:
    """``day`` itself if it is a working day, else the first working day after it."""
    while not is_working_day(day):
        day += timedelta(days=1)
    return day


def add_working_days(day: date, count: int) -> date:
    """The working day that is ``count`` working days after ``day``."""
    for _ in range(count):
        day = working_day_after(day + timedelta(days=1))
    return day
