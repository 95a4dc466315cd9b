"""The release calendar: the next 12 months as a list, or a month as a table."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, render_template, request

from notifier.catalogue.queries import organisation
from notifier.clock import RELEASE_TIME
from notifier.insight.time_to_tell import moves
from notifier.notices import queries as notices
from notifier.notices.models import ChangeNotice
from notifier.releases import queries as releases
from notifier.releases.models import Release
from notifier.render import dates
from notifier.web.guard import public
from notifier.web.public.changes.planned import counted, part_of
from notifier.web.public.filters import Filter, chosen_series
from notifier.web.public.frame import now, today
from notifier.web.public.releases import calendar_month, release_rows
from notifier.web.public.shapes import Link

blueprint = Blueprint("release_calendar", __name__)

PATH = "/releases"
STATES: dict[str, tuple[str, Callable[[Release, set[int]], bool]]] = {
    "change": ("Those with a change", lambda r, changed: r.id in changed),
    "confirmed": ("Confirmed dates", lambda r, _: r.state == "confirmed"),
    "provisional": ("Provisional dates", lambda r, _: r.state == "provisional"),
    "moved": ("Dates that moved", lambda r, _: any(moves(c) for c in r.date_changes)),
    "postponed": ("Postponed, no date yet", lambda r, _: r.state == "postponed_tbc"),
    "cancelled": ("Cancelled", lambda r, _: r.state == "cancelled"),
}


@blueprint.get("/releases")
@public
def calendar() -> str:
    """A list that reads well aloud; ``?view=month&month=2027-03`` is a table."""
    asked, changes = Filter(request.args), notices.open_changes()
    series = {s.id for s in chosen_series(asked)}
    state = asked.ask(
        "state",
        "Which releases",
        noun="state",
        every="All releases",
        choices={slug: words for slug, (words, _) in STATES.items()},
    )
    view = asked.ask("view", "View", every="", choices={"month": "Month"}, shown=False)
    changed = {n.effect_release_id for n in changes if n.effect_release_id is not None}

    def fits(release: Release) -> bool:
        wanted = STATES[state][1](release, changed) if state else True
        return wanted and release.series_id in series

    draw = month_context if view else list_context
    return render_template(
        "pages/public/releases_month.html" if view else "pages/public/releases.html",
        filter=asked,
        standard_time=standard_time(),
        views=[
            Link("List", asked.url(PATH, view=""), active=not view),
            Link("Month by month", asked.url(PATH, view="month"), active=bool(view)),
            Link("Coming next week", "/week-ahead"),
        ],
        **draw(asked, fits, changes),
    )


def standard_time() -> str:
    house = organisation()
    return dates.clock(house.standard_release_time if house else RELEASE_TIME)


def list_context(
    asked: Filter, fits: Callable[[Release], bool], changes: list[ChangeNotice]
) -> dict[str, Any]:
    coming = releases.calendar(now=now(), back=timedelta(0))
    found = [release for release in coming if fits(release)]
    return {
        "months": release_rows.months(found, today(), changes),
        "result": result(len(found), len(coming), asked),
    }


def month_context(
    asked: Filter, fits: Callable[[Release], bool], changes: list[ChangeNotice]
) -> dict[str, Any]:
    day = today()
    first = calendar_month.asked(request.args.get("month"), day, asked.unknown)
    every = releases.in_days(first, calendar_month.last_of(first))
    found = [release for release in every if fits(release)]
    return {
        "month": calendar_month.draw(found, first, day, changes),
        "result": result(len(found), len(every), asked),
        "earlier": step(asked, calendar_month.before(first), day),
        "later": step(asked, calendar_month.after(first), day),
    }


def step(asked: Filter, first: date, day: date) -> Link | None:
    """The month before or after, while the calendar has it."""
    if not calendar_month.within(first, day):
        return None
    name = calendar_month.name(first)
    return Link(name, asked.url(PATH, view="month", month=f"{first:%Y-%m}"))


def result(count: int, total: int, asked: Filter) -> str:
    """ "Three of 24 releases"."""
    if {"topic", "team", "state"} & asked.chosen.keys():
        return part_of(count, total, "release")
    return f"{counted(count)} {'release' if count == 1 else 'releases'}"
