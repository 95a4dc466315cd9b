"""Does everything that is due, in this process, and returns: for scripts, tests and the demo."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select

from notifier.sends.models import Retry, Send
from notifier.store.db import session, unit
from notifier.worker.campaign import run_chunk, run_retries
from notifier.worker.engine import Engine
from notifier.worker.oneoff import run_singles
from notifier.worker.tick import Work, tick

SOON = timedelta(minutes=1)


def drain(engine: Engine) -> None:
    """Tick and send until nothing is due."""
    while work := tick(engine):
        perform(engine, work)


def perform(engine: Engine, work: Work) -> None:
    """Do one tick's work here; one-off mail first."""
    if work.singles:
        run_singles(engine, work.singles)
    for send_id, no in work.chunks:
        run_chunk(engine, send_id, no)
    for send_id, ids in work.retries.items():
        run_retries(engine, send_id, ids)


def wait_for_retries(engine: Engine) -> float | None:
    """Seconds until the next retry, when one is due within a minute; else None."""
    with unit():
        sending = select(Send.id).where(Send.state == "sending")  # a paused one may wait for days
        first = session.scalar(select(func.min(Retry.next_at)).where(Retry.send_id.in_(sending)))
        again = session.scalar(select(func.min(Send.next_at)).where(Send.state == "sending"))
    times = [t for t in (first, again) if t is not None]
    if not times or min(times) > engine.now() + SOON:
        return None
    return max(0.1, (min(times) - engine.now()).total_seconds())
