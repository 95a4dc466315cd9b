"""Feeds as readers see them: feedparser, and the rules that validators check."""

from __future__ import annotations

import json
import locale
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from html import unescape
from typing import Any

import feedgen.feed
import feedgen.util
import feedparser
import pytest
from lxml import etree

from notifier.feeds import atom, json_feed, rss
from notifier.feeds.etag import cache_tag
from notifier.feeds.items import Channel, Item, Link, tag_uri

A = "{http://www.w3.org/2005/Atom}"
FH = "{http://purl.org/syndication/history/1.0}"
DC = "{http://purl.org/dc/elements/1.1/}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}"
NOON = datetime(2026, 12, 8, 9, 30, tzinfo=UTC)
SITE = "https://notifier.example"


def channel(**changes: Any) -> Channel:
    base = Channel(
        id=tag_uri("notifier.example", date(2026, 1, 1), kind="feed", key="air", language="en"),
        title="Air quality",
        subtitle="Changes to statistics about air & emissions",
        url=f"{SITE}/topics/air-quality",
        self_url=f"{SITE}/feeds/topics/air-quality.atom?lang=en&page=1",
        language="en",
        updated=NOON,
        generator="Notifier",
        licence=("Open Government Licence v3.0", f"{SITE}/licence"),
        authors=(("Defra statistics", "stats@defra.example"),),
    )
    return replace(base, **changes)


def item(number: int = 1, **changes: Any) -> Item:
    url = f"{SITE}/changes/DEFRA-2026-{number:03}"
    at = NOON - timedelta(days=100 - number)
    base = Item(
        id=tag_uri(
            "notifier.example", date(2026, 1, 1), kind="event", key=f"{number}/T-30", language="en"
        ),
        url=url,
        title=f"Announced: R&D spending < 5% – change {number}",
        summary_text="Figures for 1 < 2 & others change.",
        content_html='<p>Figures <a href="https://notifier.example/x">change</a> &amp; move.</p>',
        published=at,
        updated=at,
        language="en",
        authors=(("Air team", "air@defra.example"), ("Emissions team", None)),
        categories=(("air-quality", "Air quality"), ("class-A", "Major change")),
        links=(
            Link(href=f"{url}.json", rel="alternate", type="application/json", title="As data"),
            Link(
                href=f"{SITE}/map ping.csv?a=1&b=ŵ",
                type="text/csv",
                title="Old → new “codes” & more",
            ),
        ),
    )
    return replace(base, **changes)


ITEMS = [item(n) for n in (2, 3, 1)]
XML = [atom.render, rss.render]
ALL = [*XML, json_feed.render]


def children(element: etree._Element, name: str) -> list[etree._Element]:
    return element.findall(name)


@pytest.mark.parametrize("render", XML)
def test_a_reader_finds_every_item_newest_first_with_its_words(render: Any) -> None:
    parsed = feedparser.parse(render(channel(), ITEMS))
    assert not parsed.bozo
    assert parsed.feed.title == "Air quality"
    assert parsed.feed.link == f"{SITE}/topics/air-quality"
    assert parsed.feed.language == "en"
    assert [e.link[-3:] for e in parsed.entries] == ["003", "002", "001"]
    newest = parsed.entries[0]
    assert unescape(newest.title) == item(3).title
    assert newest.id == item(3).id
    assert newest.published_parsed[:5] == item(3).published.timetuple()[:5]
    assert "Figures" in newest.content[0].value
    assert newest.content[0].type == "text/html"
    assert {"Air quality", "Major change"} <= {t.label or t.term for t in newest.tags}


@pytest.mark.parametrize("render", XML)
def test_typed_links_come_through_in_both(render: Any) -> None:
    entry = feedparser.parse(render(channel(), [item()])).entries[0]
    found = {
        (link["rel"], link.get("type"), link.get("title")): link["href"] for link in entry.links
    }
    assert found["alternate", "application/json", "As data"] == f"{item().url}.json"
    mapping = found["related", "text/csv", "Old → new “codes” & more"]
    assert mapping == f"{SITE}/map%20ping.csv?a=1&b=%C5%B5"


