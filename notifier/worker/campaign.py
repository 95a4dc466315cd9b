"""Keeps a promise to many: leases a chunk, re-checks who may still get it, sends, records."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from threading import Event

import structlog
from sqlalchemy import select

from notifier.audience.conditions import for_few
from notifier.audience.models import Subscriber
from notifier.audience.receivers import Audience, receivers
from notifier.audience.rules import variant_words
from notifier.audience.why import reasons
from notifier.clock import elapsed
from notifier.delivery import bounces, digest_settle, lease
from notifier.delivery.digest_check import check
from notifier.delivery.held import KIND
from notifier.delivery.record import Found, record, settle
from notifier.mail.addresses import needs_utf8
from notifier.mail.compose import Frame
from notifier.mail.envelope import Envelope, Outcome
from notifier.notices.followers import Named, Names, Reasons, named
from notifier.sends.carry import carrier_of
from notifier.sends.carry import settle as settle_carried
from notifier.sends.models import Letter, Send
from notifier.sends.rules import SEND, State
from notifier.store.db import look, session, unit
from notifier.store.history import SYSTEM
from notifier.store.moves import move
from notifier.worker.address import envelope_sender, frame_for, person_for
from notifier.worker.engine import Engine

BATCH = 500  # people whose addresses are read at once
FLUSH = 0.2  # seconds between commits of what the mail server said

log = structlog.get_logger()

Row = tuple[int, int, int]  # subscriber_id, variant, tries


def run_chunk(engine: Engine, send_id: int, no: int) -> None:
    """Send one chunk. Somebody else's, a finished or a paused one is left alone."""
    engine.journal.open()
    with unit():
        chunk = lease.claim(send_id, no, owner=engine.owner, now=engine.now())
        if chunk is None:
            return
        lo, hi = chunk.lo, chunk.hi
        todo = lease.rows(send_id, lo, hi, [int(State.WAITING)])
    finished, names = False, Names()
    engine.held.add((send_id, no))
    try:
        finished = all(
            deliver(engine, send_id, todo[start : start + BATCH], names, chunk=no)
            for start in range(0, len(todo), BATCH)
        )
    finally:  # also after an error: the next tick finds it again
        engine.held.discard((send_id, no))
        with unit():
            if is_digest(send_id):
                digest_settle.settle(send_id, lo, hi)
            lease.release(send_id, no, owner=engine.owner, done=finished)
    finish(engine, send_id)


def run_retries(engine: Engine, send_id: int, ids: Sequence[int]) -> None:
    """Try those again whose time has come."""
    with unit():
        mine = lease.claim_retries(send_id, ids, now=engine.now())
        states = [int(State.RETRYING), int(State.UNCERTAIN)]
        chosen = set(mine)
        rows = lease.rows(send_id, mine[0], mine[-1], states) if mine else []
    todo, names = [row for row in rows if row[0] in chosen], Names()
    for start in range(0, len(todo), BATCH):
        batch = todo[start : start + BATCH]
        goes_on = deliver(engine, send_id, batch, names, chunk=None)
        with unit():
            if is_digest(send_id):
                digest_settle.settle_some(send_id, [row[0] for row in batch])
        if not goes_on:
            break
    finish(engine, send_id)


def is_digest(send_id: int) -> bool:
    return session.get_one(Send, send_id).kind == KIND


def deliver(
    engine: Engine, send_id: int, rows: Sequence[Row], names: Names, *, chunk: int | None
) -> bool:
    """Hand one batch over and record what the server says.

    False when the lease was lost, the Send was stopped or the process was told to stop: what is not
    handed over waits. What is in flight on other connections then is heard out: it may be taken.
    """
    if engine.stopping.is_set():
        return False
    batch = prepare(engine, send_id, rows, names)
    halt = Event()
    envelopes = until_stopped(batch.envelopes(engine), engine.stopping, halt)
    tries = {subscriber_id: tries for subscriber_id, _, tries in rows}
    kept: list[Found] = []
    last = elapsed()
    for outcome in engine.transport.send(envelopes):
        kept.append(found(outcome, tries))
        if outcome.state == "accepted":
            engine.journal.note(send_id, kept[-1].subscriber_id, outcome.code)
        if elapsed() - last > FLUSH:
            if not flush(engine, send_id, kept, chunk):
                halt.set()
            kept, last = [], elapsed()
    if batch.broken:
        with unit():
            settle(send_id, batch.broken, State.FAILED, code=0, now=engine.now())
    goes_on = flush(engine, send_id, kept, chunk)
    return goes_on and not (engine.stopping.is_set() or halt.is_set())


