"""Home, and the pages about the site itself: feeds, accessibility, privacy."""

from __future__ import annotations

from types import SimpleNamespace

from flask import Blueprint, render_template

from notifier.audience.invite import ACCEPT_WITHIN
from notifier.audience.subscribe import CONFIRM_WITHIN
from notifier.catalogue import queries as catalogue
from notifier.catalogue.merge import living
from notifier.notices import queries as notices
from notifier.releases import queries as releases
from notifier.web.guard import public, settings
from notifier.web.public.changes import change_rows
from notifier.web.public.changes.strip import strip
from notifier.web.public.frame import now, today
from notifier.web.public.news import news
from notifier.web.public.record.record import this_year
from notifier.web.public.releases import release_rows
from notifier.web.public.shapes import Link

blueprint = Blueprint("browse", __name__)


@blueprint.get("/")
@public
def home() -> str:
    """What changes and what comes out, soonest first."""
    day, changes = today(), notices.open_changes()
    return render_template(
        "pages/public/home.html",
        strip=strip(changes, day),
        changes=[change_rows.row(notice, day) for notice in changes[:3]],
        changes_total=len(changes),
        releases=release_rows.coming(releases.upcoming(now=now()), day, changes, most=4),
        news=news(now(), most=3),
        record=this_year(),
    )


@blueprint.get("/accessibility")
@public
def accessibility() -> str:
    return render_template("pages/public/accessibility.html", contact=contact(), checked=None)


@blueprint.get("/privacy")
@public
def privacy() -> str:
    return render_template(
        "pages/public/privacy.html",
        contact=contact(),
        unconfirmed_days=CONFIRM_WITHIN.days,
        invited_days=ACCEPT_WITHIN.days,
        ledger_months=settings().retention_delivery_months,
    )


def contact() -> str:
    return settings().reply_to or settings().mail_from


@blueprint.get("/feeds")
@public
def feed_list() -> str:
    """Feeds, calendars and data: how to follow without an address."""

    def feed(name: str, scope: str, calendar: str | None = None) -> SimpleNamespace:
        urls = {f"{kind}_url": f"/feeds/{scope}.{kind}" for kind in ("atom", "rss", "json")}
        return SimpleNamespace(name=name, calendar_url=calendar, **urls)

    return render_template(
        "pages/public/feeds.html",
        main=[
            feed("Everything", "all"),
            feed("Changes", "changes"),
            feed("Releases", "releases"),
            feed("Newsletters", "newsletters"),
        ],
        topics=[
            feed(t.name, f"topics/{t.slug}", f"/calendar/topics/{t.slug}.ics")
            for t in living(now())
        ],
        series=[
            feed(s.name, f"series/{s.slug}", f"/calendar/series/{s.slug}.ics")
            for s in catalogue.all_series()
        ],
        user_types=[feed(u.name, f"for/{u.slug}") for u in catalogue.user_types()],
        calendars=[Link("All releases and changes", "/calendar.ics")],
        data=[
            Link("All notices (JSON)", "/notices.json"),
            Link("All releases (JSON)", "/releases.json"),
        ],
        opml_url="/feeds.opml",
    )
