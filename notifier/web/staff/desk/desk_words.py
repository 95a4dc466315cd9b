"""The one sentence under the title of the desk."""

from __future__ import annotations

from collections.abc import Collection

from notifier.insight.needs import Need
from notifier.notices.owed import Owed
from notifier.web.staff.desk.need_words import SOON

WORDS = [
    "no",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
]


def sentence(mine: Collection[Need], going: int, owed: Collection[Owed]) -> tuple[str, str]:
    """The answer, which is set in bold, and the rest."""
    rest = (
        [f"{counted(going, 'message is', 'messages are').capitalize()} going out."] if going else []
    )
    told = [row for row in owed if row.what in ("announce", "notice") and row.days_left is not None]
    short = [row for row in told if (row.days_left or 0) < 0]
    soon = [row for row in told if 0 <= (row.days_left or 0) <= SOON]
    parts = []
    if short:
        parts.append(
            counted(
                len(short), "change is short of its notice", "changes are short of their notice"
            )
        )
    if soon:
        must = "must be public within a fortnight"
        noun = "" if short else (" change" if len(soon) == 1 else " changes")
        parts.append(f"{word(len(soon))}{noun} {must}")
    if parts:
        rest.append(", and ".join(parts).capitalize() + ".")
    return answer(len(mine)), " ".join(rest)


def answer(number: int) -> str:
    if not number:
        return "Nothing needs you."
    return f"{counted(number, 'thing needs', 'things need').capitalize()} you."


def counted(number: int, one: str, many: str) -> str:
    """ "six things", "14 things"."""
    return f"{word(number)} {one if number == 1 else many}"


def word(number: int) -> str:
    return WORDS[number] if number < len(WORDS) else f"{number:,}"
