"""A worker is killed while it reads the bounce mailbox: nothing is lost, nothing counts twice."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask
from sqlalchemy import func, select

from notifier.audience import queries
from notifier.delivery.models import Bounce
from notifier.mail.mailbox import from_url
from notifier.sends.models import Send
from notifier.store.db import session
from tests.edges.dovecot import Server, running
from tests.journeys.world import World
from tests.makers import CLEO, Clock
from tests.rooms.reports import address, answer, dsn, went_out

LETTERS = 40
KILLS = 6


def reader() -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "notifier", "worker", "--drain"],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        stdout=subprocess.DEVNULL,
    )


def come_back(app: Flask, clock: Clock, server: Server) -> None:
    """Each letter to Cleo comes back once, and she answers the first."""
    for number in range(LETTERS):
        send = went_out(clock, f"T-{number}")
        server.gets(f"{number:03d}.host", dsn((CLEO, "5.2.2"), to=address(app, send)))
        if number == 0:
            server.gets("answer.host", answer(address(app, send)))


def left(server: Server) -> int:
    box = from_url(server.url())
    try:
        return len(list(box.messages()))
    finally:
        box.close()


def test_killed_between_a_message_and_its_mark(world: World) -> None:
    chance = random.Random(5)
    world.begin()
    world.clock.instant = datetime.now(UTC)
    app = world.build(now=world.clock)
    with running() as server:
        world.environ.setenv("NOTIFIER_BOUNCE_MAILBOX", server.url())
        with app.app_context():
            come_back(app, world.clock, server)
            session.remove()
        seen = {left(server)}
        for _ in range(KILLS):
            process = reader()
            deadline, target = time.monotonic() + 20, left(server) - chance.randint(1, 5)
            while left(server) > target and time.monotonic() < deadline and process.poll() is None:
                time.sleep(0.002)
            process.kill()
            process.wait()
            seen.add(left(server))
        assert len(seen) > 2, "the kills came while it was reading"
        assert reader().wait(60) == 0
        assert left(server) == 0
    with app.app_context():
        person = queries.known(CLEO).id
        kept = select(func.count()).select_from(Bounce).where(Bounce.subscriber_id == person)
        counts = select(Send.accepted, Send.bounced).where(Send.kind == "notice")
        assert session.scalar(kept) == LETTERS
        assert {tuple(row) for row in session.execute(counts)} == {(0, 1)}
        session.remove()
    mails = world.mails(about="An answer for you")
    assert {mail["Reply-To"] for mail in mails} == {CLEO}
    assert len({mail["Message-ID"] for mail in mails}) == 1
