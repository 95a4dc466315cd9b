"""Did it really go out: an hour after its time a message to many must have reached somebody."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import and_, or_, select

from notifier.notices.effect import may_go
from notifier.notices.models import ChangeNotice
from notifier.sends.models import Send
from notifier.sends.redate import is_held
from notifier.store.db import session

PATIENCE = timedelta(hours=1)
LONG_AGO = timedelta(days=31)  # what is older is over, and nobody can mend it


def silent(now: datetime) -> list[Send]:
    """Sends to many that nobody has an hour after they were due or begun, oldest first.

    Not those that staff or the brake stopped, of which everybody left meanwhile, or whose people
    all wait for a digest; nor a stage that waits for its release, of which staff hear otherwise.
    """
    limit = now - PATIENCE
    begun = and_(
        Send.state.in_(("sending", "done")),
        Send.frozen_at <= limit,
        Send.accepted == 0,
        Send.audience > Send.skipped,
    )
    never = and_(Send.state == "planned", Send.due_at <= limit)
    query = select(Send).where(
        Send.receivers.is_not(None), Send.due_at > now - LONG_AGO, or_(begun, never)
    )
    found = session.scalars(query.order_by(Send.due_at, Send.id))
    return [send for send in found if owed(send)]


def owed(send: Send) -> bool:
    """Whether somebody should have it by now."""
    if send.state != "planned":
        return not is_held(send.id)
    notice = session.get(ChangeNotice, send.context.get("notice", 0))
    return notice is None or may_go(send.stage, notice)
