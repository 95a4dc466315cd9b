"""Rendered feeds are kept, shared by all processes, and never shown once anything has changed."""

from __future__ import annotations

import gzip
import shutil
from datetime import date
from pathlib import Path

import feedparser
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert

from notifier.app import create_app
from notifier.catalogue import purpose
from notifier.catalogue import queries as catalogue
from notifier.clock import elapsed, sleep
from notifier.feeds import collect
from notifier.feeds.latest import WINDOW, Watch
from notifier.notices import pause
from notifier.notices.effect import take_effect
from notifier.releases.describe import describe
from notifier.releases.models import Release
from notifier.store.db import db, session, unit
from notifier.store.history import PERSON, record
from tests import makers
from tests.edges.feed_house import milk, out, release, sent
from tests.makers import Clock

PATH = "/feeds/all.atom?lang=cy"
PATHS = [f"/feeds/{p}" for p in ("all.atom", "changes.rss", "all.json?state=1", "releases.json")]


@pytest.fixture
def client(house: Flask, clock: Clock) -> FlaskClient:
    with house.app_context():
        makers.announced(makers.emissions(), now=clock())
    return house.test_client()


@pytest.fixture
def rendered(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The path of each feed that is put together anew."""
    found: list[str] = []
    leaf = collect.leaf

    def seen(scope, **given):  # type: ignore[no-untyped-def]
        found.append(scope.path)
        return leaf(scope, **given)

    monkeypatch.setattr(collect, "leaf", seen)
    return found


def shelf(house: Flask) -> Path:
    return Path(house.config["SETTINGS"].instance) / "feeds"


def test_the_second_reader_and_the_second_process_get_the_copy(
    client: FlaskClient, house: Flask, clock: Clock, rendered: list[str]
) -> None:
    first = client.get(PATH)
    other = create_app(house.config["SETTINGS"], now=clock).test_client()
    for reader in (client, other):
        again = reader.get(PATH)
        assert again.data == first.data
        assert again.headers["ETag"] == first.headers["ETag"]
        assert again.headers["Last-Modified"] == first.headers["Last-Modified"]
        small = reader.get(PATH, headers={"Accept-Encoding": "gzip"})
        assert gzip.decompress(small.data) == first.data
        named = {"If-None-Match": first.headers["ETag"]}
        assert reader.get(PATH, headers=named).status_code == 304
        assert reader.head(PATH).content_length == len(first.data)
    assert rendered == ["all"]
    client.get("/feeds/all.atom")
    client.get("/feeds/all.rss?lang=cy")
    assert rendered == ["all"] * 3


def test_a_change_anywhere_shows_at_once(client: FlaskClient, house: Flask, clock: Clock) -> None:
    """Each kind of change, seen by another process that has a copy of its own state in mind."""
    other = create_app(house.config["SETTINGS"], now=clock).test_client()

    def bodies() -> list[bytes]:
        found = [client.get(path).data for path in PATHS]
        assert [other.get(path).data for path in PATHS] == found
        return found

    def differs(*which: int) -> None:
        nonlocal before
        after = bodies()
        assert [a != b for a, b in zip(after, before, strict=True)] == [
            place in which for place in range(len(PATHS))
        ]
        before = after

    before = bodies()
    with house.app_context():
        makers.announced(milk(), now=clock())
    differs(0, 1, 2)
    with house.app_context(), unit():
        session.add(out(1, clock()))
    differs(0, 2, 3)
    with house.app_context(), unit():
        by = makers.acting(makers.ALICE)
        day = date(2026, 12, 18)
        pause.hold(makers.emissions(), reason="A pilot.", next_update=day, by=by, now=clock())
    differs(0, 1, 2)
    clock.at("2027-03-24 10:31")
    with house.app_context(), unit():
        take_effect(now=clock())
    differs(0, 1, 2)


def test_what_comes_by_the_clock_alone_is_not_held_back(
    client: FlaskClient, house: Flask, clock: Clock, rendered: list[str]
) -> None:
    with house.app_context():
        issue = sent(clock).title
    clock.at("2026-11-24 10:29")
    clock.forward(seconds=59)
    early = client.get("/feeds/newsletters.atom")
    assert early.headers["Cache-Control"] == "public, max-age=1"
    assert issue not in early.text
    clock.forward(seconds=1)
    assert issue in client.get("/feeds/newsletters.atom").text
    clock.forward(hours=-1)  # a clock that was set back shows what was out then
    assert issue not in client.get("/feeds/newsletters.atom").text
    assert len(rendered) == 3


def test_what_people_do_for_themselves_leaves_the_copies(
    client: FlaskClient, house: Flask, clock: Clock, rendered: list[str]
) -> None:
    client.get(PATH)
    with house.app_context():
        person = makers.joins(now=clock())
        with unit():
            for _ in range(3):
                record(f"subscriber:{person.id}", "describe", by=PERSON, now=clock())
    client.get(PATH)
    assert rendered == ["all"]
    with house.app_context(), unit():
        topic = catalogue.topic("water")
        purpose.summarise_uses(topic, "Swimming.", by=makers.acting(makers.ALICE), now=clock())
    client.get(PATH)
    assert rendered == ["all"] * 2


def test_one_state_has_one_name_in_every_process(room: Flask, clock: Clock) -> None:
    """Also where much of what nobody sees was done between two looks."""
    old = Watch(elapsed)
    first = old.state()
    for much in (3, WINDOW + 50):
        with unit():
            makers.draft(now=clock())
            for _ in range(much):
                record("subscriber:1", "describe", by=PERSON, now=clock())
        state = old.state()
        assert state not in (first, "")
        assert Watch(elapsed).state() == state == old.state()
        first = state


def test_a_broken_copy_or_a_folder_that_cannot_be_written_shows_the_feed(
    client: FlaskClient, house: Flask, clock: Clock
) -> None:
    body = client.get(PATH).data
    (copy,) = [path for path in shelf(house).rglob("*") if path.is_file()]

    def newcomer() -> FlaskClient:
        """A process that has nothing in memory."""
        return create_app(house.config["SETTINGS"], now=clock).test_client()

    for broken in (b"", b"{}\n", b"no json\n<feed/>", copy.read_bytes()[:-9]):
        copy.write_bytes(broken)
        assert newcomer().get(PATH).data == body
        assert copy.read_bytes() != broken
    shutil.rmtree(shelf(house))
    shelf(house).write_text("in the way")
    answer = newcomer().get(PATH)
    assert (answer.status_code, answer.data) == (200, body)
    assert shelf(house).read_text() == "in the way"


def test_copies_of_what_was_do_not_pile_up(client: FlaskClient, house: Flask, clock: Clock) -> None:
    for _ in range(3):
        clock.forward(minutes=1)
        with house.app_context():
            makers.draft(now=clock())
        client.get(PATH)
        client.get("/feeds/all.rss")
    assert len(list(shelf(house).iterdir())) == 1
    assert len([path for path in shelf(house).rglob("*") if path.is_file()]) == 2


def test_what_another_process_did_shows_within_two_seconds(
    client: FlaskClient, house: Flask, clock: Clock
) -> None:
    """Its commit is none of ours: it is found by looking, half a second later at most."""
    client.get("/feeds/all.atom")
    with house.app_context():
        values = {c.name: getattr(out(7, clock()), c.key) for c in Release.__table__.columns}
        values = {name: value for name, value in values.items() if value is not None}
        with db.engine.begin() as connection:
            connection.execute(insert(Release).values(**values))
    end = elapsed() + 2
    while "Landings 7" not in client.get("/feeds/all.atom").text:
        assert elapsed() < end
        sleep(0.05)


def test_a_corrected_title_shows_where_it_stands(
    client: FlaskClient, house: Flask, clock: Clock
) -> None:
    before = client.get("/feeds/releases.atom").data
    with house.app_context(), unit():
        release("Fly-tipping").title = "Fly-tipping, corrected"
        record("release:1", "describe", by=makers.acting(makers.ALICE), now=clock())
    assert client.get("/feeds/releases.atom?state=1").text.count("Fly-tipping, corrected")
    assert client.get("/feeds/releases.atom").data == before


def test_who_asks_by_date_alone_hears_of_what_is_no_news(
    client: FlaskClient, house: Flask, clock: Clock
) -> None:
    """A page or a Welsh title that was put right makes no entry new, and yet the bytes differ."""
    with house.app_context(), unit():
        session.add(done := out(1, clock()))
        session.flush()
        number = done.id
    state, news = "/feeds/releases.atom?state=1", "/feeds/releases.atom"
    before = {path: client.get(path) for path in (state, news, f"{news}?lang=cy", "/releases.json")}
    entry = f"released/{number}/en</id>"
    first = feedparser.parse(before[news].data).entries[0]
    clock.forward(hours=1)

    def describes(**given: str) -> None:
        with house.app_context(), unit():
            alice = {"person": makers.member(makers.ALICE), "by": makers.acting(makers.ALICE)}
            describe(session.get_one(Release, number), **given, **alice, now=clock())

    describes(landing_url="https://www.example.org/landings")
    assert entry in before[news].text
    for path, old in before.items():
        named = {"If-Modified-Since": old.headers["Last-Modified"]}
        answer = client.get(path, headers=named)
        assert answer.status_code == 200, path
        assert "www.example.org/landings" in answer.text
        named = {"If-Modified-Since": answer.headers["Last-Modified"]}
        assert client.get(path, headers=named).status_code == 304, path
    (same,) = [e for e in feedparser.parse(client.get(news).data).entries if e.id == first.id]
    assert same.updated == first.updated
    since = client.get("/releases.json", query_string={"updated_since": clock().isoformat()})
    assert [row["id"] for row in since.get_json()] == [number]
    clock.forward(hours=1)
    old = client.get(f"{news}?lang=cy")
    describes(welsh_title="Glaniadau")
    named = {"If-Modified-Since": old.headers["Last-Modified"]}
    assert "Glaniadau" in client.get(f"{news}?lang=cy", headers=named).text


def test_a_page_given_before_the_release_is_out_moves_no_date(
    client: FlaskClient, house: Flask, clock: Clock
) -> None:
    paths = ("/feeds/releases.atom?state=1", "/releases.json", "/calendar.ics")
    before = {path: client.get(path).headers["Last-Modified"] for path in paths}
    clock.forward(hours=1)
    with house.app_context(), unit():
        alice = {"person": makers.member(makers.ALICE), "by": makers.acting(makers.ALICE)}
        birds = release("Wild bird")
        describe(birds, landing_url="https://www.example.org/birds", **alice, now=clock())
    assert {path: client.get(path).headers["Last-Modified"] for path in paths} == before
