"""Makes promises: a Send is written in the same unit of work as the act that owes it."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from sqlalchemy import select

from notifier.sends.models import Send
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
