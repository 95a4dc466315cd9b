"""One release more, by hand."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request

from notifier.catalogue import queries as catalogue
from notifier.catalogue.models import Series
from notifier.errors import NotFound, Refused
from notifier.notices import bring_year
from notifier.releases import guards
from notifier.releases.add import add
from notifier.releases.dated import Dated, exact
from notifier.releases.rules import window
from notifier.store.db import unit
from notifier.web.public.shapes import Choice, Error
from notifier.web.staff import door
from notifier.web.staff.frame import back, page
from notifier.web.staff.releases import words
from notifier.web.staff.releases.shared import (
    ACTS,
    PATH,
    clock,
    day,
    own,
    path,
    plain,
    typed,
)
from notifier.web.staff.security import now

blueprint = Blueprint("staff_releases_adding", __name__)

NEW = f"{PATH}/new"
FIELDS = (
    *("series", "title", "exact", "day", "time", "certainty", "period", "landing_url", "contact"),
    *("welsh_title", "contains_change"),
)
CERTAINTIES = [
    Choice("provisional", "Public, provisional"),
    Choice("planned", "Only for us, for now"),
]
LONGEST_TITLE = 200


def my_series() -> list[Series]:
    mine = own()
    return [one for one in catalogue.all_series() if mine.owns(one.team_id)]


@blueprint.get(NEW)
@door.member(*ACTS)
def new() -> Any:
    standard = f"{guards.standard_time():%H:%M}"
    chosen = request.args.get("series", "")[:100]
    return new_form([], {"series": chosen, "exact": "datetime", "time": standard})


def new_form(errors: list[Error], values: dict[str, str], status: int = 200) -> Any:
    return page(
        "releases/new",
        status,
        errors=errors,
        values=values,
        series=[Choice("", "Choose one"), *(Choice(s.slug, s.name) for s in my_series())],
        precisions=[Choice(slug, name) for slug, name in words.EXACT.items()],
        certainties=CERTAINTIES,
    )


@blueprint.post(NEW)
@door.member(*ACTS)
def make() -> Any:
    values = typed(*FIELDS)
    try:
        series = chosen_series(values["series"])
        to = date_of(values)
        with unit():
            number = add(entry(values, series, to), by=door.by(), now=now()).id
    except Refused as refusal:
        said = plain(refusal)
        name = refusal.field or next((f for f in FIELDS if said.startswith(f"{f}:")), "title")
        if ("date" in said.lower() and refusal.field is None) or "come out at" in said:
            name = "day"
        return new_form([Error(name, said.removeprefix(f"{name}: "))], values, 400)
    public = values["certainty"] != "planned"
    where = (
        "It stands in calendar and feeds, provisionally." if public else "Nobody outside sees it."
    )
    return back(path(number), f"It is added. {where}")


def chosen_series(slug: str) -> Series:
    """404 is for addresses; a form that names what one may not choose says so."""
    try:
        found = catalogue.series(slug)
    except NotFound:
        found = None
    if found is None or not own().owns(found.team_id):
        raise Refused("Choose the publication", field="series")
    return found


def date_of(values: dict[str, str]) -> Dated:
    found = day(values["day"], "day")
    precision = values["exact"]
    if precision not in words.EXACT:
        raise Refused("Choose how exactly you know the date", field="exact")
    if precision == "datetime":
        return exact(found, clock(values["time"], "time"))
    first = found if precision == "no_later_than" else window(found, precision)[0]
    return Dated(first, None, precision)


def entry(values: dict[str, str], series: Series, to: Dated) -> dict[str, Any]:
    """The catalogue's shape of one release."""
    title = " ".join(values["title"].split())
    if not title:
        raise Refused("Give it a title, such as “Monthly landings, October 2026”", field="title")
    if len(title) > LONGEST_TITLE:
        raise Refused(f"Shorten the title to {LONGEST_TITLE} characters", field="title")
    if values["certainty"] not in {choice.slug for choice in CERTAINTIES}:
        raise Refused("Choose who sees it", field="certainty")
    given: dict[str, Any] = {
        "series": series.slug,
        "title": title,
        "date": bring_year.said(to),
        "precision": to.precision,
        "certainty": values["certainty"],
        "contains_change": values["contains_change"] == "1",
        **{k: values[k][:500] for k in ("period", "landing_url", "contact") if values[k]},
    }
    if values["welsh_title"]:
        given["cy"] = {"title": values["welsh_title"][:500]}
    return given
