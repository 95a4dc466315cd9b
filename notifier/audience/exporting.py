"""Writes the people who get mail as the CSV that an import reads, row by row."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import select

from notifier.audience import kinds
from notifier.audience.cells import COLUMNS, OURS
from notifier.audience.models import Reach, Subscriber
from notifier.audience.reach import anybody_follows_a_series, lists_between
from notifier.audience.receivers import Audience, receivers
from notifier.audience.rules import MASK_BITS, MASKED_TOPICS
from notifier.catalogue import queries as catalogue
from notifier.cells import FORMULA
from notifier.store.db import session
from notifier.store.history import By, record

PAGE = 5_000  # people
QUOTED = (*FORMULA, "'")


def rows(audience: Audience) -> Iterator[tuple[str, ...]]:
    """The header, then everyone active whom the audience reaches, by age.

    The columns are those of an import, and ``series`` where somebody follows a single one. Pauses
    and what is followed for a while only (one change, one release) are not in it, nor is who
    follows nothing else. Reads page by page: who joins meanwhile may be in it or not.
    """
    types = {kind.id: kind.slug for kind in catalogue.user_types()}
    written = lru_cache(1000)(kinds.written)
    follows = Follows()
    width = len(OURS if follows.series else COLUMNS)
    yield OURS[:width]
    last = 0
    while found := page(audience, last):
        beyond = follows.beyond(found[0].id, found[-1].id)
        last = found[-1].id
        for person in found:
            topics, single = follows.masked(person.t0, person.t1), ""
            if person.id in beyond:
                more, single = beyond[person.id]
                topics = ";".join(filter(None, (topics, more)))
            if topics or single:
                cells = (
                    person.email,
                    types[person.user_type_id],
                    topics,
                    written(person.kinds),
                    person.language,
                    person.organisation,
                    stamp(person.confirmed_at or person.created_at),
                    person.name,
                    single,
                )
                yield tuple(map(defused, cells[:width]))


class Follows:
    """What people follow, as slugs: nearly all of it from the masks of ``reach``, where a million
    people's three million subscriptions need not be read."""

    def __init__(self) -> None:
        topics = catalogue.topics()
        self._slugs = {topic.bit: topic.slug for topic in topics}
        self._beyond = {t.id: t.slug for t in topics if t.bit >= MASKED_TOPICS}
        self.series: dict[int, str] = {}
        if anybody_follows_a_series():
            self.series = {one.id: one.slug for one in catalogue.all_series()}
        self.masked = lru_cache(100_000)(self._masked)

    def _masked(self, t0: int, t1: int) -> str:
        both = t0 | t1 << MASK_BITS
        return ";".join(slug for bit, slug in self._slugs.items() if both >> bit & 1)

    def beyond(self, first: int, last: int) -> dict[int, tuple[str, str]]:
        """(topics, series) that no mask holds, of the people from one id to another."""
        if not (self._beyond or self.series):
            return {}
        found: dict[int, tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
        for subscriber_id, topic_id, series_id in lists_between(first, last):
            if topic_id in self._beyond:
                found[subscriber_id][0].append(self._beyond[topic_id])
            elif series_id is not None:
                found[subscriber_id][1].append(self.series[series_id])
        return {
            key: (";".join(topics), ";".join(series)) for key, (topics, series) in found.items()
        }


def page(audience: Audience, after: int) -> Sequence[Any]:
    """The next people whom the audience reaches, by id."""
    query = receivers(audience).where(Reach.subscriber_id > after).order_by(Reach.subscriber_id)
    ids = query.limit(PAGE).subquery()
    columns = (
        Subscriber.id,
        Subscriber.email,
        Subscriber.user_type_id,
        Subscriber.kinds,
        Subscriber.language,
        Subscriber.organisation,
        Subscriber.confirmed_at,
        Subscriber.created_at,
        Subscriber.name,
        Reach.t0,
        Reach.t1,
    )
    found = select(*columns).join(ids, ids.c.subscriber_id == Subscriber.id)
    found = found.join(Reach, Reach.subscriber_id == Subscriber.id)
    return session.execute(found.order_by(Subscriber.id)).all()


def stamp(instant: datetime) -> str:
    """2026-11-23T09:30:00Z, or with its fraction of a second."""
    return instant.isoformat().replace("+00:00", "Z")


def defused(cell: str | None) -> str:
    """A cell that no spreadsheet takes for a formula; ``cells.armed`` undoes it. [OWASP]"""
    text = cell or ""
    return f"'{text}" if text.startswith(QUOTED) else text


def keep(*, whom: str, by: By, now: datetime) -> None:
    """History of who takes the list out of the house: ``whom`` is "everyone" or a segment's slug.
    Kept before the first row is written, so that none leaves without it."""
    record("export:subscribers", "export", by=by, now=now, whom=whom)
