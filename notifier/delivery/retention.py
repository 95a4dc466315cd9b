"""Ledger rows have a stated age; after it only the Send's counts remain."""

from __future__ import annotations

from datetime import datetime

from dateutil.relativedelta import relativedelta
from sqlalchemy import delete, exists, or_, select

from notifier.delivery.models import Bounce, ServerReply
from notifier.notices.models import ChangeNotice
from notifier.sends.models import Chunk, Delivery, DigestItem, Letter, Retry, Send
from notifier.sends.rules import FINAL
from notifier.store.db import session

OPEN_STATES = ("announced", "on_hold", "in_effect")


def drop_old_rows(*, now: datetime, months: int) -> int:
    """Delete the rows of one old Send whose subject is closed; returns its id, 0 for none.

    One at a time: a tick must not hold the database for long. A Send about a notice that is still
    open is kept, because the people who were told must be reachable for a correction. What came
    back of it goes with them: who is suppressed stays so by the suppression list.
    """
    limit = now - relativedelta(months=months)
    still_open = exists().where(
        ChangeNotice.reference == Send.about,
        or_(ChangeNotice.state.in_(OPEN_STATES), ChangeNotice.changed_at >= limit),
    )
    has_rows = or_(
        exists().where(Delivery.send_id == Send.id), exists().where(Bounce.send_id == Send.id)
    )
    old = session.scalar(
        select(Send.id)
        .where(Send.state.in_(FINAL), Send.finished_at < limit, has_rows, ~still_open)
        .order_by(Send.id)
        .limit(1)
    )
    if old is None:
        return 0
    for table in (Delivery, Chunk, Retry, Letter, Bounce, ServerReply):
        session.execute(delete(table).where(table.send_id == old))
    session.execute(delete(DigestItem).where(DigestItem.digest_id == old))
    return old
