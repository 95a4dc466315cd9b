"""The letter that answers a complaint: the words of a member of staff in our frame."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from notifier.audience.models import Complaint, Subscriber
from notifier.audience.reply import Correspondent
from notifier.clock import london_date
from notifier.errors import NotFound
from notifier.render import dates
from notifier.render.confirm import from_us
from notifier.render.site import Site
from notifier.render.slots import scrub
from notifier.render.typeset import LANGUAGES, Part, Words, typeset
from notifier.sends.models import Send
from notifier.store.db import session


@dataclass(frozen=True)
class View:
    """``paragraphs`` are staff's words, each a list of lines, in the language they wrote."""

    day: str
    paragraphs: list[list[str]]
    url: str


def write(send: Send, *, site: Site, now: datetime, person: Subscriber | Correspondent) -> Words:
    """What was complained of is not repeated: whoever wrote it may not own the address. Raises
    NotFound when the complaint is gone."""
    row = session.get(Complaint, send.context["complaint"])
    if row is None:
        raise NotFound("This complaint no longer exists; there is nothing to answer.")
    said = [part.splitlines() for part in scrub(row.answer).split("\n\n") if part.strip()]
    day, url = london_date(row.at), site.url("complain")
    parts = [
        Part(lang, View(dates.past(day, lang), said, url), english=lang != "en")
        for lang in LANGUAGES[person.language][:1]
    ]
    return typeset("complaint_answer", parts, site=site, origin=from_us(site))
