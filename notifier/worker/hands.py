"""More hands for a drain: forked processes, each of which sends the chunks that it can lease."""

from __future__ import annotations

import multiprocessing
import sys
import threading
from collections.abc import Callable

import structlog

from notifier.store.db import db, session
from notifier.worker.brake import brake
from notifier.worker.campaign import run_chunk
from notifier.worker.engine import Engine
from notifier.worker.journal import replay
from notifier.worker.tick import Work

log = structlog.get_logger()


def share(engine: Engine, work: Work, processes: int, build: Callable[[], Engine]) -> None:
    """Send the work's chunks with as many processes, this one among them.

    ``build`` makes the engine of another process. What one that dies had sent goes into the
    ledger, and what it had leased goes back, at once. Where forking is not safe, this process does
    it all.
    """
    safe = sys.platform.startswith("linux") and threading.active_count() == 1
    others = min(processes, len(work.chunks)) - 1 if safe else 0
    engines = [build() for _ in range(others)]
    # SQLite forbids to carry an open connection over a fork; PostgreSQL's would be shared.
    session.remove()
    db.engine.dispose()
    engine.journal.close()  # its lock would go over the fork with it
    system = multiprocessing.get_context("fork")
    started = [system.Process(target=send, args=(one, work.chunks)) for one in engines]
    for process in started:
        process.start()
    send(engine, work.chunks)
    for process, one in zip(started, engines, strict=True):
        process.join()
        if process.exitcode:
            log.error("a process that sent mail died", owner=one.owner, status=process.exitcode)
            replay(engine.settings.instance, now=engine.now())


def send(engine: Engine, chunks: list[tuple[int, int]]) -> None:
    """Send those of the chunks that nobody else has."""
    try:
        for send_id, no in chunks:
            run_chunk(engine, send_id, no)
            brake(engine.now())  # no tick comes between two chunks here
    finally:
        engine.transport.close()
        session.remove()
        db.engine.dispose()