def until_stopped(envelopes: Iterable[Envelope], *stops: Event) -> Iterator[Envelope]:
    """The envelopes until SIGTERM, or until the Send is stopped: what is in flight then is
    finished, nothing new is begun."""
    for envelope in envelopes:
        if any(stop.is_set() for stop in stops):
            return
        yield envelope


def found(outcome: Outcome, tries: dict[int, int]) -> Found:
    subscriber_id = int(str(outcome.key))
    return Found(
        subscriber_id, outcome.state, outcome.code, outcome.status, tries.get(subscriber_id, 0)
    )


@dataclass
class Batch:
    """People who may get their message now; each is made when the connection asks for it."""

    send_id: int
    people: list[tuple[int, int, str, str, Named]]  # id, variant, address, name, reasons
    letters: dict[int, Letter]
    frames: dict[int, Frame]
    broken: list[int] = field(default_factory=list)  # those whose message could not be made

    def envelopes(self, engine: Engine) -> Iterator[Envelope]:
        reads = {
            variant: letter.frame.get("reads") or variant_words(variant)[1]
            for variant, letter in self.letters.items()
        }
        for subscriber_id, variant, address, name, why in self.people:
            person = person_for(
                engine,
                self.send_id,
                subscriber_id,
                address=address,
                name=name,
                reasons=why,
                language=reads[variant],
            )
            try:
                data, plain = engine.message(self.letters[variant], self.frames[variant], person)
            except (ValueError, KeyError):  # this one's address or words; nobody else waits for it
                log.exception("a message could not be made", send=self.send_id, to=subscriber_id)
                self.broken.append(subscriber_id)
                continue
            sender = envelope_sender(engine, self.send_id, subscriber_id)
            yield Envelope(subscriber_id, sender, address, data, needs_utf8(address), plain)


def prepare(engine: Engine, send_id: int, rows: Sequence[Row], names: Names) -> Batch:
    """The batch's people and words; who left, was paused or suppressed since the freeze is
    skipped."""
    with look():
        digest = is_digest(send_id)
    with unit() if digest else look():  # a digest gives back what is not in it any more
        send = session.get_one(Send, send_id)
        people, reasons_of = still(send, rows, names, now=engine.now())
        why = named(reasons_of, names)
        # Those of the batch only: a digest may have thousands.
        some = Letter.variant.in_({variant for _, variant, _ in rows})
        letters = {
            letter.variant: letter
            for letter in session.scalars(select(Letter).where(Letter.send_id == send_id, some))
        }
        session.expunge_all()
    gone = [subscriber_id for subscriber_id, _, _ in rows if subscriber_id not in people]
    if gone:
        with unit():
            settle(send_id, gone, State.SKIPPED, code=0, now=engine.now())
    frames = {
        variant: frame_for(engine, letter.frame, date=send.frozen_at or engine.now())
        for variant, letter in letters.items()
    }
    present = [
        (subscriber_id, variant, *people[subscriber_id], why.get(subscriber_id, ()))
        for subscriber_id, variant, _ in rows
        if subscriber_id in people
    ]
    return Batch(send_id, present, letters, frames)


def still(
    send: Send, rows: Sequence[Row], names: Names, *, now: datetime
) -> tuple[dict[int, tuple[str, str]], dict[int, Reasons]]:
    """(address, name) of those of a batch who may still get it, and why each gets it."""
    ids = [row[0] for row in rows]
    query = select(Subscriber.id, Subscriber.email, Subscriber.name).where(Subscriber.id.in_(ids))
    if send.kind == KIND:
        may, why = check(send, rows, names=names.followed, now=now)
        query = query.where(Subscriber.id.in_(may))
    else:
        audience = Audience.of(send.receivers or {})
        with for_few():
            reach = receivers(audience).subquery()
        query = query.join(reach, reach.c.subscriber_id == Subscriber.id)
        at = send.frozen_at or now
        why = reasons(audience, ids[0], ids[-1], at=at, names=names.followed)
    return {id_: (email or "", name) for id_, email, name in session.execute(query)}, why


def flush(engine: Engine, send_id: int, kept: Iterable[Found], chunk: int | None) -> bool:
    """Commit outcomes together with the lease's renewal."""
    now = engine.now()
    with unit():
        refused = record(send_id, kept, now=now)
        for subscriber_id, verdict in refused.items():
            bounces.apply(
                send_id,
                subscriber_id,
                verdict,
                now=now,
                pepper=engine.settings.suppression_pepper,
                source="smtp",
            )
        if chunk is None:
            ours = lease.goes_on(send_id)
        else:
            ours = lease.renew(send_id, chunk, owner=engine.owner, now=now)
    engine.journal.clear()
    return ours


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
