"""A person's own feed and calendar: where they get the addresses, and what answers there."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, render_template, request

from notifier.audience import private_feed
from notifier.audience.models import Subscriber
from notifier.errors import Refused
from notifier.feeds import choosing, ics, own
from notifier.feeds.own import Own
from notifier.feeds.scopes import shown
from notifier.render.links import private_token, read_private
from notifier.store.db import unit
from notifier.web.guard import public, settings
from notifier.web.language import gettext as _
from notifier.web.public.feeds import FORMS, answer, clock, site
from notifier.web.public.frame import now
from notifier.web.public.people.holder import Holder, holder, invalid
from notifier.web.refusals import label

blueprint = Blueprint("private", __name__)

LANGUAGES = ("en", "cy")
ENDED = (
    "This private address has ended: its owner made a new one, ended it, or gets nothing from us "
    "any more. A new one is on the page of your settings: {url}\n"
)


@blueprint.get("/preferences/<token>/feeds")
@public
def show(token: str) -> str | tuple[str, int]:
    of = holder(token)
    return page(of) if of else invalid()


@blueprint.post("/preferences/<token>/feeds")
@public
def change(token: str) -> str | tuple[str, int]:
    """Make addresses, which ends those before them; or end them all."""
    of = holder(token)
    if of is None:
        return invalid()
    try:
        with unit():
            if "end" in request.form:
                private_feed.end(of.person, now=now())
                said = _("Your private addresses do not work any more.")
            else:
                private_feed.make(of.person, now=now())
                said = _("These are your private addresses. Those that you had before have ended.")
    except Refused as refusal:
        return page(of, refused=label(refusal)), 400
    return page(of, saved=said)


def page(of: Holder, *, saved: str = "", refused: str = "") -> str:
    count = private_feed.current(of.person)
    token = private_token(settings(), count, of.person.id) if count is not None else ""
    return render_template(
        "pages/public/preferences_feeds.html",
        action=of.path("feeds"),
        back=of.path(),
        addresses=addresses(token) if token else None,
        saved=saved,
        refused=refused,
    )


def addresses(token: str) -> dict[str, str]:
    """The calendar, also as programs subscribe to it, and the feed in each form."""
    calendar = f"{site()}/calendar/mine/{token}.ics"
    feeds = {form: f"{site()}/feeds/mine/{token}.{form}" for form in FORMS}
    return {"webcal": f"webcal:{calendar.partition(':')[2]}", "calendar": calendar, **feeds}


@blueprint.get("/feeds/mine/<token>.<any(atom, rss, json):form>")
@public
def feed(token: str, form: str) -> Response:
    """What a person follows, newest first; ``?lang=`` in place of their own language."""
    person = reader(token)
    if isinstance(person, Response):
        return person
    try:
        mine, base_url = chosen(person), site()
    except Refused as refusal:
        return refused(refusal)
    found = own.leaf(mine, now=clock(), base_url=base_url)
    channel = own.channel(mine, found, form=form, token=token, base_url=base_url)
    writer: Any = FORMS[form]
    body = writer.render(channel, found.items)
    return hidden(answer(body, writer.MEDIA_TYPE, changed=found.changed, now=clock()))


@blueprint.get("/calendar/mine/<token>.ics")
@public
def calendar(token: str) -> Response:
    """What a person follows, as a calendar."""
    person = reader(token)
    if isinstance(person, Response):
        return person
    try:
        mine = chosen(person)
    except Refused as refusal:
        return refused(refusal)
    drawn = own.calendar(mine, now=clock(), base_url=site())
    body = ics.render(drawn.calendar, stamp=drawn.changed)
    return hidden(answer(body, ics.MEDIA_TYPE, changed=drawn.changed, now=clock()))


def reader(token: str) -> Subscriber | Response:
    """Whose address it is; 404 for one that never was, 410 for one that works no more."""
    found = read_private(settings(), token)
    if found is None:
        return hidden(Response("There is no such address.\n", 404, mimetype="text/plain"))
    count, subscriber_id = found
    person = private_feed.reader(subscriber_id, count)
    if person is None:
        words = ENDED.format(url=f"{site()}/preferences")
        return hidden(Response(words, 410, mimetype="text/plain"))
    return person


def chosen(person: Subscriber) -> Own:
    """Raises Refused for a filter: what one follows is chosen in the settings."""
    for name, value in request.args.items(multi=True):
        if name != "lang":
            raise choosing.refusal(f"There is no filter {shown(name)} here", ("lang",))
        if value not in ("", *LANGUAGES):
            raise choosing.refusal(f"There is no language {shown(value)}", LANGUAGES)
    asked = request.args.get("lang", "")
    language = "cy" if person.language == "cy" else "en"
    return own.own(person, asked or language, asked=bool(asked))


def refused(error: Refused) -> Response:
    return hidden(Response(f"{error}\n", 400, mimetype="text/plain"))


def hidden(response: Response) -> Response:
    """Kept by the reader's own program alone, and found by nobody. A refusal is kept by none."""
    cache = response.cache_control
    if cache.public:
        seconds = cache.max_age
        cache.clear()
        cache.private, cache.max_age = True, seconds
    response.headers.pop("Access-Control-Allow-Origin", None)
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response
