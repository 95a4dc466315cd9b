"""The hub is told of each event once it can be read, whatever happens to it or to us meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func
from sqlalchemy.exc import IntegrityError

from notifier.errors import Refused
from notifier.feeds import websub
from notifier.feeds.models import HubMark, HubPing
from notifier.notices.publish import publish
from notifier.settings import load
from notifier.store.db import look, session, unit
from notifier.store.history import History
from notifier.worker.drain import drain
from notifier.worker.engine import Engine
from notifier.worker.hubs import note_news, tell_hub
from notifier.worker.tick import tick
from tests import makers
from tests.edges.hub_server import Hub, hub
from tests.makers import Clock

BASE = "http://127.0.0.1:8000"


@pytest.fixture
def told() -> Iterator[Hub]:
    with hub() as made:
        yield made


@pytest.fixture
def engine(room: Flask, clock: Clock, told: Hub) -> Engine:
    """A worker that knows the hub and has looked around once."""
    made = makers.engine(room, clock)
    made.settings = replace(made.settings, websub_hub=told.url)
    tick(made)
    clock.forward(seconds=2)
    return made


def pings() -> list[HubPing]:
    session.expire_all()
    return list(session.query(HubPing).order_by(HubPing.id))


def news(clock: Clock) -> str:
    """A change of milk utilisation is announced."""
    return makers.announced(makers.draft(now=clock()), now=clock()).reference


def test_nothing_older_is_told_and_nothing_twice(engine: Engine, told: Hub, clock: Clock) -> None:
    assert pings() == []
    drain(engine)
    assert told.told == []
    news(clock)
    drain(engine)
    drain(engine)
    clock.forward(minutes=2)
    drain(engine)
    assert len(told.told) == 1
    assert told.told[0][0] == ("hub.mode", "publish")


def test_the_feeds_in_which_it_stands_are_named(engine: Engine, told: Hub, clock: Clock) -> None:
    news(clock)
    drain(engine)
    (topics,) = told.topics
    for path in ("all", "changes", "topics/farming", "series/milk-utilisation", "for/academic"):
        for form in websub.FORMS:
            assert f"{BASE}/feeds/{path}.{form}" in topics, path
            assert f"{BASE}/feeds/{path}.{form}?lang=cy" in topics, path
    for path in ("newsletters", "topics/air-quality", "series/wild-birds"):
        assert f"{BASE}/feeds/{path}.atom" not in topics, path
    assert not [topic for topic in topics if "/mine/" in topic]


def test_when_the_hub_looks_the_news_is_there(
    engine: Engine, told: Hub, clock: Clock, room: Flask
) -> None:
    seen: list[str] = []

    def looks() -> None:
        found = room.test_client().get("/feeds/series/milk-utilisation.atom")
        seen.append(found.text)

    told.before = looks
    notice = makers.approved(makers.draft(now=clock()), now=clock())
    drain(engine)
    assert seen == []
    with unit():
        publish(notice, by=makers.acting(makers.ALICE), now=clock())
    headline = notice.headline
    drain(engine)
    assert len(seen) == 1
    assert headline in seen[0]


def test_a_hub_that_fails_is_told_again_later_and_later(
    engine: Engine, told: Hub, clock: Clock
) -> None:
    told.status = 503
    news(clock)
    waits = []
    for _ in range(4):
        drain(engine)
        (ping,) = pings()
        assert ping.why == "it answers 503"
        assert ping.next_at is not None
        waits.append(ping.next_at - clock())
        drain(engine)  # not before its time
        clock.instant = ping.next_at
    assert len(told.told) == 4
    assert waits == sorted(waits)
    assert timedelta(seconds=30) <= waits[0] <= timedelta(seconds=60)
    told.status = 202
    drain(engine)
    (ping,) = pings()
    assert (ping.next_at, ping.why) == (None, "")
    assert ping.told_at == clock()
    assert len(told.told) == 5


def test_it_is_given_up_after_three_days_and_forgotten_after_a_week(
    engine: Engine, told: Hub, clock: Clock
) -> None:
    told.status = 500
    news(clock)
    drain(engine)
    clock.forward(days=3, minutes=1)
    drain(engine)
    (ping,) = pings()
    assert (ping.next_at, ping.told_at) == (None, None)
    clock.forward(days=5)
    news_later = news(clock)
    told.status = 204
    drain(engine)
    assert [p.key for p in pings()] == [news_later]


def test_a_worker_that_dies_after_noting_or_while_telling_loses_nothing(
    engine: Engine, told: Hub, clock: Clock
) -> None:
    news(clock)
    tick(engine)  # and dies: it has only noted
    assert told.told == []
    with unit():
        ids, _ = websub.claim(now=clock())  # and dies: it was about to tell
        assert len(ids) == 1
    tell_hub(engine)
    assert told.told == []  # whoever holds it may still be talking
    clock.forward(minutes=3)
    tell_hub(engine)
    assert len(told.told) == 1
    assert pings()[0].told_at == clock()


def test_two_workers_tell_it_once(engine: Engine, told: Hub, clock: Clock) -> None:
    news(clock)
    with look():
        found = websub.news(now=clock())
    assert found is not None
    tick(engine)
    with pytest.raises(IntegrityError), unit():
        websub.keep(found, now=clock())
    tell_hub(engine)
    tell_hub(engine)
    assert len(told.told) == 1


def test_a_dead_hub_holds_up_neither_tick_nor_mail(
    engine: Engine, told: Hub, clock: Clock, tmp_path: Path
) -> None:
    engine.settings = replace(engine.settings, websub_hub="https://127.0.0.1:9/")
    makers.joins(now=clock())
    news(clock)
    work = tick(engine)
    assert work.singles  # the welcome is handed out although the hub has not been told
    drain(engine)
    assert pings()[0].why == "it does not answer"


def test_several_events_are_one_call(engine: Engine, told: Hub, clock: Clock) -> None:
    first = news(clock)
    second = makers.announced(makers.emissions(), now=clock()).reference
    tick(engine)
    tell_hub(engine)
    assert len(told.told) == 1
    assert {ping.key for ping in pings()} == {first, second}
    (topics,) = told.topics
    assert f"{BASE}/feeds/series/emissions-air-pollutants.atom" in topics
    assert f"{BASE}/feeds/series/milk-utilisation.atom" in topics
    assert len(told.told[0]) == len(set(told.told[0]))  # each address once


def test_what_came_by_no_row_of_history_is_found_within_a_minute(
    engine: Engine, told: Hub, clock: Clock
) -> None:
    news(clock)
    with unit():  # as if a later row had been committed first
        mark = session.get_one(HubMark, 1)
        mark.history_id = session.query(func.max(History.id)).scalar()
    note_news(engine, clock())
    assert pings() == []
    clock.forward(minutes=1)
    note_news(engine, clock())
    assert len(pings()) == 1


def test_without_a_hub_nothing_is_looked_at(room: Flask, clock: Clock) -> None:
    made = makers.engine(room, clock)
    tick(made)
    news(clock)
    drain(made)
    assert pings() == []
    assert session.query(HubMark).count() == 0


@pytest.mark.parametrize(
    ("hub_url", "env", "fine"),
    [
        ("https://hub.example.org/", "production", True),
        ("https://hub.example.org:8443/publish?site=1", "production", True),
        ("http://127.0.0.1:8080/", "development", True),
        ("http://localhost/", "development", True),
        ("http://127.0.0.1:8080/", "production", False),
        ("http://hub.example.org/", "development", False),
        ("https://user:pass@hub.example.org/", "production", False),
        ("ftp://hub.example.org/", "development", False),
        ("hub.example.org", "development", False),
        ("https://hub.example.org/#part", "production", False),
    ],
)
def test_the_hub_is_a_safe_address(tmp_path: Path, hub_url: str, env: str, fine: bool) -> None:
    secret = "abcdefghijklmnopqrstuvwxyz0123456789"
    given = {
        "NOTIFIER_WEBSUB_HUB": hub_url,
        "NOTIFIER_ENV": env,
        "NOTIFIER_SECRET_KEY": secret,
        "NOTIFIER_SUPPRESSION_PEPPER": secret[::-1],
        "NOTIFIER_BASE_URL": "https://updates.example.org",
    }
    if fine:
        assert load(given, instance=tmp_path).websub_hub == hub_url
        return
    with pytest.raises(Refused, match="NOTIFIER_WEBSUB_HUB must be the hub's https address"):
        load(given, instance=tmp_path)


def test_no_hub_inside_our_own_network_is_asked_in_production(engine: Engine, clock: Clock) -> None:
    made = replace(engine.settings, env="production", websub_hub="https://127.0.0.1:9/")
    engine.settings = made
    news(clock)
    drain(engine)
    assert pings()[0].why == "it leads into a private network"
