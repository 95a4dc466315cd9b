"""A feed of one's own choice by its address: what it joins, what it leaves out, what it refuses."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import feedparser
import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import etree

from notifier.catalogue import merge
from notifier.catalogue import queries as catalogue
from notifier.catalogue.models import Topic
from notifier.releases.models import Release
from notifier.store.db import session, unit
from tests import makers
from tests.edges.feed_house import milk, out, sent
from tests.makers import Clock

BASE = "http://127.0.0.1:8000"
REFUSED = {
    "/feeds/all.atom?topic=nothing": "There is no topic 'nothing'; there are: air-quality, ",
    "/feeds/all.atom?series=nothing": "There is no series 'nothing'; there are: ",
    "/feeds/all.rss?kind=rumours": "there are: changes, releases, newsletters.",
    "/feeds/all.json?for=nobody": "There is no user type 'nobody'; there are: government, ",
    "/feeds/all.atom?lang=fr": "There is no language 'fr'; there are: en, cy.",
    "/feeds/all.atom?state=2": "state is 1 or left out",
    "/feeds/all.atom?tag=x": "There is no filter 'tag'; there are: topic, series, kind, ",
    "/feeds/all.atom?lang=cy&lang=en": "lang takes one word, not 2",
    "/feeds/newsletters.atom?state=1": "leave state out",
    "/feeds.opml?topic=nothing": "There is no topic 'nothing'; there are: ",
    "/feeds/all.atom?" + "&".join(f"topic=t{n}" for n in range(61)): "joins 60 topics",
    f"/feeds/all.atom?topic={quote(chr(27) + '<b>')}": "There is no topic '\\x1b<b>'",
}
MISSING = {
    "/feeds/topics/nothing.atom": "There is no feed 'topics/nothing'; there are: food, farming, ",
    "/feeds/for/nobody.rss": "there are: government, ",
    "/feeds/nothing.json": "there are all, changes, releases, newsletters, topics/…",
    "/feeds/all.atom?topic=water&page=1": "has 0 older pages, not a page 1",
    "/feeds/all.atom?page=x": "There is no page 'x'",
    "/feeds/all.json?state=1&page=2": "not a page 2",
}


@pytest.fixture
def client(house: Flask, clock: Clock) -> FlaskClient:
    """A stranger, after two changes were announced, a release came out and an issue left."""
    with house.app_context():
        makers.announced(makers.emissions(), now=clock())
        clock.forward(minutes=1)
        makers.announced(milk(), now=clock())
        with unit():
            session.add(out(1, clock()))
        sent(clock)
    clock.forward(days=2)
    return house.test_client()


def items(client: FlaskClient, query: str, path: str = "all") -> list[dict[str, Any]]:
    answer = client.get(f"/feeds/{path}.json?{query}")
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = json.loads(answer.data)["items"]
    return found


def kinds(client: FlaskClient, query: str, path: str = "all") -> list[str]:
    return sorted(item["id"].partition(":")[2].split(":")[1] for item in items(client, query, path))


def test_topics_and_series_are_joined_and_the_rest_narrows(client: FlaskClient) -> None:
    air, dairy = "announced/DEFRA-2026-001/en", "announced/DEFRA-2026-002/en"
    assert kinds(client, "topic=air-quality") == [air]
    assert kinds(client, "topic=air-quality&series=milk-utilisation") == [air, dairy]
    assert kinds(client, "topic=environment&topic=livestock&kind=changes") == [air, dairy]
    assert kinds(client, "topic=water") == []
    landed = [id_ for id_ in kinds(client, "kind=releases") if id_.startswith("released")]
    assert landed == kinds(client, "series=monthly-landings")
    issue = kinds(client, "kind=newsletters")
    assert [id_.split("/")[0] for id_ in issue] == ["issue"]
    assert issue == kinds(client, "topic=people-and-nature&kind=newsletters&for=academic")
    assert kinds(client, "kind=newsletters&for=media") == []
    assert kinds(client, "kind=newsletters&series=people-nature-survey") == []
    assert kinds(client, "kind=changes&kind=newsletters") == sorted([air, dairy, *issue])
    assert kinds(client, "topic=air-quality", "changes") == [air]
    assert kinds(client, "kind=releases", "topics/air-quality") == []


def test_the_words_are_those_of_the_user_type(client: FlaskClient) -> None:
    words = {
        kind: items(client, f"topic=air-quality&kind=changes&for={kind}")[0]["content_html"]
        for kind in ("academic", "government", "media")
    }
    assert "NFR19" in words["academic"]
    assert "NFR19" not in words["government"]
    assert "burning-in-homes" not in words["media"]


@pytest.mark.parametrize("form", ["atom", "rss"])
def test_its_own_link_is_the_address_fetched_and_its_id_one_for_each_order(
    client: FlaskClient, form: str
) -> None:
    ids, titles = set(), set()
    for query in (
        "topic=air-quality&topic=water&kind=changes&for=academic",
        "for=academic&kind=changes&topic=water&topic=air-quality",
        "for=academic&kind=changes&lang=en&topic=water&topic=air-quality",
    ):
        address = f"/feeds/all.{form}?{query}"
        parsed = feedparser.parse(client.get(address).data)
        assert not parsed.bozo
        own = [link.href for link in parsed.feed.links if link.rel == "self"]
        assert own == [BASE + address]
        ids.add(parsed.feed.get("id"))
        titles.add(frozenset(parsed.feed.title.partition(":")[0].split(", ")))
    assert len(ids) == len(titles) == 1
    other = feedparser.parse(client.get(f"/feeds/all.{form}?topic=air-quality").data)
    assert form == "rss" or other.feed.id not in ids


@pytest.mark.parametrize("form", ["atom", "rss", "json"])
@pytest.mark.parametrize(
    "address",
    [
        "all.{}?topic=air%2Dquality&kind=changes",
        "all.{}?kind=changes&topic=air-quality&",
        "all.{}?state=1&lang=cy&for=academic",
        "topics/air-quality.{}?lang=cy&state=0",
        "all.{}?topic=&page=",
        "series/milk-utilisation.{}?kind=changes",
        "newsletters.{}",
    ],
)
def test_the_link_to_itself_is_the_address_to_the_letter(
    client: FlaskClient, form: str, address: str
) -> None:
    path = f"/feeds/{address.format(form)}"
    answer = client.get(path)
    assert answer.status_code == 200
    if form == "json":
        assert json.loads(answer.data)["feed_url"] == BASE + path
        return
    links = etree.fromstring(answer.data).xpath("//*[local-name()='link'][@rel='self']/@href")
    assert links == [BASE + path]


def test_what_there_is_not_is_refused_with_what_there_is(client: FlaskClient) -> None:
    for wrong, status in ((REFUSED, 400), (MISSING, 404)):
        for path, words in wrong.items():
            answer = client.get(path)
            assert (path, answer.status_code) == (path, status)
            assert words in answer.text
            assert answer.mimetype == "text/plain"
            assert answer.headers["Access-Control-Allow-Origin"] == "*"
    for tag in ("garbage", '"', "W/", '"x", *?', "\xff", ","):
        assert client.get("/feeds/all.atom", headers={"If-None-Match": tag}).status_code == 200


def test_an_opml_holds_a_feed_for_each_thing_chosen(client: FlaskClient) -> None:
    def feeds(query: str) -> list[str]:
        root = etree.fromstring(client.get(f"/feeds.opml?{query}").data)
        found = [str(url).removeprefix(f"{BASE}/feeds/") for url in root.xpath("//@xmlUrl")]
        assert {client.get(f"/feeds/{path}").status_code for path in found} == {200}
        return found

    assert feeds("topic=air-quality&series=wild-birds&kind=changes&for=media&lang=cy") == [
        "topics/air-quality.atom?kind=changes&for=media&lang=cy",
        "series/wild-birds.atom?kind=changes&for=media&lang=cy",
    ]
    assert feeds("kind=changes&kind=newsletters") == ["changes.atom", "newsletters.atom"]
    assert feeds("for=academic") == ["all.atom?for=academic"]
    assert len(feeds("lang=cy")) == len(feeds("")) == 4 + 13 + 23 + 12


def test_a_page_in_welsh_leads_to_feeds_in_welsh(client: FlaskClient) -> None:
    for path in ("/", "/changes", "/topics/air-quality", "/series/wild-birds", "/no-such-page"):
        for query, ends in (("", (".atom", ".rss", ".json")), ("?lang=cy", ("?lang=cy",))):
            root = etree.HTML(client.get(path + query).text)
            found = root.xpath("//head/link[@rel='alternate'][contains(@type, '+')]/@href")
            assert len(found) >= 2, path
            assert all(str(url).endswith(ends) for url in found)
            assert {client.get(str(url)).status_code for url in found} == {200}


def test_the_page_shows_the_addresses_and_what_is_wrong(client: FlaskClient) -> None:
    page = client.get("/feeds?topic=air-quality&kind=changes&state=1&lang=cy")
    root = etree.HTML(page.text)
    address = f"{BASE}/feeds/all.atom?topic=air-quality&kind=changes&state=1&lang=cy"
    assert root.xpath("//input[@id='your-atom']/@value") == [address]
    assert "Beth hoffech chi ei ddilyn?" in page.text
    assert root.xpath("//input[@name='state']/@checked")
    wrong = client.get("/feeds?topic=nothing")
    assert wrong.status_code == 400
    assert "There is no topic &#39;nothing&#39;" in wrong.text
    assert not etree.HTML(wrong.text).xpath("//*[@id='yours']")
    assert client.get("/feeds?utm_source=x").status_code == 200


def test_a_topic_that_became_another_leads_there_in_a_choice(
    client: FlaskClient, house: Flask, clock: Clock
) -> None:
    with house.app_context(), unit():
        water, waste = catalogue.topic("water"), catalogue.topic("waste")
        merge.announce(water, into=waste, on=None, by=makers.acting(makers.ALICE), now=clock())
    asked = "/feeds/all.atom?topic=water&topic=air-quality&kind=changes"
    assert "Water becomes part of Waste" in client.get(asked.replace("&kind=changes", "")).text
    clock.forward(days=30)
    answer = client.get(asked)
    assert answer.status_code == 301
    to = f"{BASE}/feeds/all.atom?topic=waste&topic=air-quality&kind=changes"
    assert answer.headers["Location"] == to
    assert client.get("/feeds.opml?topic=water").headers["Location"].endswith("?topic=waste")
    assert client.get("/feeds?topic=water").status_code == 200
    assert client.get("/feeds/topics/water.rss?kind=changes").headers["Location"] == (
        f"{BASE}/feeds/topics/waste.rss?kind=changes"
    )


def test_a_topic_that_was_given_up_is_gone_from_a_choice(
    client: FlaskClient, house: Flask, clock: Clock
) -> None:
    with house.app_context(), unit():
        alone = Topic(slug="odours", name="Odours", bit=60, position=99)
        session.add(alone)
        session.flush()
        merge.announce(alone, into=None, on=None, by=makers.acting(makers.ALICE), now=clock())
    asked = "/feeds/all.rss?topic=odours&topic=water"
    assert "Odours ends" in client.get(asked).text
    clock.forward(days=30)
    gone = client.get(asked)
    assert (gone.status_code, gone.text) == (
        410,
        "The topic 'odours' has ended; leave it out of the address.\n",
    )
    assert client.get("/feeds/topics/odours.json").status_code == 410
    assert client.get("/feeds?topic=odours").status_code == 400


def test_walking_while_editions_come_out_gives_each_once(
    client: FlaskClient, house: Flask, clock: Clock
) -> None:
    """Also while editions of years ago are loaded: they come to the end that is read first."""
    with house.app_context(), unit():
        for number in range(10, 180):
            clock.forward(minutes=1)
            session.add(out(number, clock()))
    path = "/feeds/all.json?series=monthly-landings&kind=releases"
    seen: list[str] = []
    number = 1000
    while path:
        feed = json.loads(client.get(path).data)
        seen += [item["id"] for item in feed["items"]]
        path = feed.get("next_url", "").removeprefix(BASE)
        with house.app_context(), unit():
            for _ in range(30):
                number += 1
                clock.forward(minutes=1)
                early = clock.instant.replace(year=2020)
                session.add(out(number, early, created_at=clock()))
    with house.app_context():
        first = session.query(Release).filter(Release.title.startswith("Landings")).count()
    assert len(seen) == len(set(seen)) == 171
    assert first > 171
