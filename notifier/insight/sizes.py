"""How many people what is planned would reach today: counted once in a while, not at each look."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from notifier.audience.receivers import Audience, count

KEPT = timedelta(minutes=10)
MOST = 2_000  # audiences; beyond, the oldest are forgotten
AT_ONCE = 4  # counts for one page; the pages that follow count the rest


class Sizes:
    """Kept by one process. With 100,000 people a count takes 15 to 30 ms, and two weeks may hold
    forty; what was counted less than ten minutes ago is good enough for a calendar."""

    def __init__(self) -> None:
        self.found: dict[str, tuple[datetime, int]] = {}

    def of(
        self, audiences: Iterable[Mapping[str, Any] | None], *, now: datetime
    ) -> list[int | None]:
        """People whom each would reach, in order; an older number, or None, for what is not counted
        this time, and None for what has no audience yet."""
        wanted = [json.dumps(each, sort_keys=True) if each else "" for each in audiences]
        due = [key for key in dict.fromkeys(wanted) if key and self.is_due(key, now)]
        for key in due[:AT_ONCE]:
            self.keep(key, count(Audience.of(json.loads(key))), now=now)
        return [self.found[key][1] if key in self.found else None for key in wanted]

    def is_due(self, key: str, now: datetime) -> bool:
        return key not in self.found or now - self.found[key][0] >= KEPT

    def keep(self, key: str, people: int, *, now: datetime) -> None:
        if key not in self.found and len(self.found) >= MOST:
            del self.found[min(self.found, key=lambda each: self.found[each][0])]
        self.found[key] = (now, people)
