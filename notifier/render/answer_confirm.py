"""The letter that asks whether an answer was really yours; no word of the answer stands in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from notifier.audience.models import Subscriber
from notifier.audience.subscribe import CONFIRM_WITHIN
from notifier.errors import NotFound
from notifier.notices.models import Answer, ChangeNotice
from notifier.render import dates
from notifier.render.confirm import from_us
from notifier.render.passages import Passage, in_language
from notifier.render.site import Site
from notifier.render.typeset import LANGUAGES, Part, Words, typeset
from notifier.sends.models import Send
from notifier.store.db import session


@dataclass(frozen=True)
class View:
    headline: Passage
    url: str
    until: str


def write(send: Send, *, site: Site, now: datetime, person: Subscriber) -> Words:
    """The letter in the language of the answer. Raises NotFound when the answer is gone."""
    row = session.get(Answer, send.context["answer"])
    if row is None:
        raise NotFound("This answer no longer exists; there is nothing to confirm.")
    notice = session.get_one(ChangeNotice, row.notice_id)
    url = site.answer_url(row.id)
    ends = row.created_at + CONFIRM_WITHIN
    parts = [
        Part(
            lang,
            View(
                in_language(notice.headline, notice.cy.get("headline"), lang),
                url,
                dates.within(dates.moment(ends, lang)),
            ),
        )
        for lang in LANGUAGES[row.language]
    ]
    return typeset("answer_confirm", parts, site=site, origin=from_us(site))
