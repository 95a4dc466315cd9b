"""Another address: asked for behind a fresh link, confirmed behind the link in its own mail."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from notifier.audience import address_change
from notifier.audience import queries as people
from notifier.audience.models import AddressChange
from notifier.errors import Refused
from notifier.render.links import read_address
from notifier.store.db import session, unit
from notifier.web.guard import public, settings
from notifier.web.language import speak_to
from notifier.web.network import limit
from notifier.web.public.frame import now
from notifier.web.public.people.holder import Holder, holder, invalid, needs_fresh
from notifier.web.public.shapes import Error
from notifier.web.refusals import label

blueprint = Blueprint("moving", __name__)


@blueprint.get("/preferences/<token>/address")
@public
def form(token: str) -> str | tuple[str, int]:
    """Asks for the new address."""
    of = holder(token)
    if of is None:
        return invalid()
    return page(of) if of.fresh else needs_fresh(of)


@blueprint.post("/preferences/<token>/address")
@public
def ask(token: str) -> str | tuple[str, int]:
    """Promise a letter to the new address. The same page follows for every address."""
    of = holder(token)
    if of is None:
        return invalid()
    if not of.fresh:
        return needs_fresh(of)
    limit("link", now=now())
    email = request.form.get("email", "")
    try:
        with unit():
            pepper = settings().suppression_pepper
            address_change.ask(of.person, email, now=now(), pepper=pepper)
    except Refused as refusal:
        return page(of, email, [Error("email", label(refusal))]), 400
    return page(of, done=True)


def page(
    of: Holder, email: str = "", errors: list[Error] | None = None, *, done: bool = False
) -> str:
    return render_template(
        "pages/public/preferences_address.html",
        action=of.path("address"),
        back=of.path(),
        address=of.address,
        email=email,
        errors=errors or [],
        done=done,
        days=address_change.CONFIRM_WITHIN.days,
    )


@blueprint.get("/confirm/address/<token>")
@public
def confirm_page(token: str) -> str | tuple[str, int]:
    """Shows the button; opening the link changes nothing (mail scanners open links)."""
    row = asked(token)
    if row is None:
        return invalid()
    return confirming(token, done=row.confirmed_at is not None)


@blueprint.post("/confirm/address/<token>")
@public
def confirm(token: str) -> str | tuple[str, int]:
    """From now on mail goes to the new address; the old one is told."""
    row = asked(token)
    if row is None:
        return invalid()
    try:
        with unit():
            pepper = settings().suppression_pepper
            address_change.confirm(row.id, now=now(), pepper=pepper)
    except Refused:
        return invalid()
    return confirming(token, done=True)


def asked(token: str) -> AddressChange | None:
    """The change behind a token, while its link works."""
    change_id = read_address(settings(), token, now=now())
    row = session.get(AddressChange, change_id) if change_id is not None else None
    person = people.person(row.subscriber_id) if row is not None else None
    if row is None or person is None or person.email is None:
        return None
    speak_to(person.language)
    return row if row.confirmed_at or address_change.lives(row, now()) else None


def confirming(token: str, *, done: bool) -> str:
    return render_template(
        "pages/public/confirm_address.html", action=f"/confirm/address/{token}", done=done
    )
