"""A week of what comes and changes, and the mail that tells of it on the Friday before."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from notifier.audience.receivers import Audience, count
from notifier.clock import SEND_TIME, at_london, london_date, working_day_before
from notifier.notices import queries as notices
from notifier.notices.models import ChangeNotice
from notifier.notices.rules import OPEN
from notifier.releases import queries as releases
from notifier.releases.models import Release, ReleaseDateChange
from notifier.sends.models import Send
from notifier.sends.plan import plan

EXACT = ("datetime", "date")
COMES = ("provisional", "confirmed", "released")
TO_COME = ("provisional", "confirmed", "postponed_tbc")
NAME = re.compile(r"([0-9]{4})-W([0-9]{2})")
RULE = "the Friday before at 10:30, a working day"


@dataclass(frozen=True, order=True)
class Week:
    """An ISO 8601 week in London, by its Monday."""

    monday: date

    @property
    def name(self) -> str:
        """ "2026-W49"."""
        year, number, _ = self.monday.isocalendar()
        return f"{year}-W{number:02d}"

    @property
    def last(self) -> date:
        return self.monday + timedelta(days=6)

    @property
    def days(self) -> list[date]:
        return [self.monday + timedelta(days=n) for n in range(7)]

    def after(self, weeks: int = 1) -> Week:
        return Week(self.monday + timedelta(weeks=weeks))

    def has(self, day: date | None) -> bool:
        return day is not None and self.monday <= day <= self.last

    @property
    def told_on(self) -> date:
        """The Friday before, or the working day before it: when the mail goes out."""
        return working_day_before(self.monday - timedelta(days=3))

    @property
    def told_at(self) -> datetime:
        return at_london(self.told_on, SEND_TIME)


def of(day: date) -> Week:
    return Week(day - timedelta(days=day.weekday()))


def named(name: str) -> Week | None:
    """The week that "2026-W49" names, or None."""
    found = NAME.fullmatch(name)
    try:
        return Week(date.fromisocalendar(int(found[1]), int(found[2]), 1)) if found else None
    except ValueError:
        return None


def present(now: datetime) -> Week:
    """The week that people look ahead to: the coming one from its mail on, until then this one."""
    this = of(london_date(now))
    return this.after() if now >= this.after().told_at else this


@dataclass(frozen=True)
class Ahead:
    """What is known of one week: each list in order of time."""

    week: Week
    releases: list[Release]  # with a day in the week
    vague: list[Release]  # some day of the week, or at the latest in it
    effects: list[ChangeNotice]
    closing: list[tuple[date, ChangeNotice]]  # last days of consultations
    away: list[tuple[date, Release, ReleaseDateChange | None]]  # given-up days; None: cancelled

    def __bool__(self) -> bool:
        return bool(self.releases or self.vague or self.effects or self.closing or self.away)


def ahead(week: Week) -> Ahead:
    """All that the public may know of the week, as it stands now."""
    editions = releases.in_days(week.monday, week.last)
    here = [r for r in editions if r.state in COMES]
    public = notices.all_public()
    return Ahead(
        week=week,
        releases=[r for r in here if comes_in(r, week)],
        vague=[r for r in here if within(r, week)],
        effects=effects(public, week),
        closing=closing(public, week),
        away=away(editions, week),
    )


def within(release: Release, week: Week) -> bool:
    """Whether a vague date means this week: by a day of it, or some day of it."""
    if release.precision == "no_later_than":
        return week.has(release.day)
    return release.precision == "week" and release.day is not None and of(release.day) == week


def effects(public: Iterable[ChangeNotice], week: Week) -> list[ChangeNotice]:
    """Changes whose day is in the week; one that hangs on a vague release has no day yet."""
    found = [
        n
        for n in public
        if n.state in ("announced", "in_effect", "closed")
        and n.effect_at is not None
        and week.has(london_date(n.effect_at))
        and (n.effect_release is None or n.effect_release.precision in EXACT)
    ]
    return sorted(found, key=lambda n: (n.effect_at, n.id))


def closing(public: Iterable[ChangeNotice], week: Week) -> list[tuple[date, ChangeNotice]]:
    found = [
        (date.fromisoformat(str(closes)[:10]), n)
        for n in public
        if n.state in OPEN and (closes := n.consultation.get("closes"))
    ]
    return sorted([(day, n) for day, n in found if week.has(day)], key=lambda pair: pair[0])


def away(
    editions: Iterable[Release], week: Week
) -> list[tuple[date, Release, ReleaseDateChange | None]]:
    """Releases that were to come out in the week and will not, by the day that was given up.

    Each stands in one week only, that of the last day it gave up: who was told of that move knows
    of the days before, and its reason is the one that holds. What is out already is no news.
    """
    found: list[tuple[date, Release, ReleaseDateChange | None]] = []
    for release in editions:
        last = given_up(release)
        if release.state == "cancelled" and release.day and week.has(release.day):
            found.append((release.day, release, None))
        elif release.state not in TO_COME or comes_in(release, week):
            continue
        elif last is not None and last.from_date is not None and week.has(last.from_date):
            found.append((last.from_date, release, last))
    return sorted(found, key=lambda each: (each[0], each[1].id))


def comes_in(release: Release, week: Week) -> bool:
    return release.precision in EXACT and week.has(release.day)


def given_up(release: Release) -> ReleaseDateChange | None:
    """The latest change that took a day away from it; a new date after a postponement takes none,
    nor does another time of the same day."""
    moves = [
        change
        for change in release.date_changes
        if change.from_date is not None
        and change.from_precision in EXACT
        and change.to_date != change.from_date
    ]
    return moves[-1] if moves else None


def promise(*, now: datetime) -> list[Send]:
    """Plan the next Friday's mail, once; nothing while nobody asked for it.

    The last one is made up for until its week begins: a worker may have been away on that Friday.
    Whether anything happens in the week is decided when it falls due.
    """
    audience = Audience(week_ahead=True)
    if not count(audience):
        return []
    coming = present(now)
    weeks = [coming.after()] if coming.has(london_date(now)) else [coming, coming.after()]
    return [promised(week, audience, now) for week in weeks]


def promised(week: Week, audience: Audience, now: datetime) -> Send:
    return plan(
        "week_ahead",
        f"week:{week.name}",
        stage="ahead",
        due_at=week.told_at,
        now=now,
        wall=(week.told_on, SEND_TIME),
        rule=RULE,
        receivers=audience.as_dict(),
        lapses_at=at_london(week.monday, time(0)),  # "next week" would not be true any more
    )


def needless(send: Send) -> str:
    """Why a week's mail is not sent: nothing happens in it; "" otherwise."""
    if send.kind != "week_ahead":
        return ""
    week = named(send.about.removeprefix("week:"))
    return "" if week is None or ahead(week) else "nothing happens in that week"
