"""Chunks are leased, not rows: claimed by compare-and-set, renewed with each result."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, CursorResult, exists, or_, select, update

from notifier.delivery.limits_rules import LONGEST
from notifier.delivery.rules import LEASE, OPEN
from notifier.sends.models import Chunk, Delivery, Retry, Send
from notifier.sends.rules import State
from notifier.store.db import session


def waiting(*, now: datetime, limit: int = 1000) -> list[tuple[int, int]]:
    """(send_id, no) of chunks that nobody works on: queued, or leased by somebody who is gone."""
    free = or_(queued(now), (Chunk.state == "leased") & (Chunk.lease_until < now))
    query = (
        select(Chunk.send_id, Chunk.no)
        .join(Send, Send.id == Chunk.send_id)
        .where(free, Send.state == "sending")
        .order_by(Chunk.send_id, Chunk.no)
        .limit(limit)
    )
    return [(row.send_id, row.no) for row in session.execute(query)]


def claim(
    send_id: int, no: int, *, owner: str, now: datetime, but: Collection[str] = ()
) -> Chunk | None:
    """Lease a chunk for 30 s; None when somebody else has it, it is done, or its Send is paused.

    ``but`` are owners known to live: a database that nobody could write for a while has let their
    leases run out, and they know what was sent.
    """
    over = (Chunk.state == "leased") & (Chunk.lease_until < now) & Chunk.owner.not_in(but)
    free = or_(queued(now), over)
    sending = exists().where(Send.id == send_id, Send.state == "sending")
    won = session.execute(
        update(Chunk)
        .where(Chunk.send_id == send_id, Chunk.no == no, free, sending)
        .values(state="leased", owner=owner, lease_until=now + LEASE, tries=Chunk.tries + 1)
        .execution_options(synchronize_session=False)
    )
    if cast("CursorResult[Any]", won).rowcount != 1:
        return None
    return session.get(Chunk, (send_id, no), populate_existing=True)


def renew(send_id: int, no: int, *, owner: str, now: datetime) -> bool:
    """Keep a lease; False when it was lost or the Send is no longer sending: stop then."""
    sending = exists().where(Send.id == send_id, Send.state == "sending")
    won = session.execute(
        update(Chunk)
        .where(Chunk.send_id == send_id, Chunk.no == no, Chunk.owner == owner, sending)
        .values(lease_until=now + LEASE)
        .execution_options(synchronize_session=False)
    )
    return cast("CursorResult[Any]", won).rowcount == 1


def goes_on(send_id: int) -> bool:
    """Whether a Send is still sending: what ``renew`` tells of a chunk, for who is tried again."""
    sending = exists().where(Send.id == send_id, Send.state == "sending")
    return bool(session.scalar(select(sending)))


def keep_alive(held: Iterable[tuple[int, int]], *, owner: str, now: datetime) -> None:
    """Renew the chunks that this process is working on at this moment: a mail server may take two
    minutes over one reply, and somebody else would take the chunk meanwhile and send it twice."""
    for send_id, no in list(held):  # also of a Send that is paused: what is in flight is ours
        session.execute(
            update(Chunk)
            .where(Chunk.send_id == send_id, Chunk.no == no, Chunk.owner == owner)
            .values(lease_until=now + LEASE)
            .execution_options(synchronize_session=False)
        )


def keep_trying(send_id: int, people: Sequence[int], *, now: datetime) -> None:
    """As ``keep_alive``, for people of a Send who are being tried again: those of them whose claim
    has not run out. A row that is locked is being written by who tries it; to wait for it while
    holding others was a deadlock."""
    held = Retry.send_id == send_id, Retry.next_at > now, Retry.next_at < now + LEASE
    free = select(Retry.subscriber_id).where(*held, Retry.subscriber_id.in_(people))
    session.execute(
        update(Retry)
        .where(*held, Retry.subscriber_id.in_(free.with_for_update(skip_locked=True)))
        .values(next_at=now + LEASE)
        .execution_options(synchronize_session=False)
    )


def begun(chunks: Sequence[tuple[int, int]]) -> dict[tuple[int, int], int]:
    """How often each of these chunks was claimed so far."""
    sends = {send_id for send_id, _ in chunks}
    query = select(Chunk.send_id, Chunk.no, Chunk.tries).where(
        Chunk.send_id.in_(sends), Chunk.state != "done"
    )
    return {(row.send_id, row.no): row.tries for row in session.execute(query)}


def queued(now: datetime) -> ColumnElement[bool]:
    """Not leased, and not held back until a mail server has room again. Nobody is held back for
    longer than ``LONGEST``: what lies further ahead was written before the clock jumped back."""
    held = (Chunk.lease_until > now) & (Chunk.lease_until <= now + LONGEST)
    return (Chunk.state == "queued") & (Chunk.lease_until.is_(None) | ~held)


def release(
    send_id: int, no: int, *, owner: str, done: bool, until: datetime | None = None
) -> None:
    """Give a lease back: done, or to whoever comes next; not before ``until``, if that is given."""
    session.execute(
        update(Chunk)
        .where(Chunk.send_id == send_id, Chunk.no == no, Chunk.owner == owner)
        .values(state="done" if done else "queued", owner=None, lease_until=None if done else until)
        .execution_options(synchronize_session=False)
    )


def give_up(owner: str) -> None:
    """Give back all that a process had leased, which is certainly dead."""
    session.execute(
        update(Chunk)
        .where(Chunk.owner == owner, Chunk.state == "leased")
        .values(state="queued", owner=None, lease_until=None)
        .execution_options(synchronize_session=False)
    )


def rows(send_id: int, lo: int, hi: int, states: Sequence[int]) -> list[tuple[int, int, int]]:
    """(subscriber_id, variant, tries) of the ledger rows in these states, by subscriber."""
    query = (
        select(Delivery.subscriber_id, Delivery.variant, Delivery.tries)
        .where(
            Delivery.send_id == send_id,
            Delivery.subscriber_id.between(lo, hi),
            Delivery.state.in_(states),
        )
        .order_by(Delivery.subscriber_id)
    )
    return [(r.subscriber_id, r.variant, r.tries) for r in session.execute(query)]


def untried(send_id: int, lo: int, hi: int) -> list[tuple[int, int, int]]:
    """As ``rows``, those of a chunk who wait and were not put off: who was comes with the retries,
    and must not be sent to from two sides."""
    off = Retry.send_id == send_id, Retry.subscriber_id.between(lo, hi)
    elsewhere = set(session.scalars(select(Retry.subscriber_id).where(*off)))
    found = rows(send_id, lo, hi, [int(State.WAITING)])
    return [row for row in found if row[0] not in elsewhere] if elsewhere else found


def claim_retries(send_id: int, ids: Sequence[int], *, now: datetime) -> list[int]:
    """Those of the due people that are ours to try: their next time is moved past the lease.
    Nobody when the Send was paused or cancelled since they were handed to a lane."""
    sending = exists().where(Send.id == send_id, Send.state == "sending")
    mine = Retry.send_id == send_id, Retry.subscriber_id.in_(ids), Retry.next_at <= now
    won = session.scalars(
        update(Retry)
        .where(*mine, sending)
        .values(next_at=now + LEASE)
        .returning(Retry.subscriber_id)
        .execution_options(synchronize_session=False)
    )
    return sorted(won)


def due_retries(*, now: datetime, limit: int = 5000) -> dict[int, list[int]]:
    """People to try again now, by Send; only of Sends that are sending."""
    query = (
        select(Retry.send_id, Retry.subscriber_id)
        .join(Send, Send.id == Retry.send_id)
        .where(Retry.next_at <= now, Send.state == "sending")
        .order_by(Retry.next_at)
        .limit(limit)
    )
    found: dict[int, list[int]] = {}
    for send_id, subscriber_id in session.execute(query):
        found.setdefault(send_id, []).append(subscriber_id)
    return found


def is_finished(send: Send) -> bool:
    """Every chunk is done and every row terminal: also those that waited for a digest."""
    if session.scalar(select(exists().where(Chunk.send_id == send.id, Chunk.state != "done"))):
        return False
    open_ = [int(state) for state in (*OPEN, State.HELD)]
    left = exists().where(Delivery.send_id == send.id, Delivery.state.in_(open_))
    return not session.scalar(select(left))
