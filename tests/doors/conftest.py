"""Doors as people meet them: a world with the catalogue, a real server, a browser before it."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, ConsoleMessage, Page, Request
from werkzeug.serving import make_server

from notifier.app import create_app
from notifier.newsletters.models import Newsletter
from notifier.notices.models import ChangeNotice
from notifier.store.db import session, unit
from tests import makers
from tests.conftest import Databases, close
from tests.journeys.world import World, one_click, path_in
from tests.makers import ALICE, BOB, HANA, Clock

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

PUBLIC = (
    "/",
    "/changes",
    "/releases",
    "/notice-given",
    "/policy",
    "/newsletters",
    "/feeds",
    "/accessibility",
    "/privacy",
    "/subscribe",
    "/subscribe?topic=air-quality",
    "/preferences",
    "/topics/air-quality",
    "/topics/water",
    "/series/emissions-air-pollutants",
    "/series/monthly-landings",
    "/series/wild-birds",
    "/series/bathing-water",
)


@pytest.fixture
def world(
    databases: Databases,
    kind: str,
    clock: Clock,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Iterator[World]:
    """The catalogue is loaded and Alice, Bob and Hana are on the staff; nothing is announced."""
    made = World(tmp_path, clock, capsys, monkeypatch, databases=databases, kind=kind)
    made.stand("loaded")
    yield made
    made.leave()


@dataclass
class Site:
    """The application behind ``url``, at the world's time; links in its mails lead to it."""

    url: str
    app: Flask
    world: World

    def path(self, link: str) -> str:
        return link.removeprefix(self.url)


@pytest.fixture
def site(world: World, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # or it prints a line for each request
    server = make_server("127.0.0.1", 0, Flask("not yet"), threaded=True)
    url = f"http://127.0.0.1:{server.server_port}"
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


class Watch:
    """What a page did behind the reader's back, as sentences; an honest page did nothing."""

    def __init__(self, page: Page, url: str) -> None:
        self.page, self.host, self.said = page, urlsplit(url).netloc, list[str]()
        page.on("console", self.hear)
        page.on("pageerror", lambda error: self.said.append(f"script error: {error}"))
        page.on("request", self.see)

    def hear(self, message: ConsoleMessage) -> None:
        # An error page is fetched on purpose, and the browser says so; what it needs must be there.
        own = message.location["url"] == self.page.url and "status of 4" in message.text
        if message.type in ("error", "warning") and not own:
            self.said.append(f"{self.page.url} says: {message.text}")

    def see(self, request: Request) -> None:
        if urlsplit(request.url).netloc != self.host:
            self.said.append(f"{self.page.url} asks for {request.url}")


@pytest.fixture
def visitor(browser: Browser, site: Site, width: int) -> Iterator[Page]:
    """A tab ``width`` pixels wide, in which nothing forbidden may happen."""
    context = browser.new_context(
        base_url=site.url, viewport={"width": width, "height": 800}, reduced_motion="reduce"
    )
    context.set_default_timeout(10_000)
    page = context.new_page()
    watch = Watch(page, site.url)
    yield page
    context.close()
    assert watch.said == []


@dataclass
class Lived:
    """A site after some weeks, and the private links in its mails: page by page, path by path."""

    site: Site
    pages: dict[str, str]


@pytest.fixture
def lived(site: Site, clock: Clock) -> Lived:
    """Everything is announced, one notice late and since in effect; mails of each kind went out."""
    world = site.world
    world.joins(
        "cleo@example.org", topics=["air-quality", "people-and-nature"], user_type="academic"
    )
    late = ("--short-notice-reason", "The <b>contract</b> was late.", "--approved-by", HANA)
    words = {
        "fine particles": (),
        "milk volumes": (),
        "printed pocketbook": (),
        "Dry mixed": (),
        "labelled as": (),
        "Monthly landings": late,
    }
    references = {word: world.announces(word, *more) for word, more in words.items()}
    for step in (("submit", ALICE), ("approve", BOB), ("send", ALICE)):
        world.done("newsletters", step[0], "1", "--by", step[1])
    world.drain()
    clock.at("2026-12-02 12:00")
    world.drain()
    world.signs_up("eve@example.org", topics=["water"], user_type="business")
    invited = world.done("staff", "add", "fay@example.org", "--role", "author")
    world.drain()
    letter = world.last_mail("cleo@example.org", references["fine particles"])
    welcome = world.last_mail("eve@example.org", "/confirm/")
    pages = {f"change: {word}": f"/changes/{ref}" for word, ref in references.items()}
    pages |= {page: page for page in PUBLIC}
    pages |= {f"release {number}": f"/releases/{number}" for number in (2, 3, 5, 6)}
    pages |= {
        "newsletter": "/newsletters/" + world.cli("newsletters", "list", "--json").json[0]["slug"],
        "confirm": path_in(welcome, "/confirm/"),
        "preferences": path_in(letter, "/preferences/"),
        "unsubscribe": one_click(letter),
        "got it": path_in(letter, "/got-it/"),
        "leave everything": f"{one_click(letter)}?all=1",
        "staff password": site.path(invited.split()[-1]),
        "no such page": "/nowhere",
        "link that does not work": "/confirm/forged",
    }
    return Lived(site, pages)


@pytest.fixture
def client(house: Flask, clock: Clock) -> FlaskClient:
    """A stranger to a house in which all is announced and the newsletter is out."""
    with house.app_context():
        for notice in session.query(ChangeNotice).order_by(ChangeNotice.id):
            if "Monthly landings" not in notice.headline:
                makers.announced(notice, now=clock())
        with unit():
            issue = session.query(Newsletter).one()
            issue.state, issue.published_at = "sent", clock()
    return house.test_client()
