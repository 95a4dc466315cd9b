"""A month of releases as weeks of days, for a table: each day with what comes out on it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from notifier.clock import is_working_day
from notifier.notices.models import ChangeNotice
from notifier.releases.models import Release
from notifier.releases.rules import window
from notifier.render import dates
from notifier.web.public.releases import release_rows
from notifier.web.public.releases.release_rows import ReleaseRow
from notifier.web.public.releases.release_words import EXACT
from notifier.web.public.shapes import When, on_day

BACK, AHEAD = 3, 12  # months before and after this one that the calendar has


@dataclass(frozen=True)
class Day:
    """One cell. ``off`` is "Weekend", "Bank holiday" or ""; ``other`` a day of a month beside."""

    number: int
    when: When
    off: str
    today: bool
    other: bool
    rows: list[ReleaseRow] = field(default_factory=list)


@dataclass(frozen=True)
class Week:
    words: str  # "Week of 1 March"
    days: list[Day]


@dataclass(frozen=True)
class MonthTable:
    """``vague`` are editions that come out in the month on a day that is not known yet."""

    name: str
    weekdays: list[tuple[str, str]]  # ("Mon", "Monday")
    weeks: list[Week]
    vague: list[ReleaseRow]


def asked(given: str | None, today: date, unknown: list[str]) -> date:
    """The first day of the month that is asked for; this month, with a sentence added to
    ``unknown``, for what is no month of the calendar."""
    this = today.replace(day=1)
    if not given:
        return this
    try:
        first = date.fromisoformat(f"{given}-01") if len(given) == 7 else None
    except ValueError:
        first = None
    if first is None or not within(first, today):
        back = name(shifted(this, -BACK))
        until = name(shifted(this, AHEAD))
        unknown.append(
            f"“{given[:40]}” is no month of this calendar, which goes from {back} to {until}; "
            "this month is shown."
        )
        return this
    return first


def within(first: date, today: date) -> bool:
    """Whether the calendar has the month."""
    this = today.replace(day=1)
    return shifted(this, -BACK) <= first <= shifted(this, AHEAD)


def shifted(first: date, months: int) -> date:
    """The first day of the month so many months away."""
    count = first.year * 12 + first.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)


def before(first: date) -> date:
    return shifted(first, -1)


def after(first: date) -> date:
    return shifted(first, 1)


def last_of(first: date) -> date:
    return after(first) - timedelta(days=1)


def name(first: date) -> str:
    """ "March 2027"."""
    return f"{dates.MONTHS['en'].split()[first.month - 1]} {first.year}"


def draw(
    releases: Iterable[Release], first: date, today: date, changes: Iterable[ChangeNotice] = ()
) -> MonthTable:
    """The table of the month that begins on ``first``."""
    notices, by_day = list(changes), dict[date, list[ReleaseRow]]()
    vague = []
    for release in releases:
        row = release_rows.row(release, today, notices)
        if release.day is not None and release.precision in (*EXACT, "no_later_than"):
            if first <= release.day <= last_of(first):
                by_day.setdefault(release.day, []).append(row)
        elif release.day is not None and touches(release.day, release.precision, first):
            vague.append(row)
        for change in release_rows.given_up(release, today):
            if change.from_date is not None and first <= change.from_date <= last_of(first):
                old = release_rows.old_day(change, release, today)
                by_day.setdefault(change.from_date, []).append(old)
    return MonthTable(
        name=name(first),
        weekdays=list(
            zip(dates.SHORT_WEEKDAYS["en"].split(), dates.WEEKDAYS["en"].split(), strict=True)
        ),
        weeks=weeks(first, today, by_day),
        vague=vague,
    )


def touches(day: date, precision: str, first: date) -> bool:
    """Whether a vague date may fall into the month."""
    start, end = window(day, precision)
    return start <= last_of(first) and end >= first


def weeks(first: date, today: date, rows: dict[date, list[ReleaseRow]]) -> list[Week]:
    """Monday to Sunday, from the week of the first day to that of the last."""
    monday, found = first - timedelta(days=first.weekday()), []
    while monday <= last_of(first):
        days = [monday + timedelta(days=n) for n in range(7)]
        inside = next(day for day in days if day.month == first.month)
        words = f"Week of {dates.past(inside).rpartition(' ')[0]}"
        found.append(Week(words, [cell(day, first, today, rows.get(day, [])) for day in days]))
        monday += timedelta(days=7)
    return found


def cell(day: date, first: date, today: date, rows: list[ReleaseRow]) -> Day:
    off = "" if is_working_day(day) else "Weekend" if day.weekday() > 4 else "Bank holiday"
    return Day(
        number=day.day,
        when=on_day(day, today),
        off=off,
        today=day == today,
        other=day.month != first.month,
        rows=rows,
    )
