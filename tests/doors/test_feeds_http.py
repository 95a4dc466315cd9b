"""Feeds, calendars and data over HTTP, as readers, caches and strangers' scripts meet them."""

from __future__ import annotations

import gzip
import json
from datetime import timedelta
from urllib.parse import urlsplit

import feedparser
import icalendar
import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import etree

from notifier.notices import queries as notices
from notifier.releases.models import Release
from notifier.store.db import session, unit
from tests import makers
from tests.makers import Clock

BASE = "http://127.0.0.1:8000"
TYPES = {
    "/feeds/all.atom": "application/atom+xml",
    "/feeds/topics/air-quality.rss": "application/rss+xml",
    "/feeds/for/academic.json": "application/feed+json",
    "/feeds.opml": "text/x-opml",
    "/calendar.ics": "text/calendar",
    "/calendar/topics/environment.ics": "text/calendar",
    "/calendar/series/emissions-air-pollutants.ics": "text/calendar",
    "/notices.json": "application/json",
    "/notices/DEFRA-2026-001.json": "application/json",
    "/releases.json": "application/json",
}
PATHS = list(TYPES)
MISSING = [
    "/feeds/nothing.atom",
    "/feeds/topics/nothing.rss",
    "/feeds/for/nobody.json",
    "/feeds/all.html",
    "/feeds/all.atom?page=1",
    "/feeds/all.atom?page=0",
    "/feeds/all.atom?page=-1",
    "/feeds/all.atom?page=x",
    "/feeds/all.atom?page=99999999999999999999",
    "/calendar/topics/nothing.ics",
    "/calendar/series/nothing.ics",
    "/notices/DEFRA-1999-001.json",
]


@pytest.fixture
def client(house: Flask, clock: Clock) -> FlaskClient:
    """A stranger, after the notice about fine particles was announced."""
    with house.app_context():
        makers.announced(makers.emissions(), now=clock())
    return house.test_client()


def test_every_door_answers_with_what_caches_need(client: FlaskClient) -> None:
    for path in PATHS:
        answer = client.get(path)
        assert answer.status_code == 200
        assert answer.content_type == f"{TYPES[path]}; charset=utf-8"
        assert answer.headers["Cache-Control"] == "public, max-age=30"
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert answer.headers["Vary"] == "Accept-Encoding"
        assert answer.headers["ETag"].startswith('"')
        assert answer.last_modified is not None
        assert "Set-Cookie" not in answer.headers
        again = client.get(
            path, headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example"}
        )
        assert again.data == answer.data
        assert again.headers["ETag"] == answer.headers["ETag"]
        head = client.head(path)
        assert head.data == b""
        assert head.content_length == len(answer.data)
        assert head.headers["ETag"] == answer.headers["ETag"]


def test_what_has_not_changed_is_not_sent_again(client: FlaskClient, clock: Clock) -> None:
    for path in PATHS:
        first = client.get(path)
        clock.forward(hours=3)
        since = {"If-Modified-Since": first.headers["Last-Modified"]}
        for headers in ({"If-None-Match": first.headers["ETag"]}, since):
            answer = client.get(path, headers=headers)
            assert (answer.status_code, answer.data) == (304, b"")
            assert answer.headers["ETag"] == first.headers["ETag"]
            assert answer.headers["Vary"] == "Accept-Encoding"
            assert "max-age" in answer.headers["Cache-Control"]
        other = client.get(path, headers={"If-None-Match": '"other", garbage', **since})
        assert other.status_code == 200


def test_compressed_bytes_have_a_name_of_their_own(client: FlaskClient) -> None:
    for path in PATHS:
        plain = client.get(path)
        asked = {"Accept-Encoding": "gzip, br"}
        small = client.get(path, headers=asked)
        assert small.headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(small.data) == plain.data
        assert small.headers["ETag"] != plain.headers["ETag"]
        assert client.get(path, headers=asked).data == small.data
        named = {"If-None-Match": small.headers["ETag"]}
        assert client.get(path, headers={**asked, **named}).status_code == 304
        assert client.get(path, headers=named).status_code == 200
        refused = client.get(path, headers={"Accept-Encoding": "gzip;q=0"})
        assert refused.data == plain.data


@pytest.mark.parametrize("form", ["atom", "rss"])
def test_a_reader_reads_it(client: FlaskClient, form: str) -> None:
    path = f"/feeds/topics/environment.{form}"
    parsed = feedparser.parse(client.get(path).data)
    assert not parsed.bozo
    assert parsed.feed.title == "Environment – Defra Group statistics"
    assert parsed.feed.link == f"{BASE}/topics/environment"
    own = [link.href for link in parsed.feed.links if link.rel == "self"]
    assert own == [BASE + path]
    (entry,) = parsed.entries
    assert entry.link == f"{BASE}/changes/DEFRA-2026-001"
    assert "Told 98 days ahead; 90 promised" in entry.content[0].value


