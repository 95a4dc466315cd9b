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
    planned = (
        releases.next_instant(now),
        notices.next_effect(now),
        newsletters.next_issue(now),
        next_midnight(now),
    )
    left = [int((instant - now).total_seconds()) for instant in planned if instant is not None]
    return min(LONGEST, *left)
