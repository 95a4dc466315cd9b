"""How often a series comes out, as its team says it: a rule of recurrence from a few choices."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy import select

from notifier.accounts.models import Staff
from notifier.accounts.people import has_role
from notifier.catalogue.models import Series
from notifier.catalogue.queries import body_teams
from notifier.errors import Conflict, Refused
from notifier.releases import guards, recur
from notifier.releases.dated import Dated
from notifier.releases.models import Release
from notifier.store.db import session
from notifier.store.history import By, record

EVERY = {
    "month": "FREQ=MONTHLY",
    "quarter": "FREQ=MONTHLY;INTERVAL=3",
    "half": "FREQ=MONTHLY;INTERVAL=6",
    "year": "FREQ=MONTHLY;INTERVAL=12",
}
DAYS = ("MO", "TU", "WE", "TH", "FR")
WHICH = ("1", "2", "3", "4", "-1")  # of the month; -1 is the last
LONGEST = 300  # characters of a rule
PARTS = re.compile(
    r"DTSTART:(?P<start>\d{8})T(?P<clock>\d{4})00;(?P<every>FREQ=[A-Z]+(?:;INTERVAL=\d+)?)"
    r";BYDAY=(?P<which>-?\d)(?P<day>MO|TU|WE|TH|FR)"
)


@dataclass(frozen=True)
class Choice:
    """``every`` of EVERY, ``which`` of WHICH, ``day`` of DAYS; the month that it begins with, and
    the London time."""

    every: str
    which: str
    day: str
    begins: date
    wall: time

    def rule(self) -> str:
        """As ``recur.dates`` reads it."""
        start = f"DTSTART:{self.begins:%Y%m%d}T{self.wall:%H%M}00"
        return f"{start};{EVERY[self.every]};BYDAY={self.which}{self.day}"


@dataclass(frozen=True)
class Edition:
    """One that a rule would give. ``there`` is the release that stands for it already; ``why_not``
    says what is wrong with its day or time."""

    day: date
    wall: time
    title: str
    there: Release | None
    why_not: str = ""


def chosen(rule: str) -> Choice | None:
    """The choices behind a rule; None for one that somebody wrote by hand."""
    found = PARTS.fullmatch(rule)
    every = {words: name for name, words in EVERY.items()}
    if found is None or found["every"] not in every or found["which"] not in WHICH:
        return None
    try:
        begins = date.fromisoformat(found["start"])
        wall = time.fromisoformat(found["clock"])
    except ValueError:
        return None
    return Choice(every[found["every"]], found["which"], found["day"], begins, wall)


def preview(series: Series, rule: str, *, now: datetime) -> list[Edition]:
    """The editions of the next twelve months. Raises Refused for what is no rule."""
    if len(rule) > LONGEST:
        raise Refused(f"Shorten the rule to {LONGEST} characters.", field="rule")
    query = select(Release).where(Release.series_id == series.id)
    have = list(session.scalars(query))
    titles = {release.title: release for release in have}
    days = {release.day: release for release in have if release.day is not None}
    found = []
    for day, wall in recur.year(series, rule, now=now):
        title = recur.title(series, day)
        there = titles.get(title) or days.get(day)
        found.append(Edition(day, wall, title, there, "" if there else wrong(series, day, wall)))
    return found


def wrong(series: Series, day: date, wall: time) -> str:
    try:
        guards.a_proper_date(series, Dated(day, wall, "datetime"))
    except Refused as refusal:
        return str(refusal)
    return ""


def set_rule(series: Series, rule: str, *, was: str, person: Staff, by: By, now: datetime) -> None:
    """Say how often it comes out; an empty rule ends it, and what stands in the calendar stays.

    Raises Conflict when somebody else set another one than ``was`` meanwhile, Refused for a rule
    that gives no edition within a year, or one that may not stand.
    """
    of_team(series, person)
    session.refresh(series, with_for_update=True)
    if series.recurrence != was:
        raise Conflict("Somebody else changed this a moment ago; look again.")
    rule = rule.strip()
    if rule:
        editions = preview(series, rule, now=now)
        if not editions:
            raise Refused("That gives no edition within a year; choose another.", field="every")
        if len({edition.title for edition in editions}) < len(editions):
            raise Refused(
                f"Two editions would have the same title, {editions[0].title}; a series that comes "
                "out more than once in its period needs its editions entered by hand or by file.",
                field="every",
            )
        for edition in editions:
            if edition.why_not:
                raise Refused(edition.why_not, field="wall")
    if rule == was:
        raise Refused("That is how often it comes out already.", field="every")
    series.recurrence = rule
    record(f"series:{series.id}", "recur", by=by, now=now, rule=rule, was=was)


def generate(series: Series, *, person: Staff, by: By, now: datetime) -> list[Release]:
    """Add the editions of the next twelve months that are missing, provisional, each once."""
    of_team(series, person)
    session.refresh(series, with_for_update=True)
    if not series.recurrence:
        raise Refused("Say first how often it comes out.", field="every")
    missing = [one for one in preview(series, series.recurrence, now=now) if one.there is None]
    return [recur.generate(series, one.day, one.wall, by=by, now=now) for one in missing]


def of_team(series: Series, person: Staff) -> None:
    roles = ("author", "approver", "hop", "admin")
    if not has_role(person, *roles, team_ids=body_teams({series.team_id})):
        raise Refused(f"{person.email} has no role in the team {series.team.name}.")
