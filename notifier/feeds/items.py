"""What a feed or a calendar shows, before anybody chose a format for it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal
from urllib.parse import quote

Author = tuple[str, str | None]  # a name and an e-mail address
Category = tuple[str, str]  # a stable term and the label that people read
Status = Literal["TENTATIVE", "CONFIRMED", "CANCELLED"]
HALF = 500_000  # microseconds


@dataclass(frozen=True, kw_only=True)
class Link:
    """A typed link of an item: ``href`` absolute, ``rel`` as RFC 4287 section 4.2.7.2."""

    href: str
    rel: str = "related"
    type: str | None = None
    title: str | None = None


@dataclass(frozen=True, kw_only=True)
class Item:
    """One entry of a feed.

    ``id`` is a URI that never changes (``tag_uri``); ``url`` is the page for people, absolute;
    ``summary_text`` is plain text; ``content_html`` is sanitised HTML with absolute links only;
    ``updated`` moves on a real change only. Raises ValueError for an instant without a zone.
    """

    id: str
    url: str
    title: str
    summary_text: str
    content_html: str
    published: datetime
    updated: datetime
    language: str
    authors: tuple[Author, ...] = ()
    categories: tuple[Category, ...] = ()
    links: tuple[Link, ...] = ()

    def __post_init__(self) -> None:
        """Refuse naive instants: they would be read in the machine's own zone."""
        _need_zone(self.published, self.updated)

    @property
    def stamp(self) -> datetime:
        """``updated`` to the second and a fraction that is the entry's own: the W3C's validator
        warns of two entries of one instant, and half of all releases are out at 9:30. News stands
        before what was edited at its instant."""
        fresh = to_second(self.published) == to_second(self.updated)
        return to_second(self.updated).replace(microsecond=self.fraction + HALF * fresh)

    @property
    def place(self) -> datetime:
        """What ``stamp`` was while it was news: it never changes."""
        return to_second(self.published).replace(microsecond=self.fraction + HALF)

    @property
    def fraction(self) -> int:
        return int.from_bytes(hashlib.sha256(self.id.encode()).digest()[:4]) % HALF


@dataclass(frozen=True, kw_only=True)
class Channel:
    """What a feed says of itself.

    ``url`` is the page for people and ``self_url`` the address that was asked for, query included.
    ``updated`` is the instant of the latest change of anything shown, never the time of rendering.
    ``prev_archive``, ``next_archive`` and ``current`` are RFC 5005 section 4: a document with
    ``current`` is itself an archive page, whose items stay in the order given; ``pages`` are the
    links (rel, href) of a paged feed, its section 3, of which the pages are no archives.
    ``authors`` stands for items that name none; without any the title does.
    """

    id: str
    title: str
    subtitle: str
    url: str
    self_url: str
    language: str
    updated: datetime
    generator: str
    hub: str | None = None
    next_archive: str | None = None
    prev_archive: str | None = None
    current: str | None = None
    licence: tuple[str, str] | None = None
    authors: tuple[Author, ...] = ()
    pages: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        """Refuse a naive instant: it would be read in the machine's own zone."""
        _need_zone(self.updated)

    @property
    def archive_links(self) -> tuple[tuple[str, str], ...]:
        """``(rel, href)`` of the hub (WebSub section 4) and of the RFC 5005 neighbours it has."""
        found = (
            ("hub", self.hub),
            ("current", self.current),
            ("prev-archive", self.prev_archive),
            ("next-archive", self.next_archive),
        )
        return (*((rel, href) for rel, href in found if href), *self.pages)


@dataclass(frozen=True, kw_only=True)
class Event:
    """One entry of a calendar.

    All-day: ``start`` and ``end`` are dates, ``end`` is the *last* day (None: one day). Otherwise
    both are instants with a zone, and ``end`` None means a moment. ``sequence`` and
    ``last_modified`` move with each change of date or status (RFC 5545 section 3.8.7.4).
    Raises ValueError when these contradict each other.
    """

    uid: str
    sequence: int
    last_modified: datetime
    summary: str
    description: str
    url: str
    start: datetime | date
    end: datetime | date | None = None
    all_day: bool = False
    status: Status = "CONFIRMED"
    transparent: bool = True
    categories: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse times where days are meant, naive instants, and an end before the start."""
        moments = [self.start] if self.end is None else [self.start, self.end]
        if any(isinstance(moment, datetime) == self.all_day for moment in moments):
            raise ValueError(f"{self.uid}: an all-day event has dates, any other has instants")
        _need_zone(self.last_modified, *(m for m in moments if isinstance(m, datetime)))
        # The kinds are equal here, which the comparison of a date with a datetime needs.
        if self.end is not None and self.end < self.start:
            raise ValueError(f"{self.uid}: ends before it starts")


@dataclass(frozen=True, kw_only=True)
class Calendar:
    """A calendar that programs fetch again every ``refresh``; ``url`` is its page for people."""

    name: str
    description: str
    url: str
    events: tuple[Event, ...]
    refresh: timedelta = timedelta(hours=1)


def tag_uri(domain: str, day: date, *, kind: str, key: str, language: str) -> str:
    """A permanent id (RFC 4151), one per language: ``tag:DOMAIN,DAY:KIND/KEY/LANGUAGE``.

    ``day`` is one on which the organisation held ``domain``, the same for ever: never today.
    """
    specific = quote(f"{kind}/{key}/{language}", safe="/:@!$&'()*+,;=~")
    return f"tag:{domain.lower()},{day.isoformat()}:{specific}"


def newest_first(items: Iterable[Item]) -> list[Item]:
    """Items by their latest change, newest first, each id once: validators refuse a second one."""
    latest: dict[str, Item] = {}
    for item in sorted(items, key=lambda i: (i.stamp, i.published, i.id), reverse=True):
        latest.setdefault(item.id, item)
    return list(latest.values())


def in_order(channel: Channel, items: Iterable[Item]) -> list[Item]:
    """Items as a document shows them: newest first; in an archive in the places that they have for
    ever, which no later change of an entry moves."""
    return list(items) if channel.current else newest_first(items)


def links_of(item: Item) -> list[Link]:
    """The page and then the other links; an alternate of a type already given is left out.

    RFC 4287 section 4.1.2: at most one alternate link of each type.
    """
    page = Link(href=item.url, rel="alternate", type="text/html")
    chosen = {(page.rel, page.type): page}
    for link in item.links:
        key = (link.rel, link.type) if link.rel == "alternate" else (link.rel, link.href)
        chosen.setdefault(key, link)
    return list(chosen.values())


def to_second(instant: datetime) -> datetime:
    """``instant`` in UTC without its fraction, which readers' date parsers differ about."""
    return instant.astimezone(UTC).replace(microsecond=0)


def _need_zone(*instants: datetime) -> None:
    for instant in instants:
        if instant.tzinfo is None:
            raise ValueError(f"{instant.isoformat()} has no time zone")
