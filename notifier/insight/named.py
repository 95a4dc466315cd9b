"""The names of things in the history, by what history calls them: one query for each kind."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import select

from notifier.accounts.models import Staff
from notifier.audience.models import Segment
from notifier.catalogue.models import Series, Team, Topic
from notifier.newsletters.models import Newsletter
from notifier.notices.models import ChangeNotice
from notifier.releases.models import Announcement, Release
from notifier.sends.models import Send
from notifier.store.db import session

# kind: the table, its name for people, and what its page is found by.
TABLES: dict[str, tuple[Any, Any, Any]] = {
    "notice": (ChangeNotice, ChangeNotice.headline, ChangeNotice.reference),
    "release": (Release, Release.title, Release.id),
    "newsletter": (Newsletter, Newsletter.title, Newsletter.slug),
    "series": (Series, Series.name, Series.slug),
    "topic": (Topic, Topic.name, Topic.slug),
    "team": (Team, Team.name, Team.slug),
    "segment": (Segment, Segment.slug, Segment.slug),
    "staff": (Staff, Staff.email, Staff.id),
}
Named = tuple[str, str]  # the name, and what its page is found by


def named(objects: Collection[str]) -> dict[str, Named]:
    """Of each that has a name; a Send has none here (``send_words.titles``)."""
    found: dict[str, Named] = {}
    for kind, (table, name, key) in TABLES.items():
        numbers = numbers_of(kind, objects)
        if numbers:
            query = select(table.id, name, key).where(table.id.in_(numbers))
            for number, words, place in session.execute(query):
                found[f"{kind}:{number}"] = (str(words), str(place))
    if numbers := numbers_of("announcement", objects):
        query = select(Announcement.id, Release.title, Release.id).join(Announcement.release)
        for number, words, place in session.execute(query.where(Announcement.id.in_(numbers))):
            found[f"announcement:{number}"] = (str(words), str(place))
    return found


def sends_of(objects: Collection[str]) -> list[Send]:
    numbers = numbers_of("send", objects)
    return list(session.scalars(select(Send).where(Send.id.in_(numbers)))) if numbers else []


def numbers_of(kind: str, objects: Collection[str]) -> list[int]:
    """The ids in "release:3" of that kind."""
    parts = (about.partition(":") for about in objects)
    return sorted({int(n) for of, _, n in parts if of == kind and n.isdigit() and len(n) < 10})