def test_a_notice_is_there_at_the_commit_that_announces_it(house: Flask, clock: Clock) -> None:
    client = house.test_client()
    paths = [path for path in PATHS if path != "/feeds.opml" and "DEFRA" not in path]
    before = {path: client.get(path) for path in paths}
    for answer in before.values():
        assert "DEFRA-2026" not in answer.text
        assert "fine particles" not in answer.text
    assert client.get("/notices/DEFRA-2026-001.json").status_code == 404
    clock.forward(seconds=1)
    with house.app_context():
        makers.announced(makers.emissions(), now=clock())
    for path, old in before.items():
        named = {"If-Modified-Since": old.headers["Last-Modified"]}
        assert "DEFRA-2026-001" in client.get(path, headers=named).text
        named = {"If-None-Match": old.headers["ETag"]}
        assert client.get(path, headers=named).status_code == 200


def test_drafts_are_in_no_door(client: FlaskClient, house: Flask) -> None:
    with house.app_context():
        drafts = [(n.reference, n.headline) for n in notices.every() if n.state == "draft"]
    assert len(drafts) == 5
    for path in PATHS:
        text = client.get(path).text
        assert not [d for d in drafts if d[0] in text or d[1] in text]
    for reference, _ in drafts:
        assert client.get(f"/notices/{reference}.json").status_code == 404


def test_a_moved_release_is_in_feed_calendar_and_data(client: FlaskClient) -> None:
    entries = feedparser.parse(client.get("/feeds/releases.atom").data).entries
    assert [entry.title for entry in entries] == [
        "Moved: Wild bird populations in the UK, 1970 to 2026"
    ]
    body = client.get("/calendar/series/wild-birds.ics").data
    (event,) = icalendar.Calendar.from_ical(body).events
    assert event["dtstart"].dt == makers.london("2027-01-13 09:30")
    assert event["sequence"] == 1
    rows = json.loads(client.get("/releases.json").data)
    row = next(row for row in rows if row["series"] == "wild-birds")
    assert row["date"] == "2027-01-13T09:30:00Z"
    assert row["date_changes"][0]["reason_code"] == "quality_issue"


def test_a_notice_as_data_has_the_facts_and_the_words(client: FlaskClient) -> None:
    one = json.loads(client.get("/notices/DEFRA-2026-001.json").data)
    assert json.loads(client.get("/notices.json").data) == [one]
    assert one["class"] == "A"
    assert one["effect"] == "2027-03-01T09:30:00Z"
    assert one["first_public_at"] == "2026-11-23T10:00:00Z"
    assert (one["lead_days"], one["minimum_days"], one["target_days"]) == (98, 90, 180)
    assert one["verdict"] == "met"
    assert one["series"] == ["emissions-air-pollutants"]
    assert one["publish_by"] == "2026-12-01"
    assert one["told_words"] == "Told 98 days ahead; 90 promised. We aim for 180."
    assert one["url"] == f"{BASE}/changes/DEFRA-2026-001"


def test_archives_are_walked_by_their_links(client: FlaskClient, house: Flask) -> None:
    with house.app_context(), unit():
        old = session.query(Release).first()
        assert old is not None
        for number in range(130):
            at = makers.london("2026-01-01 09:30") + timedelta(days=number)
            session.add(
                Release(
                    series_id=old.series_id,
                    title=f"Edition {number}",
                    state="released",
                    day=at.date(),
                    precision="datetime",
                    at=at,
                    published_at=at,
                    created_at=at,
                    changed_at=at,
                )
            )
    address, seen = f"{BASE}/feeds/all.atom", []
    while address:
        parts = urlsplit(address)
        root = etree.fromstring(client.get(f"{parts.path}?{parts.query}".rstrip("?")).data)
        links = {e.get("rel"): e.get("href") for e in root.findall("{*}link")}
        assert links["self"] == address
        seen += [e.findtext("{*}id") for e in root.findall("{*}entry")]
        address = links.get("prev-archive", "")
    assert len(seen) == len(set(seen)) == 132
    assert client.get("/feeds/all.rss?page=1").status_code == 200


def test_what_there_is_not_is_404(client: FlaskClient) -> None:
    for path in MISSING:
        assert client.get(path).status_code == 404, path


def test_every_feed_of_the_opml_answers(client: FlaskClient) -> None:
    root = etree.fromstring(client.get("/feeds.opml").data)
    addresses = root.xpath("//outline/@xmlUrl")
    assert len(addresses) == 4 + 13 + 23 + 12
    for address in addresses:
        assert client.get(address.removeprefix(BASE)).status_code == 200
    assert all(url.startswith(f"{BASE}/") for url in root.xpath("//outline/@htmlUrl"))
