"""When something was done, as narrow columns say it."""

from __future__ import annotations

from datetime import date, datetime

from notifier.clock import london_date, london_time
from notifier.render import dates


def stamped(at: datetime, today: date) -> str:
    """ "16:05 today", "16:05, 18 January", and with its year where that is another one."""
    day = london_date(at)
    wall = f"{london_time(at):%H:%M}"
    if day == today:
        return f"{wall} today"
    words = dates.past(day)
    return f"{wall}, {words if day.year != today.year else words.rsplit(' ', 1)[0]}"
