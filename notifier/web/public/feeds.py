"""Feeds over HTTP: small, conditional, and never older than what is out."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

from flask import Blueprint, Response, current_app, request

from notifier.clock import elapsed
from notifier.errors import NotFound, Refused
from notifier.feeds import atom, choosing, collect, freshness, json_feed, opml, rss, websub
from notifier.feeds.choosing import Choice, Ended
from notifier.feeds.endings import leads_to
from notifier.feeds.shelf import Kept, Shelf, compressed
from notifier.feeds.words import word
from notifier.settings import Settings
from notifier.web.guard import public

blueprint = Blueprint("feeds", __name__)

FORMS: dict[str, Any] = {"atom": atom, "rss": rss, "json": json_feed}
CONDITIONS = ("If-None-Match", "If-Modified-Since")


@blueprint.get("/feeds/<path:path>.<any(atom, rss, json):form>")
@public
def feed(path: str, form: str) -> Response:
    """One document of a feed: any scope, narrowed by ``?topic=…&kind=…&for=…``; ``?page=`` names an
    archive (RFC 5005 section 4)."""
    now, kept_by = clock(), shelf()
    place = kept_by.place("feed", form, path, request.query_string.decode("latin-1"), *frame())
    if (kept := kept_by.find(place, now=now)) is None:
        if (elsewhere := ended(path, form, now=now)) is not None:
            return elsewhere
        kept = rendered(path, form, choosing.read(asked()), now=now)
        kept_by.keep(place, kept)
    return hubbed(serve(kept, now=now))


def rendered(path: str, form: str, choice: Choice, *, now: datetime) -> Kept:
    scope = choosing.narrow(path, choice, now=now)
    found = collect.leaf(scope, now=now, base_url=site(), number=choice.page)
    hub = settings().websub_hub if websub.is_told(asked()) else None
    channel = collect.channel(scope, found, form=form, base_url=site(), hub=hub or None)
    channel = replace(channel, self_url=fetched())
    body = FORMS[form].render(channel, found.items)
    return Kept.of(
        body,
        FORMS[form].MEDIA_TYPE,
        small=compressed(body),
        made=now,
        until=freshness.next_instant(now),
        changed=found.changed,
    )


@blueprint.get("/feeds.opml")
@public
def every_feed() -> Response:
    """Every feed; with ``?topic=…&kind=…&for=…`` those of a choice."""
    now, choice = clock(), choosing.read(asked())
    pairs = choosing.current(asked(), now=now)
    if pairs != asked():
        return moved(f"/feeds.opml?{urlencode(pairs)}")
    if choice.topic or choice.series or choice.kind or choice.for_ or choice.state:
        outlines = collect.chosen(choice, now=now, base_url=site())
    else:
        outlines = collect.outlines(now=now, base_url=site(), language=choice.lang)
    body = opml.render(word("opml", choice.lang), outlines)
    return answer(body, opml.MEDIA_TYPE, changed=collect.relisted(now), now=now)


def fetched() -> str:
    """The address that was asked for to the letter, whatever the order of its words: a validator
    compares it with the link to itself."""
    query = request.query_string.decode("latin-1")
    return f"{site()}{quote(request.path)}" + (f"?{query}" if query else "")


def asked() -> list[tuple[str, str]]:
    return list(request.args.items(multi=True))


def ended(path: str, form: str, *, now: datetime) -> Response | None:
    """301 where a topic of the address has become another, 410 where none took its place."""
    to, pairs = leads_to(path, now=now), choosing.current(asked(), now=now)
    if to is None:
        return moved(None)
    if to == path and pairs == asked():
        return None
    return moved(f"/feeds/{to}.{form}" + (f"?{urlencode(pairs)}" if pairs else ""))


def moved(path: str | None) -> Response:
    """301 to what a topic has become; 410 where nothing took its place."""
    if path is None:
        words = "This topic has ended, and its feeds with it.\n"
        return Response(words, 410, mimetype="text/plain")
    return Response(f"{site()}{path}\n", 301, {"Location": f"{site()}{path}"}, "text/plain")


def answer(body: bytes, media_type: str, *, changed: datetime, now: datetime) -> Response:
    """The body with what caches need, compressed where asked for, or 304 (RFC 9110 section 13)."""
    until = freshness.next_instant(now)
    small = compressed(body) if zips() else b""
    kept = Kept.of(body, media_type, small=small, made=now, until=until, changed=changed)
    return serve(kept, now=now)


def hubbed(response: Response) -> Response:
    """With the WebSub hub in its header, where the hub is told of this very document."""
    if (hub := settings().websub_hub) and websub.is_told(asked()):
        for link in websub.links(hub, fetched()):
            response.headers.add("Link", link)
    return response


def zips() -> bool:
    """Whether the reader takes gzip."""
    return request.accept_encodings.quality("gzip") > 0


def serve(kept: Kept, *, now: datetime) -> Response:
    """Its headers are written out: by werkzeug's properties they took a third of an answer."""
    zipped = zips()
    tag = f'"{kept.tag}-gzip"' if zipped else f'"{kept.tag}"'
    headers = {
        "Content-Type": f"{kept.media_type}; charset=utf-8",
        "ETag": tag,
        "Last-Modified": kept.last_modified,
        "Vary": "Accept-Encoding",
        "Cache-Control": f"public, max-age={freshness.seconds(now, until=kept.until)}",
        "Access-Control-Allow-Origin": "*",
    }
    if request.headers.get("If-None-Match") == tag:  # what a reader sends: no need to parse more
        return Response(status=304, headers=headers)
    if zipped:
        headers["Content-Encoding"] = "gzip"
    response = Response(kept.small if zipped else kept.body, headers=headers)
    if any(name in request.headers for name in CONDITIONS):
        response.make_conditional(request)
    return response


@blueprint.errorhandler(NotFound)
def not_found(error: NotFound) -> Response:
    return sentence(error, 404)


@blueprint.errorhandler(Refused)
def refused(error: Refused) -> Response:
    return sentence(error, 410 if isinstance(error, Ended) else 400)


def sentence(error: Exception, status: int) -> Response:
    """What is wrong with the address and what there is: a reader shows it to whoever pasted it."""
    response = Response(f"{error}\n", status, mimetype="text/plain")
    response.access_control_allow_origin = "*"
    return response


def shelf() -> Shelf:
    """That of this app; a second made at the same moment is as good."""
    kept: dict[str, Shelf] = current_app.extensions
    if "feeds" not in kept:
        kept["feeds"] = Shelf(settings().instance / "feeds", elapsed)
    return kept["feeds"]


def frame() -> tuple[str, str]:
    """What a document says beside what it is about."""
    return site(), settings().websub_hub


def clock() -> datetime:
    now: datetime = current_app.config["NOW"]()
    return now


def settings() -> Settings:
    found: Settings = current_app.config["SETTINGS"]
    return found


def site() -> str:
    return settings().base_url
