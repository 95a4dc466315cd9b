"""A change that takes effect within days, to one person who could not be told of it before.

The words are those of its announcement as they stand now, at the person's depth and language.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from notifier.audience.models import Subscriber
from notifier.audience.rules import variant
from notifier.audience.why import reasons as why_they_get
from notifier.notices import queries as notices
from notifier.notices.followers import followers, named
from notifier.render import reasons
from notifier.render.notice import written
from notifier.render.notice_words import stage_words
from notifier.render.site import Site
from notifier.render.slots import slot
from notifier.render.typeset import Words
from notifier.sends.models import Send


def write(send: Send, *, site: Site, now: datetime, person: Subscriber) -> Words:
    """The letter in the person's words. It is subscription mail: it can be unsubscribed from."""
    notice = notices.notice(send.about)
    stage = stage_words("announce", notice)
    letters = written("notice_now", notice, stage, send.context, news=None, site=site, now=now)
    letter = letters[variant(person.reads, person.language)]
    found = named(why_they_get(followers(notice), person.id, person.id, at=now))
    why, language = found.get(person.id, ()), person.language
    text, html = reasons.text(why, language), reasons.html(why, language)
    return replace(
        letter,
        text=letter.text.replace(slot("reasons_text"), text),
        html=letter.html.replace(slot("reasons_html"), html),
    )
