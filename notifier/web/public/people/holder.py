"""Whose settings a link opens, and what it may do: one from a mail changes what comes and stops it;
the address, the data and erasure ask for a link that was just sent.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import render_template

from notifier.audience import queries as people
from notifier.audience.models import Subscriber
from notifier.render.links import read_preferences
from notifier.web.guard import settings
from notifier.web.language import speak_to
from notifier.web.public.frame import now


@dataclass(frozen=True)
class Holder:
    person: Subscriber
    token: str
    fresh: bool

    def path(self, part: str = "") -> str:
        """The address of a page of theirs."""
        return f"/preferences/{self.token}/{part}" if part else f"/preferences/{self.token}"

    @property
    def address(self) -> str:
        """ "c•••@example.org": a link can be seen over a shoulder or forwarded."""
        local, _, domain = (self.person.email or "").rpartition("@")
        return f"{local[:1]}•••@{domain}"


def holder(token: str) -> Holder | None:
    """The person whom a link is for, while they get anything; the page speaks their language."""
    opened = read_preferences(settings(), token, now=now())
    person = people.person(opened.subscriber_id) if opened is not None else None
    if opened is None or person is None or person.email is None:
        return None
    if person.state not in ("active", "paused"):
        return None
    speak_to(person.language)
    return Holder(person, token, opened.fresh)


def invalid() -> tuple[str, int]:
    """Neutral: says neither what was wrong nor whose link it was."""
    return render_template("pages/public/token_invalid.html"), 404


def needs_fresh(of: Holder) -> tuple[str, int]:
    """The page that asks for a link by mail, in place of what an old one may not do."""
    return render_template(
        "pages/public/preferences_fresh.html",
        action=of.path("fresh"),
        back=of.path(),
        address=of.address,
    ), 403
