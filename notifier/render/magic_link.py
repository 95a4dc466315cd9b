"""The letter with a link to one's own choices."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from notifier.audience.magic import VALID
from notifier.audience.models import Subscriber
from notifier.clock import london_time
from notifier.render import dates
from notifier.render.confirm import from_us
from notifier.render.site import Site
from notifier.render.typeset import LANGUAGES, Part, Words, typeset
from notifier.sends.models import Send


@dataclass(frozen=True)
class View:
    url: str
    until: str


def write(send: Send, *, site: Site, now: datetime, person: Subscriber) -> Words:
    """The letter in the person's language; its link works from ``now`` for ten minutes."""
    url = site.magic_url(person.id, now)
    ends = london_time(now + VALID)
    parts = [Part(lang, View(url, dates.clock(ends, lang))) for lang in LANGUAGES[person.language]]
    return typeset("magic_link", parts, site=site, origin=from_us(site))
