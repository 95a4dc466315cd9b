"""A house with a catalogue, in which nobody of the staff has a password yet; and a browser."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page
from werkzeug.serving import make_server

from notifier.app import create_app
from tests.conftest import Databases, close
from tests.doors.conftest import CHROMIUM, FLAGS, Site, Watch
from tests.journeys.world import World
from tests.makers import Clock


@pytest.fixture
def world(
    databases: Databases,
    kind: str,
    clock: Clock,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Iterator[World]:
    made = World(tmp_path, clock, capsys, monkeypatch, databases=databases, kind=kind)
    made.stand("loaded")
    yield made
    made.leave()


@pytest.fixture
def site(world: World, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A real server under a name: browsers give no passkey to an address of numbers."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", 0, Flask("not yet"), threaded=True)
    url = f"http://localhost:{server.server_port}"
    monkeypatch.setenv("NOTIFIER_BASE_URL", url)
    server.app = app = create_app(now=clock)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Site(url, app, world)
    server.shutdown()
    thread.join()
    server.server_close()
    with app.app_context():
        close()


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    if CHROMIUM is None:
        pytest.skip("there is no Chromium here; install the system's package chromium")
    return {"executable_path": CHROMIUM, "args": FLAGS}


@pytest.fixture
def width() -> int:
    return 1280


@pytest.fixture
def tab(browser: Browser, site: Site, width: int) -> Iterator[Page]:
    """A tab in which nothing forbidden may happen: no error, nothing from elsewhere."""
    context = browser.new_context(
        base_url=site.url, viewport={"width": width, "height": 800}, reduced_motion="reduce"
    )
    context.set_default_timeout(10_000)
    page = context.new_page()
    watch = Watch(page, site.url)
    yield page
    context.close()
    assert watch.said == []
