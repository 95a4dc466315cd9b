"""The worker: ticks every two seconds, hands work to the lanes, drains on SIGTERM."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from contextlib import nullcontext
from threading import Event, Thread
from types import FrameType
from typing import Any

import structlog
from flask import Flask

from notifier.clock import elapsed
from notifier.delivery import lease, single
from notifier.store.db import session, unit
from notifier.worker.campaign import run_chunk, run_retries
from notifier.worker.engine import Engine
from notifier.worker.given import Given
from notifier.worker.hubs import tell_hub
from notifier.worker.lanes import LANES, consumer, end_all, lane
from notifier.worker.oneoff import run_singles
from notifier.worker.replies import look_in_mailbox
from notifier.worker.tick import Work, tick

TICK = 2.0  # seconds
MAILBOX = 60.0
PATIENCE = 25.0  # for what is in flight at SIGTERM; who has not ended then is in the journal
SINGLES = 20  # one-off mails in a task: few, so that nobody waits for many others

log = structlog.get_logger()


class Loop:
    """One worker process: its own tick and the consumers of both lanes."""

    def __init__(self, app: Flask, engine: Engine, *, kept_by: int | None = None) -> None:
        self.app, self.engine, self.kept_by = app, engine, kept_by
        self.stopping = Event()
        self.queues = {name: lane(engine.settings, name) for name in LANES}
        self.consumers = [consumer(self.queues[name], threads=n) for name, n in LANES.items()]
        self.given = Given()
        # What threads work on at this moment: people who are tried again, Sends to one person.
        self.trying: set[tuple[int, tuple[int, ...]]] = set()
        self.mailing: set[int] = set()
        self.singles = self.task("oneoff", self.run_singles, self.singles_end)
        self.chunk = self.task("campaign", run_chunk, self.chunk_ends)
        self.retries = self.task("campaign", self.run_retries, self.retries_end)

    def task(self, lane_name: str, verb: Any, ends: Callable[..., None]) -> Any:
        """A Huey task that runs a verb with this process's engine, in an app context."""

        def run(*args: Any) -> None:
            with self.app.app_context():
                try:
                    verb(self.engine, *args)
                finally:
                    session.remove()
                    ends(*args)

        return self.queues[lane_name].task(name=verb.__name__)(run)

    def run_singles(self, engine: Engine, send_ids: list[int]) -> None:
        self.mailing.update(send_ids)
        try:
            run_singles(engine, send_ids)
        finally:
            self.mailing.difference_update(send_ids)

    def run_retries(self, engine: Engine, send_id: int, ids: list[int]) -> None:
        mine = (send_id, tuple(ids))
        self.trying.add(mine)
        try:
            run_retries(engine, send_id, ids)
        finally:
            self.trying.discard(mine)

    def singles_end(self, send_ids: list[int]) -> None:
        for send_id in send_ids:
            self.given.ended(("single", send_id))

    def chunk_ends(self, send_id: int, no: int) -> None:
        self.given.ended(("chunk", send_id, no))

    def retries_end(self, send_id: int, ids: list[int]) -> None:
        self.given.ended(("retries", send_id))

    def run(self) -> None:
        """Until SIGTERM or SIGINT: no new work is taken then, what is in flight is finished."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.stop)
        for one in self.consumers:
            one.start()
        log.info("worker started", owner=self.engine.owner)
        next_mailbox, reader, teller = 0.0, Thread(), Thread()
        while not self.stopping.is_set():
            self.once()
            if elapsed() >= next_mailbox and not reader.is_alive():
                # Beside the ticks: a mailbox that does not answer must not let leases run out.
                reader = Thread(target=self.look_in_mailbox, name="mailbox", daemon=True)
                reader.start()
                next_mailbox = elapsed() + MAILBOX
            if self.engine.settings.websub_hub and not teller.is_alive():
                teller = Thread(target=self.tell_hub, name="hub", daemon=True)
                teller.start()
            self.stopping.wait(TICK)
            if self.kept_by not in (None, os.getppid()):
                log.error("the parent died; who starts it again starts others")
                self.stop(signal.SIGTERM, None)
        end_all(self.consumers, patience=PATIENCE)
        log.info("worker stopped", owner=self.engine.owner)

    def once(self) -> None:
        """One tick. A database that is away for a while is looked for again at the next one."""
        with self.app.app_context():
            try:
                self.keep_leases()  # first: they must not run out because a tick fails
                self.dispatch(tick(self.engine))
            except Exception:
                log.exception("tick failed")
            finally:
                session.remove()

    def keep_leases(self) -> None:
        now = self.engine.now()
        with unit() if self.engine.held or self.trying or self.mailing else nullcontext():
            lease.keep_alive(self.engine.held, owner=self.engine.owner, now=now)
            single.keep_alive(list(self.mailing), owner=self.engine.owner, now=now)
            for send_id, people in list(self.trying):
                lease.keep_trying(send_id, people, now=now)

    def look_in_mailbox(self) -> None:
        with self.app.app_context():
            try:
                look_in_mailbox(self.engine)
            except Exception:
                log.exception("what came back could not be taken")
            finally:
                self.engine.transport.close()
                session.remove()

    def tell_hub(self) -> None:
        with self.app.app_context():
            try:
                tell_hub(self.engine)
            except Exception:
                log.exception("the hub could not be told")
            finally:
                session.remove()

    def dispatch(self, work: Work) -> None:
        """Hand to the lanes what is not there already."""
        turns = lease.begun(work.chunks) if work.chunks else {}
        self.given.forget(
            {("single", send_id) for send_id in work.singles}
            | {("chunk", *chunk) for chunk in work.chunks}
            | {("retries", send_id) for send_id in work.retries}
        )
        fresh = [send_id for send_id in work.singles if self.given.is_due(("single", send_id))]
        for start in range(0, len(fresh), SINGLES):
            some = fresh[start : start + SINGLES]
            self.singles(some)
            for send_id in some:
                self.given.note(("single", send_id))
        for chunk in work.chunks:
            piece, turn = ("chunk", *chunk), turns.get(chunk, 0)
            if self.given.is_due(piece, turn=turn):
                self.chunk(*chunk)
                self.given.note(piece, turn=turn)
        for send_id, ids in work.retries.items():
            if self.given.is_due(("retries", send_id)):
                self.retries(send_id, ids)
                self.given.note(("retries", send_id))

    def stop(self, number: int, frame: FrameType | None) -> None:
        self.engine.stopping.set()
        self.stopping.set()