def test_atom_keeps_the_rules_of_rfc_4287() -> None:
    body = atom.render(channel(), ITEMS)
    root = etree.fromstring(body)
    assert root.tag == f"{A}feed"
    assert b"xml-stylesheet" not in body
    links = [(e.get("rel"), e.get("href")) for e in children(root, f"{A}link")]
    assert [href for rel, href in links if rel == "self"] == [channel().self_url]
    assert ("alternate", channel().url) in links
    assert ("license", f"{SITE}/licence") in links
    assert root.findtext(f"{A}updated") == "2026-12-08T09:30:00+00:00"
    assert root.findtext(f"{A}author/{A}email") == "stats@defra.example"
    entries = children(root, f"{A}entry")
    assert len({e.findtext(f"{A}id") for e in entries}) == len(ITEMS)
    for entry in entries:
        for name in ("id", "title", "updated", "published", "content"):
            assert len(children(entry, A + name)) == 1
        kinds = [
            (e.get("rel"), e.get("type"))
            for e in children(entry, f"{A}link")
            if e.get("rel") == "alternate"
        ]
        assert len(kinds) == len(set(kinds)) == 2
        assert [e.text for e in entry.iterfind(f"{A}author/{A}name")] == [
            "Air team",
            "Emissions team",
        ]


def test_rss_keeps_its_best_practices() -> None:
    body = rss.render(channel(), ITEMS)
    root = etree.fromstring(body)
    top = root.find("channel")
    assert root.get("version") == "2.0"
    assert top is not None
    own = [(e.get("rel"), e.get("href")) for e in children(top, f"{A}link")]
    assert (
        own.count(("self", channel().self_url)) == len([1 for rel, _ in own if rel == "self"]) == 1
    )
    assert [e.text for e in children(top, "link")] == [channel().url]
    assert top.findtext("lastBuildDate") == "Tue, 08 Dec 2026 09:30:00 +0000"
    for one, of in zip(children(top, "item"), (3, 2, 1), strict=True):
        guid = one.find("guid")
        assert guid is not None
        assert (guid.text, guid.get("isPermaLink")) == (item(of).id, "false")
        assert [e.text for e in children(one, "link")] == [item(of).url]
        assert one.findtext("description") == "Figures for 1 &lt; 2 &amp; others change."
        assert one.findtext(f"{CONTENT}encoded") == item(of).content_html
        # A wrong weekday is an error to validators and ignored by most parsers.
        when = one.findtext("pubDate") or ""
        assert parsedate_to_datetime(when) == item(of).published
        assert when.startswith(item(of).published.strftime("%a, "))
        assert [e.text for e in children(one, f"{DC}creator")] == ["Air team", "Emissions team"]
        assert not children(one, "author")


def test_a_guid_that_is_the_page_says_so() -> None:
    page = replace(item(), id=item().url)
    guid = etree.fromstring(rss.render(channel(), [page])).find("channel/item/guid")
    assert guid is not None
    assert guid.get("isPermaLink") == "true"


def test_hub_and_archive_links_stand_in_every_format() -> None:
    page = channel(
        hub=f"{SITE}/hub",
        current=f"{SITE}/f",
        prev_archive=f"{SITE}/f?page=1",
        next_archive=f"{SITE}/f?page=3",
    )
    wanted = {
        "hub": f"{SITE}/hub",
        "current": f"{SITE}/f",
        "prev-archive": f"{SITE}/f?page=1",
        "next-archive": f"{SITE}/f?page=3",
    }
    for render, where in ((atom.render, "."), (rss.render, "channel")):
        root = etree.fromstring(render(page, ITEMS))
        top = root.find(where)
        assert top is not None
        links = {e.get("rel"): e.get("href") for e in children(top, f"{A}link")}
        assert wanted.items() <= links.items()
        assert len(children(top, f"{FH}archive")) == 1
    assert json.loads(json_feed.render(page, ITEMS))["next_url"] == f"{SITE}/f?page=1"
    for render in XML:
        assert b"syndication/history" not in render(channel(), ITEMS)


