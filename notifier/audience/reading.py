"""Reads a CSV list of people: what each row means, or why it is refused."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from itertools import count
from operator import itemgetter
from typing import NamedTuple, cast

from sqlalchemy import select

from notifier.audience.cells import (
    LONGEST_CELL,
    LONGEST_RECORD,
    Lines,
    addresses,
    armed,
    columns,
    moment,
    read_language,
    rhythm,
    tidy,
    unknown,
)
from notifier.audience.rules import address, fold, joined_on, masks, variant
from notifier.catalogue.merge import successor
from notifier.catalogue.models import Series, Topic, UserType
from notifier.errors import Refused
from notifier.store.db import session

FEW = 100  # rows that are read one by one when one of them is not plain
LONGEST_ROW = 20_000  # characters
TOO_LONG = "\0"  # stands for a row of which nothing is kept
MOST_TOGETHER = 20_000_000  # characters of a batch
NO_CONSENT = "no statement of consent: give --consent WORDING and confirmed_at"


# One row that was understood: ``key`` is the folded address, ``topics`` the number of a set
# in ``Reader.sets``, ``confirmed`` an instant in UTC as text, ``joined`` its day
# (``rules.joined_on``). A plain tuple: SQLite takes it nearly twice as fast as a named one.
FIELDS = (
    "number",
    "email",
    "key",
    "user_type_id",
    "variant",
    "topics",
    "kinds",
    "language",
    "organisation",
    "name",
    "confirmed",
    "joined",
)
Row = tuple[int, str, str, int, int, int, int, str, str, str, str, int]


class Followed(NamedTuple):
    """(topic id, None) or (None, series id) of each, and the topics' masks for the reach row."""

    follows: tuple[tuple[int | None, int | None], ...]
    masks: tuple[int, int]


