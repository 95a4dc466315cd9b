"""Preferences by link: what one gets, changed at once, without an account."""

from __future__ import annotations

from types import SimpleNamespace

from flask import Blueprint, render_template, request

from notifier.audience import queries as people
from notifier.audience.leave import leave as leave_some
from notifier.audience.leave import leave_everything
from notifier.audience.magic import ask_for_link
from notifier.audience.models import Subscriber, Subscription
from notifier.audience.prefer import prefer
from notifier.catalogue import queries as catalogue
from notifier.errors import NotFound, Refused
from notifier.render.links import read_preferences
from notifier.store.db import unit
from notifier.web.guard import public, settings
from notifier.web.public.frame import now
from notifier.web.public.shapes import Choice, Error
from notifier.web.public.signup import STALE, is_human, is_stale, time_token, tree, user_types

blueprint = Blueprint("preferences", __name__)

DEPTHS = [
    Choice("headline", "The headline", "What changes, when, and what you should do"),
    Choice("detail", "The detail", "Also why, how big it is and what stays the same"),
    Choice("technical", "Everything", "Also the method, codes and tables"),
]
LANGUAGES = [Choice("en", "English"), Choice("cy", "Welsh"), Choice("both", "Both in one email")]


@blueprint.get("/preferences")
@public
def ask() -> str:
    """Asks for the address; the way in is a link by mail."""
    return ask_page("", [], done=False)


@blueprint.post("/preferences")
@public
def send_link() -> str | tuple[str, int]:
    """Promise the link. The same page follows whether we know the address or not."""
    email, t = request.form.get("email", ""), request.form.get("t", "")
    if is_stale(t):
        return ask_page(email, [Error("email", STALE)], done=False), 400
    try:
        with unit() as work:
            ask_for_link(email, now=now())
            if request.form.get("website") or not is_human(t):
                work.rollback()
    except Refused as refusal:
        return ask_page(email, [Error("email", str(refusal).rstrip("."))], done=False), 400
    return ask_page("", [], done=True)


def ask_page(email: str, errors: list[Error], *, done: bool) -> str:
    return render_template(
        "pages/public/preferences_ask.html",
        action="/preferences",
        form=SimpleNamespace(email=email, t=time_token()),
        errors=errors,
        done=done,
    )


def holder(token: str) -> Subscriber | None:
    """The person whom a link is for, while they get anything."""
    subscriber_id = read_preferences(settings(), token, now=now())
    person = people.person(subscriber_id) if subscriber_id is not None else None
    if person is None or person.email is None or person.state not in ("active", "paused"):
        return None
    return person


def invalid() -> tuple[str, int]:
    return render_template("pages/public/token_invalid.html"), 404


@blueprint.get("/preferences/<token>")
@public
def show(token: str) -> str | tuple[str, int]:
    person = holder(token)
    return page(person, token, [], saved=False) if person else invalid()


@blueprint.post("/preferences/<token>")
@public
def save(token: str) -> str | tuple[str, int]:
    person = holder(token)
    if person is None:
        return invalid()
    try:
        with unit():
            take(person)
    except NotFound:
        return page(person, token, [Error("topics", "Select from the list")], saved=False), 400
    except Refused as refusal:
        error = Error(refusal.field or "topics", str(refusal).rstrip("."))
        return page(person, token, [error], saved=False), 400
    return page(person, token, [], saved=True)


def take(person: Subscriber) -> None:
    """The whole page at once. Single publications can be given up here, not added."""
    slugs, kept = request.form.getlist("topics"), request.form.getlist("series")
    series = {one.id: one.slug for one in catalogue.all_series()}
    dropped = [s for s in live(person) if s.series_id and series[s.series_id] not in kept]
    if not slugs and len(dropped) == len([s for s in live(person) if s.series_id]):
        raise Refused("Select at least one topic, or use “Leave everything”", field="topics")
    depth = request.form.get("depth")
    prefer(
        person,
        topics=catalogue.topics_named(slugs),
        user_type=catalogue.user_type(request.form.get("user_type", "")),
        # Who never chose a depth and leaves the answer alone goes on following the user type.
        depth=depth if person.depth or depth != person.reads else None,
        language=request.form.get("language", "en"),
        now=now(),
    )
    leave_some(person, dropped, now=now(), reason="changed preferences")


def live(person: Subscriber) -> list[Subscription]:
    return [s for s in person.subscriptions if s.ended_at is None]


@blueprint.post("/preferences/<token>/leave")
@public
def leave(token: str) -> str | tuple[str, int]:
    """Leave everything, from this moment."""
    person = holder(token)
    if person is None:
        return invalid()
    with unit():
        leave_everything(person, now=now(), reason="preferences page")
    return render_template(
        "pages/public/unsubscribed.html",
        ended=[],
        still=[],
        leave_action=None,
        reasons=[],
        reasons_action=None,
    )


def page(person: Subscriber, token: str, errors: list[Error], *, saved: bool) -> str:
    topics = {topic.id: topic.slug for topic in catalogue.topics()}
    series = {one.id: one for one in catalogue.all_series()}
    followed = [series[s.series_id] for s in live(person) if s.series_id in series]
    if errors:  # everything as it was typed
        given = request.form
        form = SimpleNamespace(
            topics=given.getlist("topics"),
            series=given.getlist("series"),
            user_type=given.get("user_type", ""),
            depth=given.get("depth", ""),
            language=given.get("language", ""),
        )
    else:
        form = SimpleNamespace(
            topics=[topics[s.topic_id] for s in live(person) if s.topic_id in topics],
            series=[one.slug for one in followed],
            user_type=person.user_type.slug,
            depth=person.reads,
            language=person.language,
        )
    return render_template(
        "pages/public/preferences.html",
        action=f"/preferences/{token}",
        leave_action=f"/preferences/{token}/leave",
        address=partly(person.email or ""),
        form=form,
        errors=errors,
        saved=saved,
        topics=tree(),
        series=[Choice(one.slug, one.name) for one in followed],
        user_types=user_types(),
        depths=DEPTHS,
        languages=LANGUAGES,
    )


def partly(address: str) -> str:
    """ "c•••@example.org": a link can be seen over a shoulder or forwarded."""
    local, _, domain = address.rpartition("@")
    return f"{local[:1]}•••@{domain}"