@pytest.mark.parametrize("render", ALL)
def test_the_same_items_in_any_order_and_zone_give_the_same_bytes(render: Any) -> None:
    body = render(channel(), ITEMS)
    elsewhere = timezone(timedelta(hours=5))
    moved = [
        replace(
            one,
            published=one.published.astimezone(elsewhere).replace(microsecond=7),
            updated=one.updated.astimezone(elsewhere).replace(microsecond=7),
        )
        for one in reversed(ITEMS)
    ]
    assert render(channel(), moved) == body
    assert cache_tag(render(channel(), moved)) == cache_tag(body)
    assert cache_tag(body) != cache_tag(body + b" ")


@pytest.mark.parametrize("render", ALL)
def test_an_empty_feed_and_empty_words_still_parse(render: Any) -> None:
    bare = replace(
        item(), title="\x00 ", summary_text="", content_html="", authors=(), categories=(), links=()
    )
    for items in ([], [bare]):
        body = render(channel(subtitle="", authors=(), licence=None), items)
        if render is json_feed.render:
            assert len(json.loads(body)["items"]) == len(items)
        else:
            parsed = feedparser.parse(body)
            assert not parsed.bozo
            assert [e.link for e in parsed.entries] == [i.url for i in items]
    root = etree.fromstring(atom.render(channel(authors=()), [bare]))
    assert root.findtext(f"{A}author/{A}name") == "Air quality"


def test_one_id_is_shown_once_as_it_was_last_changed() -> None:
    later = replace(item(1), title="Corrected", updated=NOON)
    entries = feedparser.parse(atom.render(channel(), [item(1), item(2), later])).entries
    assert [unescape(e.title) for e in entries] == ["Corrected", item(2).title]


def test_two_languages_are_two_ids_and_a_foreign_entry_names_its_language() -> None:
    ids = {
        tag_uri("Notifier.example", date(2026, 1, 1), kind="event", key="a b/ŵ", language=lang)
        for lang in ("en", "cy")
    }
    assert ids == {
        "tag:notifier.example,2026-01-01:event/a%20b/%C5%B5/en",
        "tag:notifier.example,2026-01-01:event/a%20b/%C5%B5/cy",
    }
    root = etree.fromstring(atom.render(channel(), [item(language="cy"), item(2)]))
    lang = "{http://www.w3.org/XML/1998/namespace}lang"
    assert [e.get(lang) for e in children(root, f"{A}entry")] == [None, "cy"]
    assert root.get(lang) == "en"


def test_a_second_alternate_of_one_type_is_left_out() -> None:
    twin = Link(href=f"{SITE}/twin", rel="alternate", type="text/html")
    root = etree.fromstring(atom.render(channel(), [item(links=(twin, twin))]))
    assert [e.get("href") for e in root.iterfind(f"{A}entry/{A}link")] == [item().url]


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        item(published=datetime(2026, 1, 1))  # noqa: DTZ001
    with pytest.raises(ValueError, match="no time zone"):
        channel(updated=datetime(2026, 1, 1))  # noqa: DTZ001


def test_rendering_never_touches_the_locale_of_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    # The guard of the trap itself: feedgen still has the writer that we replaced.
    assert "setlocale" in feedgen.util.formatRFC2822.__code__.co_names

    def refuse(*_: object) -> None:
        raise AssertionError("setlocale was called")

    monkeypatch.setattr(locale, "setlocale", refuse)
    wanted = [render(channel(), ITEMS) for render in XML]
    with ThreadPoolExecutor(8) as pool:
        for render, body in zip(XML, wanted, strict=True):
            assert set(pool.map(lambda _, r=render: r(channel(), ITEMS), range(40))) == {body}
