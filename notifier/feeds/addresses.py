"""Absolute addresses and permanent ids of what feeds and calendars point at."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from urllib.parse import quote, urlencode, urlsplit

from notifier.feeds.items import tag_uri

# Part of every entry's id, so it never changes; also how old a feed with nothing in it says it is.
FOUNDED = date(2026, 1, 1)
NOTHING_YET = datetime(2026, 1, 1, tzinfo=UTC)


def page(base_url: str, *steps: object, language: str = "en") -> str:
    """``page(base, "changes", "DEFRA-2026-014")``; without steps, the home page."""
    address = f"{base_url}/" + "/".join(quote(str(step), safe="") for step in steps)
    return address if language == "en" else f"{address}?lang={language}"


def feed(
    base_url: str,
    path: str,
    form: str,
    *,
    number: int | None = None,
    query: Sequence[tuple[str, str]] = (),
) -> str:
    """The feed of a scope as atom, rss or json, narrowed by a query; ``number`` names a page."""
    pairs = [*query, *([("page", str(number))] if number else [])]
    return f"{base_url}/feeds/{path}.{form}" + (f"?{urlencode(pairs)}" if pairs else "")


def entry_id(base_url: str, kind: str, key: object, *, language: str = "en") -> str:
    """The ``tag:`` URI (RFC 4151) of a feed or entry."""
    return tag_uri(domain(base_url), FOUNDED, kind=kind, key=str(key), language=language)


def uid(base_url: str, name: str) -> str:
    """The UID of a calendar entry, RFC 7986 section 5.3."""
    return f"{name}@{domain(base_url)}"


def domain(base_url: str) -> str:
    return urlsplit(base_url).hostname or "localhost"
