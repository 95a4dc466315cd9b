"""What the mail server said becomes the truth about each person, and the Send's counters follow."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple, cast

from sqlalchemy import CursorResult, delete, exists, select, update

from notifier.delivery.classify import permanent
from notifier.delivery.rules import COUNTER, OPEN, Result, retry_at
from notifier.sends.models import Delivery, Retry, Send
from notifier.sends.rules import State
from notifier.store.bulk import among
from notifier.store.db import session


class Found(NamedTuple):
    """The outcome for one person: ``result`` of the transport, SMTP code and enhanced status."""

    subscriber_id: int
    result: Result
    code: int
    status: str
    tries: int  # before this attempt


def record(send_id: int, outcomes: Iterable[Found], *, now: datetime) -> dict[int, str]:
    """Write outcomes into the ledger; returns subscriber_id → verdict for those refused for good,
    and for those to whom their server put us off until we gave up.

    Only rows that are still open change, so recording twice counts once. The unit of work is the
    caller's.
    """
    groups: dict[tuple[State, int], list[int]] = defaultdict(list)
    again: list[tuple[Found, State]] = []
    refused: dict[int, str] = {}
    for found in outcomes:
        state = state_of(found)
        if state in (State.RETRYING, State.UNCERTAIN):
            again.append((found, state))
            continue
        if state is State.BOUNCED:
            refused[found.subscriber_id] = permanent(found.code, found.status)
        groups[state, found.code].append(found.subscriber_id)
    for (state, code), ids in groups.items():
        settle(send_id, ids, state, code=code, now=now)
    for found, state in again:
        if not wait(send_id, found, state, now=now) and found.code // 100 == 4:
            refused[found.subscriber_id] = "soft"
    return refused


def state_of(found: Found) -> State:
    if found.result == "accepted":
        return State.ACCEPTED
    if found.result == "uncertain":
        return State.UNCERTAIN
    if found.result == "deferred":
        return State.RETRYING
    return State.FAILED if permanent(found.code, found.status) == "sender_fault" else State.BOUNCED


def settle(send_id: int, ids: list[int], state: State, *, code: int, now: datetime) -> int:
    """Move open rows to a terminal state and add them to the Send's counter; returns how many."""
    if not ids:
        return 0
    done = session.execute(
        update(Delivery)
        .where(
            Delivery.send_id == send_id,
            among(Delivery.subscriber_id, ids),
            Delivery.state.in_([int(s) for s in OPEN]),
        )
        .values(
            state=int(state),
            at=int(now.timestamp()),
            code=code,
            tries=Delivery.tries + int(state is not State.SKIPPED),
        )
        .execution_options(synchronize_session=False)
    )
    if session.scalar(select(exists().where(Retry.send_id == send_id))):  # mostly there is none
        session.execute(
            delete(Retry)
            .where(Retry.send_id == send_id, among(Retry.subscriber_id, ids))
            .execution_options(synchronize_session=False)
        )
    if changed := cast("CursorResult[Any]", done).rowcount:
        count(send_id, COUNTER[state], changed)
    return changed


def count(send_id: int, counter: str, by: int) -> None:
    """Add to one of the Send's counters in the database, not in memory: workers share it."""
    column = getattr(Send, counter)
    session.execute(
        update(Send)
        .where(Send.id == send_id)
        .values({counter: column + by})
        .execution_options(synchronize_session=False)
    )


def wait(send_id: int, found: Found, state: State, *, now: datetime) -> bool:
    """Keep a row open and set when it is tried again; False when it is given up after 72 hours,
    counted from the first refusal: who was only put off before that was not refused."""
    row = session.get(Retry, (send_id, found.subscriber_id))
    first = row.first_at if row is not None and found.tries else now
    next_at = retry_at(found.tries + 1, first, now)
    if next_at is None:
        return not settle(send_id, [found.subscriber_id], State.FAILED, code=found.code, now=now)
    kept = session.execute(
        update(Delivery)
        .where(
            Delivery.send_id == send_id,
            Delivery.subscriber_id == found.subscriber_id,
            Delivery.state.in_([int(s) for s in OPEN]),
        )
        .values(
            state=int(state), at=int(now.timestamp()), code=found.code, tries=Delivery.tries + 1
        )
        .execution_options(synchronize_session=False)
    )
    if cast("CursorResult[Any]", kept).rowcount != 1:
        return True  # settled meanwhile: nobody would ever take this retry away again
    if row is not None:
        row.first_at, row.next_at = first, next_at
    else:
        session.add(
            Retry(
                send_id=send_id,
                subscriber_id=found.subscriber_id,
                first_at=first,
                next_at=next_at,
            )
        )
    session.flush()
    return True
