"""What every public page's layout is given: names, links, the day that days are counted from."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

from flask import Flask, current_app, request
from flask_babel import lazy_gettext as _

from notifier.catalogue.queries import organisation
from notifier.clock import london_date
from notifier.render.dates import within
from notifier.web.language import in_language, language
from notifier.web.public.shapes import Link, When, on_day, typeset

URLS = {
    "home": "/",
    "changes": "/changes",
    "releases": "/releases",
    "record": "/notice-given",
    "subscribe": "/subscribe",
    "newsletters": "/newsletters",
    "feeds": "/feeds",
    "calendar": "/calendar.ics",
    "preferences": "/preferences",
    "accessibility": "/accessibility",
    "privacy": "/privacy",
}
NAV = (
    (_("Changes"), "changes"),
    (_("Releases"), "releases"),
    (_("Our record"), "record"),
    (_("Get updates"), "subscribe"),
)
FOOT = (
    (_("Newsletters"), "newsletters"),
    (_("Feeds, calendars and data"), "feeds"),
    (_("Your settings"), "preferences"),
    (_("Accessibility"), "accessibility"),
    (_("Privacy"), "privacy"),
)


def now() -> datetime:
    """This request's instant: the app's clock, read at the door."""
    found: datetime = current_app.config["NOW"]()
    return found


def today() -> date:
    return london_date(now())


def attach(app: Flask) -> None:
    app.context_processor(frame)
    app.jinja_env.filters["typeset"] = typeset
    app.jinja_env.filters["within"] = within
    app.jinja_env.filters["webcal"] = webcal


def webcal(path: str) -> str:
    """The address at which calendar programs subscribe to a calendar of ours: "/calendar.ics"."""
    base_url: str = current_app.config["SETTINGS"].base_url
    return f"webcal:{base_url.partition(':')[2]}{path}"


def frame() -> dict[str, Any]:
    """The layout's variables. An error page must be rendered also when the database is away."""
    urls = SimpleNamespace(**{key: in_language(url) for key, url in URLS.items()})
    given: dict[str, Any] = {
        "urls": urls,
        "nav": [
            Link(str(label), getattr(urls, key), active=is_here(URLS[key])) for label, key in NAV
        ],
        "footer_links": [Link(str(label), getattr(urls, key)) for label, key in FOOT],
        "language": language(),
        "other_language": other_language(),
        "today": inside(on_day(today(), today(), language())),
        "alternates": [
            (_("All changes and releases (Atom)"), "/feeds/all.atom", "application/atom+xml"),
            (_("All changes and releases (RSS)"), "/feeds/all.rss", "application/rss+xml"),
            (_("All changes and releases (JSON)"), "/feeds/all.json", "application/feed+json"),
        ],
    }
    try:
        house = organisation()
    except Exception:
        house = None
    if house is not None:
        licence = Link(house.licence_name, house.licence_url) if house.licence_url else None
        given["site"] = SimpleNamespace(name=house.name, licence=licence)
    return given


def inside(day: When) -> When:
    """A day inside a sentence: Welsh "dydd Llun", not "Dydd Llun"."""
    return replace(day, words=within(day.words))


def other_language() -> Link | None:
    """This page in the other language; None in an answer to a form, which has no address."""
    if request.method != "GET":
        return None
    label, lang = ("English", "en") if language() == "cy" else ("Cymraeg", "cy")
    return Link(label, in_language(request.full_path.rstrip("?"), lang), lang=lang)


def is_here(url: str) -> bool:
    return request.path == url or request.path.startswith(f"{url}/")
