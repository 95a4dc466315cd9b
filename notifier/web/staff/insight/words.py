"""Small words that the pages of Insight share. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from notifier.insight.announced import Count
from notifier.web.staff.desk.desk_words import WORDS, counted

VERDICTS = {
    "on_time": "Best",
    "met": "Enough",
    "short": "Short",
    "same_day": "Same day",
    "after": "After",
}
TONES = {"short": "look", "same_day": "look", "after": "bad"}  # else neutral: as it should be
PARTS = {
    "on_time": "best",
    "met": "enough",
    "short": "short",
    "same_day": "same",
    "after": "after",
    "undated": "open",
}
KEY = [
    ("best", "Best: as early as we aim for"),
    ("enough", "Enough: as early as we promise"),
    ("short", "Short: later than we promise"),
    ("same", "Same day"),
    ("after", "After it happened"),
    ("open", "No day yet"),
]


def changes(number: int) -> str:
    """ "one change", "14 changes"."""
    return counted(number, "change", "changes")


def word(number: int) -> str:
    return WORDS[number] if number < len(WORDS) else f"{number:,}"


def some(number: int, of: int) -> str:
    """ "none", "all", "two": how many of several."""
    if not number:
        return "none"
    return "all" if number == of and of > 1 else word(number)


def capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def parts_of(found: Count) -> list[tuple[str, int]]:
    return [(kind, getattr(found, verdict)) for verdict, kind in PARTS.items()]


def share(part: int, whole: int) -> str:
    """ "98.7%"; cut off, never rounded up to a hundred; "–" of nothing."""
    if not whole:
        return "–"
    tenths = 1000 * part // whole
    return "100%" if tenths == 1000 else f"{tenths / 10:.1f}%"


def lasting(seconds: int | None) -> str:
    """ "40 seconds", "3 minutes", "2 hours", "4 days"; "–" for nobody."""
    if seconds is None:
        return "–"
    if seconds == 0:
        return "a second"
    for size, unit in ((86_400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= 2 * size or (seconds >= size and seconds % size == 0):
            whole = -(-seconds // size)
            return f"{whole:,} {unit}{'' if whole == 1 else 's'}"
    return f"{seconds} second{'' if seconds == 1 else 's'}"


def listed(words: Sequence[str]) -> str:
    """ "a, b and c"."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"
