"""Makes promises: a Send is written in the same unit of work as the act that owes it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import select

from notifier.sends.models import Send
from notifier.store.bulk import append, stored
from notifier.store.db import session


def plan(
    kind: str,
    about: str,
    *,
    stage: str,
    due_at: datetime,
    now: datetime,
    revision: int = 1,
    wall: tuple[date, time] | None = None,
    rule: str = "at once",
    receivers: dict[str, Any] | None = None,
    subscriber_id: int | None = None,
    staff_id: int | None = None,
    team_id: int | None = None,
    lapses_at: datetime | None = None,
    context: dict[str, Any] | None = None,
    skipped: str = "",
) -> Send:
    """Promise one message; the same promise twice is one promise.

    ``wall`` is the London date and time from which ``due_at`` was made. ``skipped`` records a stage
    that will not be sent, with the reason.
    """
    already = session.scalars(
        select(Send).where(
            Send.kind == kind, Send.about == about, Send.stage == stage, Send.revision == revision
        )
    ).first()
    if already is not None:
        return already
    row = Send(
        kind=kind,
        about=about,
        stage=stage,
        revision=revision,
        due_at=due_at,
        wall_date=wall[0] if wall else None,
        wall_time=wall[1] if wall else None,
        rule=rule,
        receivers=receivers,
        subscriber_id=subscriber_id,
        staff_id=staff_id,
        team_id=team_id,
        lapses_at=lapses_at,
        context=context or {},
        created_at=now,
        state="skipped" if skipped else "planned",
        end_reason=skipped,
        finished_at=now if skipped else None,
    )
    session.add(row)
    session.flush()
    return row


def plan_many(
    kind: str,
    letters: Sequence[tuple[str, str, int, dict[str, Any]]],
    *,
    due_at: datetime,
    now: datetime,
    team_id: int | None = None,
    lapses_at: datetime | None = None,
) -> None:
    """Promise one message to each of many people, in a few statements: (about, stage, subscriber
    id, context). None of them may be promised already.
    """
    lapses = stored(lapses_at) if lapses_at is not None else None
    due, at = stored(due_at), stored(now)
    columns = (
        *("kind", "about", "stage", "revision", "state", "due_at", "rule", "lapses_at", "team_id"),
        *("context", "subscriber_id", "created_at", "end_reason", "audience", "accepted"),
        *("bounced", "failed", "skipped", "tries", "code"),
    )
    rows = [
        (
            *(kind, about, stage, 1, "planned", due, "at once", lapses, team_id),
            *(json.dumps(context), subscriber_id, at, "", 0, 0, 0, 0, 0, 0, 0),
        )
        for about, stage, subscriber_id, context in letters
    ]
    append(Send, columns, rows)
