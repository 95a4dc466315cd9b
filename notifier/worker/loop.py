"""The worker: ticks every two seconds, hands work to the lanes, drains on SIGTERM."""

from __future__ import annotations

import signal
from threading import Event
from types import FrameType
from typing import Any

import structlog
from flask import Flask

from notifier.clock import elapsed
from notifier.delivery import lease
from notifier.store.db import session, unit
from notifier.worker.campaign import run_chunk, run_retries
from notifier.worker.engine import Engine
from notifier.worker.lanes import LANES, consumer, lane
from notifier.worker.oneoff import run_singles
from notifier.worker.returns import read_mailbox
from notifier.worker.tick import Work, tick

TICK = 2.0  # seconds
REDISPATCH = 60.0  # a task that did not run by then was lost, or waits behind others
MAILBOX = 60.0
SINGLES = 20  # one-off mails in a task: few, so that nobody waits for many others

log = structlog.get_logger()


class Loop:
    """One worker process: its own tick and the consumers of both lanes."""

    def __init__(self, app: Flask, engine: Engine) -> None:
        self.app, self.engine = app, engine
        self.stopping = Event()
        self.queues = {name: lane(engine.settings, name) for name in LANES}
        self.consumers = [consumer(self.queues[name], threads=n) for name, n in LANES.items()]
        self.sent: dict[Any, float] = {}
        self.singles = self.task("oneoff", run_singles)
        self.chunk = self.task("campaign", run_chunk)
        self.retries = self.task("campaign", run_retries)

    def task(self, lane_name: str, verb: Any) -> Any:
        """A Huey task that runs a verb with this process's engine, in an app context."""

        def run(*args: Any) -> None:
            with self.app.app_context():
                try:
                    verb(self.engine, *args)
                finally:
                    session.remove()

        return self.queues[lane_name].task(name=verb.__name__)(run)

    def run(self) -> None:
        """Until SIGTERM or SIGINT: no new work is taken then, what is in flight is finished."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.stop)
        for one in self.consumers:
            one.start()
        log.info("worker started", owner=self.engine.owner)
        next_mailbox = 0.0
        while not self.stopping.is_set():
            self.once()
            if elapsed() >= next_mailbox:
                self.look_in_mailbox()
                next_mailbox = elapsed() + MAILBOX
            self.stopping.wait(TICK)
        for one in self.consumers:
            one.stop(graceful=True)
        log.info("worker stopped", owner=self.engine.owner)

    def once(self) -> None:
        """One tick. A database that is away for a while is looked for again at the next one."""
        with self.app.app_context():
            try:
                self.dispatch(tick(self.engine))
                with unit():
                    lease.keep_alive(
                        self.engine.held, owner=self.engine.owner, now=self.engine.now()
                    )
            except Exception:
                log.exception("tick failed")
            finally:
                session.remove()

    def look_in_mailbox(self) -> None:
        with self.app.app_context():
            try:
                read_mailbox(self.engine)
            except Exception:
                log.exception("the bounce mailbox could not be read")
            finally:
                session.remove()

    def dispatch(self, work: Work) -> None:
        """Hand work to the lanes; the same piece again only when it seems lost. What is not open
        any more was begun, or its Send is paused: when it comes again, it is given at once."""
        now = elapsed()
        open_: set[Any] = {("single", send_id) for send_id in work.singles}
        open_ |= {(id(self.chunk), chunk) for chunk in work.chunks}
        self.sent = {k: at for k, at in self.sent.items() if k in open_ and now - at < REDISPATCH}
        fresh = [send_id for send_id in work.singles if ("single", send_id) not in self.sent]
        self.sent.update({("single", send_id): now for send_id in fresh})
        for start in range(0, len(fresh), SINGLES):
            self.singles(fresh[start : start + SINGLES])
        for send_id, no in work.chunks:
            self.give(self.chunk, send_id, no)
        for send_id, ids in work.retries.items():
            self.retries(send_id, ids)

    def give(self, task: Any, *args: Any) -> None:
        key = (id(task), args)
        if key not in self.sent:
            self.sent[key] = elapsed()
            task(*args)

    def stop(self, number: int, frame: FrameType | None) -> None:
        self.engine.stopping.set()
        self.stopping.set()
