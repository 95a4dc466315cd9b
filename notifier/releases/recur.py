"""A series' rule of recurrence gives its calendar twelve months ahead, each edition once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from dateutil.relativedelta import relativedelta
from dateutil.rrule import rrulestr
from sqlalchemy import select

from notifier.catalogue.models import Series
from notifier.catalogue.queries import organisation
from notifier.clock import (
    RELEASE_TIME,
    at_london,
    is_working_day,
    london_date,
    working_day_after,
    working_day_before,
)
from notifier.errors import Refused
from notifier.releases.models import Release
from notifier.store.db import session
from notifier.store.history import SYSTEM, By, record

AHEAD = relativedelta(months=12)
MOST = 400  # editions in a year: more than one a day is a slip of the rule
PERIOD = {"monthly": 1, "quarterly": 3, "biannual": 6, "annual": 12}  # months that one covers


def dates(
    rule: str, *, after: date, until: date, off_days: str = "before"
) -> Iterator[tuple[date, time]]:
    """Days (London) and wall times of a rule "DTSTART:20260115T093000;FREQ=MONTHLY;BYDAY=3TH" that
    lie after one day and until another. One on a day off goes to the working day ``before`` or
    ``after``, or is left out (``skip``), as the organisation chose; of a series that is exempt it
    stays there (``keep``).

    The rule is of wall times and knows no zone: 09:30 stays 09:30 through both clock changes.
    [RFC 5545 section 3.8.5.3] Raises Refused when it cannot be read.
    """
    start, _, steps = rule.partition(";")
    try:
        found = rrulestr(f"{start}\nRRULE:{steps}")
        window = (datetime.combine(after, time.min), datetime.combine(until, time.max))
        moments = found.between(*window, inc=False)[:MOST]
    except (ValueError, TypeError, AttributeError) as error:
        raise Refused(f"{rule!r} is no rule of recurrence ({error}); see RFC 5545.") from error
    for moment in moments:
        day = moment.date()
        if not is_working_day(day) and off_days != "keep":
            if off_days == "skip":
                continue
            day = working_day_after(day) if off_days == "after" else working_day_before(day)
        yield day, moment.time() or RELEASE_TIME


def title(series: Series, day: date) -> str:
    """ "Monthly landings, October 2026"."""
    return f"{series.name}, {period(series, day)}"


def period(series: Series, day: date) -> str:
    """ "October 2026", "July to September 2026": an edition is about the time before it."""
    months = PERIOD.get(series.frequency, 1)
    last = day.replace(day=1) - timedelta(days=1)
    first = last.replace(day=1) - relativedelta(months=months - 1)
    words = f"{last:%B} {last.year}"
    if months > 1:
        since = f"{first:%B}" if first.year == last.year else f"{first:%B} {first.year}"
        words = f"{since} to {words}"
    return words


def extend(*, now: datetime) -> int:
    """Add the editions of the next twelve months that are missing, provisional; returns how many.

    Idempotent: a title is its period, so an edition that was moved or cancelled is not made again,
    and one that somebody added by hand for the same day stands.
    """
    have: dict[int, set[str | date | None]] = {}
    known = select(Release.series_id, Release.title, Release.day).join(Release.series)
    for series_id, *named in session.execute(known.where(Series.recurrence != "")):
        have.setdefault(series_id, set()).update(named)
    added = 0
    for series in session.scalars(select(Series).where(Series.recurrence != "")):
        taken = have.setdefault(series.id, set())
        for day, wall in year(series, series.recurrence, now=now):
            if title(series, day) not in taken and day not in taken:
                generate(series, day, wall, by=SYSTEM, now=now)
                taken.add(title(series, day))  # a rule may give two days in one period
                added += 1
    return added


def year(series: Series, rule: str, *, now: datetime) -> Iterator[tuple[date, time]]:
    """The days and times that a rule gives the series in the next twelve months."""
    house, today = organisation(), london_date(now)
    off_days = house.off_days if house else "before"
    if (series.exemption or {}).get("days_off"):
        off_days = "keep"
    return dates(rule, after=today, until=today + AHEAD, off_days=off_days)


def generate(series: Series, day: date, wall: time, *, by: By, now: datetime) -> Release:
    """One edition of the rule, provisional."""
    row = Release(
        series_id=series.id,
        title=title(series, day),
        period=period(series, day),
        state="provisional",
        day=day,
        wall_time=wall,
        precision="datetime",
        at=at_london(day, wall),
        first_announced_on=day,
        created_at=now,
        changed_at=now,
    )
    session.add(row)
    session.flush()
    record(f"release:{row.id}", "generate", by=by, now=now, rule=series.recurrence)
    return row
