"""How fast a Send goes, from what was seen of its counters: no row of its ledger is read for it."""

from __future__ import annotations

from collections import deque
from datetime import datetime, timedelta

from notifier.sends.models import Send

WINDOW = timedelta(seconds=60)
SHORTEST = timedelta(seconds=3)  # less tells nothing yet: results come in five times a second
MOST = 50  # Sends looked at; the oldest are forgotten


class Pace:
    """Kept by one process. Each look at a Send leaves its counter here for a minute; before there
    are two, the rate is that since it began."""

    def __init__(self) -> None:
        self.seen: dict[int, deque[tuple[datetime, int]]] = {}

    def per_second(self, send: Send, *, now: datetime) -> float:
        """People a second of whom something final became known."""
        known = send.audience - send.pending
        looks = self.looks(send.id)
        while looks and (now - looks[0][0] > WINDOW or looks[0][1] > known):
            looks.popleft()
        if not looks or now > looks[-1][0]:
            looks.append((now, known))
        first, before = looks[0]
        if now - first >= SHORTEST:
            return (known - before) / (now - first).total_seconds()
        begun = send.frozen_at or now
        return known / max((now - begun).total_seconds(), 1.0)

    def looks(self, send_id: int) -> deque[tuple[datetime, int]]:
        if send_id not in self.seen and len(self.seen) >= MOST:
            del self.seen[next(iter(self.seen))]
        return self.seen.setdefault(send_id, deque(maxlen=120))
