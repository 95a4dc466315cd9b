"""Real processes: serve, its worker beside it, and a polite end."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.journeys.world import World

ROOT = Path(__file__).parents[2]
CLEO = "cleo@example.org"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def healthy(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def until(done: object, seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not done():  # type: ignore[operator]
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.1)


def test_serve_answers_mails_and_ends(world: World) -> None:
    world.clock.instant = datetime.now(UTC)
    world.begin()
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "notifier", "serve", "--port", str(port)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
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
