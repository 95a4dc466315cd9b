"""What every public page's layout is given: names, links, the day that days are counted from."""

from __future__ import annotations

from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

from flask import Flask, current_app, request

from notifier.catalogue.queries import organisation
from notifier.clock import london_date
from notifier.web.public.shapes import Link, on_day, typeset

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
    ("Changes", "changes"),
    ("Releases", "releases"),
    ("Our record", "record"),
    ("Get updates", "subscribe"),
)
FOOT = (
    ("Newsletters", "newsletters"),
    ("Feeds, calendars and data", "feeds"),
    ("Your settings", "preferences"),
    ("Accessibility", "accessibility"),
    ("Privacy", "privacy"),
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


def frame() -> dict[str, Any]:
    """The layout's variables. An error page must be rendered also when the database is away."""
    urls = SimpleNamespace(**URLS)
    given: dict[str, Any] = {
        "urls": urls,
        "nav": [Link(label, str(URLS[key]), active=is_here(str(URLS[key]))) for label, key in NAV],
        "footer_links": [Link(label, str(URLS[key])) for label, key in FOOT],
        "language": "en",
        "today": on_day(today(), today()),
        "alternates": [
            ("All changes and releases (Atom)", "/feeds/all.atom", "application/atom+xml"),
            ("All changes and releases (RSS)", "/feeds/all.rss", "application/rss+xml"),
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


def is_here(url: str) -> bool:
    return request.path == url or request.path.startswith(f"{url}/")
