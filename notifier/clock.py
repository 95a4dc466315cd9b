"""The one place that reads the time, and the one that makes instants of London wall time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from time import monotonic
from time import sleep as time_sleep
from zoneinfo import ZoneInfo

from govuk_bank_holidays.bank_holidays import BankHolidays

LONDON = ZoneInfo("Europe/London")
RELEASE_TIME = time(9, 30)  # the standard time of official statistics in the UK
SEND_TIME = time(10, 30)  # dated messages follow the 09:30 wave, DOMAIN.md section 4

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
    """Bank holidays of England and Wales, from the data that the library carries (no network)."""
    library = BankHolidays(use_cached_holidays=True)
    return frozenset(
        holiday["date"] for holiday in library.get_holidays(division=BankHolidays.ENGLAND_AND_WALES)
    )


def is_working_day(day: date) -> bool:
    """Monday to Friday, not a bank holiday in England and Wales."""
    return day.weekday() < 5 and day not in bank_holidays()


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
