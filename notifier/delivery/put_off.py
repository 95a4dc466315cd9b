"""Those for whom a server has no room come again later: no attempt was made, none is counted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import func, insert, select

from notifier.delivery.rules import OPEN
from notifier.sends.models import Delivery, Retry, Send
from notifier.sends.rules import State
from notifier.store.db import session


def put_off(send_id: int, times: Mapping[int, datetime], *, now: datetime) -> int:
    """Let people of a Send (by subscriber id) be looked at again at those times; how many.

    Rows keep their state and tries. Who was refused before has so much more than 72 hours: it is
    our own limit that they wait for. Who left meanwhile is not put off; the row's lock makes who
    leaves at this moment wait, and then takes this away again.
    """
    query = select(Delivery.subscriber_id).where(
        Delivery.send_id == send_id,
        Delivery.subscriber_id.in_(list(times)),
        Delivery.state.in_([int(state) for state in OPEN]),
    )
    open_ = set(session.scalars(query.order_by(Delivery.subscriber_id).with_for_update()))
    waiting = select(Retry).where(Retry.send_id == send_id, Retry.subscriber_id.in_(open_))
    known = {row.subscriber_id: row for row in session.scalars(waiting)}
    for person, row in known.items():
        row.first_at += max(times[person] - now, timedelta())
        row.next_at = times[person]
    fresh = [
        {"send_id": send_id, "subscriber_id": one, "first_at": now, "next_at": times[one]}
        for one in sorted(open_ - known.keys())
    ]
    if fresh:
        session.execute(insert(Retry), fresh)
    session.flush()
    return len(open_)


def number_put_off(send: Send) -> int:
    """People of a Send who were not tried yet because a server has no room."""
    query = (
        select(func.count())
        .select_from(Retry)
        .join(
            Delivery,
            (Delivery.send_id == Retry.send_id) & (Delivery.subscriber_id == Retry.subscriber_id),
        )
        .where(Retry.send_id == send.id, Delivery.state == int(State.WAITING))
    )
    return session.scalar(query) or 0
