"""RSS 2.0, by its Advisory Board's best practices, for readers that know nothing newer."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import Any

from feedgen.feed import FeedGenerator

from notifier.feeds.characters import clean, one_line, uri
from notifier.feeds.extensions import RssChannel, RssEntry
from notifier.feeds.items import Channel, Item, in_order, to_second

MEDIA_TYPE = "application/rss+xml"


def render(channel: Channel, items: Iterable[Item]) -> bytes:
    """The document in UTF-8, newest first; the same arguments give the same bytes for ever."""
    feed = FeedGenerator()
    title = one_line(channel.title) or channel.url
    feed.title(title)
    feed.description(one_line(channel.subtitle) or title)
    feed.language(channel.language)
    feed.generator(one_line(channel.generator))
    feed.updated(to_second(channel.updated))
    if channel.licence:
        feed.copyright(one_line(channel.licence[0]))
    # feedgen takes the last link for the RSS channel's own, so the page comes after self.
    feed.link(href=uri(channel.self_url), rel="self", type=MEDIA_TYPE)
    feed.link(href=uri(channel.url), rel="alternate")
    feed.register_extension("links", RssChannel, RssEntry, atom=False)
    feed.links.channel = channel
    for item in in_order(channel, items):
        _add(feed, item)
    return bytes(feed.rss_str())


def _add(feed: Any, item: Item) -> None:
    entry = feed.add_entry(order="append")
    entry.links.item = item
    entry.guid(item.id, permalink=item.id == item.url)
    entry.title(one_line(item.title) or item.url)
    entry.link(href=uri(item.url))
    entry.pubDate(to_second(item.published))
    # A description is HTML to every reader, and a summary is not.
    entry.description(escape(clean(item.summary_text).strip(), quote=False))
    entry.content(clean(item.content_html), type="html")
    for term, label in item.categories:
        entry.category(term=one_line(term), label=one_line(label) or one_line(term))
