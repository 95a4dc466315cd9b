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
from notifier.web.language import gettext as _
from notifier.web.public.frame import now
from notifier.web.public.people.holder import holder, invalid
from notifier.web.public.people.settings_page import page
from notifier.web.public.shapes import Error
from notifier.web.refusals import label

blueprint = Blueprint("pausing", __name__)

PARTS = ("day", "month", "year")


@blueprint.post("/preferences/<token>/pause")
@public
def pause(token: str) -> str | tuple[str, int]:
    """Nothing comes until the day that was typed; again, it changes the day."""
    of = holder(token)
    if of is None:
        return invalid()
    typed = {part: request.form.get(f"until-{part}", "").strip()[:10] for part in PARTS}
    try:
        with unit():
            pause_person(of.person, day(typed), now=now())
    except Refused as refusal:
        return page(of, [Error(refusal.field or "until", label(refusal))], until=typed), 400
    return page(of, [], saved=_("Nothing comes until the day that you chose."))


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
    of = holder(token)
    if of is None:
        return invalid()
    if of.person.state == "paused":
        with unit():
            resume_person(of.person, now=now())
            tell_at_once(of.person, now=now())
    return page(of, [], saved=_("Emails come again. One tells you what you missed."))
