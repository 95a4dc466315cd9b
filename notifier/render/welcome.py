"""The first letter after confirming: what one follows, and every change that was announced before.

Past stages are never replayed (DOMAIN.md section 5): the catch-up block stands for them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from notifier.audience.models import Subscriber, Subscription
from notifier.catalogue import queries as catalogue
from notifier.catalogue.models import Series, Topic
from notifier.catalogue.rules import with_ancestors
from notifier.notices import queries as notices
from notifier.notices.models import ChangeNotice
from notifier.releases.queries import of_topics
from notifier.render import coming, reasons
from notifier.render.passages import Passage, in_language
from notifier.render.phrases import say
from notifier.render.site import Site
from notifier.render.typeset import LANGUAGES, Origin, Part, Words, typeset
from notifier.sends.models import Send
from notifier.store.db import session

DEPTH_PHRASE = {"headline": "headline", "detail": "detail", "technical": "technical_depth"}


@dataclass(frozen=True)
class View:
    follows: list[Passage]
    how: str
    changes: Sequence[coming.Change]


def write(send: Send, *, site: Site, now: datetime, person: Subscriber) -> Words:
    """The letter in the person's language. It is subscription mail: it can be unsubscribed from."""
    mine = [s for s in person.subscriptions if s.ended_at is None]
    followed = [row for row in map(followed_by, mine) if row is not None]
    open_ = catch_up(mine, now=now)
    why = tuple(("topic" if isinstance(row, Topic) else "series", row.name) for row in followed)
    parts = [
        Part(lang, view(person, followed, open_, lang, site=site, now=now))
        for lang in LANGUAGES[person.language]
    ]
    return typeset(
        "welcome",
        parts,
        site=site,
        origin=Origin(
            from_name=site.organisation,
            reply_to=site.reply_to,
            list_phrase=f"Updates from {site.organisation}",
            list_label="updates",
        ),
        why=(reasons.text(why, person.language), reasons.html(why, person.language)),
    )


def view(
    person: Subscriber,
    followed: Sequence[Topic | Series],
    open_: Sequence[ChangeNotice],
    lang: str,
    *,
    site: Site,
    now: datetime,
) -> View:
    depth, pace = say(DEPTH_PHRASE[person.reads], lang), say(person.frequency, lang)
    return View(
        follows=[in_language(row.name, row.cy, lang) for row in followed],
        how=f"{depth}, {pace}",
        changes=[coming.change(notice, lang, site=site, now=now) for notice in open_],
    )


def followed_by(subscription: Subscription) -> Topic | Series | None:
    if subscription.topic_id is not None:
        return session.get(Topic, subscription.topic_id)
    return session.get(Series, subscription.series_id)


def catch_up(mine: Sequence[Subscription], *, now: datetime) -> list[ChangeNotice]:
    """Every change still to come that these subscriptions reach, soonest first."""
    topics = {s.topic_id for s in mine if s.topic_id is not None}
    parents = catalogue.parents()
    below = [topic for topic in parents if topics & with_ancestors([topic], parents)]
    series = {*of_topics(below), *(s.series_id for s in mine if s.series_id is not None)}
    found = notices.open_changes(sorted(series))
    return [n for n in found if n.first_public_at is not None and n.first_public_at <= now]
