"""Real processes: serve, its worker beside it, and a polite end."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest
import requests

from notifier.mail import outbox
from tests.journeys.world import World, hidden, path_in
from tests.makers import on_sqlite

ROOT = Path(__file__).parents[2]
CLEO = "cleo@example.org"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(*arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "notifier", *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def healthy(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def until(done: Callable[[], bool], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.1)


def test_serve_answers_mails_and_ends(world: World) -> None:
    world.clock.instant = datetime.now(UTC)
    world.begin()
    port = free_port()
    process = start("serve", "--port", str(port))
    try:
        until(lambda: healthy(port))
        world.signs_up(CLEO, topics=["air-quality"], user_type="academic")
        until(lambda: bool(world.mails(CLEO, "/confirm/")))
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(45)
    assert process.returncode == 0
    assert not healthy(port)


@pytest.mark.bare
def test_an_old_schema_is_refused(world: World) -> None:
    """One sentence, exit 1; a program does run on a schema one step newer."""
    for command in ("serve", "web", "worker"):
        said = world.cli(command)
        assert (said.status, said.err.count("\n")) == (1, 1)
        assert "bin/notifier migrate" in said.err
    world.begin()
    app = world.build(now=world.clock)
    with app.app_context():
        from sqlalchemy import text

        from notifier.store.db import session, unit

        with unit():
            session.execute(text("UPDATE alembic_version SET version_num = 'from_the_future'"))
    world.close()
    assert world.cli("worker", "--drain").status == 0


@on_sqlite
def test_the_demo_can_be_joined(world: World) -> None:
    """What it serves is web and worker as two processes: links of one open at the other."""
    port = free_port()
    process = start("demo", "--port", str(port))
    try:
        until(lambda: healthy(port), 60)
        browser = requests.Session()
        base = f"http://127.0.0.1:{port}"
        page = browser.get(f"{base}/subscribe", timeout=10).text
        time.sleep(3.1)
        form = {"email": "zoe@example.org", "topics": "air-quality", "user_type": "academic"}
        hiddens = {name: hidden(page, name) for name in ("csrf_token", "t")}
        assert browser.post(f"{base}/subscribe", data={**form, **hiddens}, timeout=10).ok
        box = world.folder / "instance" / "demo" / "outbox"
        until(lambda: bool(to_zoe(box)))
        link = base + path_in(to_zoe(box)[0], "/confirm/")
        page = browser.get(link, timeout=10).text
        answer = browser.post(link, data={"csrf_token": hidden(page, "csrf_token")}, timeout=10)
        assert answer.status_code == 200
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(45)


def to_zoe(box: Path) -> list[EmailMessage]:
    entries = [e for e in outbox.entries(box, limit=5000) if e.to == "zoe@example.org"]
    return [outbox.read(box, entry.key) for entry in entries]


@on_sqlite
def test_a_port_that_is_taken_starts_nothing(world: World) -> None:
    world.begin()
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        for command in ("serve", "web"):
            said = world.cli(command, "--port", port)
            assert (said.status, said.err.count("\n")) == (1, 1)
            assert port in said.err
