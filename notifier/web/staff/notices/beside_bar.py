"""The bar of the lead-time meter: three named zones to the effect, a pin, the last day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from notifier.notices.agree import in_words
from notifier.notices.derive import Judged
from notifier.render import dates

BEFORE = 11 / 9  # of the target is shown: 220 days where 180 are best
NARROW = 13  # percent: a zone below it has no room for its word


@dataclass(frozen=True)
class Zone:
    """A part of the bar, in percent; ``word`` is empty where there is no room for it."""

    tone: str  # best | enough | short
    word: str
    x: float
    width: float


@dataclass(frozen=True)
class Mark:
    x: float
    words: str
    anchor: str  # start | middle | end


@dataclass(frozen=True)
class Bar:
    """From so many days before the effect to the effect. ``words`` says the picture."""

    zones: list[Zone]
    pin: Mark
    last: Mark
    target: Mark | None
    effect: Mark
    words: str


def bar(found: Judged, effect: date, days: int, *, public: bool) -> Bar:
    minimum, target = found.minimum_days, max(found.target_days, found.minimum_days)
    whole = max(round(target * BEFORE), minimum + 1)

    def at(left: int) -> float:
        return round(100 * (whole - min(max(left, 0), whole)) / whole, 1)

    parts = [("best", whole, target), ("enough", target, minimum), ("short", minimum, 0)]
    zones = []
    for tone, begins, ends in parts:
        width = round(at(ends) - at(begins), 1)
        if width > 0:
            zones.append(Zone(tone, tone if width >= NARROW else "", at(begins), width))
    pinned = f"Given, {days}" if public else f"Today, {days}"
    by = found.publish_by or effect
    last = mark(at(minimum), f"{minimum}, {short_day(by)}")
    first = mark(at(target), str(target)) if target > minimum else None
    if first is not None and last.x - first.x < 30:
        first = None  # their words would run into each other
    words = (
        f"{dates.days(target)} or more are best, {minimum} are enough, fewer are short. "
        f"{'It gave' if public else 'Today gives'} {days}. The last day is "
        f"{in_words(by)}; it takes effect on {in_words(effect)}."
    )
    return Bar(zones, mark(at(days), pinned), last, first, mark(100, short_day(effect)), words)


def mark(x: float, words: str) -> Mark:
    return Mark(x, words, "start" if x < 12 else "end" if x > 88 else "middle")


def short_day(day: date) -> str:
    """ "3 March"."""
    return in_words(day).rsplit(" ", 1)[0]
