"""Taking a break, and ending it, from the settings page."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, request

from notifier.audience.pause import pause as pause_person
from notifier.audience.pause import resume as resume_person
from notifier.errors import Refused
from notifier.notices.latecomers import tell_at_once
from notifier.store.db import unit
from notifier.web.guard import public
from notifier.web.public.frame import now
from notifier.web.public.people.preferences import holder, invalid, page
from notifier.web.public.shapes import Error

blueprint = Blueprint("pausing", __name__)

PARTS = ("day", "month", "year")


@blueprint.post("/preferences/<token>/pause")
@public
def pause(token: str) -> str | tuple[str, int]:
    """Nothing comes until the day that was typed; again, it changes the day."""
    person = holder(token)
    if person is None:
        return invalid()
    typed = {part: request.form.get(f"until-{part}", "").strip()[:10] for part in PARTS}
    try:
        with unit():
            pause_person(person, day(typed), now=now())
    except Refused as refusal:
        error = Error(refusal.field or "until", str(refusal).rstrip("."))
        return page(person, token, [error], until=typed), 400
    return page(person, token, [], saved="Nothing comes until the day that you chose.")


def day(typed: dict[str, str]) -> date:
    """The date of three fields. Raises Refused for one that there is not."""
    try:
        if not all(part.isascii() and part.isdigit() for part in typed.values()):
            raise ValueError
        return date(int(typed["year"]), int(typed["month"]), int(typed["day"]))
    except ValueError:
        raise Refused("Enter a real date, like 27 3 2027.", field="until") from None


@blueprint.post("/preferences/<token>/resume")
@public
def resume(token: str) -> str | tuple[str, int]:
    """Mail comes again, from this moment; one who has no break goes on as before."""
    person = holder(token)
    if person is None:
        return invalid()
    if person.state == "paused":
        with unit():
            resume_person(person, now=now())
            tell_at_once(person, now=now())
    return page(person, token, [], saved="Emails come again. One tells you what you missed.")
