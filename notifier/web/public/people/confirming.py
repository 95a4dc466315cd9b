"""The page behind the link of a confirm mail: one button, and then what is already announced."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, render_template

from notifier.audience.confirm import confirm as confirm_signup
from notifier.audience.models import Signup, Subscriber
from notifier.audience.subscribe import CONFIRM_WITHIN
from notifier.errors import Refused
from notifier.notices.latecomers import open_for, tell_at_once
from notifier.render import followed
from notifier.render.links import read_confirm
from notifier.store.db import session, unit
from notifier.web.guard import public, settings
from notifier.web.public.changes import change_rows
from notifier.web.public.frame import now, today

blueprint = Blueprint("confirming", __name__)


@blueprint.get("/confirm/<token>")
@public
def confirm_page(token: str) -> str | tuple[str, int]:
    """Shows the button; opening the link changes nothing (mail scanners open links)."""
    signup = asked(token)
    if signup is None:
        return render_template("pages/public/token_invalid.html"), 404
    return render_template(
        "pages/public/confirm.html",
        action=f"/confirm/{token}",
        topics=[followed.name(row).text for row in followed.asked_for(signup)],
    )


@blueprint.post("/confirm/<token>")
@public
def confirm(token: str) -> str | tuple[str, int]:
    """What was asked for becomes consent; what takes effect within days is sent at once."""
    signup = asked(token)
    if signup is None:
        return render_template("pages/public/token_invalid.html"), 404
    first = signup.confirmed_at is None
    try:
        with unit():
            person = confirm_signup(signup.id, now=now(), pepper=settings().suppression_pepper)
            if first:
                tell_at_once(person, now=now())
    except Refused:
        return render_template("pages/public/token_invalid.html"), 404
    return render_template("pages/public/confirmed.html", **welcome(person))


def asked(token: str) -> Signup | None:
    """The sign-up behind a token, while it may be confirmed."""
    signup_id = read_confirm(settings(), token, now=now())
    signup = session.get(Signup, signup_id) if signup_id is not None else None
    if signup is None or signup.subscriber.email is None:
        return None
    return signup if signup.confirmed_at or lives(signup, now()) else None


def lives(signup: Signup, at: datetime) -> bool:
    return at - signup.created_at <= CONFIRM_WITHIN


def welcome(person: Subscriber) -> dict[str, object]:
    """What they follow now, and what is already announced and concerns them."""
    return {
        "topics": [followed.name(row).text for row in followed.live(person.subscriptions)],
        "user_type": person.user_type.name,
        "changes": [change_rows.row(n, today()) for n in open_for(person.subscriptions, now=now())],
        "preferences_url": "/preferences",
    }
