"""What feeds and calendars take from the database: all that is public, and nothing before."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import feedparser
import pytest
from flask import Flask

from notifier.errors import NotFound
from notifier.feeds import atom, collect, freshness, rss, schedule, scopes
from notifier.newsletters import queries as newsletters
from notifier.notices import queries as notices
from notifier.notices.effect import take_effect
from notifier.releases.rules import RELEASE
from notifier.store.db import session, unit
from notifier.store.history import SYSTEM
from notifier.store.moves import move
from tests import makers
from tests.edges.feed_house import SITE, events, everything, items, milk, out, release, sent, titles
from tests.makers import Clock


def test_an_announced_change_is_told_in_full(room: Flask, clock: Clock) -> None:
    notice = makers.announced(makers.emissions(), now=clock())
    (item,) = items("changes", clock)
    assert item.title == f"Announced: {notice.headline}"
    assert item.url == f"{SITE}/changes/DEFRA-2026-001"
    assert item.published == item.updated == notice.first_public_at == clock()
    assert item.id == "tag:updates.example.org,2026-01-01:announced/DEFRA-2026-001/en"
    assert "Takes effect: 9:30am, Monday 1 March 2027. Told 98 days ahead; 90 promised." in (
        item.summary_text
    )
    for words in (
        "<strong>Takes effect:</strong> 9:30am, Monday 1 March 2027",
        "Told 98 days ahead; 90 promised. We aim for 180.",
        "will move to the new burning-in-homes survey",
        "Road transport, agriculture and industry are estimated as before.",
        "The survey shows that fewer homes burn wood",
        "expected to fall by between 8% and 14%",
        "Replace stored PM2.5 series",
        f'<a href="{SITE}/releases/2">Emissions of air pollutants in the UK, 1970 to 2025</a>',
        "mailto:airstats@example.org",
    ):
        assert words in item.content_html
    assert "days left" not in item.content_html  # it is read on any day
    assert item.authors == (("Air quality statistics", "airstats@example.org"),)
    assert ("air-quality", "Air quality") in item.categories
    assert [link.type for link in item.links] == ["application/json"]


def test_each_kind_of_user_reads_at_their_depth(room: Flask, clock: Clock) -> None:
    makers.announced(makers.emissions(), now=clock())
    words = {
        path: items(path, clock)[0].content_html
        for path in ("for/media", "for/government", "for/academic", "topics/air-quality")
    }
    assert "NFR19 category" in words["for/academic"]
    assert "NFR19" not in words["for/government"]
    assert "burning-in-homes" in words["for/government"]
    assert words["for/government"] == words["topics/air-quality"]
    assert "burning-in-homes" not in words["for/media"]
    assert "8% and 14%" in words["for/media"]
    assert "These readers have something to do: Academic or researcher" in words["for/media"]


def test_old_codes_stand_beside_the_new(room: Flask, clock: Clock) -> None:
    makers.announced(milk(), now=clock())
    content = items("series/milk-utilisation", clock)[0].content_html
    assert "<tr><td>Liquid milk (Ml)</td><td><code>LIQ_ML</code></td></tr>" in content
    assert "By Friday 12 March 2027." in content
    assert "<strong>Everyone else:</strong> Nothing." in content


def test_nothing_of_a_draft_is_anywhere(room: Flask, clock: Clock) -> None:
    makers.announced(makers.emissions(), now=clock())
    sent(clock)
    with unit():
        session.add(out(1, clock() + timedelta(days=9), state="planned", title="Secret edition"))
    shown = everything(clock)
    assert "fine particles" in shown
    for draft in notices.every():
        if draft.state == "draft":
            assert draft.headline not in shown
            assert draft.reference not in shown
    assert newsletters.every()[0].title not in shown
    assert "Secret edition" not in shown
    # The catalogue knows that this edition contains a change: before its notice, nobody else does.
    assert '"contains_change": true' in shown
    assert shown.count('"contains_change": true') == 1


def test_a_change_hides_the_private_release_that_carries_it(room: Flask, clock: Clock) -> None:
    notice = makers.announced(makers.emissions(), now=clock())
    with unit():
        release("Emissions of air").state = "planned"  # publish refuses it; another may come there
    assert "1970 to 2025" not in everything(clock)
    assert notice.headline in everything(clock)


def test_preparing_in_private_changes_no_byte(room: Flask, clock: Clock) -> None:
    makers.announced(makers.emissions(), now=clock())
    before = everything(clock)
    stamp = schedule.draw(scopes.read("all"), now=clock(), base_url=SITE).changed
    clock.forward(hours=2)
    with unit():
        release("Wild bird").changed_at = clock()
        makers.emissions().changed_at = clock()
    assert everything(clock) == before
    assert schedule.draw(scopes.read("all"), now=clock(), base_url=SITE).changed == stamp


def test_a_topic_covers_all_below_it(room: Flask, clock: Clock) -> None:
    makers.announced(makers.emissions(), now=clock())
    for path in ("topics/environment", "topics/air-quality", "series/emissions-air-pollutants"):
        assert len(titles(path, clock)) == 1
    assert titles("topics/water", clock) == []
    assert "notice-DEFRA-2026-001-effect" in events("topics/environment", clock)
    assert "notice-DEFRA-2026-001-effect" not in events("topics/water", clock)


@pytest.mark.parametrize("path", ["", "nothing", "topics/", "topics/x/y", "series/no", "for/no"])
def test_an_unknown_scope_is_not_found(room: Flask, path: str) -> None:
    with pytest.raises(NotFound):
        scopes.read(path)


def test_a_change_in_effect_is_an_entry_of_its_own(room: Flask, clock: Clock) -> None:
    notice = makers.announced(milk(), now=clock())
    (announced,) = items("changes", clock)
    clock.at("2027-03-23 10:30")
    assert len(items("changes", clock)) == 1
    clock.forward(seconds=7)
    with unit():
        take_effect(now=clock())
    newest, first = items("changes", clock)
    assert newest.title == f"Now in effect: {notice.headline}"
    assert newest.published == clock()
    assert first == announced  # byte for byte as it was


def test_a_release_that_is_out_names_the_changes_in_it(room: Flask, clock: Clock) -> None:
    makers.announced(makers.emissions(), now=clock())
    clock.at("2027-03-01 09:30")
    edition = release("Emissions of air")
    with unit():
        edition.landing_url = "https://www.gov.example/emissions?a=1&b=2"
        edition.published_at = clock()
        move(edition, "publish", RELEASE, by=SYSTEM, now=clock())
    newest = items("series/emissions-air-pollutants", clock)[0]
    assert newest.title == "Published: Emissions of air pollutants in the UK, 1970 to 2025"
    assert 'href="https://www.gov.example/emissions?a=1&amp;b=2"' in newest.content_html
    assert "fine particles" in newest.content_html
    assert events("all", clock)["release-2"]["last-modified"].dt == clock()


def test_an_address_of_what_is_not_out_is_not_told(room: Flask, clock: Clock) -> None:
    with unit():
        release("Fly-tipping").landing_url = "https://www.gov.example/guessable"
    assert "guessable" not in everything(clock)


def test_a_newsletter_appears_at_its_instant(room: Flask, clock: Clock) -> None:
    issue = sent(clock)
    clock.at("2026-11-24 10:29")
    assert titles("newsletters", clock) == []
    clock.forward(minutes=1)
    for path in ("newsletters", "all", "topics/nature", "for/academic"):
        assert issue.title in titles(path, clock)
    for path in ("series/people-nature-survey", "topics/food", "for/media", "releases"):
        assert issue.title not in titles(path, clock)
    content = items("newsletters", clock)[0].content_html
    assert "<strong>25,000 adults</strong>" in content
    assert "{{" not in content
    assert f"{SITE}/newsletters/{issue.slug}" in content


def test_one_issue_with_a_wrong_field_does_not_end_the_feed(room: Flask, clock: Clock) -> None:
    issue = sent(clock)
    with unit():
        issue.body = "Dear {{ nobody }}"
    clock.forward(days=2)
    assert titles("newsletters", clock) == [issue.title]


def test_walking_the_archives_gives_each_entry_once(room: Flask, clock: Clock) -> None:
    scope = scopes.read("series/monthly-landings")

    def leaf(number: int | None = None) -> collect.Leaf:
        return collect.leaf(scope, now=clock(), base_url=SITE, number=number)

    def bodies(number: int) -> bytes:
        found = leaf(number)
        return atom.render(collect.channel(scope, found, form="atom", base_url=SITE), found.items)

    def add(first: int, count: int) -> None:
        with unit():
            for number in range(first, first + count):
                session.add(out(number, clock() - timedelta(days=1000 - number)))

    add(0, 99)
    assert leaf().archives == 0
    assert len(leaf().items) == 99
    add(99, 61)
    walked = list(leaf().items)
    assert len(walked) == 60
    for number in range(leaf().archives, 0, -1):
        walked += leaf(number).items
    assert [item.id for item in walked] == [
        item.id for item in collect.items(scope, now=clock(), base_url=SITE)
    ]
    assert len({item.id for item in walked}) == 160
    before = bodies(1)
    add(160, 240)
    assert bodies(1) == before
    channel = collect.channel(scope, leaf(2), form="rss", base_url=SITE)
    path = f"{SITE}/feeds/series/monthly-landings.rss"
    assert channel.self_url == f"{path}?page=2"
    assert channel.prev_archive == f"{path}?page=1"
    assert channel.next_archive == f"{path}?page=3"
    assert channel.current == path
    for number in (0, 8):
        with pytest.raises(NotFound):
            leaf(number)


def test_copies_never_outlast_what_comes_next(room: Flask, clock: Clock) -> None:
    assert freshness.max_age(clock()) == 30
    sent(clock)
    assert freshness.max_age(makers.london("2026-11-24 10:29") + timedelta(seconds=48.5)) == 11
    assert freshness.max_age(makers.london("2026-11-24 10:30")) == 30
    assert freshness.max_age(makers.london("2027-01-13 09:29") + timedelta(seconds=55)) == 5
    assert freshness.max_age(makers.london("2026-12-01 00:00") - timedelta(seconds=4)) == 4


@pytest.mark.parametrize("render", [atom.render, rss.render])
def test_hostile_words_stay_words(room: Flask, clock: Clock, render: Any) -> None:
    hostile = "<script>alert(1)</script> ]]> & \x0b“ŵ”"
    notice = makers.draft(
        now=clock(),
        headline=f"Milk {hostile}",
        what=hostile,
        technical=hostile,
        mapping=[{"old": hostile, "new": hostile}],
        what_to_do=[{"action": hostile}],
        evidence=["https://ok.example/?a=1&b=2"],
        impact={"known": "yes", "text": hostile},
    )
    with unit():  # as what was kept before each key was checked
        notice.evidence = [{"title": hostile, "url": "javascript:alert(1)"}, *notice.evidence]
        notice.impact = {**notice.impact, "internal_note": "do not tell"}
    makers.announced(notice, now=clock())
    scope = scopes.read("for/academic")
    found = collect.leaf(scope, now=clock(), base_url=SITE)
    channel = collect.channel(scope, found, form="atom", base_url=SITE)
    body = render(channel, found.items)
    parsed = feedparser.parse(body, sanitize_html=False)
    assert not parsed.bozo
    content = parsed.entries[0].content[0].value
    assert "<script" not in content
    assert "&lt;script&gt;" in content
    assert "javascript:" not in body.decode()
    assert 'href="https://ok.example/?a=1&amp;b=2"' in content
    assert "do not tell" not in everything(clock)
    assert render(channel, found.items) == body


def test_a_feed_with_nothing_in_it_has_a_date_that_stays(room: Flask, clock: Clock) -> None:
    scope = scopes.read("topics/forestry")
    found = collect.leaf(scope, now=clock(), base_url=SITE)
    channel = collect.channel(scope, found, form="atom", base_url=SITE)
    assert found.items == []
    assert channel.updated == found.changed < clock()
    assert not feedparser.parse(atom.render(channel, [])).bozo
