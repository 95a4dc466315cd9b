"""Days as people write them: 24 April 2027, 24/4/27, Tue 1 June 2027 at 9:30am. Pure."""

from __future__ import annotations

import re
from datetime import date, datetime, time

from notifier.catalogue.document import EARLIEST, LATEST
from notifier.clock import london_date, london_time
from notifier.errors import Refused
from notifier.render import dates

MONTHS = {
    name[:3].lower(): number for number, name in enumerate(dates.MONTHS["en"].split(), start=1)
}
WEEKDAY = re.compile(r"(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,?\s+", re.IGNORECASE)
WRITTEN = re.compile(
    r"(?P<day>\d{1,2})(?:st|nd|rd|th)?[\s.-]+(?P<month>[A-Za-z]{3,9})\.?,?[\s.-]+(?P<year>\d{4}|\d{2})"
)
NUMBERS = re.compile(r"(?P<day>\d{1,2})[\s./-]+(?P<month>\d{1,2})[\s./-]+(?P<year>\d{4}|\d{2})")
ISO = re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})")
CLOCK = re.compile(
    r"(?:,|\bat\b|\s|T)*(?P<hour>\d{1,2})(?:[:.](?P<minute>\d{2}))?\s*(?P<half>am|pm)?",
    re.IGNORECASE,
)
NAMED = {"midday": time(12), "noon": time(12), "midnight": time(0)}
LONGEST = 60  # characters


def read_day(text: str, field: str) -> date:
    """The day alone. Raises Refused for what is no day, also for one with a time."""
    day, wall = read_moment(text, field)
    if wall is not None:
        raise Refused("Give the day without a time.", field=field)
    return day


def read_moment(text: str, field: str) -> tuple[date, time | None]:
    """A day and perhaps a London wall time. Raises Refused in one sentence."""
    words = WEEKDAY.sub("", " ".join(text.split())[: LONGEST + 1], count=1)
    for pattern in (ISO, WRITTEN, NUMBERS):
        found = pattern.match(words)
        if found and len(words) <= LONGEST:
            return the_day(found, field), wall(words[found.end() :], field)
    raise Refused("Write a date like 24 April 2027.", field=field)


def the_day(found: re.Match[str], field: str) -> date:
    month = found["month"]
    number = int(month) if month.isdigit() else MONTHS.get(month[:3].lower(), 0)
    year = int(found["year"])
    try:
        day = date(year + 2000 if year < 100 else year, number, int(found["day"]))
    except ValueError:
        raise Refused(
            f"There is no {found[0]}; write a date like 24 April 2027.", field=field
        ) from None
    if not EARLIEST <= day <= LATEST or not named(month, number):
        raise Refused("Write a date like 24 April 2027.", field=field)
    return day


def named(month: str, number: int) -> bool:
    """Whether a word is the month that its first letters are, or its short form."""
    full = dates.MONTHS["en"].split()[number - 1].lower()
    return month.isdigit() or month.lower() in (full, full[:3], full[:4])


def wall(rest: str, field: str) -> time | None:
    """The time behind a day: "9:30am", "at 14:00", "09.30"; None where there is none."""
    if not rest.strip():
        return None
    if (word := rest.strip(" ,").lower()) in NAMED:
        return NAMED[word]
    found = CLOCK.fullmatch(rest.strip())
    if found is None or (not found["minute"] and not found["half"]):
        raise Refused("Write a time like 9:30am behind the date, or nothing.", field=field)
    hour, half = int(found["hour"]), (found["half"] or "").lower()
    if half and not 1 <= hour <= 12:
        raise Refused("Write a time like 9:30am behind the date, or nothing.", field=field)
    hour = hour % 12 + (12 if half == "pm" else 0) if half else hour
    try:
        return time(hour, int(found["minute"] or 0))
    except ValueError:
        sentence = "Write a time like 9:30am behind the date, or nothing."
        raise Refused(sentence, field=field) from None


def write_day(day: date | str | None) -> str:
    """ "24 April 2027", as a field shows it; "" for none."""
    if not day:
        return ""
    return dates.past(date.fromisoformat(day) if isinstance(day, str) else day)


def write_moment(at: datetime | None, usual: time) -> str:
    """The day, and its time where that is not the usual one."""
    if at is None:
        return ""
    said = london_time(at)
    return write_day(london_date(at)) + (f", {dates.clock(said)}" if said != usual else "")
