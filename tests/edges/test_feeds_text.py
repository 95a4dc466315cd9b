"""Whatever people paste, every format stays well-formed, and the words that can survive do."""

from __future__ import annotations

import json
from dataclasses import replace

import feedparser
import icalendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from test_feeds_readers import NOON, SITE, channel, item

from notifier.feeds import atom, ics, json_feed, opml, rss
from notifier.feeds.characters import clean, one_line, uri
from notifier.feeds.extensions import ATOM
from notifier.feeds.items import Calendar, Event, Item, Link
from notifier.feeds.opml import Outline

CONTENT = "http://purl.org/rss/1.0/modules/content/"
NASTY = (
    "a]]>b",
    "<![CDATA[x]]>",
    "&#0; &amp; &nope;",
    "\x00\x0b\x1b[31m\x85\u2028",
    "\ud800\ufffe\uffff",
    "👩🏽‍🔬 𝒳",
    "Ŵyth ŷ môr",
    "שלום עולם",
    "\r\nBEGIN:VEVENT\r\n",
    "a,b;c\\n\\",
    "</title><script>",
)
WORDS = st.one_of(
    st.text(st.characters(codec=None), max_size=200),
    st.lists(st.sampled_from(NASTY), max_size=6).map("".join),
)


def pasted(words: str) -> Item:
    link = Link(href=f"{SITE}/{words}", type=f"text/{words}", title=words, rel=words or "related")
    return replace(
        item(),
        title=words,
        summary_text=words,
        content_html=words,
        authors=((words, words),),
        categories=((words, words),),
        links=(link,),
    )


@given(WORDS)
@settings(max_examples=150, deadline=None)
def test_any_words_give_well_formed_feeds_twice_the_same(words: str) -> None:
    top = replace(channel(), title=words, subtitle=words, licence=(words, SITE), generator=words)
    for render in (atom.render, rss.render):
        body = render(top, [pasted(words)])
        assert body == render(top, [pasted(words)])
        shown = etree.fromstring(body).xpath(
            "string(//a:content | //c:encoded)",
            namespaces={"a": ATOM, "c": CONTENT},
        )
        # Without a summary feedgen puts the content into RSS's description.
        assert shown == clean(words) or not clean(words).strip()
    feed = json.loads(json_feed.render(top, [pasted(words)]))
    assert feed["items"][0]["content_html"] == clean(words)
    assert feed["items"][0]["title"] == (one_line(words) or item().url)


@given(WORDS)
@settings(max_examples=150, deadline=None)
def test_any_words_give_a_calendar_and_an_opml_that_parse(words: str) -> None:
    event = Event(
        uid="u@notifier.example",
        sequence=1,
        last_modified=NOON,
        summary=words,
        description=words,
        url=f"{SITE}/{words}",
        start=NOON,
        categories=(words,),
    )
    calendar = Calendar(name=words, description=words, url=SITE, events=(event,))
    body = ics.render(calendar, stamp=NOON)
    assert body == ics.render(calendar, stamp=NOON)
    assert all(len(line) <= 75 for line in body.split(b"\r\n"))
    assert body.count(b"\n") == body.count(b"\r\n") == body.count(b"\r")
    (back,) = icalendar.Calendar.from_ical(body).events
    assert str(back["SUMMARY"]) == one_line(words)
    assert str(back.get("DESCRIPTION", "")) == clean(words)
    root = etree.fromstring(opml.render(words, [Outline(text=words, xml_url=f"{SITE}/{words}")]))
    assert root.findtext("head/title") in (one_line(words), None)


@pytest.mark.parametrize("words", NASTY)
def test_a_reader_takes_each_nasty_text_without_complaint(words: str) -> None:
    for render in (atom.render, rss.render):
        parsed = feedparser.parse(
            render(channel(), [replace(item(), title=words, summary_text=words)])
        )
        assert not parsed.bozo
        assert len(parsed.entries) == 1


def test_a_megabyte_of_words_is_one_entry() -> None:
    words = "ŵ]]>&\x00 " * 150_000
    for render in (atom.render, rss.render):
        assert (
            len(feedparser.parse(render(channel(), [replace(item(), content_html=words)])).entries)
            == 1
        )


def test_what_cleaning_does_to_breaks_controls_and_addresses() -> None:
    assert clean("a\r\nb\rc\u2028d\x85e\x0bf\tg") == "a\nb\nc\nd\ne\nf\tg"
    assert clean("\x00\x1bŴ\x7f\x9f\ud800\uffff👩🏽‍🔬") == "Ŵ👩🏽‍🔬"
    assert one_line("  two\r\n lines ") == "two lines"
    assert (
        uri("https://a.example/ŵ b?x=%20&y=5%#z") == "https://a.example/%C5%B5%20b?x=%20&y=5%25#z"
    )
