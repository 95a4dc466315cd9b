"""Keeps a promise to many: leases a chunk, re-checks who may still get it, sends, records."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import partial
from threading import Event

from notifier.clock import elapsed
from notifier.delivery import digest_settle, lease
from notifier.delivery.rules import OPEN
from notifier.mail.envelope import Envelope
from notifier.notices.followers import Names
from notifier.sends.carry import carrier_of
from notifier.sends.carry import settle as settle_carried
from notifier.sends.models import Send
from notifier.sends.rules import SEND
from notifier.store.db import session, unit
from notifier.store.history import SYSTEM
from notifier.store.moves import move
from notifier.worker.batch import Row, is_digest, prepare, still_there
from notifier.worker.engine import Engine
from notifier.worker.heard import Heard
from notifier.worker.hold_back import Lost, hold_back, hold_off
from notifier.worker.insist import insist
from notifier.worker.journal import living
from notifier.worker.listening import listen_to_many
from notifier.worker.pacing import Dry, Way, not_used, ways

BATCH = 1000  # people looked up at once: 9 µs each, 11 with 500, 7 with 5,000


def run_chunk(engine: Engine, send_id: int, no: int) -> None:
    """Send one chunk. Somebody else's, a finished or a paused one is left alone."""
    engine.journal.open()
    if (send_id, no) in engine.held:
        return
    others = living(engine.settings.instance) - {engine.owner}
    with unit():
        chunk = lease.claim(send_id, no, owner=engine.owner, now=engine.now(), but=others)
        if chunk is None:
            return
        lo, hi = chunk.lo, chunk.hi
        todo = lease.untried(send_id, lo, hi)
    finished, names = False, Names()
    until: datetime | None = None

    def give_back() -> None:
        if is_digest(send_id):
            digest_settle.settle(send_id, lo, hi)
        lease.release(send_id, no, owner=engine.owner, done=finished, until=until)

    engine.held.add((send_id, no))
    try:
        finished = all(
            deliver(engine, send_id, some, names, taken, chunk=no)
            for taken, some in ways(engine, todo, BATCH)
        )
    except Dry as dry:
        until = dry.until
    finally:  # also after an error: the next tick finds it again
        try:
            insist(engine, give_back)
        finally:
            engine.held.discard((send_id, no))
    finish(engine, send_id)


def run_retries(engine: Engine, send_id: int, ids: Sequence[int]) -> None:
    """Try those again whose time has come."""
    with unit():
        mine = lease.claim_retries(send_id, ids, now=engine.now())
        states = [int(state) for state in OPEN]  # who waits was put off
        chosen = set(mine)
        rows = lease.rows(send_id, mine[0], mine[-1], states) if mine else []
    todo, names = [row for row in rows if row[0] in chosen], Names()
    done = 0
    try:
        for taken, batch in ways(engine, todo, BATCH):
            goes_on = deliver(engine, send_id, batch, names, taken, chunk=None)
            insist(engine, partial(settle_digest, send_id, [row[0] for row in batch]))
            if not goes_on:
                break
            done += len(batch)
    except Dry as dry:
        hold_off(engine, send_id, [row[0] for row in todo[done:]], dry.until)
    finish(engine, send_id)


def settle_digest(send_id: int, people: Sequence[int]) -> None:
    """Where the Send is a digest, what became of it for them is what became of its things."""
    if is_digest(send_id):
        digest_settle.settle_some(send_id, people)


def deliver(
    engine: Engine,
    send_id: int,
    rows: Sequence[Row],
    names: Names,
    taken: Way,
    *,
    chunk: int | None,
) -> bool:
    """Hand one batch over and record what the server says.

    False when the lease was lost, the Send was stopped or the process was told to stop: what is not
    handed over waits. What is in flight on other connections then is heard out: it may be taken.
    """
    if engine.stopping.is_set():
        return False
    batch = prepare(engine, send_id, rows, names)
    try:
        batch.without(hold_back(engine, send_id, batch.addresses(), chunk=chunk))
    except Lost:
        return False
    not_used(engine, taken, len(rows) - len(batch.people))
    heard, begun = Heard(engine, send_id, rows, chunk), elapsed()
    checked = partial(still_there, engine, send_id, rows, names)
    envelopes = until_stopped(batch.envelopes(engine, checked), engine.stopping, heard.halt)
    try:
        for outcome in taken.relay.send(envelopes):
            heard.take(outcome)
    except Exception:
        heard.flush()  # else it would all be sent again
        raise
    if batch.broken or batch.gone:
        insist(engine, partial(batch.settle, engine.now()))
    goes_on = heard.flush()
    to = dict(batch.addresses())
    listen_to_many(engine, taken.relay, send_id, to, heard.bad, seconds=elapsed() - begun)
    return goes_on and not (engine.stopping.is_set() or heard.halt.is_set() or batch.unsure)


def until_stopped(envelopes: Iterable[Envelope], *stops: Event) -> Iterator[Envelope]:
    """The envelopes until SIGTERM, or until the Send is stopped: what is in flight then is
    finished, nothing new is begun."""
    for envelope in envelopes:
        if any(stop.is_set() for stop in stops):
            return
        yield envelope


def finish(engine: Engine, send_id: int) -> None:
    """Close a Send of which every row is terminal."""
    with unit():
        send = session.get_one(Send, send_id)
        if send.state != "sending" or send.receivers is None or carrier_of(send) is not None:
            return
        if lease.is_finished(send):
            move(send, "finish", SEND, by=SYSTEM, now=engine.now())
            send.finished_at = engine.now()
            settle_carried(send, now=engine.now())
