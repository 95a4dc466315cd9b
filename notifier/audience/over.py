"""Following one change or one release ends when that is over; a change may have a successor."""

from __future__ import annotations

from datetime import datetime

from notifier.audience.confirm import follow
from notifier.audience.leave import leave
from notifier.audience.why import followers
from notifier.store.db import session
from notifier.store.history import SYSTEM

OVER = "it is over"
BATCH = 500  # people in one unit of work


def end_followers(
    *,
    now: datetime,
    notice_id: int | None = None,
    release_id: int | None = None,
    successor_id: int | None = None,
    reason: str = OVER,
    limit: int = BATCH,
) -> int:
    """End the subscriptions to one notice or one release, up to ``limit``; the person's others
    stay. Returns how many. With ``successor_id`` their people go on with that notice."""
    found = followers(notice_id=notice_id, release_id=release_id, limit=limit)
    for subscription in found:
        person = subscription.subscriber
        if successor_id is not None:
            follow(person, [], [], notices=[successor_id], now=now)
            session.flush()
        leave(person, [subscription], now=now, reason=reason, by=SYSTEM)
    return len(found)
