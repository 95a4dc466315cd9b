"""OPML 2.0: one file that subscribes a reader to many feeds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from xml.etree import ElementTree

from notifier.feeds.characters import one_line, uri

MEDIA_TYPE = "text/x-opml"


@dataclass(frozen=True, kw_only=True)
class Outline:
    """A feed (``xml_url``), or a folder of outlines when ``children`` are given."""

    text: str
    xml_url: str | None = None
    html_url: str | None = None
    language: str | None = None
    children: tuple[Outline, ...] = ()


def render(title: str, outlines: Iterable[Outline]) -> bytes:
    """The document in UTF-8, in the order given, without dates: they would change the bytes."""
    root = ElementTree.Element("opml", version="2.0")
    head = ElementTree.SubElement(root, "head")
    ElementTree.SubElement(head, "title").text = one_line(title)
    body = ElementTree.SubElement(root, "body")
    for outline in outlines:
        _add(body, outline)
    return bytes(ElementTree.tostring(root, encoding="UTF-8", xml_declaration=True))


def _add(parent: ElementTree.Element, outline: Outline) -> None:
    # title repeats text: some readers take their label from the one, some from the other.
    text = one_line(outline.text)
    element = ElementTree.SubElement(parent, "outline", text=text, title=text)
    if outline.xml_url:
        element.set("type", "rss")  # the OPML word for a feed of either kind
        element.set("xmlUrl", uri(outline.xml_url))
    if outline.html_url:
        element.set("htmlUrl", uri(outline.html_url))
    if outline.language:
        element.set("language", outline.language)
    for child in outline.children:
        _add(element, child)
