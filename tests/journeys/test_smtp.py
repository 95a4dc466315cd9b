"""The story's mail over a real SMTP server, in a worker process of its own."""

from __future__ import annotations

import email
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from email import policy
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.journeys.world import World

CLEO, DAN = "cleo@example.org", "dan@example.org"


class Kept:
    """Keeps what it takes; refuses people whose name says so."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, str, bytes]] = []
        self.busy = True

    async def handle_RCPT(  # noqa: N802 (aiosmtpd's name)
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address.startswith("gone"):
            return "550 5.1.1 no such mailbox"
        if address.startswith("busy") and self.busy:
            return "450 4.2.1 try again later"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 ok"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.content or b""
        assert isinstance(content, bytes)
        self.taken.append((str(envelope.mail_from), envelope.rcpt_tos[0], content))
        return "250 2.0.0 taken"

    def to(self, address: str, word: str) -> list[bytes]:
        return [raw for _, to, raw in self.taken if to == address and word.encode() in raw]


@pytest.fixture
def server() -> Iterator[tuple[Kept, int]]:
    kept = Kept()
    with socket.socket() as probe:  # aiosmtpd cannot be asked for any free port
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(kept, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield kept, port
    finally:
        controller.stop()


def test_a_campaign_over_smtp(world: World, server: tuple[Kept, int]) -> None:
    """Accepted, refused for good and put off are three different ends, each on the ledger."""
    kept, port = server
    world.begin()
    for name in ("cleo", "dan", "gone", "busy"):
        world.joins(f"{name}@example.org", topics=["air-quality"], user_type="academic")
    world.environ.setenv("NOTIFIER_MAIL_URL", f"smtp://127.0.0.1:{port}")
    reference = world.announces("fine particles")
    world.drain()
    row = world.sends(reference)["announce"]
    counted = (row["state"], row["accepted"], row["bounced"], row["pending"])
    assert counted == ("sending", 2, 1, 1), "busy is tried again"
    gone = world.cli("subscribers", "show", "gone@example.org", "--json").json
    assert gone["status"] == "suppressed"

    kept.busy = False
    world.clock.forward(minutes=10)
    world.drain()
    row = world.sends(reference)["announce"]
    assert (row["state"], row["accepted"], row["pending"]) == ("done", 3, 0)
    assert len(kept.to("busy@example.org", reference)) == 1
    mail = email.message_from_bytes(kept.to(CLEO, reference)[0], policy=policy.default)
    sender = next(sender for sender, to, _ in kept.taken if to == CLEO)
    assert sender.startswith("b+")
    assert str(mail["To"]) == CLEO
    assert str(mail["List-Unsubscribe-Post"]) == "List-Unsubscribe=One-Click"
    assert str(mail["List-ID"]).endswith("<emissions-air-pollutants.notifier.example>")


def test_nothing_is_lost_while_the_server_is_down(world: World, server: tuple[Kept, int]) -> None:
    kept, port = server
    world.begin()
    for address in (CLEO, DAN):
        world.joins(address, topics=["air-quality"], user_type="academic")
    world.environ.setenv("NOTIFIER_MAIL_URL", "smtp://127.0.0.1:9")  # nobody listens there
    reference = world.announces("fine particles")
    world.drain()
    assert world.sends(reference)["announce"]["pending"] == 2
    world.environ.setenv("NOTIFIER_MAIL_URL", f"smtp://127.0.0.1:{port}")
    world.clock.forward(hours=1)
    world.drain()
    assert world.sends(reference)["announce"]["accepted"] == 2
    assert len(kept.to(CLEO, reference)) == len(kept.to(DAN, reference)) == 1


def run_worker(*arguments: str) -> subprocess.Popen[bytes]:
    root = Path(__file__).parents[2]
    return subprocess.Popen(
        [sys.executable, "-m", "notifier", *arguments],
        env={**os.environ, "PYTHONPATH": str(root)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def test_the_worker_keeps_promises_and_ends_politely(
    world: World, server: tuple[Kept, int]
) -> None:
    """A real process with its lanes, at the real time: it mails, and SIGTERM ends it with 0."""
    from datetime import UTC, datetime

    kept, port = server
    world.clock.instant = datetime.now(UTC)
    world.begin()
    world.environ.setenv("NOTIFIER_MAIL_URL", f"smtp://127.0.0.1:{port}")
    world.signs_up(CLEO, topics=["air-quality"], user_type="academic")
    world.clock.forward(seconds=-20)
    worker = run_worker("worker")
    try:
        wait_until(lambda: bool(kept.to(CLEO, "/confirm/")), 30)
    finally:
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(30) == 0


def wait_until(done: Callable[[], bool], seconds: float) -> None:
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.1)
