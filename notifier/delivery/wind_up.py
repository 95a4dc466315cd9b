"""A cancelled Send comes to its end: every row is terminal, the counters add up to its people."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, CursorResult, delete, exists, or_, select, update

from notifier.delivery import digest_settle
from notifier.delivery.held import HOLDS
from notifier.delivery.record import count
from notifier.delivery.rules import LEASE
from notifier.delivery.stop import digests_of
from notifier.sends.carry import settle as settle_carried
from notifier.sends.models import Chunk, Delivery, Retry, Send
from notifier.sends.rules import State
from notifier.sends.stopped import stopped_at
from notifier.store.db import session

EVERYBODY = 2**62


def unfinished() -> list[int]:
    """Ids of cancelled Sends of which some rows are still open."""
    query = select(Send.id).where(
        Send.state == "cancelled",
        Send.receivers.is_not(None),
        Send.frozen_at.is_not(None),
        Send.finished_at.is_(None),
    )
    return list(session.scalars(query.order_by(Send.id)))


def wind_up(send: Send, *, now: datetime) -> bool:
    """End every open row of a cancelled Send; False while a worker still has one in its hands.

    Who waited, or was to be tried again, is skipped. Of whom the server's reply was lost nobody
    knows whether they have it: they are failed, as after 72 hours. Rows and counter are written in
    the order in which a worker's flush writes them, so that the two never wait in a ring.
    """
    digests = digests_of(send) if HOLDS in send.context else []
    if not taken(send, now) or being_retried(send, now) or being_told(digests, now):
        return False
    for digest_id in digests:  # what a killed worker had sent of them and not yet settled
        digest_settle.settle(digest_id, 0, EVERYBODY)
    end(send.id, (State.WAITING, State.RETRYING, State.HELD), State.SKIPPED, now=now)
    end(send.id, (State.UNCERTAIN,), State.FAILED, now=now)
    session.execute(
        delete(Retry).where(Retry.send_id == send.id).execution_options(synchronize_session=False)
    )
    session.refresh(send)
    send.finished_at = now
    settle_carried(send, now=now)
    return True


def taken(send: Send, now: datetime) -> bool:
    """Take every chunk that nobody works on; whether that is all of them."""
    free = or_(Chunk.state == "queued", (Chunk.state == "leased") & (Chunk.lease_until < now))
    session.execute(
        update(Chunk)
        .where(Chunk.send_id == send.id, free)
        .values(state="done", owner=None, lease_until=None)
        .execution_options(synchronize_session=False)
    )
    return not session.scalar(select(exists().where(*leased((send.id,)))))


def leased(send_ids: Iterable[int]) -> tuple[ColumnElement[bool], ...]:
    return Chunk.send_id.in_(list(send_ids)), Chunk.state == "leased"


def being_retried(send: Send, now: datetime) -> bool:
    """Whether somebody may be tried again at this moment: who claims a retry moves its time on by
    a lease, and nobody claims one any more since it was cancelled."""
    at = datetime.fromtimestamp(stopped_at(send), UTC)
    mine = Retry.send_id == send.id, Retry.next_at > at, Retry.next_at <= at + LEASE
    return now <= at + LEASE and bool(session.scalar(select(exists().where(*mine))))


def being_told(digests: list[int], now: datetime) -> bool:
    """Whether a worker sends one of the digests at this moment."""
    held = select(exists().where(*leased(digests), Chunk.lease_until >= now))
    return bool(digests) and bool(session.scalar(held))


def end(send_id: int, were: tuple[State, ...], then: State, *, now: datetime) -> None:
    """Move rows to their end and count them."""
    done = session.execute(
        update(Delivery)
        .where(Delivery.send_id == send_id, Delivery.state.in_([int(state) for state in were]))
        .values(state=int(then), at=int(now.timestamp()))
        .execution_options(synchronize_session=False)
    )
    number = cast("CursorResult[Any]", done).rowcount
    if number:
        count(send_id, "skipped" if then is State.SKIPPED else "failed", number)
