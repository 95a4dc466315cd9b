"""Pages that show: home, changes, releases, topics, series, and what they promise."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace

from flask import Blueprint, render_template

from notifier.audience.subscribe import CONFIRM_WITHIN
from notifier.catalogue import queries as catalogue
from notifier.catalogue.models import Series, Topic
from notifier.clock import london_date
from notifier.notices import queries as notices
from notifier.notices.models import ChangeNotice
from notifier.releases import queries as releases
from notifier.render import dates
from notifier.web.guard import public, settings
from notifier.web.public import change_page, change_rows, release_page, release_rows
from notifier.web.public.frame import now, today
from notifier.web.public.news import news
from notifier.web.public.record import this_year
from notifier.web.public.shapes import Follow, Link, on_day
from notifier.web.public.strip import strip

blueprint = Blueprint("browse", __name__)

NUMBERS = "No One Two Three Four Five Six Seven Eight Nine Ten Eleven Twelve".split()  # noqa: SIM905
EACH = {
    "monthly": "each month",
    "quarterly": "each quarter",
    "biannual": "twice a year",
    "annual": "each year",
    "biennial": "every two years",
    "triennial": "every three years",
}


def counted(count: int) -> str:
    return NUMBERS[count] if count < len(NUMBERS) else str(count)


def planned_words(count: int, of: str = "") -> str:
    """ "Six changes are planned to our statistics."."""
    noun = "change is" if count == 1 else "changes are"
    return f"{counted(count)} {noun} planned{of}."


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


@blueprint.get("/changes")
@public
def changes() -> str:
    """All planned changes on one rail."""
    day, found = today(), notices.open_changes()
    return render_template(
        "pages/public/changes.html",
        strip=strip(found, day),
        months=change_rows.months(found, day),
        total=len(found),
        in_words=f"{planned_words(len(found), ' to our statistics')} "
        "Each keeps one page, from the first word to the outcome."
        if found
        else "No changes are planned to our statistics.",
        nothing_planned=[],
    )


@blueprint.get("/changes/<reference>")
@public
def change(reference: str) -> str:
    """One change, on its permanent page."""
    notice = notices.public_notice(reference)
    return render_template("pages/public/change.html", **change_page.context(notice, now()))


@blueprint.get("/releases")
@public
def calendar() -> str:
    """The release calendar of the next 12 months."""
    coming = releases.calendar(now=now(), back=timedelta(0))
    return render_template(
        "pages/public/releases.html",
        months=release_rows.months(coming, today(), notices.open_changes()),
        standard_time="9:30am",
    )


@blueprint.get("/releases/<int(max=2147483647):release_id>")
@public
def release(release_id: int) -> str:
    """One edition: when it comes out and how its date came about."""
    found = releases.release(release_id)
    return render_template("pages/public/release.html", **release_page.context(found, today()))


@blueprint.get("/topics/<slug>")
@public
def topic(slug: str) -> str:
    """One topic: what changes in it, what comes out, how to follow it."""
    found = catalogue.topic(slug)
    ids = releases.of_topics([t.id for t in below(found)])
    day, changes = today(), notices.open_changes(ids)
    parent = found.parent
    series = [s for s in catalogue.all_series() if s.id in set(ids)]
    return render_template(
        "pages/public/topic.html",
        topic=SimpleNamespace(
            name=found.name,
            slug=found.slug,
            parent=Link(parent.name, f"/topics/{parent.slug}") if parent else None,
            children=[Link(t.name, f"/topics/{t.slug}") for t in found.children],
        ),
        in_words=soonest_words(changes, day),
        months=change_rows.months(changes, day),
        releases=release_rows.coming(releases.upcoming(now=now(), series_ids=ids), day, changes),
        series=[
            SimpleNamespace(name=s.name, url=f"/series/{s.slug}", about=about(s)) for s in series
        ],
        news=news(now(), series_ids=ids, most=3),
        follow=Follow(
            subscribe_url=f"/subscribe?topic={slug}",
            calendar_url=f"/calendar/topics/{slug}.ics",
            atom_url=f"/feeds/topics/{slug}.atom",
            rss_url=f"/feeds/topics/{slug}.rss",
            json_url=f"/feeds/topics/{slug}.json",
        ),
        alternates=[
            (f"{found.name} (Atom)", f"/feeds/topics/{slug}.atom", "application/atom+xml"),
            (f"{found.name} (RSS)", f"/feeds/topics/{slug}.rss", "application/rss+xml"),
        ],
    )


def below(found: Topic) -> list[Topic]:
    """A topic and all topics under it."""
    return [found, *(t for child in found.children for t in below(child))]


def soonest_words(changes: list[ChangeNotice], day: date) -> str:
    if not changes:
        return "No changes are planned."
    first = changes[0].effect_at
    words = planned_words(len(changes)).rstrip(".")
    if first is None:
        return f"{words}."
    when = dates.within(dates.ahead(london_date(first), day)) or "now due"
    return f"{words}, {'the next ' if len(changes) > 1 else ''}{when}."


def about(series: Series) -> str:
    each = EACH.get(series.frequency, series.frequency)
    return f"{series.designation}, {each}" if each else series.designation


@blueprint.get("/series/<slug>")
@public
def one_series(slug: str) -> str:
    """One series: what changes in it, its editions, what changed before."""
    found = catalogue.series(slug)
    day, changes = today(), notices.open_changes([found.id])
    editions = releases.calendar(now=now(), series_ids=[found.id], back=timedelta(days=1200))
    past = [r for r in editions if r.state in ("released", "withdrawn")][-3:]
    coming = [r for r in editions if r.state not in ("released", "withdrawn")]
    return render_template(
        "pages/public/series.html",
        series=SimpleNamespace(
            name=found.name,
            slug=found.slug,
            designation=found.designation,
            frequency=EACH.get(found.frequency, found.frequency),
            topics=[Link(t.name, f"/topics/{t.slug}") for t in found.topics],
            landing_url=found.landing_url or None,
        ),
        in_words=soonest_words(changes, day),
        months=change_rows.months(changes, day),
        statement=None,
        past=[
            SimpleNamespace(
                day=on_day(london_date(n.effect_at), day) if n.effect_at else None,
                headline=n.headline,
                url=f"/changes/{n.reference}",
                words=change_rows.told(n),
            )
            for n in notices.past_changes([found.id])
        ],
        releases=[release_rows.row(r, day, changes) for r in past]
        + release_rows.coming(coming, day, changes),
        team=found.team,
        follow=release_page.follow_series(found),
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
            for t in catalogue.topics()
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
