"""The first letter after confirming: what one follows, and every change that was announced before.

Past stages are never replayed (DOMAIN.md section 5): the catch-up block stands for them. Who left a
short time ago is not told again what they were told then.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from notifier.audience.kinds import MACHINES_ONLY, unpack
from notifier.audience.models import Subscriber
from notifier.notices.latecomers import open_for, standings
from notifier.notices.models import ChangeNotice
from notifier.render import coming, followed, reasons
from notifier.render.invitation import basis
from notifier.render.passages import Passage
from notifier.render.phrases import say
from notifier.render.site import Site
from notifier.render.typeset import LANGUAGES, Origin, Part, Words, typeset
from notifier.sends.models import Send

DEPTH_PHRASE = {"headline": "headline", "detail": "detail", "technical": "technical_depth"}


@dataclass(frozen=True)
class View:
    """``known`` says how many more changes they were told of before they left."""

    follows: list[Passage]
    basis: list[str]  # of who was brought without being asked
    how: str
    why: str
    changes: Sequence[coming.Change]
    known: str
    changes_url: str


def write(send: Send, *, site: Site, now: datetime, person: Subscriber) -> Words:
    """The letter in the person's language. It is subscription mail: it can be unsubscribed from."""
    rows = followed.live(person.subscriptions)
    found = open_for(person, now=now)
    returns = "left" in send.context
    shown = unknown(person, found) if returns else found
    parts = [
        Part(
            lang,
            View(
                follows=[followed.name(row, lang) for row in rows],
                basis=basis(person, send, lang),
                how=how(person, lang),
                why=say("catch_up_return_why" if returns else "catch_up_why", lang),
                changes=[coming.change(notice, lang, site=site, now=now) for notice in shown],
                known=known(len(found) - len(shown), lang),
                changes_url=site.url("changes"),
            ),
        )
        for lang in LANGUAGES[person.language]
    ]
    why = followed.reasons(rows)
    return typeset(
        "welcome",
        parts,
        site=site,
        origin=from_updates(site),
        why=(reasons.text(why, person.language), reasons.html(why, person.language)),
    )


def unknown(person: Subscriber, found: Sequence[ChangeNotice]) -> list[ChangeNotice]:
    """Those of which the person was not told, or that have changed since."""
    told = standings(person.id, found)
    return [notice for notice in found if not told[notice.id].up_to_date]


def how(person: Subscriber, lang: str) -> str:
    """ "each change in detail, as soon as it is announced"."""
    often = unpack(person.kinds)["change"]
    if often == "off":
        return say("off", lang)
    words = [DEPTH_PHRASE[person.reads], often]
    if person.kinds & MACHINES_ONLY:
        words.append("only_breaking")
    return ", ".join(say(word, lang) for word in words)


def known(count: int, lang: str) -> str:
    if count < 1:
        return ""
    return say("catch_up_known_one" if count == 1 else "catch_up_known", lang, count=count)


def from_updates(site: Site) -> Origin:
    """Letters about a person's subscriptions as a whole come from the organisation."""
    return Origin(
        from_name=site.organisation,
        reply_to=site.reply_to,
        list_phrase=f"Updates from {site.organisation}",
        list_label="updates",
    )
