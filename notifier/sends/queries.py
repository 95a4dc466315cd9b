"""What one can ask of the calendar of everything that will be said."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from notifier.errors import NotFound
from notifier.sends.models import Send
from notifier.store.db import session


def due(now: datetime, *, limit: int = 200) -> list[Send]:
    """Planned Sends whose time has come, oldest first."""
    query = select(Send).where(Send.state == "planned", Send.due_at <= now)
    return list(session.scalars(query.order_by(Send.due_at, Send.id).limit(limit)))


def calendar(*, about: str | None = None, state: str | None = None) -> list[Send]:
    """Sends by due time; all of them, those about one thing, or those in one state."""
    query = select(Send).order_by(Send.due_at, Send.id)
    if about is not None:
        query = query.where(Send.about == about)
    if state is not None:
        query = query.where(Send.state == state)
    return list(session.scalars(query))


def send(send_id: int) -> Send:
    """Raises NotFound when there is none."""
    found = session.get(Send, send_id)
    if found is None:
        raise NotFound(f"There is no send {send_id}; see: bin/notifier sends list.")
    return found


def to_person(subscriber_id: int) -> list[Send]:
    """The one-person Sends to a subscriber, oldest first."""
    query = select(Send).where(Send.subscriber_id == subscriber_id).order_by(Send.due_at, Send.id)
    return list(session.scalars(query))
