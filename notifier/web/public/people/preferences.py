"""Preferences by link: what one gets, changed at once, without an account."""

from __future__ import annotations

from types import SimpleNamespace

from flask import Blueprint, render_template, request

from notifier.audience import queries as people
from notifier.audience.leave import leave_everything
from notifier.audience.magic import ask_for_link
from notifier.audience.models import Subscriber, Subscription
from notifier.audience.pause import latest
from notifier.audience.prefer import prefer
from notifier.catalogue import merge
from notifier.catalogue import queries as catalogue
from notifier.catalogue.models import Topic
from notifier.errors import NotFound, Refused
from notifier.notices.latecomers import tell_at_once
from notifier.render import dates, followed
from notifier.render.links import read_preferences
from notifier.store.db import unit
from notifier.web.guard import public, settings
from notifier.web.public.frame import now, today
from notifier.web.public.people.signup import (
    STALE,
    is_human,
    is_stale,
    time_token,
    tree,
    user_types,
)
from notifier.web.public.shapes import Choice, Error, on_day

blueprint = Blueprint("preferences", __name__)

DEPTHS = [
    Choice("headline", "The headline", "What changes, when, and what you should do"),
    Choice("detail", "The detail", "Also why, how big it is and what stays the same"),
    Choice("technical", "Everything", "Also the method, codes and tables"),
]
LANGUAGES = [Choice("en", "English"), Choice("cy", "Welsh"), Choice("both", "Both in one email")]
SINGLES = ("series", "notice", "release")  # followed by themselves, as fields of the form


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
    return page(person, token, []) if person else invalid()


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
        return page(person, token, [Error("topics", "Select from the list")]), 400
    except Refused as refusal:
        error = Error(refusal.field or "topics", str(refusal).rstrip("."))
        return page(person, token, [error]), 400
    return page(person, token, [], saved="It counts from the next email.")


def take(person: Subscriber) -> None:
    """The whole page at once. What is followed by itself can be given up here, not added."""
    given = request.form
    kept = {(kind, value) for kind in SINGLES for value in given.getlist(kind)}
    depth = given.get("depth")
    prefer(
        person,
        topics=merge.current(catalogue.topics_named(given.getlist("topics")), now=now()),
        user_type=catalogue.user_type(given.get("user_type", "")),
        # Who never chose a depth and leaves the answer alone goes on following the user type.
        depth=depth if person.depth or depth != person.reads else None,
        language=given.get("language", "en"),
        week_ahead="week_ahead" in given,
        drops=[s for s in live(person) if s.topic_id is None and key(s) not in kept],
        now=now(),
    )
    tell_at_once(person, now=now())


def live(person: Subscriber) -> list[Subscription]:
    return [s for s in person.subscriptions if s.ended_at is None]


def topics_of(person: Subscriber) -> list[Topic]:
    """The topics that a person follows; in place of one that has just gone, what it became."""
    rows = (followed.followed(s) for s in live(person))
    return merge.current((row for row in rows if isinstance(row, Topic)), now=now())


def key(subscription: Subscription) -> tuple[str, str]:
    """The field and the value under which a form names what is followed by itself."""
    if subscription.series_id is not None:
        return "series", str(subscription.series_id)
    if subscription.notice_id is not None:
        return "notice", str(subscription.notice_id)
    return "release", str(subscription.release_id)


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


def page(
    person: Subscriber,
    token: str,
    errors: list[Error],
    *,
    saved: str = "",
    until: dict[str, str] | None = None,
) -> str:
    """The settings; ``saved`` is a sentence about what was just done, ``until`` the day of a pause
    as it was typed."""
    single = [s for s in live(person) if s.topic_id is None]
    if errors and until is None:  # everything as it was typed
        given = request.form
        form = SimpleNamespace(
            topics=given.getlist("topics"),
            single=[(kind, value) for kind in SINGLES for value in given.getlist(kind)],
            user_type=given.get("user_type", ""),
            depth=given.get("depth", ""),
            language=given.get("language", ""),
            week_ahead="week_ahead" in given,
        )
    else:
        form = SimpleNamespace(
            topics=[topic.slug for topic in topics_of(person)],
            single=[key(s) for s in single],
            user_type=person.user_type.slug,
            depth=person.reads,
            language=person.language,
            week_ahead=person.week_ahead,
        )
    return render_template(
        "pages/public/preferences.html",
        action=f"/preferences/{token}",
        leave_action=f"/preferences/{token}/leave",
        pause_action=f"/preferences/{token}/pause",
        resume_action=f"/preferences/{token}/resume",
        address=partly(person.email or ""),
        form=form,
        errors=errors,
        saved=saved,
        topics=tree(),
        single=[choice(s) for s in single],
        user_types=user_types(),
        depths=DEPTHS,
        languages=LANGUAGES,
        paused_until=on_day(person.paused_until, today()) if person.paused_until else None,
        until=until or {},
        latest=dates.past(latest(today())),
    )


def choice(subscription: Subscription) -> SimpleNamespace:
    """One thing that is followed by itself: a publication, a change, a release."""
    row = followed.followed(subscription)
    kind, value = key(subscription)
    return SimpleNamespace(
        kind=kind, value=value, name=followed.name(row).text if row is not None else ""
    )


def partly(address: str) -> str:
    """ "c•••@example.org": a link can be seen over a shoulder or forwarded."""
    local, _, domain = address.rpartition("@")
    return f"{local[:1]}•••@{domain}"
