"""Preferences by link: what one gets, changed at once, without an account."""

from __future__ import annotations

from types import SimpleNamespace

from flask import Blueprint, render_template, request

from notifier.audience import queries as people
from notifier.audience.leave import leave_everything
from notifier.audience.magic import ask_for_link
from notifier.audience.models import Subscriber
from notifier.audience.prefer import prefer
from notifier.catalogue import queries as catalogue
from notifier.errors import NotFound, Refused
from notifier.store.db import unit
from notifier.web.guard import public, settings
from notifier.web.links import read_preferences
from notifier.web.public.frame import now
from notifier.web.public.shapes import Choice, Error
from notifier.web.public.signup import is_human, time_token, tree, user_types

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
    email = request.form.get("email", "")
    try:
        with unit() as work:
            ask_for_link(email, now=now())
            if request.form.get("website") or not is_human(request.form.get("t", "")):
                work.rollback()
    except Refused as refusal:
        return ask_page(email, [Error("email", str(refusal))], done=False), 400
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
            prefer(
                person,
                topics=catalogue.topics_named(request.form.getlist("topics")),
                user_type=catalogue.user_type(request.form.get("user_type", "")),
                depth=request.form.get("depth") or None,
                language=request.form.get("language", "en"),
                now=now(),
            )
    except NotFound:
        return page(person, token, [Error("topics", "Select from the list")], saved=False), 400
    except Refused as refusal:
        error = Error(refusal.field or "topics", str(refusal))
        return page(person, token, [error], saved=False), 400
    return page(person, token, [], saved=True)


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
    live = [s for s in person.subscriptions if s.ended_at is None]
    form = SimpleNamespace(
        topics=request.form.getlist("topics")
        if errors
        else [topics[s.topic_id] for s in live if s.topic_id in topics],
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
        series=[
            Choice(series[s.series_id].slug, series[s.series_id].name)
            for s in live
            if s.series_id in series
        ],
        user_types=user_types(),
        depths=DEPTHS,
        languages=LANGUAGES,
    )


def partly(address: str) -> str:
    """ "c•••@example.org": a link can be seen over a shoulder or forwarded."""
    local, _, domain = address.rpartition("@")
    return f"{local[:1]}•••@{domain}"
