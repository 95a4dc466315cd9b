"""A real mail server that counts what it takes, and at one message lets somebody act."""

from __future__ import annotations

import socket
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from threading import Thread

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from flask import Flask

from notifier.render.links import site_for
from notifier.settings import Settings
from notifier.store.db import session
from notifier.worker.engine import Engine
from tests.makers import Clock


class Counting:
    """``copies`` by address, of those to a crowd (p1@…), not to staff.

    After message number ``at`` it waits until ``act`` is done; from there on each message takes
    ``slow`` seconds, so that the worker looks up from its work.
    """

    def __init__(self) -> None:
        self.copies: Counter[str] = Counter()
        self.at, self.slow = 0, 0.02
        self.act: Callable[[], object] | None = None
        self.answer: Callable[[str], str] = lambda address: ""

    async def handle_DATA(self, server: SMTP, _: Session, envelope: Envelope) -> str:  # noqa: N802
        (to,) = envelope.rcpt_tos
        if not to.startswith("p"):
            return "250 2.0.0 taken"
        if refusal := self.answer(to):
            return refusal
        self.copies[to] += 1
        if self.act is not None and self.copies.total() == self.at:
            acting = Thread(target=self.act)
            acting.start()
            acting.join()
        if self.act is not None and self.copies.total() > self.at:
            time.sleep(self.slow)
        return "250 2.0.0 taken"


@contextmanager
def listening() -> Iterator[tuple[Counting, int]]:
    """The server and its port on 127.0.0.1."""
    kept = Counting()
    with socket.socket() as probe:  # aiosmtpd cannot be asked for any free port
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(kept, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield kept, port
    finally:
        controller.stop()


def worker_to(port: int, app: Flask, clock: Clock) -> Engine:
    """A worker that hands its mail to the server at that port."""
    found: Settings = replace(app.config["SETTINGS"], mail_url=f"smtp://127.0.0.1:{port}")
    return Engine(found, site=lambda: site_for(found), now=clock)


def elsewhere(app: Flask, verb: Callable[[], object]) -> Callable[[], None]:
    """``verb`` with a connection to the database of its own, as another process has it."""

    def acting() -> None:
        with app.app_context():
            try:
                verb()
            finally:
                session.remove()

    return acting
