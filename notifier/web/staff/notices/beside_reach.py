"""Who will hear of a notice, as bars and sentences."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from flask import current_app

from notifier.audience.kinds import DAILY
from notifier.catalogue import queries as catalogue
from notifier.clock import london_date, london_time
from notifier.insight.who_hears import FEW, Gap, Hearers, Hearing, hearing
from notifier.notices.as_public import as_public
from notifier.notices.models import ChangeNotice
from notifier.render import dates
from notifier.web.staff.sends.words import people

RHYTHMS = {DAILY: "daily"}
LANGUAGES = {"en": "English", "cy": "Welsh", "both": "both languages"}


@dataclass(frozen=True)
class Row:
    """``width`` in percent of the longest; ``gap`` is "few" or "no one" where one is."""

    name: str
    people: str
    width: int
    gap: str = ""


@dataclass(frozen=True)
class Reach:
    total: str
    lead: str
    rows: list[Row]
    topics: list[Row]
    depths: str
    languages: str
    at_once: str
    also_now: list[str]
    in_digest: list[str]
    gaps: str
    as_of: str


def hearers() -> Hearers:
    found: Hearers = current_app.extensions.setdefault("notifier.hearers", Hearers())
    return found


def reach(notice: ChangeNotice, *, now: datetime) -> Reach:
    found = hearing(as_public(notice, now=now), hearers(), now=now)
    counted = found.counted
    return Reach(
        total=f"{counted.total:,}",
        lead="person by mail" if counted.total == 1 else "people by mail",
        rows=rows(found),
        topics=through(found),
        depths=shares(counted.depths, {"headline": "headlines", "detail": "detail"}),
        languages=shares(counted.languages, LANGUAGES),
        at_once=at_once(found),
        also_now=also_now(found, now),
        in_digest=[digest(each, at, number) for each, at, number in found.in_digest],
        gaps=said(found.gaps),
        as_of=f"{london_time(now):%H:%M}",
    )


def rows(found: Hearing) -> list[Row]:
    """Most people first; then whom it is meant for and who hardly hear."""
    counts = found.counted.user_types
    longest = max(counts.values(), default=0)
    thin = {gap.user_type.id for gap in found.gaps}
    kinds = [(kind, counts.get(kind.id, 0)) for kind in catalogue.user_types()]
    heard = [(kind, n) for kind, n in kinds if n and kind.id not in thin]
    heard.sort(key=lambda pair: -pair[1])
    listed = [Row(kind.name, f"{n:,}", width(n, longest)) for kind, n in heard]
    few = [(gap.user_type.name, gap.people) for gap in found.gaps]
    few.sort(key=lambda pair: -pair[1])
    return [*listed, *(Row(name, f"{n:,}", 0, "few" if n else "no one") for name, n in few)]


def through(found: Hearing) -> list[Row]:
    counts = found.counted.topics
    longest = max(counts.values(), default=0)
    pairs = [(topic.name, counts.get(topic.id, 0)) for topic in found.topics]
    return [Row(name, f"{n:,}", width(n, longest)) for name, n in pairs]


def width(number: int, longest: int) -> int:
    return max(1, round(100 * number / longest)) if number and longest else 0


def shares(counts: dict[str, int], names: dict[str, str]) -> str:
    """ "1,591 in technical words, 1,011 in detail"; most first."""
    found = sorted(((n, names.get(key, key)) for key, n in counts.items() if n), reverse=True)
    return ", ".join(f"{n:,} {name}" for n, name in found)


def at_once(found: Hearing) -> str:
    if found.only_digest:
        return "Nobody: a minor change is told with the next digest."
    return f"{found.at_once:,} as they asked"


def also_now(found: Hearing, now: datetime) -> list[str]:
    """Who would wait for a digest that comes too late, and why."""
    listed = []
    for each, number in found.also_now.items():
        rhythm = RHYTHMS.get(each, "weekly")
        day = dates.short(london_date(found.too_late[each]))
        listed.append(
            f"{number:,} {rhythm} readers: their digest on {day} would come too late, so they hear "
            "at once"
            if number != 1
            else f"1 {rhythm} reader: the digest on {day} would come too late"
        )
    return listed


def digest(rhythm: int, at: datetime, number: int) -> str:
    day = f"{dates.short(london_date(at))}, {london_time(at):%H:%M}"
    if rhythm == 1:
        return f"{number:,} who want{'s' if number == 1 else ''} things at once, on {day}"
    often = "daily" if rhythm == DAILY else "weekly"
    return f"{counted_readers(number, often)}, on {day}"


def counted_readers(number: int, often: str) -> str:
    return f"{number:,} {often} reader{'' if number == 1 else 's'}"


def said(gaps: Iterable[Gap]) -> str:
    """ "No students or teachers, 4 in Parliament." in plain words."""
    found = list(gaps)
    if not found:
        return ""
    parts = [
        f"{gap.user_type.name}: {'no one' if not gap.people else people(gap.people)}"
        for gap in sorted(found, key=lambda gap: gap.people)
    ]
    return f"{'; '.join(parts)}. It is meant for them, and fewer than {FEW} of each would hear."
