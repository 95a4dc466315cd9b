"""The letters about another address: one asks at the new one, the other tells the old one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from notifier.audience.address_change import CONFIRM_WITHIN
from notifier.audience.models import AddressChange, Subscriber
from notifier.errors import NotFound
from notifier.render import dates
from notifier.render.confirm import from_us
from notifier.render.site import Site
from notifier.render.typeset import LANGUAGES, Part, Words, typeset
from notifier.sends.models import Send
from notifier.store.db import session


@dataclass(frozen=True)
class View:
    url: str
    until: str = ""


def write(send: Send, *, site: Site, now: datetime, person: Subscriber) -> Words:
    """To the new address, in the person's language. Raises NotFound when the change is gone."""
    row = session.get(AddressChange, send.context["address_change"])
    if row is None:
        raise NotFound("This change of address no longer exists; there is nothing to confirm.")
    url, ends = site.address_url(row.id), row.asked_at + CONFIRM_WITHIN
    parts = [
        Part(lang, View(url, dates.within(dates.moment(ends, lang))))
        for lang in LANGUAGES[person.language]
    ]
    return typeset("address_change", parts, site=site, origin=from_us(site))


def write_changed(send: Send, *, site: Site, now: datetime, person: Subscriber) -> Words:
    """To the old address; the new one is not in it."""
    parts = [Part(lang, View(site.url("complain"))) for lang in LANGUAGES[person.language]]
    return typeset("address_changed", parts, site=site, origin=from_us(site))
