"""Preferences by link: what one gets, changed at once, without an account."""

from __future__ import annotations

from types import SimpleNamespace

from flask import Blueprint, render_template, request

from notifier.audience import kinds
from notifier.audience.describe import describe
from notifier.audience.leave import leave_everything
from notifier.audience.magic import ask_for_link, send_link
from notifier.audience.models import Subscriber
from notifier.audience.prefer import prefer
from notifier.catalogue import merge
from notifier.catalogue import queries as catalogue
from notifier.errors import NotFound, Refused
from notifier.notices.latecomers import tell_at_once
from notifier.store.db import unit
from notifier.web.guard import public
from notifier.web.language import gettext as _
from notifier.web.network import limit
from notifier.web.public.frame import now
from notifier.web.public.people.holder import Holder, holder, invalid
from notifier.web.public.people.settings_page import OFTEN, SINGLES, key, live, page
from notifier.web.public.people.signup import STALE, is_human, is_stale, time_token
from notifier.web.public.shapes import Error
from notifier.web.refusals import label

blueprint = Blueprint("preferences", __name__)


@blueprint.get("/preferences")
@public
def ask() -> str:
    """Asks for the address; the way in is a link by mail."""
    return ask_page("", [], done=False)


@blueprint.post("/preferences")
@public
def send() -> str | tuple[str, int]:
    """Promise the link. The same page follows whether we know the address or not."""
    email, t = request.form.get("email", ""), request.form.get("t", "")
    limit("link", now=now())
    if is_stale(t):
        return ask_page(email, [Error("email", _(STALE))], done=False), 400
    try:
        with unit() as work:
            ask_for_link(email, now=now())
            if request.form.get("website") or not is_human(t):
                work.rollback()
    except Refused as refusal:
        return ask_page(email, [Error("email", label(refusal))], done=False), 400
    return ask_page("", [], done=True)


def ask_page(email: str, errors: list[Error], *, done: bool) -> str:
    return render_template(
        "pages/public/preferences_ask.html",
        action="/preferences",
        form=SimpleNamespace(email=email, t=time_token()),
        errors=errors,
        done=done,
    )


@blueprint.post("/preferences/<token>/fresh")
@public
def fresh(token: str) -> str | tuple[str, int]:
    """A link by mail in place of an old one, to the person's own address."""
    of = holder(token)
    if of is None:
        return invalid()
    limit("link", now=now())
    with unit():
        send_link(of.person, now=now())
    return ask_page("", [], done=True)


@blueprint.get("/preferences/<token>")
@public
def show(token: str) -> str | tuple[str, int]:
    of = holder(token)
    return page(of, []) if of else invalid()


@blueprint.post("/preferences/<token>")
@public
def save(token: str) -> str | tuple[str, int]:
    of = holder(token)
    if of is None:
        return invalid()
    try:
        with unit():
            take(of.person)
    except NotFound:
        return page(of, [Error("topics", _("Select from the list"))]), 400
    except Refused as refusal:
        return page(of, [Error(refusal.field or "topics", label(refusal))]), 400
    return page(of, [], saved=_("It counts from the next email."))


def take(person: Subscriber) -> None:
    """The whole page at once. Changes and releases that are followed by themselves can be given up
    here, not added."""
    given = request.form
    kept = {(kind, value) for kind in SINGLES for value in given.getlist(kind)}
    depth = given.get("depth")
    publications = list(dict.fromkeys(given.getlist("series")))
    prefer(
        person,
        topics=merge.current(catalogue.topics_named(given.getlist("topics")), now=now()),
        series=[catalogue.series(slug) for slug in publications],
        user_type=catalogue.user_type(given.get("user_type", "")),
        # Who never chose a depth and leaves the answer alone goes on following the user type.
        depth=depth if person.depth or depth != person.reads else None,
        language=given.get("language", "en"),
        kinds=wanted(person),
        week_ahead="week_ahead" in given,
        drops=[s for s in live(person) if s.topic_id is None and key(s) not in kept],
        now=now(),
    )
    if "uses" in given:
        describe(
            person,
            name=given.get("name", ""),
            organisation=given.get("organisation", ""),
            uses=given["uses"],
            takes_part=given.getlist("takes_part"),
            asked_by=given.get("asked_by", ""),
            now=now(),
        )
    tell_at_once(person, now=now())


def wanted(person: Subscriber) -> int | None:
    """How often each kind is to come; None for a form that does not ask."""
    asked = {kind: request.form.get(f"{OFTEN}{kind}", "") for kind in kinds.KINDS}
    given = {kind: rhythm for kind, rhythm in asked.items() if rhythm}
    if not given:
        return None
    machines_only = "machines_only" in request.form
    return kinds.pack({**kinds.unpack(person.kinds), **given}, machines_only=machines_only)


@blueprint.post("/preferences/<token>/leave")
@public
def leave(token: str) -> str | tuple[str, int]:
    """Leave everything, from this moment."""
    of = holder(token)
    if of is None:
        return invalid()
    with unit():
        leave_everything(of.person, now=now(), reason="preferences page")
    return left(of)


def left(of: Holder) -> str:
    return render_template(
        "pages/public/unsubscribed.html",
        ended=[],
        still=[],
        leave_action=None,
        reasons=[],
        reasons_action=None,
    )
