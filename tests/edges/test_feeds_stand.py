"""The feed of what stands (?state=1) and feeds in Welsh: one entry each, ids of their own."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import feedparser
import pytest
from flask import Flask
from lxml import etree

from notifier.errors import NotFound
from notifier.feeds import atom, choosing, collect, json_feed, rss, scopes
from notifier.feeds.items import Item
from notifier.feeds.words import TYPES_CY, WORDS
from notifier.notices import out as coming_out
from notifier.notices import pause
from notifier.notices.effect import take_effect
from notifier.notices.rules import TYPE_WORDS
from notifier.releases.models import Release
from notifier.store.db import session, unit
from tests import makers
from tests.edges.feed_house import SITE, milk, out, release, sent
from tests.makers import ALICE, Clock, acting

STATE = [("state", "1")]
CY = [("lang", "cy")]


def leaf(
    clock: Clock, pairs: list[tuple[str, str]], path: str = "all", number: int | None = None
) -> collect.Leaf:
    scope = choosing.narrow(path, choosing.read(pairs), now=clock())
    return collect.leaf(scope, now=clock(), base_url=SITE, number=number)


def by_key(clock: Clock, pairs: list[tuple[str, str]], path: str = "all") -> dict[str, Item]:
    return {item.id.split(":")[2]: item for item in leaf(clock, pairs, path).items}


def test_each_notice_and_each_release_is_one_entry(room: Flask, clock: Clock) -> None:
    makers.announced(makers.emissions(), now=clock())
    sent(clock)
    clock.forward(days=2)
    found = by_key(clock, STATE)
    public = session.query(Release).filter(Release.state != "planned").count()
    kinds = [key.split("/")[0] for key in found]
    assert (kinds.count("notice"), kinds.count("release")) == (1, public)
    assert len(kinds) == 1 + public
    assert by_key(clock, STATE, "changes").keys() == {"notice/DEFRA-2026-001/en"}
    birds = found[f"release/{release('Wild bird').id}/en"]
    assert birds.title == "Expected: Wild bird populations in the UK, 1970 to 2026"
    assert birds.summary_text.startswith("9:30am, Wednesday 13 January 2027. Confirmed. Was 9:30am")
    emissions = found[f"release/{release('Emissions of air').id}/en"]
    assert "fine particles" in emissions.content_html


def test_an_entry_is_updated_by_a_real_change_and_nothing_else(room: Flask, clock: Clock) -> None:
    notice = makers.announced(makers.emissions(), now=clock())
    key, edition = "notice/DEFRA-2026-001/en", release("Emissions of air")
    first = by_key(clock, STATE)[key]
    assert first.title.startswith("Announced: ")
    assert first.updated == first.published == clock()
    clock.forward(hours=1)
    with unit():
        notice.changed_at = edition.changed_at = clock()
    assert by_key(clock, STATE)[key] == first
    with unit():
        news = date(2026, 12, 18)
        pause.hold(notice, reason="A pilot.", next_update=news, by=acting(ALICE), now=clock())
    held = by_key(clock, STATE)[key]
    assert (held.title.split(":")[0], held.updated) == ("On hold", clock())
    assert held.published == first.published
    clock.forward(hours=1)
    with unit():
        pause.resume(notice, by=acting(ALICE), now=clock())
    clock.at("2027-03-01 09:30")
    with unit():
        coming_out.publish(edition, by=acting(ALICE), now=clock())
    found = by_key(clock, STATE)
    assert found[key].title.startswith("Now in effect: ")
    assert found[key].updated == clock()
    assert found[key].published == first.published
    done = found[f"release/{edition.id}/en"]
    assert done.title.startswith("Published: ")
    assert done.updated == clock()
    assert list(found)[:2] == sorted([key, f"release/{edition.id}/en"], reverse=True)


def test_a_change_that_took_effect_stays_one_entry(room: Flask, clock: Clock) -> None:
    notice = makers.announced(milk(), now=clock())
    clock.at("2027-03-24 10:31")
    with unit():
        take_effect(now=clock())
    found = by_key(clock, STATE, "changes")
    assert list(found) == [f"notice/{notice.reference}/en"]
    assert found[f"notice/{notice.reference}/en"].title.startswith("Now in effect: ")
    assert len(by_key(clock, [], "changes")) == 2  # as news these are two


def test_pages_of_what_stands_are_linked_and_end(room: Flask, clock: Clock) -> None:
    with unit():
        for number in range(230):
            session.add(out(number, clock() - timedelta(days=number)))
    pairs = [("state", "1"), ("series", "monthly-landings")]
    scope = choosing.narrow("all", choosing.read(pairs), now=clock())
    seen: list[str] = []
    for number, rels in ((None, {"first", "last", "next"}), (2, None), (3, None)):
        found = collect.leaf(scope, now=clock(), base_url=SITE, number=number)
        for form, render in (("atom", atom.render), ("rss", rss.render)):
            channel = collect.channel(scope, found, form=form, base_url=SITE)
            parsed = feedparser.parse(render(channel, found.items))
            links = {link.rel: link.href for link in parsed.feed.links}
            wanted = rels or {"first", "last", "previous"} | ({"next"} if number == 2 else set())
            assert wanted == links.keys() & {"first", "last", "next", "previous"}
            assert "prev-archive" not in links
        seen += [item.id for item in found.items]
    assert links["last"] == f"{SITE}/feeds/all.rss?state=1&series=monthly-landings&page=3"
    assert len(seen) == len(set(seen)) >= 230
    with pytest.raises(NotFound, match="has 3 pages, not a page 4"):
        collect.leaf(scope, now=clock(), base_url=SITE, number=4)
    first = collect.leaf(scope, now=clock(), base_url=SITE)
    body = json_feed.render(collect.channel(scope, first, form="json", base_url=SITE), first.items)
    assert b'"next_url":"https://updates.example.org/feeds/all.json?state=1' in body


def test_two_languages_are_two_items_to_a_reader(room: Flask, clock: Clock) -> None:
    makers.announced(makers.emissions(), now=clock())
    with unit():
        session.add(out(1, clock()))
    sent(clock)
    clock.forward(days=2)
    for state in ([], STATE):
        english, welsh = leaf(clock, state).items, leaf(clock, [*state, *CY]).items
        assert len(english) == len(welsh)
        assert not {item.id for item in english} & {item.id for item in welsh}
        assert {item.language for item in welsh} == {"cy"}
        assert {item.id.removesuffix("/cy") for item in welsh} == {
            item.id.removesuffix("/en") for item in english
        }


def test_a_welsh_feed_speaks_welsh_and_marks_what_is_english(room: Flask, clock: Clock) -> None:
    notice = makers.announced(makers.emissions(), now=clock())
    item = by_key(clock, CY, "changes")[f"announced/{notice.reference}/cy"]
    assert item.title == f"Cyhoeddwyd: {notice.cy['headline']}"
    assert item.url == f"{SITE}/changes/{notice.reference}?lang=cy"
    assert "<strong>Yn dod i rym:</strong> 9:30yb, dydd Llun 1 Mawrth 2027" in item.content_html
    assert '<p lang="en">The survey shows that fewer homes' in item.content_html
    assert ("air-quality", "Ansawdd aer") in item.categories
    assert ("class-A", "Dosbarth A") in item.categories
    own = [link for link in item.links if link.type == "application/json"]
    assert [link.title for link in own] == ["Yr hysbysiad hwn fel data"]
    scope = choosing.narrow("changes", choosing.read(CY), now=clock())
    found = collect.leaf(scope, now=clock(), base_url=SITE)
    channel = collect.channel(scope, found, form="atom", base_url=SITE)
    root = etree.fromstring(atom.render(channel, found.items))
    assert root.get("{http://www.w3.org/XML/1998/namespace}lang") == "cy"
    assert channel.title == "Newidiadau – Defra Group statistics"
    assert channel.id == "tag:updates.example.org,2026-01-01:feed/changes/cy"


@pytest.mark.parametrize("path", ["all", "changes", "releases", "newsletters"])
def test_an_english_feed_has_no_welsh_and_no_marks(room: Flask, clock: Clock, path: str) -> None:
    makers.announced(makers.emissions(), now=clock())
    makers.announced(milk(), now=clock())
    text = repr(leaf(clock, [], path).items)
    assert 'lang="' not in text
    assert "lang=cy" not in text


def test_every_word_of_the_frame_has_its_welsh() -> None:
    assert [key for key, pair in WORDS.items() if len(pair) != 2 or not all(pair)] == []
    for english, welsh in WORDS.values():
        assert sorted(fields(english)) == sorted(fields(welsh)), english
    assert TYPES_CY.keys() == TYPE_WORDS.keys()


def fields(text: str) -> list[str]:
    return [piece.partition("}")[0] for piece in text.split("{")[1:]]


def test_entries_are_classified_and_lead_to_their_data(room: Flask, clock: Clock) -> None:
    notice = makers.announced(milk(), now=clock())
    (item,) = leaf(clock, [], "changes").items
    terms = dict(item.categories)
    assert terms[notice.type] == TYPE_WORDS[notice.type]
    assert terms[f"class-{notice.class_}"] == f"Class {notice.class_}"
    named: list[dict[str, Any]] = notice.what_to_do
    users = {slug for entry in named for slug in entry.get("user_types", [])}
    assert users
    assert users <= terms.keys()
    links = {link.type: link.href for link in item.links if link.type}
    assert links == {
        "application/json": f"{SITE}/notices/{notice.reference}.json",
        "text/csv": f"{SITE}/changes/{notice.reference}/mapping.csv",
    }
    assert scopes.read("changes").title == "Changes"
