"""Does everything that is due, in this process, and returns: for scripts, tests and the demo."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import exists, func, select

from notifier.sends.models import Chunk, Retry, Send
from notifier.store.db import session, unit
from notifier.worker.brake import brake
from notifier.worker.campaign import run_chunk, run_retries
from notifier.worker.engine import Engine
from notifier.worker.hubs import tell_hub
from notifier.worker.oneoff import run_singles
from notifier.worker.pacing import room
from notifier.worker.tick import Work, tick

SOON = timedelta(minutes=1)

Hands = Callable[[Engine, Work], None]


def drain(engine: Engine, hands: Hands | None = None) -> None:
    """Tick and send until nothing is due; ``hands`` sends chunks in more processes than this."""
    while work := tick(engine):
        perform(engine, work, hands)
    tell_hub(engine)


def perform(engine: Engine, work: Work, hands: Hands | None = None) -> None:
    """Do one tick's work; one-off mail first."""
    if work.singles:
        run_singles(engine, work.singles)
    if hands is not None and len(work.chunks) > 1:
        hands(engine, work)
    else:
        for send_id, no in work.chunks:
            run_chunk(engine, send_id, no)
            brake(engine.now())  # no tick comes between two chunks here
    for send_id, ids in work.retries.items():
        run_retries(engine, send_id, ids)


def wait_for_retries(engine: Engine) -> float | None:
    """Seconds until somebody is tried again, or a mail server has room for who waits, when that is
    within a minute; else None."""
    with unit():
        sending = select(Send.id).where(Send.state == "sending")  # a paused one may wait for days
        first = session.scalar(select(func.min(Retry.next_at)).where(Retry.send_id.in_(sending)))
        again = session.scalar(select(func.min(Send.next_at)).where(Send.state == "sending"))
        queued = Chunk.send_id.in_(sending), Chunk.state == "queued"
        held = session.scalar(select(func.min(Chunk.lease_until)).where(*queued))
        waits = session.scalar(select(exists().where(*queued))) or first is not None
    free, more = room(engine)
    if waits and free == 0:  # nothing goes before, however long it is due
        first = held = more
    times = [t for t in (first, again, held) if t is not None]
    if not times or min(times) > engine.now() + SOON:
        return None
    return max(0.1, (min(times) - engine.now()).total_seconds())
