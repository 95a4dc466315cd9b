"""A complaint about what we do with people's data: by anybody, or from one's own settings."""

from __future__ import annotations

from types import SimpleNamespace

from flask import Blueprint, render_template, request

from notifier.audience.complain import ACKNOWLEDGE_WITHIN, complain, is_flood
from notifier.audience.models import Subscriber
from notifier.errors import Refused
from notifier.store.db import unit
from notifier.web.guard import public
from notifier.web.language import gettext as _
from notifier.web.network import limit, too_often
from notifier.web.public.frame import now
from notifier.web.public.people.holder import Holder, holder, invalid
from notifier.web.public.people.signup import STALE, is_human, is_stale, time_token
from notifier.web.public.shapes import Error
from notifier.web.refusals import label

blueprint = Blueprint("complaining", __name__)


@blueprint.get("/complain")
@public
def form() -> str:
    """The form for anybody."""
    return page("/complain", None)


@blueprint.post("/complain")
@public
def send() -> str | tuple[str, int]:
    return take("/complain", None)


@blueprint.get("/preferences/<token>/complain")
@public
def own_form(token: str) -> str | tuple[str, int]:
    """The same for a person whom we know: they are answered at their address."""
    of = holder(token)
    return page(of.path("complain"), of) if of else invalid()


@blueprint.post("/preferences/<token>/complain")
@public
def own_send(token: str) -> str | tuple[str, int]:
    of = holder(token)
    return take(of.path("complain"), of) if of else invalid()


def take(action: str, of: Holder | None) -> str | tuple[str, int]:
    """Keep it; what a program filled in is answered alike and kept nowhere."""
    limit("complaint", now=now())
    t = request.form.get("t", "")
    if is_stale(t):
        return page(action, of, errors=[Error("words", _(STALE))]), 400
    try:
        with unit() as work:
            if is_flood(now=now()):
                too_often()
            person: Subscriber | None = of.person if of else None
            words, contact = request.form.get("words", ""), request.form.get("email", "")
            complain(words, person=person, contact="" if of else contact, now=now())
            if request.form.get("website") or not is_human(t):
                work.rollback()
    except Refused as refusal:
        return page(action, of, errors=[Error(refusal.field or "words", label(refusal))]), 400
    return page(action, of, done=True)


def page(
    action: str, of: Holder | None, *, errors: list[Error] | None = None, done: bool = False
) -> str:
    return render_template(
        "pages/public/complain.html",
        action=action,
        back=of.path() if of else None,
        address=of.address if of else None,
        form=SimpleNamespace(
            words=request.form.get("words", ""),
            email=request.form.get("email", ""),
            t=time_token(),
        ),
        errors=errors or [],
        done=done,
        days=ACKNOWLEDGE_WITHIN.days,
    )
