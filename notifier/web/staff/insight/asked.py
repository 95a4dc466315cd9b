"""What a page of Insight is asked for: a quarter, whose figures, and as of which day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from flask import request
from sqlalchemy import func, select

from notifier.catalogue import queries as catalogue
from notifier.catalogue.models import Body
from notifier.clock import london_date
from notifier.errors import NotFound
from notifier.insight.quarters import Quarter, as_of, last_ones, quarter_of, read
from notifier.notices.models import ChangeNotice
from notifier.render import dates
from notifier.store.db import session
from notifier.store.history import History
from notifier.store.once import once
from notifier.web.public.shapes import Choice, Error
from notifier.web.staff.frame import problem
from notifier.web.staff.security import now

INSIGHT = "/staff/insight"
SHOWN = 8  # quarters of a chart
CHOICES = 12  # quarters that are offered


@dataclass(frozen=True)
class Whose:
    """``teams`` None: the whole organisation. ``words`` stand at the beginning of a line."""

    slug: str
    words: str
    teams: frozenset[int] | None


@dataclass(frozen=True)
class Asked:
    """``at`` is the moment of the past as which everything is told, None for now; ``typed`` what
    stands in the field."""

    quarter: Quarter
    whose: Whose
    at: datetime | None
    now: datetime
    typed: str = ""
    errors: tuple[Error, ...] = ()

    @property
    def moment(self) -> datetime:
        return self.at or self.now

    @property
    def quarters(self) -> list[Quarter]:
        """Those of a chart: up to the one that is asked for, from when the record begins."""
        first = quarter_of(london_date(began(self.now)))
        found = [q for q in last_ones(SHOWN, until=self.quarter) if q >= first]
        return found or [self.quarter]

    @property
    def since(self) -> str:
        """What stands beside every figure: from when on there is anything to count."""
        return f"This house has kept its record since {dates.past(london_date(began(self.now)))}."

    @property
    def over(self) -> bool:
        return self.quarter.ends <= self.moment

    @property
    def last(self) -> date:
        """The last day of the quarter that counts."""
        return min(self.quarter.last, london_date(self.moment))

    @property
    def span(self) -> str:
        """ "From July to September 2026", "From 1 October to 23 November 2026"."""
        if self.over:
            return f"From {self.quarter.words}"
        if self.quarter.begins > self.moment:
            return f"In {self.quarter.words}, which had not begun,"
        first = self.quarter.first
        return f"From {first.day} {first:%B} to {dates.past(self.last)}"

    @property
    def as_of_words(self) -> str:
        """ "today, 23 November 2026", "the end of 30 September 2026"."""
        return f"today, {self.on_day}" if self.at is None else f"the end of {self.on_day}"

    @property
    def on_day(self) -> str:
        """ "20 July 2027", the day as of which everything is told."""
        return dates.past(london_date(self.moment))

    def url(self, room: str = "", **other: Any) -> str:
        """The same question, to a page of Insight."""
        given = {"quarter": self.quarter.slug, "of": self.whose.slug, "as_of": self.typed, **other}
        kept = {key: value for key, value in given.items() if value}
        return f"{INSIGHT}{'/' if room else ''}{room}?{urlencode(kept)}"


def asked() -> Asked:
    """From the address. Raises NotFound for a quarter, team or body that there is not; a day that
    makes no sense is an error beside its field, and today counts."""
    moment, typed = now(), request.args.get("as_of", "").strip()[:20]
    at, errors = None, []
    if typed:
        try:
            at = as_of(typed, now=moment)
        except ValueError:
            errors = problem("as_of", "Enter a day that is over, or today, like 2026-09-30")
    return Asked(
        quarter=quarter_asked(at or moment),
        whose=whose(request.args.get("of", "")),
        at=at,
        now=moment,
        typed=typed,
        errors=tuple(errors),
    )


def quarter_asked(moment: datetime) -> Quarter:
    given = request.args.get("quarter", "")
    if not given:
        return usual(moment)
    found = read(given)
    if found is None:
        raise NotFound(f"There is no quarter {given!r}; write it as 2026-Q3.")
    return found


def usual(moment: datetime) -> Quarter:
    """The last one that is over, if anything was announced by then; else the present one."""
    present = quarter_of(london_date(moment))
    first = first_word()
    return present.back(1) if first is not None and first < present.begins else present


@once
def began(now: datetime) -> datetime:
    """When the first row of history was written."""
    return session.scalar(select(History.at).order_by(History.id).limit(1)) or now


@once
def first_word() -> datetime | None:
    """When the first change was announced here."""
    return session.scalar(select(func.min(ChangeNotice.first_public_at)))


def whose(given: str) -> Whose:
    kind, _, slug = given.partition(":")
    if not given:
        house = catalogue.organisation()
        return Whose("", house.name if house is not None else "The organisation", None)
    if kind == "team":
        team = catalogue.team(slug)
        return Whose(given, team.name, frozenset((team.id,)))
    body = session.scalars(select(Body).where(Body.slug == slug)).first()
    if kind != "body" or body is None:
        raise NotFound(f"There is no body {slug!r}.")
    teams = frozenset(t.id for t in catalogue.teams() if t.body_id == body.id)
    return Whose(given, body.name, teams)


def choices(found: Asked) -> dict[str, list[Choice]]:
    """What the form of each page offers."""
    present = quarter_of(london_date(found.now))
    first = min(quarter_of(london_date(began(found.now))), found.quarter)
    quarters = [q for q in last_ones(CHOICES, until=max(present, found.quarter)) if q >= first]
    bodies = session.scalars(select(Body).order_by(Body.name))
    return {
        "quarters": [Choice(q.slug, q.words) for q in reversed(quarters)],
        "whose": [
            Choice("", "The whole organisation"),
            *(Choice(f"body:{body.slug}", body.name) for body in bodies),
            *(Choice(f"team:{team.slug}", team.name) for team in catalogue.teams()),
        ],
    }
