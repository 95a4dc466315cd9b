"""How long a copy of anything public may be kept, so that nobody waits for what is out."""

from __future__ import annotations

from datetime import datetime

from notifier.feeds.horizon import next_midnight
from notifier.newsletters import queries as newsletters
from notifier.notices import queries as notices
from notifier.releases import queries as releases

LONGEST = 30  # seconds


def max_age(now: datetime) -> int:
    """Whole seconds, 30 at most, and never past the next instant at which something comes out."""
    return seconds(now, until=next_instant(now))


def next_instant(now: datetime) -> datetime:
    """When something that is public comes out, or changes by the calendar alone, at the earliest:
    at the next midnight in London, when days are counted anew, or before."""
    planned = (
        releases.next_instant(now),
        notices.next_effect(now),
        newsletters.next_issue(now),
        next_midnight(now),
    )
    return min(instant for instant in planned if instant is not None)


def seconds(now: datetime, *, until: datetime) -> int:
    return min(LONGEST, int((until - now).total_seconds()))
