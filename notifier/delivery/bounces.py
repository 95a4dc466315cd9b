"""Bounces and complaints: counted once, judged, and the address suppressed if the rules say so."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, select, update

from notifier.audience import queries
from notifier.audience.suppress import suppress
from notifier.delivery import digest_settle
from notifier.delivery.models import Bounce
from notifier.delivery.record import count
from notifier.sends.models import Delivery, Send
from notifier.sends.rules import State
from notifier.store.db import session

SOFT_TIMES, SOFT_SPAN = 3, timedelta(days=14)


def apply(
    send_id: int,
    subscriber_id: int,
    verdict: str,
    *,
    now: datetime,
    pepper: str,
    code: int = 0,
    status: str = "",
    source: str = "report",
) -> bool:
    """Take one report about one delivery; returns whether the address is suppressed by it.

    The same verdict about the same delivery counts once, however often it is reported.
    """
    if verdict in ("delivered", "delayed"):
        return False
    known = session.scalars(
        select(Bounce.id).where(
            Bounce.send_id == send_id,
            Bounce.subscriber_id == subscriber_id,
            Bounce.verdict == verdict,
        )
    ).first()
    person = queries.person(subscriber_id)
    if known is not None or person is None:
        return False
    session.add(
        Bounce(
            send_id=send_id,
            subscriber_id=subscriber_id,
            verdict=verdict,
            code=code,
            status=status[:12],
            source=source,
            at=now,
        )
    )
    session.flush()
    if source == "report" and verdict != "complaint":
        came_back(send_id, subscriber_id, now=now)
    rows = session.scalars(
        select(Bounce).where(Bounce.subscriber_id == subscriber_id).order_by(Bounce.at)
    )
    reason = judge([(row.verdict, row.at) for row in rows])
    if reason and person.state not in ("suppressed", "erased"):
        suppress(person, reason=reason, now=now, pepper=pepper)
        return True
    return False


def judge(bounces: Sequence[tuple[str, datetime]]) -> str:
    """Why to suppress, or "". Pure. STANDARDS.md section 1: hard after one, 5.2.1 after two, soft
    after three or more over at least 14 days; the sender's own faults, never.
    """
    verdicts = [verdict for verdict, _ in bounces]
    if "complaint" in verdicts:
        return "complaint"
    if "hard" in verdicts or verdicts.count("hard_after_2") >= 2:
        return "hard_bounce"
    soft = sorted(at for verdict, at in bounces if verdict == "soft")
    if len(soft) >= SOFT_TIMES and soft[-1] - soft[0] >= SOFT_SPAN:
        return "soft_bounces"
    return ""


def came_back(send_id: int, subscriber_id: int, *, now: datetime) -> None:
    """A delivery that was accepted is bounced after all: row and counters move together."""
    moved = session.execute(
        update(Delivery)
        .where(
            Delivery.send_id == send_id,
            Delivery.subscriber_id == subscriber_id,
            Delivery.state == int(State.ACCEPTED),
        )
        .values(state=int(State.BOUNCED), at=int(now.timestamp()))
        .execution_options(synchronize_session=False)
    )
    changed = cast("CursorResult[Any]", moved).rowcount
    if not changed:
        one = session.get(Send, send_id)
        changed = int(
            one is not None
            and one.to_one
            and one.subscriber_id == subscriber_id
            and one.accepted == 1
        )
    if changed:
        digest_settle.came_back(send_id, subscriber_id)
        count(send_id, "accepted", -1)
        count(send_id, "bounced", 1)
