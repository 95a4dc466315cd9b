"""One mail that keeps several promises: a release mail tells the T0 of the changes in it.

The carried Send stays on the calendar of what is said; its counters are those of its carrier.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from notifier.sends.models import Send
from notifier.sends.rules import SEND
from notifier.store.db import session
from notifier.store.history import SYSTEM
from notifier.store.moves import move


def carry(about: str, stage: str, carrier: Send, *, now: datetime) -> None:
    """Let ``carrier`` tell what the planned Send of that stage was to tell; nothing if there is
    none that is planned."""
    query = select(Send).where(Send.about == about, Send.stage == stage, Send.state == "planned")
    for send in session.scalars(query):
        move(send, "freeze", SEND, by=SYSTEM, now=now, carried_by=carrier.id)
        send.frozen_at = now
        send.context = {**send.context, "carried_by": carrier.id}
        carrier.context = {**carrier.context, "carries": [*carries(carrier), send.id]}


def carries(send: Send) -> list[int]:
    found: list[int] = send.context.get("carries", [])
    return found


def carrier_of(send: Send) -> int | None:
    """The Send in whose mail this one is told, if it has no mail of its own."""
    found: int | None = send.context.get("carried_by")
    return found


def settle(carrier: Send, *, now: datetime) -> None:
    """End what a Send carries together with it, with its counters."""
    for send_id in carries(carrier):
        send = session.get_one(Send, send_id)
        for name in ("audience", "accepted", "bounced", "failed", "skipped"):
            setattr(send, name, getattr(carrier, name))
        if send.state == "sending":
            event = "finish" if carrier.state == "done" else "cancel"
            move(send, event, SEND, by=SYSTEM, now=now, carried_by=carrier.id)
            send.finished_at = now
            send.end_reason = f"told in the release mail (send {carrier.id})"
