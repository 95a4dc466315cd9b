"""JSON Feed 1.1 for people whose reader is a script."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from notifier.feeds.characters import clean, one_line, uri
from notifier.feeds.items import Author, Channel, Item, in_order, links_of, to_second

MEDIA_TYPE = "application/feed+json"
VERSION = "https://jsonfeed.org/version/1.1"


def render(channel: Channel, items: Iterable[Item]) -> bytes:
    """The document in UTF-8, newest first; the same arguments give the same bytes for ever.

    ``next_url`` is the page of older items. ``_about`` (an extension: names with an underscore are
    free) carries what JSON Feed has no word for: updated, licence, generator.
    """
    feed = {
        "version": VERSION,
        "title": one_line(channel.title) or channel.url,
        "home_page_url": uri(channel.url),
        "feed_url": uri(channel.self_url),
        "description": one_line(channel.subtitle),
        "next_url": uri(channel.prev_archive or dict(channel.pages).get("next", "")),
        "language": channel.language,
        "authors": _people(channel.authors),
        "hubs": [{"type": "WebSub", "url": uri(channel.hub)}] if channel.hub else [],
        "_about": _about(channel),
    }
    filled = {key: value for key, value in feed.items() if value}
    filled["items"] = [_item(item, channel=channel) for item in in_order(channel, items)]
    return json.dumps(filled, ensure_ascii=False, separators=(",", ":")).encode()


def _about(channel: Channel) -> dict[str, Any]:
    about: dict[str, Any] = {
        "updated": to_second(channel.updated).isoformat(),
        "generator": one_line(channel.generator),
    }
    if channel.licence:
        name, address = channel.licence
        about["licence"] = {"name": one_line(name), "url": uri(address)}
    return about


def _item(item: Item, *, channel: Channel) -> dict[str, Any]:
    entry = {
        "id": item.id,
        "url": uri(item.url),
        "title": one_line(item.title) or item.url,
        "content_html": clean(item.content_html),
        "summary": clean(item.summary_text).strip(),
        "date_published": to_second(item.published).isoformat(),
        "date_modified": to_second(item.updated).isoformat(),
        "authors": _people(item.authors),
        "tags": [one_line(label) or one_line(term) for term, label in item.categories],
        "language": "" if item.language == channel.language else item.language,
        "attachments": _attachments(item),
    }
    # content_html must be there even when empty: an item needs content_html or content_text.
    return {key: value for key, value in entry.items() if value or key == "content_html"}


def _attachments(item: Item) -> list[dict[str, str]]:
    """Links of a known type: an attachment needs its mime_type."""
    found = []
    for link in links_of(item)[1:]:
        if link.type:
            title = {"title": one_line(link.title)} if link.title else {}
            found.append({"url": uri(link.href), "mime_type": one_line(link.type)} | title)
    return found


def _people(authors: tuple[Author, ...]) -> list[dict[str, str]]:
    return [
        {"name": one_line(name)} | ({"url": f"mailto:{one_line(email)}"} if email else {})
        for name, email in authors
        if one_line(name)
    ]
