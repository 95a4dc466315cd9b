"""What is known about one person and one message, and when it is tried again. Pure."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Literal

from notifier.sends.rules import State

WORDS = {
    State.WAITING: "waiting",
    State.ACCEPTED: "accepted",
    State.RETRYING: "trying again",
    State.UNCERTAIN: "unsure",
    State.BOUNCED: "bounced",
    State.FAILED: "failed",
    State.SKIPPED: "skipped",
    State.HELD: "held",
}
TERMINAL = (State.ACCEPTED, State.BOUNCED, State.FAILED, State.SKIPPED)
OPEN = (State.WAITING, State.RETRYING, State.UNCERTAIN)
COUNTER = {
    State.ACCEPTED: "accepted",
    State.BOUNCED: "bounced",
    State.FAILED: "failed",
    State.SKIPPED: "skipped",
}

GIVE_UP_AFTER = timedelta(hours=72)
LEASE = timedelta(seconds=30)
LONGEST_WAIT = 4 * 3600  # seconds
CHUNK_SMALLEST, CHUNK_LARGEST = 500, 5000

Result = Literal["accepted", "deferred", "refused", "uncertain"]


def changed(at: int, frozen: datetime) -> datetime:
    """When a row of the ledger last changed: 0 stands for the freeze of its Send."""
    return datetime.fromtimestamp(at, UTC) if at else frozen


def retry_at(tries: int, first_at: datetime, now: datetime) -> datetime | None:
    """When to try again after the ``tries``-th attempt: 30 to 60 s, then four times as long with
    jitter up to 4 h; None after 72 h (RFC 5321 section 4.5.4.1 asks for days, not minutes).
    """
    if now - first_at >= GIVE_UP_AFTER:
        return None
    base = min(45.0 * 4 ** min(max(tries - 1, 0), 5), LONGEST_WAIT)
    spread = random.uniform(2 / 3, 4 / 3) if base < LONGEST_WAIT else random.uniform(0.75, 1.0)  # noqa: S311 (jitter, no secret)
    return now + timedelta(seconds=min(base * spread, LONGEST_WAIT))


def chunk_size(audience: int) -> int:
    """Rows in a lease: about forty chunks, between 500 and 5,000; few people are one chunk."""
    return max(CHUNK_SMALLEST, min(CHUNK_LARGEST, audience // 40))
