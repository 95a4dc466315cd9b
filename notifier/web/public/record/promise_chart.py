"""Where everything stands on the promise chart: percent of the way from 0 days to its end. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from itertools import chain, count

from notifier.insight.notice_given import Kind
from notifier.render import dates
from notifier.web.public.record import record_words

STEPS = (10, 20, 30, 60, 90, 180)  # days between two words of the axis; then whole years
MOST_WORDS = 4
APART = 2.0  # percent; closer dots would hide each other, so they go into lanes
LANES = (0, -12, 12)  # pixels from the middle of the row


@dataclass(frozen=True)
class Dot:
    at: float
    off: int  # pixels above (negative) or below the middle of the row
    late: bool


@dataclass(frozen=True)
class Tick:
    at: float
    word: str  # "" for a line without a word


@dataclass(frozen=True)
class Strip:
    name: str
    note: str
    promised: float
    dots: list[Dot]


@dataclass(frozen=True)
class Chart:
    ticks: list[Tick]
    strips: list[Strip]


def chart(kinds: Collection[Kind]) -> Chart | None:
    """None when there is nothing to draw. What was told after the fact stands at 0."""
    if not kinds:
        return None
    far = max(max(kind.minimum, *(c.days for c in kind.changes)) for kind in kinds)
    step = next(s for s in chain(STEPS, count(360, 360)) if far <= MOST_WORDS * s)
    half = step // 2
    end = max(half, -(-far // half) * half)
    ticks = [
        Tick(percent(day, end), "" if day % step else "0 days" if not day else str(day))
        for day in range(0, end + 1, half)
    ]
    return Chart(ticks, [strip(kind, end) for kind in kinds])


def strip(kind: Kind, end: int) -> Strip:
    note = f"{dates.days(kind.minimum)} promised · typical {record_words.number(kind.typical)}"
    return Strip(
        record_words.name(kind.class_), note, percent(kind.minimum, end), placed(kind, end)
    )


def placed(kind: Kind, end: int) -> list[Dot]:
    """A dot for each change; those that would hide each other side by side in lanes."""
    dots: list[Dot] = []
    for change in sorted(kind.changes, key=lambda c: c.days):
        at = percent(max(change.days, 0), end)
        taken = [dot.off for dot in dots if at - dot.at < APART]
        off = next((lane for lane in LANES if lane not in taken), LANES[0])
        dots.append(Dot(at, off, late=not change.kept))
    return dots


def percent(days: int, end: int) -> float:
    return round(100 * days / end, 2)
