"""Makes the digests that are due: what cannot be told any more is dropped, the rest is written."""

from __future__ import annotations

from datetime import date, datetime

import structlog
from sqlalchemy import exists, select

from notifier.delivery import digests
from notifier.delivery.digest_check import drop, gone
from notifier.delivery.digests import Item
from notifier.delivery.held import ABOUT, HOLDS, KIND, is_weekly, promise, redate
from notifier.errors import Conflict
from notifier.render.digest import write
from notifier.sends.models import Chunk, Send
from notifier.sends.rules import SEND
from notifier.store.db import session, unit
from notifier.store.history import SYSTEM
from notifier.store.moves import move
from notifier.worker.engine import Engine

log = structlog.get_logger()


def make_due(engine: Engine) -> None:
    """Begin each digest whose time has come. Of several days' digests that are due together, after
    a time without a worker, the newest tells it all."""
    for send_id, also in due(engine.now()):
        begin(engine, send_id, also)


def due(now: datetime) -> list[tuple[int, list[date]]]:
    """Digests to be made now, each with the days of those that it is sent in the place of."""
    with unit():
        query = select(Send).where(
            Send.kind == KIND, Send.about == ABOUT, Send.state == "planned", Send.due_at <= now
        )
        found = list(session.scalars(query.order_by(Send.due_at, Send.id)))
        daily = [send for send in found if send.revision == 1]
        for send in daily[:-1]:
            why = f"told with the digest of {daily[-1].stage}"
            move(send, "skip", SEND, by=SYSTEM, now=now, why=why)
            send.end_reason, send.finished_at = why, now
        more = [(send.id, list[date]()) for send in found if send.revision > 1 and free(send)]
        also = [digests.day_of(send) for send in daily[:-1]]
        return more + [(send.id, also) for send in daily[-1:]]


def free(send: Send) -> bool:
    """Whether no chunk of an earlier digest of that day is still being sent: what is left over is
    known then."""
    busy = (
        select(Chunk.send_id)
        .join(Send, Send.id == Chunk.send_id)
        .where(Send.about == ABOUT, Send.stage == send.stage, Chunk.state != "done")
        .where(Send.state == "sending")
    )
    return not session.scalar(select(exists(busy)))


def begin(engine: Engine, send_id: int, also: list[date]) -> None:
    """Make one digest. Reading and rendering hold no lock; only the writing does."""
    now = engine.now()
    try:
        session.rollback()
        items = digests.told_in(session.get_one(Send, send_id), now=now, also=also)
        clear(items, now)
        digest = session.get_one(Send, send_id)
        made = digests.gather(digest, items)
        early = not any(is_weekly(day) for day in (digests.day_of(digest), *also))
        words = write(made.groups, site=engine.site, now=now, early=early)
        with unit():
            digest = session.get_one(Send, send_id)
            people = digests.keep(digest, items, made, words, now=now)
        log.info("digest", send=send_id, people=people, letters=len(made.groups))
    except Conflict:
        log.info("taken by another worker", send=send_id)
    except Exception:  # tried again at the next tick; the other Sends must not wait for it
        log.exception("a digest could not be begun", send=send_id)


def clear(items: list[Item], now: datetime) -> None:
    """Drop the rows of who left, paused or follows it no longer, an item at a time."""
    for item in items:
        people = gone(session.get_one(Send, item.id))
        if people:
            with unit():
                drop(item.id, people, now=now)


def keep_promised(now: datetime) -> None:
    """What is held is promised a digest, also when choices changed after the freeze; those that are
    promised are at the organisation's time as it is now."""
    redate()
    ahead = select(Send.id).where(Send.about == ABOUT, Send.state.in_(("planned", "sending")))
    if session.scalar(ahead.limit(1)) is not None:
        return
    query = select(Send).where(Send.state == "sending", Send.receivers.is_not(None))
    for send in session.scalars(query.order_by(Send.id)):
        if HOLDS in send.context and send.pending:
            promise(send, now=now)
