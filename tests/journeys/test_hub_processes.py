"""A real worker and a real hub: news is told within seconds, and a hub that hangs stops nothing."""

from __future__ import annotations

import signal
import threading
import urllib.request
from datetime import UTC, datetime, timedelta

import pytest

from tests.edges.hub_server import hub
from tests.journeys.test_processes import CLEO, free_port, healthy, start, until
from tests.journeys.world import World
from tests.makers import on_sqlite

pytestmark = on_sqlite


def test_the_hub_hears_and_finds_the_news(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    port = free_port()
    found: list[str] = []
    with hub() as told:
        monkeypatch.setenv("NOTIFIER_WEBSUB_HUB", told.url)
        monkeypatch.setenv("NOTIFIER_BASE_URL", f"http://127.0.0.1:{port}")
        world.clock.instant = datetime.now(UTC)
        world.begin()
        world.drain()  # from here on news is told
        feed = f"http://127.0.0.1:{port}/feeds/topics/air-quality.atom"

        def looks() -> None:
            with urllib.request.urlopen(feed, timeout=5) as answer:
                assert f'<{told.url}>; rel="hub"' in answer.headers.get_all("Link")
                found.append(answer.read().decode())

        told.before = looks
        process = start("serve", "--port", str(port))
        try:
            until(lambda: healthy(port))
            world.clock.instant = datetime.now(UTC)
            reference = world.announces("fine particles")
            until(lambda: bool(found))
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(45)
    assert process.returncode == 0
    assert len(told.told) == 1
    assert feed in told.topics[0]
    assert reference in found[0]


def test_a_hub_that_hangs_stops_neither_mail_nor_the_end(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    hangs = threading.Event()
    with hub() as told:
        told.before = lambda: hangs.wait(60) and None
        monkeypatch.setenv("NOTIFIER_WEBSUB_HUB", told.url)
        world.clock.instant = datetime.now(UTC) - timedelta(minutes=10)
        world.begin()
        world.joins(CLEO, topics=["air-quality"], user_type="academic")
        process = start("worker")
        try:
            world.clock.instant = datetime.now(UTC)
            reference = world.announces("fine particles")
            until(lambda: bool(told.told))
            until(lambda: bool(world.mails(CLEO, reference)))
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(45)
            hangs.set()
    assert process.returncode == 0
