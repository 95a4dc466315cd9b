"""Moves what is promised but not yet said: a release that moves is an UPDATE of rows here."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import NamedTuple

from sqlalchemy import exists, or_, select

from notifier.sends.carry import carrier_of
from notifier.sends.models import Delivery, Send
from notifier.sends.rules import SEND, State
from notifier.sends.stopped import clear, is_stopped
from notifier.store.db import session
from notifier.store.history import SYSTEM
from notifier.store.moves import move


class Due(NamedTuple):
    """When one stage is to be said; ``skipped`` tells why it will not be."""

    stage: str
    due_at: datetime
    wall_date: date | None
    wall_time: time | None
    rule: str
    skipped: str = ""


def unsaid(about: str, *, kind: str) -> dict[str, Send]:
    """The newest Send of each dated stage about something that was not begun: planned, paused,
    skipped or cancelled. What is due at once has no date that could move."""
    query = select(Send).where(
        Send.about == about,
        Send.kind == kind,
        Send.state.in_(("planned", "paused", "skipped", "cancelled")),
        Send.frozen_at.is_(None),
        Send.wall_date.is_not(None),
    )
    return {send.stage: send for send in session.scalars(query.order_by(Send.revision))}


def said(about: str, *, kind: str) -> set[str]:
    """Stages about something that were begun or done: they are never repeated."""
    query = select(Send.stage).where(
        Send.about == about, Send.kind == kind, Send.frozen_at.is_not(None)
    )
    return set(session.scalars(query))


def redate(
    about: str, dues: Iterable[Due], *, kind: str, now: datetime, why: str, only: str = ""
) -> list[Due]:
    """Give every unsaid stage its new time; returns the stages that have no Send yet.

    A stage that the new plan does not hold is cancelled; one that it skips is skipped; one that was
    skipped or cancelled and lies ahead again is planned again, unless a person stopped it. ``only``
    leaves every other stage as it is.
    """
    open_, done = unsaid(about, kind=kind), said(about, kind=kind)
    if only:
        open_ = {stage: send for stage, send in open_.items() if stage == only}
    fresh = []
    wanted: set[str] = set()
    for due in dues:
        wanted.add(due.stage)
        send = open_.get(due.stage)
        if due.stage in done:
            continue
        if send is None:
            fresh.append(due)
            continue
        # A T0 whose time has come and did not change waits for its release: it is not late by this.
        waits = due.stage == "T0" and (send.state, send.due_at) == ("planned", due.due_at)
        send.due_at, send.wall_date, send.wall_time = due.due_at, due.wall_date, due.wall_time
        send.rule = due.rule
        session.flush()
        if due.skipped and not waits:
            drop(send, "skip", due.skipped, now=now)
        elif send.state != "planned" and not is_stopped(send):
            move(send, "plan", SEND, by=SYSTEM, now=now, why=why)
            send.end_reason, send.finished_at = "", None
    for stage, send in open_.items():
        if stage not in wanted:
            drop(send, "cancel", why, now=now)
    return fresh


def drop(send: Send, event: str, why: str, *, now: datetime) -> None:
    """Skip or cancel a planned or paused Send; one that has ended already stays as it is."""
    if send.state == "paused" and event == "skip":
        event = "cancel"
    if send.state in ("planned", "paused"):
        move(send, event, SEND, by=SYSTEM, now=now, why=why)
        send.end_reason, send.finished_at = why, now
        clear(send)


def cancel_unsaid(about: str, *, kind: str, now: datetime, why: str) -> None:
    """No dated stage is to be said any more; a message that is due at once still goes."""
    for send in unsaid(about, kind=kind).values():
        drop(send, "cancel", why, now=now)


def cancel_all(about: str, *, kind: str, now: datetime, why: str) -> None:
    """Nothing that was promised is to be said any more, not even at once."""
    query = select(Send).where(Send.about == about, Send.kind == kind, Send.frozen_at.is_(None))
    for send in session.scalars(query):
        drop(send, "cancel", why, now=now)


def pause_unsaid(about: str, *, kind: str, now: datetime, why: str) -> None:
    """Hold back what was planned until it is dated again."""
    for send in unsaid(about, kind=kind).values():
        if send.state == "planned":
            move(send, "pause", SEND, by=SYSTEM, now=now, why=why)


def told(about: str) -> list[int]:
    """Ids of the Sends that told something, or are telling it, to an audience (their ledger says
    who) or to one late subscriber."""
    many = or_(Send.receivers.is_not(None), Send.kind == "notice_now")
    query = select(Send).where(Send.about == about, Send.frozen_at.is_not(None), many)
    return [carrier_of(send) or send.id for send in session.scalars(query.order_by(Send.id))]


def is_held(send_id: int) -> bool:
    """Whether nobody was told by it yet, because all whom it has wait for a digest."""
    rows, held = Delivery.send_id == send_id, int(State.HELD)
    waits = select(exists().where(rows, Delivery.state == held))
    said = select(exists().where(rows, Delivery.state != held))
    return bool(session.scalar(waits)) and not session.scalar(said)
