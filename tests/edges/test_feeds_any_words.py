"""Whatever somebody pasted into a change, a release, a newsletter or the catalogue: each feed and
calendar stays whole, with the same entries, and runs nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import feedparser
import icalendar
import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from lxml import etree

from notifier.catalogue import queries as catalogue
from notifier.feeds import atom, choosing, collect, ics, json_feed, opml, rss, schedule
from notifier.feeds.characters import clean, one_line
from notifier.newsletters.models import Newsletter
from notifier.notices import pause, release_cancelled
from notifier.notices.models import ChangeNotice
from notifier.releases.models import Announcement, Release
from notifier.store.db import session, unit
from tests import makers
from tests.edges.feed_house import SITE, out, release, sent
from tests.edges.test_data_words import spoilt
from tests.edges.test_feeds_text import NASTY, WORDS
from tests.makers import ALICE, HANA, Clock, acting, announced, member, on_sqlite

pytestmark = on_sqlite
QUERIES: tuple[list[tuple[str, str]], ...] = ([], [("lang", "cy")], [("state", "1")])
FEW = (("all", QUERIES[1]), ("for/academic", QUERIES[0]), ("for/media", QUERIES[2]))
RUNS = re.compile(r"<(script|iframe|object|style|img)\b|\son\w+\s*=|javascript:", re.I)
TAGS = re.compile(r"<[^>]*>")


@pytest.fixture
def house_of_words(room: Flask, clock: Clock) -> Iterator[Clock]:
    """Changes that were announced, held and carried; releases out, moved and cancelled; an issue.
    Nothing that a test writes into them is kept."""
    announced(makers.emissions(), now=clock())
    held = announced(makers.draft(now=clock(), machine_breaking="yes"), now=clock())
    sent(clock)
    by, news = acting(ALICE), date(2026, 12, 18)
    with unit():
        pause.hold(held, reason="A pilot.", next_update=news, by=by, now=clock())
        pair = {"person": member(ALICE), "approved_by": member(HANA), "by": by}
        gone = release("Fly-tipping")
        release_cancelled.cancel(gone, reason="No survey.", **pair, now=clock())
        session.add(done := out(1, clock()))
        session.flush()
        times = {"created_at": clock(), "changed_at": clock()}
        words = {"en": {"detail": "- One"}}
        session.add(Announcement(release_id=done.id, state="announced", words=words, **times))
    clock.forward(days=2)
    with session.no_autoflush:
        yield clock
    session.rollback()


def spoil(words: str) -> None:
    """``words`` wherever somebody writes."""
    for notice in session.query(ChangeNotice).filter(ChangeNotice.first_public_at.is_not(None)):
        spoilt(notice, words)
        notice.evidence = [{"title": words, "url": f"https://x.example/{words}"}]
        notice.cy = dict.fromkeys(("headline", "what", "why", "brief"), words)
    for found in session.query(Release):
        found.title = found.cy_title = found.end_reason = found.period = words
        for move in found.date_changes:
            move.reason = words
    for told in session.query(Announcement):
        told.words = {
            lang: dict.fromkeys(("headline", "detail", "technical"), words or "x")
            for lang in ("en", "cy")
        }
    for issue in session.query(Newsletter):
        issue.title = issue.body = words
    for series in catalogue.all_series():
        series.name = series.cy = series.designation = series.team.name = words
        series.team.contact = f"{words}@x.example"
        for topic in series.topics:
            topic.name = topic.cy = words
    house = catalogue.organisation()
    assert house is not None
    house.name = house.licence_name = words


def documents(clock: Clock) -> Iterator[tuple[str, Any, list[str], bytes]]:
    """(what it is, how it was rendered, ids of its entries, its bytes) of many feeds."""
    for path, query in FEW:
        scope = choosing.narrow(path, choosing.read(query), now=clock())
        found = collect.leaf(scope, now=clock(), base_url=SITE)
        for form, render in (("atom", atom), ("rss", rss), ("json", json_feed)):
            top = collect.channel(scope, found, form=form, base_url=SITE)
            body = render.render(top, found.items)
            assert body == render.render(top, found.items[::-1]), "the same whatever came first"
            yield f"{path}.{form} {query}", render, ids_of(found.items), body


def ids_of(items: list[Any]) -> list[str]:
    return [item.id for item in items]


def contents(form: Any, body: bytes) -> tuple[list[str], list[str]]:
    """The ids and the HTML of the entries, as a strict parser reads them."""
    if form is json_feed:
        entries = json.loads(body.decode())["items"]
        return [e["id"] for e in entries], [e["content_html"] for e in entries]
    root = etree.fromstring(body, etree.XMLParser(huge_tree=True))
    if form is atom:
        found = root.findall("{*}entry")
        return [e.findtext("{*}id") for e in found], [e.findtext("{*}content") for e in found]
    found = root.findall("channel/item")
    return [e.findtext("guid") for e in found], [e.findtext("{*}encoded") for e in found]


def whole(clock: Clock, before: dict[str, list[str]]) -> None:
    for name, form, ids, body in documents(clock):
        assert sorted(ids) == sorted(before[name]), name
        found, html = contents(form, body)
        assert found == ids, name
        for each in html:
            assert not [tag for tag in TAGS.findall(each) if RUNS.search(tag)], name
            assert each == clean(each), name


def kept(clock: Clock) -> dict[str, list[str]]:
    return {name: ids for name, _, ids, _ in documents(clock)}


@given(words=WORDS)
@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_words_in_any_field_leave_every_feed_whole(house_of_words: Clock, words: str) -> None:
    session.rollback()
    before = kept(house_of_words)
    spoil(words)
    whole(house_of_words, before)


@given(words=WORDS)
@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_words_in_any_field_leave_the_calendar_whole(house_of_words: Clock, words: str) -> None:
    session.rollback()
    uids = calendar(house_of_words)
    spoil(words)
    assert calendar(house_of_words) == uids


def calendar(clock: Clock) -> dict[str, list[str]]:
    """The UIDs in each language, after the rules of the format were looked at."""
    found = {}
    for lang in ("en", "cy"):
        scope = choosing.narrow("all", choosing.read([("lang", lang)]), now=clock())
        drawn = schedule.draw(scope, now=clock(), base_url=SITE)
        raw = ics.render(drawn.calendar, stamp=drawn.changed)
        lines = raw.split(b"\r\n")
        assert max(map(len, lines)) <= 75
        assert b"\n" not in raw.replace(b"\r\n", b"")
        assert b"\r" not in raw.replace(b"\r\n", b"")
        names = {line for line in lines if line.startswith((b"BEGIN:", b"END:"))}
        assert names <= {
            b"%s:%s" % (a, b) for a in (b"BEGIN", b"END") for b in (b"VCALENDAR", b"VEVENT")
        }
        for line in lines:
            line.decode()  # no fold cuts a character
        read = icalendar.Calendar.from_ical(raw)
        assert read.errors == []
        for event in read.events:
            assert event.errors == []
            assert clean(str(event["summary"])) == str(event["summary"])
        found[lang] = sorted(str(event["uid"]) for event in read.events)
    return found


@pytest.mark.parametrize("words", NASTY)
def test_a_reader_takes_every_feed_of_nasty_words(house_of_words: Clock, words: str) -> None:
    before = kept(house_of_words)
    spoil(words)
    told = one_line(words)
    for name, form, ids, body in documents(house_of_words):
        assert sorted(ids) == sorted(before[name])
        runs = [tag for html in contents(form, body)[1] for tag in TAGS.findall(html)]
        assert not [tag for tag in runs if RUNS.search(tag)], name
        if form is not json_feed:
            parsed = feedparser.parse(body)
            assert not parsed.bozo, name
            assert len(parsed.entries) == len(ids)
        elif ids and told:
            assert told in "".join(item["title"] for item in json.loads(body)["items"]), name


def test_a_megabyte_in_a_field_is_one_entry(house_of_words: Clock) -> None:
    """In one change and one release: a megabyte in each of hundreds is nobody's feed."""
    before = kept(house_of_words)
    words = "ŵ]]>&\x00<b> 𝒳 \r\n" * 70_000
    notice = makers.emissions()
    notice.what = notice.technical = notice.why = words
    birds = release("Wild bird")
    birds.date_changes[-1].reason = words
    for name, form, ids, body in documents(house_of_words):
        assert sorted(ids) == sorted(before[name])
        assert contents(form, body)[0] == ids
    assert calendar(house_of_words)
    lists = collect.outlines(now=house_of_words(), base_url=SITE)
    assert etree.fromstring(opml.render(words, lists)).findtext("head/title") == one_line(words)
