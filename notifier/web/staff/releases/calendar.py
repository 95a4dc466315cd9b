"""The team's calendar of releases: a list by month, or a month as a table."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, request

from notifier.accounts import people
from notifier.catalogue import queries as catalogue
from notifier.clock import london_date
from notifier.store.once import reading
from notifier.web.public.releases import calendar_month
from notifier.web.public.shapes import Choice, Link
from notifier.web.staff import door
from notifier.web.staff.frame import page
from notifier.web.staff.releases import listing, month
from notifier.web.staff.releases.listing import Asked
from notifier.web.staff.releases.shared import PATH, own, seen
from notifier.web.staff.releases.words import STATES
from notifier.web.staff.security import now

blueprint = Blueprint("staff_releases", __name__)

TABS = (("coming", "To come"), ("needs", "Needs something"), ("past", "Out and over"))


@blueprint.get(PATH)
@door.member()
def releases() -> Any:
    with reading():
        asked = asked_for()
        if request.args.get("view") == "month":
            return as_month(asked)
        return as_list(asked)


def asked_for() -> Asked:
    show = request.args.get("show", "coming")
    given = {name: request.args.get(name, "")[:100] for name in ("team", "series", "state")}
    if given["state"] not in STATES:
        given["state"] = ""
    return Asked(show=show if show in dict(TABS) else "coming", **given)


def as_list(asked: Asked) -> Any:
    moment, mine = now(), own()
    found = listing.releases(seen(), asked, now=moment)
    by = listing.beside(found, staff_names(), now=moment)
    if asked.show == "needs":
        found = [release for release in found if listing.needs(release, by)]
    rows = [
        (release, listing.row(release, by, may_act=mine.owns(release.series.team_id)))
        for release in found
    ]
    return page(
        "releases/list",
        months=listing.months(rows),
        number=len(rows),
        most=listing.MOST,
        ticks=sum(row.tick for _, row in rows),
        sentence=listing.sentence(found, by) if asked.show != "past" else ("", ""),
        tabs=[
            Link(label, way(asked, show=slug), active=slug == asked.show) for slug, label in TABS
        ],
        **around(asked, "list"),
    )


def as_month(asked: Asked) -> Any:
    moment, mine = now(), own()
    today = london_date(moment)
    first = calendar_month.asked(request.args.get("month"), today, [])
    found = listing.of_days(seen(), asked, first=first, last=calendar_month.last_of(first))
    by = listing.beside(found, staff_names(), now=moment)
    rows = [(r, listing.row(r, by, may_act=mine.owns(r.series.team_id))) for r in found]
    weeks, vague = month.draw(rows, first, today)
    return page(
        "releases/month",
        name=calendar_month.name(first),
        weeks=weeks,
        vague=vague,
        number=len(rows),
        earlier=step(asked, calendar_month.before(first), today),
        later=step(asked, calendar_month.after(first), today),
        shown_month=f"{first:%Y-%m}",
        **around(asked, "month"),
    )


def step(asked: Asked, first: date, today: date) -> Link | None:
    if not calendar_month.within(first, today):
        return None
    url = way(asked, view="month", month=f"{first:%Y-%m}")
    return Link(calendar_month.name(first), url)


def around(asked: Asked, view: str) -> dict[str, Any]:
    """Filters and switches of both views."""
    sight = seen()
    teams = [team for team in catalogue.teams() if sight.owns(team.id)]
    series = [one for one in catalogue.all_series() if sight.owns(one.team_id)]
    return {
        "asked": asked,
        "view": view,
        "views": [
            Link("List", way(asked), active=view == "list"),
            Link("Month", way(asked, view="month"), active=view == "month"),
        ],
        "teams": [Choice("", "Every team"), *(Choice(team.slug, team.name) for team in teams)]
        if len(teams) > 1
        else [],
        "series": [Choice("", "Every publication"), *(Choice(s.slug, s.name) for s in series)],
        "states": [Choice("", "Any state"), *(Choice(k, tag.word) for k, tag in STATES.items())],
        "may_act": any(own().owns(one.team_id) for one in series),
    }


def way(asked: Asked, **other: str) -> str:
    given = {"show": asked.show, "team": asked.team, "series": asked.series, "state": asked.state}
    if given["show"] == "coming":
        given["show"] = ""
    given.update({key: "" if value == "coming" else value for key, value in other.items()})
    query = urlencode({key: value for key, value in given.items() if value})
    return f"{PATH}?{query}" if query else PATH


def staff_names() -> dict[int, str]:
    return {person.id: person.name or person.email for person in people.everybody()}
