"""What kinds of things somebody wants, and how often each: one small number per person. Pure.

Two bits for each kind (off, at once, daily, weekly) and one more that keeps change notices down to
those that break scripts. It stands in ``reach``, so that the receivers query needs no join.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from notifier.errors import Refused

KINDS = ("release", "date_change", "change", "correction", "newsletter", "consultation")
RHYTHMS = ("off", "immediate", "daily", "weekly")
OFF, IMMEDIATE, DAILY, WEEKLY = range(4)
# A moved date and a correction are told within a day (DOMAIN.md, classes H and I): never by digest.
URGENT = ("date_change", "correction")
MACHINES_ONLY = 1 << 2 * len(KINDS)  # of change notices only what breaks scripts


def pack(rhythms: Mapping[str, str], *, machines_only: bool = False) -> int:
    """The number for a rhythm per kind; a kind that is not named comes at once.

    Raises Refused for a kind or rhythm that there is not.
    """
    for kind, rhythm in rhythms.items():
        if kind not in KINDS:
            raise Refused(f"There is no kind {kind[:40]!r}; use {', '.join(KINDS)}.")
        if rhythm not in RHYTHMS:
            raise Refused(f"How often must be one of {', '.join(RHYTHMS)}, not {rhythm[:40]!r}.")
    packed = MACHINES_ONLY if machines_only else 0
    for place, kind in enumerate(KINDS):
        number = RHYTHMS.index(rhythms.get(kind, "immediate"))
        if kind in URGENT and number:
            number = IMMEDIATE
        packed |= number << 2 * place
    return packed


def unpack(packed: int) -> dict[str, str]:
    """The rhythm of each kind, in the order of ``KINDS``."""
    return {kind: RHYTHMS[packed >> 2 * place & 3] for place, kind in enumerate(KINDS)}


def every(rhythm: str) -> int:
    """All kinds in one rhythm; what is urgent comes at once."""
    return pack(dict.fromkeys(KINDS, rhythm))


def mask(kinds: Iterable[str], rhythm: int = 3) -> int:
    """The bits of these kinds that say ``rhythm``; by default both bits of each."""
    return sum(rhythm << 2 * KINDS.index(kind) for kind in kinds)


def rhythm_of(packed: int, kinds: Iterable[str]) -> str:
    """How soon something that is of any of these kinds comes: its soonest rhythm, or off."""
    found = [packed >> 2 * KINDS.index(kind) & 3 for kind in kinds]
    return RHYTHMS[min((each for each in found if each), default=OFF)]


def heard(packed: int, kinds: Iterable[str], *, breaks_machines: bool) -> list[str]:
    """Those of the kinds of a thing that count for a person: a change that breaks no scripts is
    none for who wants only those."""
    narrowed = packed & MACHINES_ONLY and not breaks_machines
    return [kind for kind in kinds if kind != "change" or not narrowed]


def wants(packed: int, kinds: Iterable[str], *, breaks_machines: bool) -> bool:
    """Whether a person has not turned off all of these kinds; ``conditions.wants`` asks the same of
    the database."""
    named = heard(packed, kinds, breaks_machines=breaks_machines)
    return rhythm_of(packed, named) != RHYTHMS[OFF]


def written(packed: int) -> str:
    """As a cell of a CSV file: one word where every kind has it, else each that differs from "at
    once": ``change=off;newsletter=weekly;machines-only``."""
    for rhythm in RHYTHMS:
        if packed == every(rhythm):
            return rhythm
    parts = [f"{kind}={each}" for kind, each in unpack(packed).items() if each != "immediate"]
    return ";".join([*parts, *(["machines-only"] if packed & MACHINES_ONLY else [])])


def read(text: str) -> int:
    """The reverse of ``written``; an empty cell is everything at once. Raises Refused."""
    text = text.strip() or "immediate"
    if text in RHYTHMS:
        return every(text)
    rhythms, machines_only = {}, False
    for part in filter(None, (each.strip() for each in text.split(";"))):
        kind, equals, rhythm = part.partition("=")
        if part == "machines-only":
            machines_only = True
        elif not equals:
            raise Refused(f"frequency must be one of {', '.join(RHYTHMS[1:])}, or kind=rhythm")
        else:
            rhythms[kind.strip()] = rhythm.strip()
    return pack(rhythms, machines_only=machines_only)
