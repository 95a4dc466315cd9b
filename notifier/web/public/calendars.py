"""Calendars over HTTP: of everything, of a topic or publication, and of one date by itself."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlencode

from flask import Blueprint, Response, request

from notifier.errors import NotFound, Refused
from notifier.feeds import choosing, freshness, ics, schedule
from notifier.feeds.endings import leads_to
from notifier.feeds.schedule import Schedule
from notifier.feeds.scopes import shown
from notifier.feeds.shelf import Kept, compressed
from notifier.web.guard import public
from notifier.web.public.feeds import answer, clock, frame, moved, serve, shelf, site

blueprint = Blueprint("calendars", __name__)

LONGEST_ID = 2147483647  # of PostgreSQL
NOT_HERE = {"state", "page"}  # filters of feeds that mean nothing in a calendar


@blueprint.get("/calendar.ics")
@public
def calendar() -> Response:
    """``?topic=a&topic=b&series=c&kind=releases&lang=cy`` narrow it as they narrow a feed."""
    return calendar_of("all")


@blueprint.get("/calendar/topics/<slug>.ics")
@public
def calendar_of_topic(slug: str) -> Response:
    return calendar_of(f"topics/{slug}")


@blueprint.get("/calendar/series/<slug>.ics")
@public
def calendar_of_series(slug: str) -> Response:
    return calendar_of(f"series/{slug}")


@blueprint.get(f"/releases/<int(max={LONGEST_ID}):release_id>.ics")
@public
def one_release(release_id: int) -> Response:
    """A single event; who imports it again later gets the same one with its new date."""
    return send(schedule.of_release(release_id, base_url=site(), lang=chosen().lang))


@blueprint.get("/changes/<reference>.ics")
@public
def one_change(reference: str) -> Response:
    """The day of effect and, where there is one, the last day to comment."""
    return send(schedule.of_notice(reference, base_url=site(), lang=chosen().lang))


def calendar_of(path: str) -> Response:
    """Rendered once for each state of what is public: 42 events took 75 ms."""
    now, kept_by = clock(), shelf()
    place = kept_by.place("calendar", path, request.query_string.decode("latin-1"), *frame())
    if (kept := kept_by.find(place, now=now)) is None:
        if (elsewhere := led(path, now=now)) is not None:
            return elsewhere
        kept = drawn(path, chosen(), now=now)
        kept_by.keep(place, kept)
    return serve(kept, now=now)


def led(path: str, *, now: datetime) -> Response | None:
    """301 where a topic of the address has become another, 410 where none took its place."""
    given = list(request.args.items(multi=True))
    to, pairs = leads_to(path, now=now), choosing.current(given, now=now)
    if to == path and pairs == given:
        return None
    if to is None:
        return moved(None)
    name = "/calendar.ics" if to == "all" else f"/calendar/{to}.ics"
    return moved(name + (f"?{urlencode(pairs)}" if pairs else ""))


def drawn(path: str, choice: choosing.Choice, *, now: datetime) -> Kept:
    scope = choosing.narrow(path, choice, now=now)
    if not scope.kinds & {"announced", "released"}:
        raise Refused("Newsletters have no dates to come; a calendar has releases and changes.")
    found = schedule.draw(scope, now=now, base_url=site())
    body = ics.render(found.calendar, stamp=found.changed)
    return Kept.of(
        body,
        ics.MEDIA_TYPE,
        small=compressed(body),
        made=now,
        until=freshness.next_instant(now),
        changed=found.changed,
    )


def chosen() -> choosing.Choice:
    """What the query asks for. Raises Refused."""
    pairs = choosing.current(list(request.args.items(multi=True)), now=clock())
    for name, _ in pairs:
        if name not in choosing.NAMES:
            here = [each for each in choosing.NAMES if each not in NOT_HERE]
            raise choosing.refusal(f"There is no filter {shown(name)}", here)
    if found := sorted(NOT_HERE & {name for name, _ in pairs}):
        raise Refused(f"A calendar takes topic, series, kind, for and lang, not {found[0]}.")
    return choosing.read(pairs)


def send(found: Schedule) -> Response:
    body = ics.render(found.calendar, stamp=found.changed)
    return answer(body, ics.MEDIA_TYPE, changed=found.changed, now=clock())


@blueprint.errorhandler(NotFound)
def not_there(error: NotFound) -> Response:
    return Response(f"{error}\n", 404, mimetype="text/plain")


@blueprint.errorhandler(choosing.Ended)
def ended(error: choosing.Ended) -> Response:
    return Response(f"{error}\n", 410, mimetype="text/plain")


@blueprint.errorhandler(Refused)
def refused(error: Refused) -> Response:
    return Response(f"{error}\n", 400, mimetype="text/plain")
