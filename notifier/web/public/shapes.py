"""The shapes that public pages are written against; templates/ tells each one in full."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time

from markupsafe import Markup, escape

from notifier.clock import london_date, london_time
from notifier.render import dates
from notifier.render.particles import lowered

Words = str | Markup


def typeset(text: Words) -> Markup:
    """Plain text escaped, its PM2.5 and PM10 as the field sets them; Markup as it is."""
    if isinstance(text, Markup):
        return text
    return Markup(lowered(str(escape(text))))  # noqa: S704 (just escaped)


@dataclass(frozen=True)
class Link:
    label: str
    url: str
    active: bool = False
    lang: str = ""


@dataclass(frozen=True)
class When:
    """A day, perhaps with a time: for machines, in words, and short for a date column."""

    iso: str
    words: str
    short: str = ""
    clock: str = ""


@dataclass(frozen=True)
class Tag:
    word: str
    tone: str
    note: str = ""


@dataclass(frozen=True)
class Error:
    field: str
    text: str


@dataclass(frozen=True)
class Choice:
    """``lang`` is that of the name where it is not the page's."""

    slug: str
    name: str
    hint: str = ""
    lang: str = ""


@dataclass(frozen=True)
class TopicChoice:
    slug: str
    name: str
    hint: str
    children: list[TopicChoice]
    series: list[Choice] = field(default_factory=list)
    lang: str = ""


@dataclass(frozen=True)
class Follow:
    subscribe_url: str
    calendar_url: str | None = None
    atom_url: str | None = None
    rss_url: str | None = None
    json_url: str | None = None


@dataclass(frozen=True)
class Month:
    name: str
    id: str
    short: str
    rows: list[object] = field(default_factory=list)


def on_day(day: date, today: date, language: str = "en") -> When:
    """A date: with its weekday for today and later, without for what is past."""
    return When(day.isoformat(), dates.on(day, today, language), dates.short(day, language))


def at(instant: datetime, today: date) -> When:
    """An instant: "Thursday 25 February 2027 at 9:30am"."""
    day = london_date(instant)
    clock = dates.clock(london_time(instant))
    return When(instant.isoformat(), f"{dates.on(day, today)} at {clock}", dates.short(day), clock)


def dated(day: date | None, precision: str, wall: time | None, today: date) -> When | None:
    """A date of any precision, with the short form that a date column shows; None without one."""
    if day is None or precision == "tbc":
        return None
    words = dates.vague(day, precision, wall=wall)
    if precision == "datetime" and wall is not None:
        words = f"{dates.on(day, today)} at {dates.clock(wall)}"
        return When(f"{day.isoformat()}T{wall:%H:%M}", words, dates.short(day), dates.clock(wall))
    if precision == "date":
        return on_day(day, today)
    if precision == "no_later_than":
        return When(day.isoformat(), words, f"By {dates.short(day)}", "At the latest")
    short = f"In {day:%B}" if precision == "month" else words
    return When(day.isoformat()[:7], words, short, "Day to come")


def month_of(day: date, *, first: bool) -> Month:
    """The heading of a month; its jump link names the year with the first and with January."""
    name = f"{dates.MONTHS['en'].split()[day.month - 1]} {day.year}"
    short = dates.SHORT_MONTHS["en"].split()[day.month - 1]
    if first or day.month == 1:
        short = f"{short} {day.year}"
    return Month(name, f"{day:%Y-%m}", short, [])


def by_month(rows: list[tuple[date | None, object]]) -> list[Month]:
    """Rows with their days, in order, under the months' headings; undated ones last."""
    months: list[Month] = []
    for day, row in rows:
        if day is None:
            continue
        if not months or months[-1].id != f"{day:%Y-%m}":
            months.append(month_of(day, first=not months))
        months[-1].rows.append(row)
    undated = [row for day, row in rows if day is None]
    if undated:
        months.append(Month("No date yet", "no-date", "No date yet", undated))
    return months
