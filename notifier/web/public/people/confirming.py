"""The page behind the link of a confirm mail: one button, and then what is already announced."""

from __future__ import annotations

from flask import Blueprint, render_template

from notifier.audience.brought import invitation
from notifier.audience.confirm import confirm as confirm_signup
from notifier.audience.models import Signup, Subscriber
from notifier.errors import Refused
from notifier.notices.latecomers import open_for, tell_at_once
from notifier.render import coming, followed
from notifier.render.links import read_confirm, site_for
from notifier.store.db import session, unit
from notifier.web.guard import public, settings
from notifier.web.language import language, speak_to
from notifier.web.public.frame import now
from notifier.web.public.people.choices import user_type_name
from notifier.web.public.people.holder import invalid

blueprint = Blueprint("confirming", __name__)


@blueprint.get("/confirm/<token>")
@public
def confirm_page(token: str) -> str | tuple[str, int]:
    """Shows the button; opening the link changes nothing (mail scanners open links)."""
    signup = asked(token)
    if signup is None:
        return invalid()
    return render_template(
        "pages/public/confirm.html",
        action=f"/confirm/{token}",
        follows=[followed.name(row, language()) for row in followed.asked_for(signup)],
        invitation=invitation(signup),
    )


@blueprint.post("/confirm/<token>")
@public
def confirm(token: str) -> str | tuple[str, int]:
    """What was asked for becomes consent; what takes effect within days is sent at once."""
    signup = asked(token)
    if signup is None:
        return invalid()
    first = signup.confirmed_at is None
    try:
        with unit():
            person = confirm_signup(signup.id, now=now(), pepper=settings().suppression_pepper)
            if first:
                tell_at_once(person, now=now())
    except Refused:
        return invalid()
    return render_template("pages/public/confirmed.html", **welcome(person))


def asked(token: str) -> Signup | None:
    """The sign-up behind a token, while it may be confirmed."""
    signup_id = read_confirm(settings(), token, now=now())
    signup = session.get(Signup, signup_id) if signup_id is not None else None
    if signup is None or signup.subscriber.email is None:
        return None
    speak_to(signup.language)
    return signup if signup.confirmed_at or now() <= signup.lapses_at else None


def welcome(person: Subscriber) -> dict[str, object]:
    """What they follow now, and what is already announced and concerns them."""
    site = site_for(settings())
    return {
        "follows": [followed.name(r, language()) for r in followed.live(person.subscriptions)],
        "user_type": user_type_name(person.user_type),
        "changes": [
            coming.change(notice, language(), site=site, now=now())
            for notice in open_for(person, now=now())
        ],
    }
