"""The “got it” link of a letter: a page with a button, which stops the reminders of that change."""

from __future__ import annotations

from flask import Blueprint, render_template

from notifier.audience import queries as people
from notifier.audience.acknowledge import acknowledge
from notifier.audience.models import Subscriber
from notifier.errors import NotFound
from notifier.notices import queries as notices
from notifier.notices.models import ChangeNotice
from notifier.render import followed
from notifier.render.links import read_got_it
from notifier.sends.models import Send
from notifier.store.db import session, unit
from notifier.web.guard import public, settings
from notifier.web.language import language, speak_to
from notifier.web.public.frame import now
from notifier.web.public.people.holder import invalid

blueprint = Blueprint("got_it", __name__)


def found(token: str) -> tuple[ChangeNotice, Subscriber] | None:
    """The change and the person whom a letter's link is for."""
    stamp = read_got_it(settings(), token)
    send = session.get(Send, stamp[0]) if stamp else None
    person = people.person(stamp[1]) if stamp else None
    if send is None or person is None or person.email is None:
        return None
    try:
        notice = notices.public_notice(send.about)
    except NotFound:
        return None
    speak_to(person.language)
    return notice, person


@blueprint.get("/got-it/<token>")
@public
def ask(token: str) -> str | tuple[str, int]:
    """Opening the link changes nothing (mail scanners open links); the button does."""
    about = found(token)
    if about is None:
        return invalid()
    return page(about[0], token, done=False)


@blueprint.post("/got-it/<token>")
@public
def got_it(token: str) -> str | tuple[str, int]:
    about = found(token)
    if about is None:
        return invalid()
    notice, person = about
    with unit():
        acknowledge(person, notice.reference, now=now())
    return page(notice, token, done=True)


def page(notice: ChangeNotice, token: str, *, done: bool) -> str:
    return render_template(
        "pages/public/got_it.html",
        action=f"/got-it/{token}",
        headline=followed.name(notice, language()),
        url=f"/changes/{notice.reference}",
        done=done,
    )
