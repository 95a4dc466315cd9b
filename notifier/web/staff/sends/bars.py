"""How fast a Send went, as bars."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from notifier.delivery.breakdown import pace
from notifier.sends.models import Send


@dataclass(frozen=True)
class Bars:
    """Heights in percent of the highest; ``words`` say what one bar is."""

    heights: list[int]
    words: str
    most: str


def bars(send: Send, *, now: datetime) -> Bars | None:
    """None before anybody was tried."""
    found = pace(send, now=now)
    if found is None or not any(found.people):
        return None
    most = max(found.people)
    heights = [max(round(100 * each / most), 2) if each else 0 for each in found.people]
    unit_words = UNITS.get(found.seconds, f"{found.seconds} seconds")
    return Bars(heights, f"Messages over time, each bar {unit_words}", f"{most:,}")


UNITS = {1: "1 second", 60: "1 minute", 300: "5 minutes", 600: "10 minutes", 3600: "1 hour"}
UNITS |= {14_400: "4 hours", 86_400: "1 day", 10_000_000: "the whole time"}
