"""One look at what is owed: effects, due Sends, lost leases, retries. Idempotent by unique keys."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple, ParamSpec

import structlog
from sqlalchemy import select

from notifier.accounts import sessions, tries, unsaved
from notifier.audience import waiting
from notifier.audience.address_change import forget_old
from notifier.audience.limits import forget_networks
from notifier.audience.purge import purge_unconfirmed
from notifier.delivery import lease, limits, single
from notifier.delivery.freeze import freeze
from notifier.delivery.held import KIND
from notifier.delivery.retention import drop_old_rows
from notifier.errors import Conflict
from notifier.notices.consult import lately, purge_answers
from notifier.notices.effect import may_go, take_effect, too_late
from notifier.notices.models import ChangeNotice
from notifier.notices.promises import redate_last_editions
from notifier.notices.week import needless
from notifier.notices.week import promise as promise_week
from notifier.releases.recur import extend
from notifier.render.letters import write
from notifier.sends import queries as sends
from notifier.sends.carry import settle as settle_carried
from notifier.sends.models import Chunk, Send
from notifier.sends.rules import SEND
from notifier.store.db import session, unit
from notifier.store.history import SYSTEM
from notifier.store.moves import move
from notifier.worker import digest
from notifier.worker.armed import publish_armed
from notifier.worker.brake import brake
from notifier.worker.campaign import BATCH, finish
from notifier.worker.engine import Engine
from notifier.worker.hubs import note_news
from notifier.worker.journal import replay
from notifier.worker.nags import alert_late, remind
from notifier.worker.pacing import room
from notifier.worker.people import move_on
from notifier.worker.silence import alert_silent
from notifier.worker.stopped import end_cancelled

HOUSEKEEPING = timedelta(hours=1)
MOST_CHUNKS, MOST_RETRIES = 1000, 5000  # in one look
SOON = timedelta(minutes=1)  # housekeeping that failed is tried again

log = structlog.get_logger()

Given = ParamSpec("Given")


class Work(NamedTuple):
    """What can be done now: one-person Sends, (send, chunk) pairs, people to retry by Send."""

    singles: list[int]
    chunks: list[tuple[int, int]]
    retries: dict[int, list[int]]

    def __bool__(self) -> bool:
        return bool(self.singles or self.chunks or self.retries)


def tick(engine: Engine) -> Work:
    """Bring the database up to this instant and say what is to be sent."""
    now = engine.now()
    if engine.housekept is None or now - engine.housekept >= HOUSEKEEPING:
        try:
            housekeep(engine, now)
        except Exception:  # mail must go out all the same
            log.exception("the housekeeping failed")
            engine.housekept = now - HOUSEKEEPING + SOON
    replay(engine.settings.instance, now=now)
    apart(effects, now)
    apart(alert_late, now)
    apart(publish_armed, engine, now)
    for send_id in due_campaigns(now):
        begin(engine, send_id)
    apart(digest.make_due, engine)  # after what fell due with them: it is in them
    apart(brake, now)
    for send_id in maybe_finished():
        apart(finish, engine, send_id)
    apart(end_cancelled, now)
    apart(alert_silent, now)
    note_news(engine, now)
    many, some = as_much_as_may_go(engine)
    with unit():
        return Work(
            single.due(now=now),
            lease.waiting(now=now, limit=many),
            lease.due_retries(now=now, limit=some),
        )


def apart(step: Callable[Given, object], *given: Given.args, **named: Given.kwargs) -> None:
    """One step of the look: when it fails, each time perhaps, mail goes out all the same."""
    try:
        step(*given, **named)
    except Exception:
        log.exception("a step of the tick failed", step=step.__name__)
        session.rollback()


def effects(now: datetime) -> None:
    with unit():
        take_effect(now=now)


def as_much_as_may_go(engine: Engine) -> tuple[int, int]:
    """Chunks and people to be handed out: no more than mail servers have room for, so that no lane
    looks in vain into one chunk after the other."""
    free, _ = room(engine)
    if free is None:
        return MOST_CHUNKS, MOST_RETRIES
    return min(MOST_CHUNKS, math.ceil(free / BATCH)), min(MOST_RETRIES, free)


def housekeep(engine: Engine, now: datetime) -> None:
    """What is done now and then: lapsed sign-ups, the calendar a year ahead, old ledger rows."""
    with unit():
        purge_answers(now=now)
        purge_unconfirmed(now=now, but=lately(now))
        forget_old(now=now)
        forget_networks(now=now)
        tries.forget(now=now)
        sessions.forget(now=now)
        unsaved.forget(now=now)
        waiting.tidy(now=now)
        limits.tidy(now=now)
        extend(now=now)
        redate_last_editions(now=now)
        promise_week(now=now)
        drop_old_rows(now=now, months=engine.settings.retention_delivery_months)
    remind(now)
    move_on(now)
    with unit():
        digest.keep_promised(now)
    for send_id in sending():
        finish(engine, send_id)
    engine.housekept = now


def due_campaigns(now: datetime) -> list[int]:
    with unit():
        found = [send for send in sends.due(now) if not send.to_one and send.kind != KIND]
        return [send.id for send in found if ripe(send)]


def ripe(send: Send) -> bool:
    """Whether a due Send may go: a stage at or after the effect waits for the effect itself."""
    notice = session.get(ChangeNotice, send.context.get("notice", 0))
    return notice is None or may_go(send.stage, notice)


def begin(engine: Engine, send_id: int) -> None:
    """Render and freeze one due Send, or skip it when its time has lapsed."""
    now = engine.now()
    try:
        with unit():
            send = session.get_one(Send, send_id)
            lapsed = send.lapses_at is not None and send.lapses_at <= now
            if why := "lapsed" if lapsed else too_late(send, now) or needless(send):
                move(send, "skip", SEND, by=SYSTEM, now=now, why=why)
                send.end_reason, send.finished_at = why, now
                return
            words = write(send, site=engine.site, now=now)
            people = freeze(send, words, now=now)
            if send.state == "done":  # nobody follows it
                settle_carried(send, now=now)
        log.info("frozen", send=send_id, about=send.about, stage=send.stage, people=people)
    except Conflict:
        log.info("taken by another worker", send=send_id)
    except Exception:  # one Send that cannot be rendered must not hold up the others
        log.exception("a send could not be begun", send=send_id)


def maybe_finished() -> list[int]:
    """Sending campaigns without an open chunk of which the counters say that all is known.

    By the counters: one with people who wait for a weekly digest is open for days, and to look
    through a million rows at each tick would be dear.
    """
    with unit():
        busy = select(Chunk.send_id).where(Chunk.state != "done")
        known = Send.accepted + Send.bounced + Send.failed + Send.skipped
        query = select(Send.id).where(
            Send.state == "sending",
            Send.receivers.is_not(None),
            known >= Send.audience,
            Send.id.not_in(busy),
        )
        return list(session.scalars(query))


def sending() -> list[int]:
    with unit():
        query = select(Send.id).where(Send.state == "sending", Send.receivers.is_not(None))
        return list(session.scalars(query))
