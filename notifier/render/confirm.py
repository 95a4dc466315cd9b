"""The letter that asks whether it was really you; nothing that somebody typed is repeated in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from notifier.audience.models import Signup, Subscriber
from notifier.audience.subscribe import CONFIRM_WITHIN
from notifier.errors import NotFound
from notifier.render import dates
from notifier.render.followed import asked_for, name
from notifier.render.passages import Passage
from notifier.render.site import Site
from notifier.render.typeset import LANGUAGES, Origin, Part, Words, typeset
from notifier.sends.models import Send
from notifier.store.db import session


@dataclass(frozen=True)
class View:
    follows: list[Passage]
    url: str
    until: str


def write(send: Send, *, site: Site, now: datetime, person: Subscriber) -> Words:
    """The letter in the language of the sign-up. Raises NotFound when the sign-up is gone."""
    signup = session.get(Signup, send.context["signup"])
    if signup is None:
        raise NotFound("This sign-up no longer exists; there is nothing to confirm.")
    url = site.confirm_url(signup.id)
    ends = signup.created_at + CONFIRM_WITHIN
    parts = [
        Part(lang, View(asked(signup, lang), url, dates.within(dates.moment(ends, lang))))
        for lang in LANGUAGES[signup.language]
    ]
    return typeset("confirm", parts, site=site, origin=from_us(site))


def asked(signup: Signup, lang: str) -> list[Passage]:
    """Names of the topics, series, changes and releases that were asked for."""
    return [name(row, lang) for row in asked_for(signup)]


def from_us(site: Site) -> Origin:
    """One-off mail comes from the organisation."""
    return Origin(from_name=site.organisation, reply_to=site.reply_to, one_off=True)
