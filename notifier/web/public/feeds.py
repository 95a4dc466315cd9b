"""Feeds, calendars and data over HTTP: small, conditional, and never older than what is out."""

from __future__ import annotations

import gzip
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, current_app, request

from notifier.errors import NotFound
from notifier.feeds import (
    atom,
    collect,
    data,
    freshness,
    ics,
    json_feed,
    opml,
    rss,
    schedule,
    scopes,
)
from notifier.feeds.addresses import NOTHING_YET
from notifier.feeds.endings import leads_to
from notifier.feeds.etag import cache_tag
from notifier.web.guard import public

blueprint = Blueprint("feeds", __name__)

FORMS: dict[str, Any] = {"atom": atom, "rss": rss, "json": json_feed}
OPML_TITLE = "Feeds of statistics: changes and releases"


@blueprint.get("/feeds/<path:path>.<any(atom, rss, json):form>")
@public
def feed(path: str, form: str) -> Response:
    """One document of a feed; ``?page=`` names an archive (RFC 5005 section 4)."""
    now, base_url = clock(), site()
    if (to := leads_to(path, now=now)) != path:
        return moved(f"/feeds/{to}.{form}" if to else None)
    scope = scopes.read(path)
    found = collect.leaf(scope, now=now, base_url=base_url, number=archive())
    channel = collect.channel(scope, found, form=form, base_url=base_url)
    body = FORMS[form].render(channel, found.items)
    return answer(body, FORMS[form].MEDIA_TYPE, changed=found.changed, now=now)


@blueprint.get("/feeds.opml")
@public
def every_feed() -> Response:
    now = clock()
    body = opml.render(OPML_TITLE, collect.outlines(now=now, base_url=site()))
    return answer(body, opml.MEDIA_TYPE, changed=NOTHING_YET, now=now)


@blueprint.get("/calendar.ics")
@public
def calendar() -> Response:
    return calendar_of("all")


@blueprint.get("/calendar/topics/<slug>.ics")
@public
def calendar_of_topic(slug: str) -> Response:
    return calendar_of(f"topics/{slug}")


@blueprint.get("/calendar/series/<slug>.ics")
@public
def calendar_of_series(slug: str) -> Response:
    return calendar_of(f"series/{slug}")


@blueprint.get("/notices.json")
@public
def notices() -> Response:
    now = clock()
    return document(data.notices(now=now, base_url=site()), now)


@blueprint.get("/notices/<reference>.json")
@public
def notice(reference: str) -> Response:
    return document(data.one_notice(reference, base_url=site()), clock())


@blueprint.get("/releases.json")
@public
def releases() -> Response:
    now = clock()
    return document(data.releases(now=now, base_url=site()), now)


def calendar_of(path: str) -> Response:
    now = clock()
    if (to := leads_to(path, now=now)) != path:
        return moved(f"/calendar/{to}.ics" if to else None)
    drawn = schedule.draw(scopes.read(path), now=now, base_url=site())
    body = ics.render(drawn.calendar, stamp=drawn.changed)
    return answer(body, ics.MEDIA_TYPE, changed=drawn.changed, now=now)


def moved(path: str | None) -> Response:
    """301 to what a topic has become; 410 where nothing took its place."""
    if path is None:
        words = "This topic has ended, and its feeds with it.\n"
        return Response(words, 410, mimetype="text/plain")
    return Response(f"{site()}{path}\n", 301, {"Location": f"{site()}{path}"}, "text/plain")


def document(found: data.Document, now: datetime) -> Response:
    return answer(found.body, "application/json", changed=found.changed, now=now)


def answer(body: bytes, media_type: str, *, changed: datetime, now: datetime) -> Response:
    """The body with what caches need, compressed where asked for, or 304 (RFC 9110 section 13)."""
    tag = cache_tag(body)
    zipped = request.accept_encodings.quality("gzip") > 0
    response = Response(
        # Without a time in its header the same body compresses to the same bytes.
        gzip.compress(body, compresslevel=6, mtime=0) if zipped else body,
        content_type=f"{media_type}; charset=utf-8",
    )
    if zipped:
        response.content_encoding = "gzip"
    response.set_etag(f"{tag}-gzip" if zipped else tag)
    response.last_modified = changed
    response.vary.add("Accept-Encoding")
    response.cache_control.public = True
    response.cache_control.max_age = freshness.max_age(now)
    response.access_control_allow_origin = "*"
    response.make_conditional(request)
    return response


def archive() -> int | None:
    """The number behind ``?page=``. Raises NotFound when it is no number."""
    given = request.args.get("page")
    if given is None:
        return None
    if not (given.isascii() and given.isdigit() and len(given) < 8):
        raise NotFound(f"There is no page {given!r}; ?page= takes a number.")
    return int(given)


def clock() -> datetime:
    now: datetime = current_app.config["NOW"]()
    return now


def site() -> str:
    base_url: str = current_app.config["SETTINGS"].base_url
    return base_url
