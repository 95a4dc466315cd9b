"""Atom 1.0 (RFC 4287) for people who follow changes in a reader."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from feedgen.feed import FeedGenerator

from notifier.feeds.characters import clean, one_line, uri
from notifier.feeds.extensions import AtomChannel, AtomEntry
from notifier.feeds.items import Author, Channel, Item, in_order, to_second

MEDIA_TYPE = "application/atom+xml"


def render(channel: Channel, items: Iterable[Item]) -> bytes:
    """The document in UTF-8, newest first; the same arguments give the same bytes for ever."""
    feed = FeedGenerator()
    title = one_line(channel.title) or channel.url
    feed.id(channel.id)
    feed.title(title)
    feed.subtitle(one_line(channel.subtitle))
    feed.language(channel.language)
    feed.generator(one_line(channel.generator))
    feed.author(_people(channel.authors) or [{"name": title}])
    feed.updated(to_second(channel.updated))
    _link(feed, channel)
    feed.register_extension("links", AtomChannel, AtomEntry, rss=False)
    feed.links.channel = channel
    for item in in_order(channel, items):
        _add(feed, channel, item=item)
    return bytes(feed.atom_str())


def _link(feed: Any, channel: Channel) -> None:
    feed.link(href=uri(channel.self_url), rel="self", type=MEDIA_TYPE)
    feed.link(href=uri(channel.url), rel="alternate", type="text/html")
    for rel, href in channel.archive_links:
        feed.link(href=uri(href), rel=rel)
    if channel.licence:
        name, address = channel.licence
        feed.rights(one_line(name))
        feed.link(href=uri(address), rel="license", title=one_line(name))


def _add(feed: Any, channel: Channel, *, item: Item) -> None:
    entry = feed.add_entry(order="append")
    entry.links.item, entry.links.channel = item, channel
    entry.id(item.id)
    entry.title(one_line(item.title) or item.url)
    entry.published(to_second(item.published))
    entry.updated(item.stamp)
    entry.author(_people(item.authors))
    if summary := clean(item.summary_text).strip():
        entry.summary(summary)
    entry.content(clean(item.content_html), type="html")
    for term, label in item.categories:
        entry.category(term=one_line(term), label=one_line(label))


def _people(authors: tuple[Author, ...]) -> list[dict[str, str]]:
    """RFC 4287 section 3.2: a name is required, an address is not."""
    people = []
    for name, email in authors:
        if one_line(name):
            person = {"name": one_line(name)}
            people.append(person | ({"email": one_line(email)} if email else {}))
    return people
