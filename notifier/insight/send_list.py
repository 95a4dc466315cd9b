"""The list of Sends to many, a page at a time: what went or goes, what comes, what did not go."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, time, timedelta

from sqlalchemy import Select, and_, or_, select

from notifier.catalogue.sight import Sight
from notifier.clock import at_london
from notifier.sends.models import Send
from notifier.store.db import session

PAGE = 40
SHOWN: dict[str, tuple[str, ...]] = {
    "sent": ("sending", "done"),
    "coming": ("planned",),
    "stopped": ("paused", "cancelled", "skipped"),
}


@dataclass(frozen=True)
class Found:
    rows: list[Send]
    more: bool


def listed(
    sight: Sight,
    *,
    show: str = "sent",
    team_id: int | None = None,
    kinds: Collection[str] = (),
    day: date | None = None,
    page: int = 1,
) -> Found:
    """Newest first, what is to come soonest first; ``day`` (London) shows all of that day."""
    query = select(Send).where(Send.receivers.is_not(None))
    if sight.teams is not None:
        query = query.where(or_(Send.team_id.in_(sight.teams), Send.team_id.is_(None)))
    if team_id is not None:
        query = query.where(Send.team_id == team_id)
    if kinds:
        query = query.where(Send.kind.in_(kinds))
    query = of_day(query, day) if day is not None else query.where(Send.state.in_(SHOWN[show]))
    soonest = show == "coming" or day is not None
    order = (Send.due_at, Send.id) if soonest else (Send.due_at.desc(), Send.id.desc())
    rows = session.scalars(query.order_by(*order).offset((page - 1) * PAGE).limit(PAGE + 1))
    found = list(rows)
    return Found(found[:PAGE], len(found) > PAGE)


def of_day(query: Select[Send], day: date) -> Select[Send]:
    begins, ends = at_london(day, time.min), at_london(day + timedelta(days=1), time.min)
    return query.where(and_(Send.due_at >= begins, Send.due_at < ends))
