"""The letter after a pause: open changes of which the person was not told, nothing replayed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from notifier.audience.models import Subscriber
from notifier.notices.latecomers import open_for
from notifier.render import coming, followed, reasons
from notifier.render.passages import Passage
from notifier.render.site import Site
from notifier.render.typeset import LANGUAGES, Part, Words, typeset
from notifier.render.welcome import from_updates, how, unknown
from notifier.sends.models import Send


@dataclass(frozen=True)
class View:
    follows: list[Passage]
    how: str
    changes: Sequence[coming.Change]


def write(send: Send, *, site: Site, now: datetime, person: Subscriber) -> Words:
    """The letter in the person's language. It is subscription mail: it can be unsubscribed from."""
    rows = followed.live(person.subscriptions)
    missed = unknown(person, open_for(person.subscriptions, now=now))
    parts = [
        Part(
            lang,
            View(
                follows=[followed.name(row, lang) for row in rows],
                how=how(person, lang),
                changes=[coming.change(notice, lang, site=site, now=now) for notice in missed],
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
