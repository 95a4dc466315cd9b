"""Reads a CSV list of people: what each row means, or why it is refused."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from functools import lru_cache
from operator import itemgetter
from typing import NamedTuple

from sqlalchemy import select

from notifier.audience import kinds
from notifier.audience.rules import address, fold, masks
from notifier.catalogue.merge import successor
from notifier.catalogue.models import Topic, UserType
from notifier.catalogue.rules import LANGUAGES
from notifier.clock import at_london
from notifier.errors import Refused
from notifier.store.db import session

REQUIRED = ("email", "user_type", "topics")
COLUMNS = (*REQUIRED, "frequency", "language", "organisation", "confirmed_at", "name")
LONGEST_CELL = 2000  # characters


class Followed(NamedTuple):
    """Topics by id, and their masks for the reach row."""

    topics: tuple[int, ...]
    masks: tuple[int, int]


class Row(NamedTuple):
    """One row that was read and understood; ``key`` is the folded address."""

    number: int
    email: str
    key: str
    user_type: UserType
    follows: Followed
    kinds: int
    language: str
    organisation: str
    name: str
    confirmed_at: datetime


class Reader:
    """A file that is being read. The catalogue is read once; texts that come again, such as dates
    and sets of topics, are understood once.

    Raises Refused when the header is not ours.
    """

    def __init__(self, lines: Iterable[str], *, has_consent: bool, now: datetime) -> None:
        self._source = csv.reader(lines)
        self._has_consent, self._now = has_consent, now
        self._width, self._wanted = columns(self._source)
        self._types = {t.slug: t for t in session.scalars(select(UserType))}
        self._topics = {
            each.slug: (topic.id, topic.bit)
            for each in session.scalars(select(Topic))
            if (topic := successor(each, now)) is not None
        }
        self._follows = lru_cache(10_000)(self._read_topics)
        self._rhythm = lru_cache(1000)(kinds.read)
        self._moment = lru_cache(10_000)(moment)

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """(row number, cells) of each row; the header is row 1."""
        number = 1
        while True:
            number += 1
            try:
                cells = next(self._source)
            except StopIteration:
                return
            except csv.Error as error:
                raise Refused(
                    f"Row {number} is not CSV ({error}); correct the file there."
                ) from error
            if cells:
                yield number, cells

    def understand(self, number: int, cells: list[str]) -> Row:
        """The row's meaning, or a refusal without the address in it."""
        # A column that the file does not have is read from the empty cell behind the last.
        del cells[self._width :]
        cells += [""] * (self._width + 1 - len(cells))
        whole = "".join(cells)
        if (len(whole) > LONGEST_CELL and max(map(len, cells)) > LONGEST_CELL) or "\0" in whole:
            raise Refused("a cell is longer than 2,000 characters or holds a NUL")
        email, kind, topics, frequency, language, organisation, confirmed, name = self._wanted(
            cells
        )
        try:
            email = address(email)
        except Refused:
            raise Refused("the email address is not in the correct format") from None
        user_type = self._types.get(kind.strip())
        if user_type is None:
            raise Refused(f"there is no user type {kind.strip()[:60]!r}")
        follows = self._follows(topics)
        rhythm, language = self._rhythm(frequency), language.strip() or "en"
        if language not in LANGUAGES:
            raise Refused(f"language must be one of {', '.join(LANGUAGES)}")
        confirmed = confirmed.strip()
        if not self._has_consent or not confirmed:
            raise Refused("no statement of consent: give --consent WORDING and confirmed_at")
        confirmed_at = self._moment(confirmed)
        if confirmed_at > self._now:
            raise Refused("confirmed_at is in the future")
        return Row(
            number,
            email,
            fold(email),
            user_type,
            follows,
            rhythm,
            language,
            organisation.strip(),
            name.strip(),
            confirmed_at,
        )

    def _read_topics(self, text: str) -> Followed:
        slugs = [slug.strip() for slug in text.split(";") if slug.strip()]
        for slug in slugs:
            if slug not in self._topics:
                raise Refused(f"there is no topic {slug[:60]!r}")
        if not slugs:
            raise Refused("it names no topic")
        found = dict(self._topics[slug] for slug in slugs)
        return Followed(tuple(found), masks(found.values()))


def columns(
    source: Iterator[list[str]],
) -> tuple[int, Callable[[list[str]], tuple[str, ...]]]:
    """How many columns the header names, and where each of ours stands."""
    try:
        header = [name.strip().lower().lstrip("\ufeff") for name in next(source, [])]
    except csv.Error as error:
        raise Refused(f"The file is not CSV ({error}).") from error
    missing = [name for name in REQUIRED if name not in header]
    if missing or len(set(header)) != len(header):
        raise Refused(
            f"The first row must name the columns once each: {','.join(COLUMNS[:-1])}; "
            f"missing: {', '.join(missing) or 'none, but one stands twice'}."
        )
    places = [header.index(name) if name in header else len(header) for name in COLUMNS]
    return len(header), itemgetter(*places)


def moment(text: str) -> datetime:
    """When somebody confirmed, in UTC: a date (09:30 London) or an ISO instant."""
    try:
        found = datetime.fromisoformat(text)
        if found.tzinfo is None:
            found = at_london(found.date()) if len(text) <= 10 else found.replace(tzinfo=UTC)
        return found.astimezone(UTC)
    except (ValueError, OverflowError):  # an offset can push the year 1 over the edge
        raise Refused(f"confirmed_at {text[:40]!r} is no date; write 2026-11-23") from None
