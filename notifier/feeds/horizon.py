"""How far calendars and lists look: 90 days back and 12 months ahead, in London days. Pure."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from notifier.clock import at_london, london_date

BACK = timedelta(days=90)
AHEAD = timedelta(days=366)
MIDNIGHT = time(0)


def shown(first: date, last: date, *, now: datetime) -> bool:
    """Whether something that lasts from ``first`` to ``last`` is in sight."""
    today = london_date(now)
    return first <= today + AHEAD and last >= today - BACK


def turned(first: date, last: date, *, now: datetime) -> datetime | None:
    """The latest instant until ``now`` at which it came into sight or went out of it."""
    came = at_london(first - AHEAD, MIDNIGHT)
    went = at_london(last + BACK + timedelta(days=1), MIDNIGHT)
    return max((instant for instant in (came, went) if instant <= now), default=None)


def next_midnight(now: datetime) -> datetime:
    """When the days in sight change next."""
    return at_london(london_date(now) + timedelta(days=1), MIDNIGHT)
