"""What feedgen 1.0 lacks: typed entry links in Atom, and in RSS the links of a channel."""

from __future__ import annotations

from email.utils import format_datetime
from typing import Any

import feedgen.entry
import feedgen.feed
from feedgen.ext.base import BaseEntryExtension, BaseExtension
from feedgen.util import xml_elem

from notifier.feeds.characters import one_line, uri
from notifier.feeds.items import Channel, Item, Link, links_of

ATOM = "http://www.w3.org/2005/Atom"
HISTORY = "http://purl.org/syndication/history/1.0"  # RFC 5005
DC = "http://purl.org/dc/elements/1.1/"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"

# feedgen writes each date inside setlocale(LC_ALL, "C"), which belongs to the whole process: two
# threads that interleave there leave it in the C locale for good.
feedgen.feed.formatRFC2822 = feedgen.entry.formatRFC2822 = format_datetime


class AtomChannel(BaseExtension):  # type: ignore[misc]
    """The mark of an archive page; feedgen makes the instance, ``channel`` is set afterwards."""

    channel: Channel

    def extend_ns(self) -> dict[str, str]:
        """The prefixes that the document will use, no other."""
        return {"fh": HISTORY} if self.channel.current else {}

    def extend_atom(self, feed: Any) -> Any:
        """Mark an archive page (RFC 5005 section 4); feedgen writes the links itself."""
        if self.channel.current:
            xml_elem(f"{{{HISTORY}}}archive", feed)
        return feed


class AtomEntry(BaseEntryExtension):  # type: ignore[misc]
    """The links of an entry with rel, type and title, and its language where it differs."""

    item: Item
    channel: Channel

    def extend_atom(self, entry: Any) -> Any:
        """Append the links (RFC 4287 section 4.2.7) and set xml:lang."""
        for link in links_of(self.item):
            _add_link("link", entry, link=link)
        if self.item.language != self.channel.language:
            entry.attrib[_LANG] = self.item.language
        return entry


class RssChannel(BaseExtension):  # type: ignore[misc]
    """The links that feedgen drops from a channel: hub, licence, archives."""

    channel: Channel

    def extend_ns(self) -> dict[str, str]:
        """Declared once here, so that lxml does not repeat them in every item."""
        return {"dc": DC} | ({"fh": HISTORY} if self.channel.current else {})

    def extend_rss(self, feed: Any) -> Any:
        """Append the links to the channel, and the mark of an archive page."""
        (channel,) = feed.iterchildren("channel")
        for rel, href in self.channel.archive_links:
            _add_link(f"{{{ATOM}}}link", channel, link=Link(href=href, rel=rel))
        if self.channel.licence:
            name, address = self.channel.licence
            _add_link(
                f"{{{ATOM}}}link", channel, link=Link(href=address, rel="license", title=name)
            )
        if self.channel.current:
            xml_elem(f"{{{HISTORY}}}archive", channel)
        return feed


class RssEntry(BaseEntryExtension):  # type: ignore[misc]
    """The links of an item beside its page's, and the names of its authors."""

    item: Item

    def extend_rss(self, entry: Any) -> Any:
        """Append them; RSS's own author element stands once and wants an e-mail address."""
        for name, _ in self.item.authors:
            if one_line(name):
                xml_elem(f"{{{DC}}}creator", entry).text = one_line(name)
        for link in links_of(self.item)[1:]:
            _add_link(f"{{{ATOM}}}link", entry, link=link)
        return entry


def _add_link(name: str, parent: Any, *, link: Link) -> None:
    element = xml_elem(name, parent, href=uri(link.href), rel=one_line(link.rel))
    for attribute, words in (("type", link.type), ("title", link.title)):
        if words and one_line(words):
            element.attrib[attribute] = one_line(words)
