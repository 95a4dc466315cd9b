"""Promises to members of staff: one mail each, once for what it is about, stage and mark."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from notifier.sends.models import Send
from notifier.sends.plan import plan
from notifier.store.db import session


def nag(
    about: str,
    *,
    stage: str,
    to: Iterable[int],
    mark: str,
    now: datetime,
    team_id: int | None = None,
    **context: Any,
) -> list[Send]:
    """Promise at once a mail to each of these members of staff; returns those that are new.

    ``mark`` is what the nag hangs on, such as the date as it stands: the same again tells nobody
    twice, another date is another nag. The revision numbers the copies: two workers that look at
    the same moment collide on the key of the Send, and the second one's unit is rolled back.
    """
    made = []
    for staff_id in to:
        # Counted before it is asked: what another worker commits in between is then either seen, or
        # has taken the number. The other way round both made one.
        copy = next_copy("nag", about, stage)
        if was_told(about, stage, mark, staff_id):
            continue
        made.append(
            plan(
                "nag",
                about,
                stage=stage,
                due_at=now,
                now=now,
                revision=copy,
                staff_id=staff_id,
                team_id=team_id,
                context={**context, "mark": mark},
            )
        )
    return made


def was_told(about: str, stage: str, mark: str, staff_id: int | None = None) -> bool:
    """Whether that nag was promised already: to this person, or to anybody."""
    sent = of_kind("nag", about).where(Send.stage == stage)
    if staff_id is not None:
        sent = sent.where(Send.staff_id == staff_id)
    return any(send.context.get("mark") == mark for send in session.scalars(sent))


def of_kind(kind: str, about: str) -> Any:
    return select(Send).where(Send.kind == kind, Send.about == about)


def next_copy(kind: str, about: str, stage: str) -> int:
    """The revision of the next copy of a mail to staff."""
    query = select(func.max(Send.revision))
    query = query.where(Send.kind == kind, Send.about == about, Send.stage == stage)
    return int(session.scalar(query) or 0) + 1
