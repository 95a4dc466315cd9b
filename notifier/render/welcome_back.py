"""The letter after a pause: open changes of which the person was not told, and what will not happen
of those that they were told of; nothing is replayed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from notifier.audience.models import Subscriber
from notifier.notices.latecomers import open_for
from notifier.notices.missed import ended_meanwhile
from notifier.notices.models import ChangeNotice
from notifier.render import coming, followed, reasons
from notifier.render.passages import Passage, in_language, said
from notifier.render.phrases import say
from notifier.render.site import Site
from notifier.render.typeset import LANGUAGES, Part, Words, typeset
from notifier.render.welcome import from_updates, how, unknown
from notifier.sends.models import Send


@dataclass(frozen=True)
class Ended:
    """A change that will not happen as announced; ``status`` is the frame's word, ``why`` are the
    team's words, in English."""

    headline: Passage
    url: str
    status: str
    why: Passage | None


@dataclass(frozen=True)
class View:
    follows: list[Passage]
    how: str
    changes: Sequence[coming.Change]
    ended: Sequence[Ended]


def write(send: Send, *, site: Site, now: datetime, person: Subscriber) -> Words:
    """The letter in the person's language. It is subscription mail: it can be unsubscribed from."""
    rows = followed.live(person.subscriptions)
    missed = unknown(person, open_for(person, now=now))
    over = ended_meanwhile(person)
    parts = [
        Part(
            lang,
            View(
                follows=[followed.name(row, lang) for row in rows],
                how=how(person, lang),
                changes=[coming.change(notice, lang, site=site, now=now) for notice in missed],
                ended=[ended(notice, lang, site=site) for notice in over],
            ),
        )
        for lang in LANGUAGES[person.language]
    ]
    why = followed.reasons(rows)
    return typeset(
        "welcome_back",
        parts,
        site=site,
        origin=from_updates(site),
        why=(reasons.text(why, person.language), reasons.html(why, person.language)),
    )


def ended(notice: ChangeNotice, lang: str, *, site: Site) -> Ended:
    return Ended(
        headline=in_language(notice.headline, notice.cy.get("headline"), lang),
        url=site.url("changes", notice.reference),
        status=say(f"status_{notice.state}", lang),
        why=said(notice.end_reason),
    )
