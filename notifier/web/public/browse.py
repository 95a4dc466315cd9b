"""Home, and the pages about the site itself: accessibility, privacy."""

from __future__ import annotations

from flask import Blueprint, render_template

from notifier.audience.invite import ACCEPT_WITHIN
from notifier.audience.subscribe import CONFIRM_WITHIN
from notifier.notices import queries as notices
from notifier.releases import queries as releases
from notifier.web.guard import public, settings
from notifier.web.public.changes import change_rows
from notifier.web.public.changes.strip import strip
from notifier.web.public.frame import now, today
from notifier.web.public.news import news
from notifier.web.public.record.record import this_year
from notifier.web.public.releases import release_rows

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
