"""What is being sent at this moment, and how the last messages went."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import and_, func, or_, select

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
    """The messages that were sent last and had somebody to reach, newest first; also those of which
    only a digest or another try is open."""
    busy = select(Chunk.send_id).where(Chunk.state != "done")
    handed_over = and_(Send.state == "sending", Send.accepted > 0, Send.id.not_in(busy))
    query = select(Send).where(
        or_(and_(Send.state == "done", Send.finished_at.is_not(None)), handed_over),
        Send.receivers.is_not(None),
        Send.due_at > now - LONG_AGO,
        Send.audience > 0,
    )
    if sight.teams is not None:
        query = query.where(or_(Send.team_id.in_(sight.teams), Send.team_id.is_(None)))
    newest = session.scalars(
        query.order_by(
            func.coalesce(Send.finished_at, Send.frozen_at).desc(), Send.id.desc()
        ).limit(8 * limit)
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


def being_handed_over(sends: Iterable[Send]) -> set[int]:
    """Those of these of which a part is being handed over, or waits to be: one query."""
    ids = [send.id for send in sends if send.state == "sending"]
    query = select(Chunk.send_id).where(Chunk.send_id.in_(ids), Chunk.state != "done")
    return set(session.scalars(query.distinct())) if ids else set()


def next_digest() -> datetime | None:
    """When the next digest goes out, if one is promised."""
    query = select(func.min(Send.due_at)).where(Send.kind == "digest", Send.state == "planned")
    return session.scalar(query)
