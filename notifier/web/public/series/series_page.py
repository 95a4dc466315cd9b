"""One series: the next edition, what changes in it, what happened to it, who makes it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from flask import Blueprint, render_template

from notifier.catalogue import queries as catalogue
from notifier.catalogue.models import Series
from notifier.notices import queries as notices
from notifier.notices import statements as said
from notifier.releases import queries as releases
from notifier.releases.models import Release
from notifier.render.passages import contact, line, link
from notifier.web.guard import public
from notifier.web.public.changes import change_rows, statements
from notifier.web.public.changes.planned import each, soonest_words
from notifier.web.public.frame import now, today
from notifier.web.public.record.record_words import capital
from notifier.web.public.releases import release_rows
from notifier.web.public.releases.release_page import days_words, follow_series
from notifier.web.public.series.series_log import log
from notifier.web.public.shapes import Link

blueprint = Blueprint("series_page", __name__)

SHOWN = 20  # entries of the log; the others are one press away
LATELY = 3  # editions that are out and still shown with those to come
OUT = ("released", "withdrawn")


@blueprint.get("/series/<slug>")
@public
def one_series(slug: str) -> str:
    """Everything that there is to know about one series."""
    found = catalogue.series(slug)
    return render_template("pages/public/series.html", **context(found, now(), today()))


def context(found: Series, instant: datetime, day: date) -> dict[str, Any]:
    """Every variable of the page."""
    changes = notices.open_changes([found.id])
    editions = releases.calendar(now=instant, series_ids=[found.id], back=timedelta(days=1200))
    past = [r for r in editions if r.state in OUT][-LATELY:]
    coming = [r for r in editions if r.state not in OUT]
    entries = log(found, instant, day)
    return {
        "series": words(found),
        "in_words": soonest_words(changes, day),
        "next": next_edition(coming, day),
        "months": change_rows.months(changes, day),
        "statement": statements.shown(said.of(found), day),
        "releases": [release_rows.row(r, day, changes) for r in past]
        + release_rows.coming(coming, day, changes),
        "log": entries[:SHOWN],
        "earlier": entries[SHOWN:],
        "team": team(found),
        "licence": licence(),
        "follow": follow_series(found),
        "alternates": [
            (f"{found.name} (Atom)", f"/feeds/series/{found.slug}.atom", "application/atom+xml"),
            (f"{found.name} (RSS)", f"/feeds/series/{found.slug}.rss", "application/rss+xml"),
        ],
    }


def words(found: Series) -> SimpleNamespace:
    return SimpleNamespace(
        name=found.name,
        slug=found.slug,
        designation=found.designation,
        frequency=each(found),
        topics=[Link(t.name, f"/topics/{t.slug}") for t in found.topics],
        landing=link(found.landing_url, "Where they are published"),
        identifiers=[
            SimpleNamespace(
                scheme=capital(line(one.get("scheme")).text),
                value=line(one.get("value")).text,
                url=address.url if (address := link(one.get("url"))) else None,
            )
            for one in found.identifiers
            if isinstance(one, dict)
        ],
    )


def next_edition(coming: list[Release], day: date) -> SimpleNamespace | None:
    """The edition that comes out next; None when none is planned."""
    waiting = [r for r in coming if r.state in ("provisional", "confirmed", "postponed_tbc")]
    if not waiting:
        return None
    row = release_rows.row(waiting[0], day)
    return SimpleNamespace(
        title=waiting[0].title,
        url=row.url,
        day=row.day,
        days_words=days_words(waiting[0], day),
        tag=row.tag,
    )


def team(found: Series) -> SimpleNamespace:
    """Who answers: by mail or a page, and by phone where there is one."""
    return SimpleNamespace(
        name=found.team.name, contact=contact(found.team.contact), phone=found.team.phone
    )


def licence() -> Link | None:
    house = catalogue.organisation()
    if house is None or not house.licence_name:
        return None
    address = link(house.licence_url, house.licence_name)
    return Link(house.licence_name, address.url if address else "")
