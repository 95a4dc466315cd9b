"""One release's page: when it comes out, how its date came about, what is different in it."""

from __future__ import annotations

from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

from flask import Blueprint, render_template
from markupsafe import Markup

from notifier.catalogue.models import Series
from notifier.feeds import calendar_events
from notifier.notices import queries as notices
from notifier.notices.followers import OUT
from notifier.notices.models import ChangeNotice
from notifier.releases import announce
from notifier.releases import queries as releases
from notifier.releases.models import Release
from notifier.render import dates
from notifier.render.markdown import page as as_page
from notifier.render.passages import contact, link
from notifier.web.guard import public, settings
from notifier.web.public.changes import change_rows
from notifier.web.public.changes.change_state import STATES
from notifier.web.public.frame import now, today
from notifier.web.public.releases import event_json, release_rows
from notifier.web.public.releases.release_dates import history, punctuality
from notifier.web.public.releases.release_words import breach_words
from notifier.web.public.shapes import Follow, Link

blueprint = Blueprint("release_page", __name__)


@blueprint.get("/releases/<int(max=2147483647):release_id>")
@public
def release(release_id: int) -> str:
    """One edition. One that is not public is not found, like one that does not exist."""
    found = releases.release(release_id)
    return render_template("pages/public/release.html", **context(found, now(), today()))


def context(found: Release, instant: datetime, day: date) -> dict[str, Any]:
    """Every variable of the page."""
    series = found.series
    row = release_rows.row(found, day)
    changed = [n for n in notices.all_public([series.id]) if n.effect_release_id == found.id]
    last = found.date_changes[-1] if found.date_changes else None
    ended = found.state in release_rows.ENDED
    return {
        "release": SimpleNamespace(
            title=found.title,
            series=Link(series.name, f"/series/{series.slug}"),
            period=found.period,
            day=row.day,
            days_words=days_words(found, day),
            ahead=found.state in ("confirmed", "provisional"),
            tag=row.tag,
            reason=found.end_reason if ended else last.reason if last else "",
            breach=breach_words(found),
            punctuality=punctuality(found, instant),
            landing=landing(found),
        ),
        "points": points(found),
        "first_words": first_words(found, day),
        "changes": [change(n, day) for n in changed],
        "dates": history(found, day),
        "follow": follow_series(series),
        "follow_this": f"/subscribe?release={found.id}" if found.state not in OUT else None,
        "date_url": f"/releases/{found.id}.ics" if calendar_events.when(found) else None,
        "team": SimpleNamespace(
            name=series.team.name,
            contact=contact(found.contact or series.team.contact),
            phone=series.team.phone,
        ),
        "event_json": event_json.write(found, base_url=settings().base_url),
    }


def points(found: Release) -> Markup | None:
    """The main points, once they are out."""
    words = announce.public([found.id]).get(found.id)
    return as_page(announce.words_at(words, "detail")[0]) if words is not None else None


def landing(found: Release) -> Link | None:
    """Where the figures are: only once they are out."""
    if found.state != "released":
        return None
    address = link(found.landing_url or found.series.landing_url)
    return Link("Read the figures", address.url) if address else None


def change(notice: ChangeNotice, day: date) -> SimpleNamespace:
    """A change that this edition brings, and how early it was told."""
    state = STATES.get(notice.state, "")
    words = [state if notice.state not in ("in_effect", "closed") else "", change_rows.told(notice)]
    return SimpleNamespace(
        link=Link(notice.headline, f"/changes/{notice.reference}"),
        words=". ".join(filter(None, words)),
    )


def days_words(found: Release, day: date) -> str:
    if found.state == "released":
        return "Out"
    if found.state == "withdrawn":
        return "Taken back"
    if found.state == "cancelled":
        return "Will not come out"
    if found.day is None:
        return "No date yet"
    if found.precision in ("week", "month", "quarter"):
        return "Day to come"  # days are counted to a day only
    return dates.left(found.day, day) or "Late"


def first_words(found: Release, day: date) -> str:
    """ "First announced for Friday 18 December 2026; moved once."."""
    if found.first_announced_on is None:
        return "No date has been announced yet."
    times = len(found.date_changes)
    moved = "changed once" if times == 1 else f"changed {times} times"
    if not times:
        moved = "and kept" if found.state == "released" else "kept so far"
    precision = found.date_changes[0].from_precision if times else found.precision
    if precision == "tbc" and times:
        precision = found.date_changes[0].to_precision
    if precision not in ("datetime", "date", "tbc"):
        words = dates.within(dates.vague(found.first_announced_on, precision))
        return f"First announced as coming out {words}; {moved}."
    return f"First announced for {dates.on(found.first_announced_on, day)}; {moved}."


def follow_series(series: Series) -> Follow:
    return Follow(
        subscribe_url=f"/subscribe?series={series.slug}",
        calendar_url=f"/calendar/series/{series.slug}.ics",
        atom_url=f"/feeds/series/{series.slug}.atom",
        rss_url=f"/feeds/series/{series.slug}.rss",
        json_url=f"/feeds/series/{series.slug}.json",
    )
