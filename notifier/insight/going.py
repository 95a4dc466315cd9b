"""What is being sent at this moment, and how the last messages went."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, or_, select

from notifier.catalogue.sight import Sight
from notifier.sends.carry import carrier_of
from notifier.sends.models import Chunk, Send
from notifier.store.db import session

LONG_AGO = timedelta(days=31)


def under_way(sight: Sight) -> list[Send]:
    """Sends to many of which a part is being handed over, or waits to be: not those whose people
    all wait for a digest or for another try."""
    busy = select(Chunk.send_id).where(Chunk.state != "done")
    query = select(Send).where(Send.state == "sending", Send.id.in_(busy))
    found = session.scalars(query.order_by(Send.frozen_at, Send.id))
    return [send for send in found if send.team_id is None or sight.owns(send.team_id)]


def last_ones(sight: Sight, *, now: datetime, limit: int = 4) -> list[Send]:
    """The messages that were sent last and had somebody to reach, newest first."""
    query = select(Send).where(
        Send.state == "done",
        Send.receivers.is_not(None),
        Send.due_at > now - LONG_AGO,
        Send.finished_at.is_not(None),
        Send.audience > 0,
    )
    if sight.teams is not None:
        query = query.where(or_(Send.team_id.in_(sight.teams), Send.team_id.is_(None)))
    newest = session.scalars(
        query.order_by(Send.finished_at.desc(), Send.id.desc()).limit(8 * limit)
    )
    return [send for send in newest if carrier_of(send) is None][:limit]


def is_under_way(send: Send) -> bool:
    """Whether a part of it is being handed over, or waits to be."""
    if send.state != "sending":
        return False
    if send.to_one:
        return send.next_at is None
    query = select(Chunk.send_id).where(Chunk.send_id == send.id, Chunk.state != "done")
    return session.scalars(query.limit(1)).first() is not None


def next_digest() -> datetime | None:
    """When the next digest goes out, if one is promised."""
    query = select(func.min(Send.due_at)).where(Send.kind == "digest", Send.state == "planned")
    return session.scalar(query)