class Reader:
    """A file that is being read. The catalogue is read once; texts that come again, such as dates
    and sets of topics, are understood once.

    Raises Refused when the header is not ours.
    """

    def __init__(self, lines: Iterable[str], *, has_consent: bool, now: datetime) -> None:
        self._lines = Lines(lines)
        self._source = csv.reader(self._lines)
        self._has_consent, self._now = has_consent, now
        self._width, self._places = columns(self._source)
        self._wanted = itemgetter(*self._places)
        self._types = {t.slug: t for t in session.scalars(select(UserType))}
        self._topics = {
            each.slug: (topic.id, topic.bit)
            for each in session.scalars(select(Topic))
            if (topic := successor(each, now)) is not None
        }
        self._series = {s.slug: s.id for s in session.scalars(select(Series))}
        self.sets: list[Followed] = []
        self._numbers: dict[Followed, int] = {}
        self._type = lru_cache(1000)(self._read_type)
        self._follows = lru_cache(10_000)(self._read_follows)
        self._rhythm = lru_cache(1000)(rhythm)
        self._language = lru_cache(1000)(read_language)
        self._confirmed = lru_cache(10_000)(self._read_confirmed)
        self._variant = lru_cache(1000)(self._find_variant)

    def batches(self, size: int) -> Iterator[tuple[list[Row], list[tuple[int, str]]]]:
        """The rows that were understood, and (number, reason) of those that were not."""
        source, lines = self._source, self._lines
        batch: list[tuple[int, list[str]]] = []
        room = MOST_TOGETHER
        for number in count(2):  # the header is row 1
            lines.left = LONGEST_RECORD
            try:
                cells = next(source)
            except StopIteration:
                break
            except csv.Error as error:
                raise Refused(
                    f"Row {number} is not CSV ({error}); correct the file there."
                ) from error
            length = LONGEST_RECORD - lines.left
            if cells:
                batch.append((number, cells if length <= LONGEST_ROW else [TOO_LONG]))
                room -= length
            if len(batch) == size or room < 0:
                yield self.understand_all(batch)
                batch, room = [], MOST_TOGETHER
        if batch:
            yield self.understand_all(batch)

    def understand_all(
        self, batch: list[tuple[int, list[str]]]
    ) -> tuple[list[Row], list[tuple[int, str]]]:
        """As ``understand``, column by column where no row needs a second look."""
        if (rows := self._columnwise(batch)) is not None:
            return rows, []
        understood: list[Row] = []
        refused: list[tuple[int, str]] = []
        for start in range(0, len(batch), FEW):
            few = batch[start : start + FEW]
            if (rows := self._columnwise(few)) is not None:
                understood += rows
                continue
            for number, cells in few:
                try:
                    understood.append(self.understand(number, cells))
                except Refused as refusal:
                    refused.append((number, str(refusal)))
        return understood, refused

    def _columnwise(self, batch: list[tuple[int, list[str]]]) -> list[Row] | None:
        """All of the batch, or None when something in it needs a second look."""
        try:
            return self._by_columns(batch)
        except Refused:
            return None

    def _by_columns(self, batch: list[tuple[int, list[str]]]) -> list[Row] | None:
        """As ``understand`` for each row, three times as fast: no step of it is Python's own."""
        numbers, cells = zip(*batch, strict=True)
        if set(map(len, cells)) != {self._width}:
            return None
        given = list(zip(*cells, strict=True))
        given.append(("",) * len(batch))  # for a column that the file does not have
        email, kind, topics, often, language, organisation, confirmed, name, series = (
            given[place] for place in self._places
        )
        if not (tidy(organisation) and tidy(name)):
            return None
        kept = addresses(email)
        types = list(map(self._type, kind))
        languages = list(map(self._language, language))
        when = list(map(self._confirmed, confirmed))
        columns = (
            numbers,
            kept,
            map(fold, kept),
            types,
            map(self._variant, types, languages),
            map(self._follows, topics, series),
            map(self._rhythm, often),
            languages,
            map(str.strip, organisation),
            map(str.strip, name),
            map(itemgetter(0), when),
            map(itemgetter(1), when),
        )
        return cast("list[Row]", list(zip(*columns, strict=True)))

    def understand(self, number: int, cells: list[str]) -> Row:
        """The row's meaning, or a refusal without the address in it."""
        if cells[0] is TOO_LONG:
            raise Refused("the row is longer than 20,000 characters")
        # A column that the file does not have is read from the empty cell behind the last.
        del cells[self._width :]
        cells += [""] * (self._width + 1 - len(cells))
        found = self._wanted(cells)
        if max(map(len, found)) > LONGEST_CELL or "\0" in "".join(found):
            raise Refused("a cell is longer than 2,000 characters or holds a NUL")
        email, kind, topics, often, language, organisation, confirmed, name, series = map(
            armed, found
        )
        try:
            email = address(email)
        except Refused:
            raise Refused("the email address is not in the correct format") from None
        user_type, followed = self._type(kind), self._follows(topics, series)
        packed, spoken = self._rhythm(often), self._language(language)
        at, joined = self._confirmed(confirmed)
        return (
            number,
            email,
            fold(email),
            user_type,
            self._variant(user_type, spoken),
            followed,
            packed,
            spoken,
            " ".join(organisation.split()),
            " ".join(name.split()),
            at,
            joined,
        )

    def _read_type(self, text: str) -> int:
        found = self._types.get(text.strip())
        if found is None:
            raise unknown("user type", text.strip())
        return found.id

    def _find_variant(self, user_type_id: int, language: str) -> int:
        depths = {t.id: t.depth for t in self._types.values()}
        return variant(depths[user_type_id], language)

    def _read_follows(self, topics: str, series: str) -> int:
        """The number of this set of topics and series."""
        found = dict(self._topics[slug] for slug in self._known(topics, self._topics, "topic"))
        single = [self._series[slug] for slug in self._known(series, self._series, "series")]
        if not (found or single):
            raise Refused("it names no topic")
        follows = (*((topic, None) for topic in found), *((None, one) for one in single))
        followed = Followed(tuple(dict.fromkeys(follows)), masks(found.values()))
        if followed not in self._numbers:
            self._numbers[followed] = len(self.sets)
            self.sets.append(followed)
        return self._numbers[followed]

    @staticmethod
    def _known(text: str, there: Mapping[str, object], noun: str) -> list[str]:
        slugs = [slug.strip() for slug in text.split(";") if slug.strip()]
        for slug in slugs:
            if slug not in there:
                raise unknown(noun, slug)
        return slugs

    def _read_confirmed(self, text: str) -> tuple[str, int]:
        """The instant as text in UTC, and the day."""
        text = text.strip()
        if not self._has_consent or not text:
            raise Refused(NO_CONSENT)
        found = moment(text)
        if found > self._now:
            raise Refused("confirmed_at is in the future")
        return f"{found:%Y-%m-%d %H:%M:%S.%f}".zfill(26), joined_on(found)
