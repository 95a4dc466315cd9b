"""``move()``: the one function that changes a row's state, by compare-and-set, with its history."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Protocol, cast

from sqlalchemy import CursorResult, update
from sqlalchemy.orm.attributes import set_committed_value

from notifier.errors import Conflict
from notifier.lifecycle import Lifecycle
from notifier.store.db import session
from notifier.store.history import By, record


class Stateful(Protocol):
    id: Any
    state: Any


class Changing(Stateful, Protocol):
    changed_at: Any  # the instant of its last change
    sequence: Any  # counts what calendars must know


def take(row: Changing) -> None:
    """Hold a row that is about to be changed, until this unit of work ends.

    On PostgreSQL two units may both have read the row before either writes, and a step that leads
    back to its own state (a confirmed release moves, an announced notice is revised) passes the
    compare-and-set of both. Raises Conflict when somebody changed the row since it was read.
    """
    seen = row.changed_at, row.sequence, row.state
    session.flush()
    session.refresh(cast(Any, row), with_for_update=True)
    if (row.changed_at, row.sequence, row.state) != seen:
        raise Conflict("Somebody else changed this a moment ago; look again.")


def move(
    row: Stateful,
    event: str,
    table: Lifecycle,
    *,
    by: By,
    now: datetime,
    why: str = "",
    **data: Any,
) -> None:
    """Take ``row`` along ``event`` of its state table and append history.

    Raises Refused when the table has no such step, Conflict when somebody else was first.
    """
    was, then = row.state, table.after(row.state, event)
    kind = type(row)
    won = cast(
        "CursorResult[Any]",
        session.execute(
            update(kind)
            .where(cast(Any, kind).id == row.id, cast(Any, kind).state == was)
            .values(state=then)
            .execution_options(synchronize_session=False)
        ),
    )
    if won.rowcount != 1:
        raise Conflict(f"Somebody else changed this {table.noun} a moment ago; look again.")
    set_committed_value(row, "state", then)  # as if read again, without the query
    record(f"{table.noun}:{row.id}", event, by=by, now=now, why=why, was=was, now_is=then, **data)
