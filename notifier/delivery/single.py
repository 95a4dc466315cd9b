"""Sends to one person: claimed, and their outcome kept on the Send itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, or_, select, update

from notifier.delivery.classify import permanent
from notifier.delivery.rules import LEASE, Result, retry_at
from notifier.sends.models import Send
from notifier.sends.rules import FINAL, SEND
from notifier.store.db import session
from notifier.store.history import SYSTEM
from notifier.store.moves import move


def due(*, now: datetime, limit: int = 100) -> list[int]:
    """Ids of one-person Sends to be made now: due, or to be tried again, and free."""
    free = or_(Send.lease_until.is_(None), Send.lease_until < now)
    query = (
        select(Send.id)
        .where(
            Send.receivers.is_(None),
            free,
            or_(
                (Send.state == "planned") & (Send.due_at <= now),
                (Send.state == "sending") & or_(Send.next_at.is_(None), Send.next_at <= now),
            ),
        )
        .order_by(Send.due_at, Send.id)
        .limit(limit)
    )
    return list(session.scalars(query))


def claim(send_id: int, *, owner: str, now: datetime) -> Send | None:
    """Take a one-person Send for 30 s; None when it is not ours to make."""
    free = or_(Send.lease_until.is_(None), Send.lease_until < now)
    won = session.execute(
        update(Send)
        .where(Send.id == send_id, Send.state.in_(("planned", "sending")), free)
        .values(state="sending", audience=1, owner=owner, lease_until=now + LEASE)
        .execution_options(synchronize_session=False)
    )
    if cast("CursorResult[Any]", won).rowcount != 1:
        return None
    send = session.get(Send, send_id, populate_existing=True)
    if send is not None and send.frozen_at is None:
        send.frozen_at = now
    return send


def keep_alive(send_ids: Sequence[int], *, owner: str, now: datetime) -> None:
    """Renew the claims of what this process is handing over at this moment: twenty mails may take a
    slow server longer than a lease."""
    session.execute(
        update(Send)
        .where(Send.id.in_(send_ids), Send.owner == owner, Send.state == "sending")
        .values(lease_until=now + LEASE)
        .execution_options(synchronize_session=False)
    )


def give_back(send: Send) -> None:
    """Claimed, and not begun."""
    send.owner = send.lease_until = None


def give_up(owner: str) -> None:
    """Give back all that a process had claimed, which is certainly dead."""
    session.execute(
        update(Send)
        .where(Send.owner == owner, Send.state == "sending", Send.receivers.is_(None))
        .values(owner=None, lease_until=None)
        .execution_options(synchronize_session=False)
    )


def skip(send: Send, reason: str, *, now: datetime) -> None:
    """Not sent after all, and why: the person left, or the link would be dead by now."""
    finish(send, "skip", reason, now=now)


def fail(send: Send, reason: str, *, now: datetime) -> None:
    """Given up for a reason that is not the person's."""
    send.failed = 1
    finish(send, "finish", reason, now=now)


def settle(send: Send, result: Result, *, code: int, status: str, now: datetime) -> str | None:
    """Keep the outcome; returns the verdict when the address was refused for good, or its server
    put us off until we gave up.

    Of one that was settled or cancelled meanwhile only what was accepted is still of interest.
    """
    send.owner = send.lease_until = None
    send.tries, send.code = send.tries + 1, code
    if result == "accepted":
        send.accepted, send.skipped = 1, 0
    if send.state in FINAL:
        return None
    if result == "accepted":
        finish(send, "finish", "", now=now)
        return None
    if result == "refused":
        verdict = permanent(code, status)
        if verdict == "sender_fault":
            send.failed = 1
        else:
            send.bounced = 1
        finish(send, "finish", verdict, now=now)
        return verdict
    send.next_at = retry_at(send.tries, send.frozen_at or now, now)
    given_up = send.next_at is None
    if send.next_at is None or (send.lapses_at is not None and send.next_at > send.lapses_at):
        fail(send, "given up", now=now)
    return "soft" if given_up and code // 100 == 4 else None


def finish(send: Send, event: str, reason: str, *, now: datetime) -> None:
    send.owner = send.lease_until = send.next_at = None
    send.end_reason, send.finished_at = reason, now
    if event == "skip":
        send.skipped = 1
    move(send, event, SEND, by=SYSTEM, now=now, why=reason)
