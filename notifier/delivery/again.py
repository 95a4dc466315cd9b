"""Those to whom a message failed for a reason that was not theirs are tried once more."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, insert, literal, select, update

from notifier.delivery.record import count
from notifier.delivery.stop import own
from notifier.errors import Refused
from notifier.sends.models import Delivery, Retry, Send
from notifier.sends.rules import State
from notifier.store.db import Instant, session
from notifier.store.history import By, record

UNDER_WAY = ("sending", "paused")


def again(send: Send, *, by: By, now: datetime) -> int:
    """Open the failed rows of a Send that is under way, as if they had been put off just now;
    returns how many people.

    Failed is what the classifier calls the sender's fault (5.7.x, 5.6.x, 5.3.4), what was given up
    after 72 hours, and what could not be made. A bounce is about the address and stays. Raises
    Refused when the Send is over, goes to one person, or nobody failed.
    """
    own(send, by=by, now=now)
    if send.to_one or send.state not in UNDER_WAY or send.frozen_at is None:
        raise Refused(
            "Only a send to many that is being sent, or is paused, can be tried again; "
            f"this one is {'to one person' if send.to_one else send.state}."
        )
    failed = Delivery.send_id == send.id, Delivery.state == int(State.FAILED)
    at = literal(now, Instant())
    row = select(Delivery.send_id, Delivery.subscriber_id, at, at)
    session.execute(
        insert(Retry).from_select(
            ["send_id", "subscriber_id", "first_at", "next_at"], row.where(*failed)
        )
    )
    done = session.execute(
        update(Delivery)
        .where(*failed)
        .values(state=int(State.RETRYING), at=int(now.timestamp()), tries=0)
        .execution_options(synchronize_session=False)
    )
    people = cast("CursorResult[Any]", done).rowcount
    if not people:
        raise Refused("Nobody failed in this send: there is nothing to try again.")
    count(send.id, "failed", -people)
    record(f"send:{send.id}", "retry", by=by, now=now, people=people)
    return people
