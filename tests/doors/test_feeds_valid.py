"""Every feed of a house that has lived keeps the rules by which the W3C's validator warns.

The rules are those of its classes Error and Warning that a feed of ours could meet.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date
from email.utils import parsedate_to_datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import feedparser
import jsonschema_rs
import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import etree

from notifier.notices import pause
from notifier.store.db import session, unit
from tests import makers
from tests.edges.feed_house import milk, out, sent
from tests.makers import Clock

BASE = "http://127.0.0.1:8000"
DATA = Path(__file__).resolve().parents[1] / "data"
A = "{http://www.w3.org/2005/Atom}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
RFC822 = re.compile(r"[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [+-]\d{4}")
TAG = re.compile(r"tag:[a-z0-9.\-]+,\d{4}-\d\d-\d\d:[!-~]+")
RELATIONS = {  # registered with IANA
    *("alternate", "self", "related", "license", "hub", "first", "last", "next", "previous"),
    *("current", "prev-archive", "next-archive"),
}
SAFE = {
    *("p", "strong", "em", "h2", "h3", "h4", "ul", "ol", "li", "a", "span", "div", "code", "br"),
    *("table", "thead", "tbody", "tr", "th", "td", "blockquote", "hr"),
}
QUERIES = ("", "?lang=cy", "?state=1", "?state=1&lang=cy", "?kind=changes&for=academic")


@pytest.fixture
def client(house: Flask, clock: Clock) -> FlaskClient:
    """A stranger, after changes were announced and put on hold, releases came out at one moment, a
    date moved, an issue left."""
    with house.app_context():
        makers.announced(makers.emissions(), now=clock())
        makers.announced(milk(), now=clock())
        with unit():
            for number in range(160):
                session.add(out(number, clock()))
            by, news = makers.acting(makers.ALICE), date(2026, 12, 18)
            notice = makers.emissions()
            pause.hold(notice, reason="R&D <soon> ]]>", next_update=news, by=by, now=clock())
        sent(clock)
    clock.forward(days=2)
    return house.test_client()


class Html(HTMLParser):
    """What content holds: each start tag must be harmless, known and closed, each link absolute."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.wrong: list[str] = []
        self.open: list[str] = []
        self.feed(text)
        self.wrong += [f"<{tag}> is left open" for tag in self.open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in SAFE:
            self.wrong.append(f"<{tag}>")
        for name, value in attrs:
            if name in ("href", "src") and not urlsplit(value or "").scheme:
                self.wrong.append(f"{name}={value}")
            if name.startswith("on") or name in ("style", "id"):
                self.wrong.append(f"{tag} {name}")
        if tag not in ("br", "hr"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"</{tag}>")


def paths(client: FlaskClient, form: str) -> Iterator[str]:
    root = etree.fromstring(client.get("/feeds.opml").data)
    for number, url in enumerate(root.xpath("//outline/@xmlUrl")):
        path = str(url).removeprefix(BASE).replace(".atom", f".{form}")
        for query in QUERIES if number < 8 else QUERIES[:1]:
            if query.startswith("?state") and "newsletters" in path:
                continue
            yield path + query
    yield from (f"/feeds/all.{form}?page=1", f"/feeds/all.{form}?state=1&page=2")


def test_every_atom_feed_is_valid_without_a_warning(client: FlaskClient) -> None:
    entries = 0
    for path in paths(client, "atom"):
        answer = client.get(path)
        root = etree.fromstring(answer.data)
        assert links(root, path) == []
        assert no_text_before(root)
        for name in ("id", "title", "updated"):
            assert len(root.findall(A + name)) == 1, path
        assert TAG.fullmatch(root.findtext(f"{A}id"))
        found = root.findall(f"{A}entry")
        entries += len(found)
        for name in ("id", "updated"):  # DuplicateEntries, DuplicateUpdated
            values = [entry.findtext(A + name) for entry in found]
            assert len(set(values)) == len(values), (path, name)
        times = [entry.findtext(f"{A}updated") for entry in found]
        assert times == sorted(times, reverse=True), path
        for entry in found:
            assert TAG.fullmatch(entry.findtext(f"{A}id"))
            assert entry.find(f"{A}author/{A}name") is not None
            for name in ("updated", "published"):
                assert RFC3339.fullmatch(entry.findtext(A + name))
            assert entry.findtext(f"{A}published") <= entry.findtext(f"{A}updated")
            assert "<" not in (entry.findtext(f"{A}title") or "").replace("<soon>", "")
            assert Html(entry.findtext(f"{A}content")).wrong == [], path
            assert links(entry, None) == []
        assert not feedparser.parse(answer.data).bozo
    assert entries > 1000


def links(element: Any, path: str | None) -> list[str]:
    """What is wrong with the links of a feed (which has a ``path``) or an entry."""
    found = element.findall(f"{A}link")
    wrong = [link.get("rel") for link in found if link.get("rel") not in RELATIONS]
    wrong += [link.get("href") for link in found if not urlsplit(link.get("href")).scheme]
    own = [link.get("href") for link in found if link.get("rel") == "self"]
    if own != ([BASE + path] if path else []):
        wrong.append(f"self is {own}")
    kinds = [link.get("type") for link in found if link.get("rel") == "alternate"]
    return wrong + (["two alternates of a type"] if len(set(kinds)) != len(kinds) else [])


def no_text_before(root: Any) -> bool:
    """No metadata of the feed comes after an entry (MisplacedMetadata)."""
    names = [child.tag for child in root if str(child.tag).startswith(A)]
    first = names.index(f"{A}entry") if f"{A}entry" in names else len(names)
    return set(names[first:]) <= {f"{A}entry"}


def test_every_rss_feed_is_valid_without_a_warning(client: FlaskClient) -> None:
    for path in paths(client, "rss"):
        answer = client.get(path)
        root = etree.fromstring(answer.data)
        (channel,) = root
        for name in ("title", "link", "description", "language", "lastBuildDate"):
            assert len(channel.findall(name)) == 1, (path, name)
        assert channel.findtext("language") == ("cy" if "lang=cy" in path else "en")
        own = [e.get("href") for e in channel.findall(f"{A}link") if e.get("rel") == "self"]
        assert own == [BASE + path]
        assert {e.get("rel") for e in channel.findall(f"{A}link")} <= RELATIONS
        found = channel.findall("item")
        guids = [item.findtext("guid") for item in found]
        assert len(set(guids)) == len(guids)
        for item in found:
            assert TAG.fullmatch(item.findtext("guid"))
            assert item.find("guid").get("isPermaLink") == "false"
            when = item.findtext("pubDate")
            assert RFC822.fullmatch(when)
            assert parsedate_to_datetime(when).strftime("%a") == when[:3]  # IncorrectDOW
            assert item.findtext("link").startswith(f"{BASE}/")
            assert item.find("author") is None  # beside dc:creator it means the same twice
            for words in (item.findtext(CONTENT), item.findtext("description")):
                assert Html(words).wrong == [], path
        assert not feedparser.parse(answer.data).bozo


def test_every_json_feed_keeps_its_version_of_the_format(client: FlaskClient) -> None:
    schema = json.loads((DATA / "json-feed-1.1.schema.json").read_text("utf-8"))
    rules = jsonschema_rs.Draft202012Validator(schema, validate_formats=True)
    for path in paths(client, "json"):
        feed = json.loads(client.get(path).data)
        assert [fault.message for fault in rules.iter_errors(feed)] == [], path
        assert feed["feed_url"] == BASE + path
        assert feed["language"] == ("cy" if "lang=cy" in path else "en")
        assert feed["title"]
        assert feed["home_page_url"].startswith(f"{BASE}/")
        ids = [item["id"] for item in feed["items"]]
        assert len(set(ids)) == len(ids)
        for item in feed["items"]:
            assert {"id", "url", "content_html", "date_published"} <= item.keys()
            assert RFC3339.fullmatch(item["date_published"])
        assert not rules.is_valid({**feed, "title": None})
        assert not rules.is_valid({**feed, "more": 1})
