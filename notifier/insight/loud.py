"""What was published with less notice than promised within the last week: said loudly to whom it
concerns, so that it does not become a habit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from notifier.catalogue.sight import Sight
from notifier.notices.agree import SHORT
from notifier.notices.models import ChangeNotice
from notifier.store.db import session
from notifier.store.history import History

FOR = timedelta(days=7)


@dataclass(frozen=True)
class Loud:
    """One such notice; ``act`` is the row of history that says by whom and why: of an emergency,
    or of its announcement."""

    notice: ChangeNotice
    act: History
    emergency: bool


def loud(sight: Sight, *, now: datetime) -> list[Loud]:
    """Newest first."""
    query = (
        select(ChangeNotice)
        .options(selectinload(ChangeNotice.series))
        .where(ChangeNotice.verdict.in_(SHORT), ChangeNotice.first_public_at > now - FOR)
    )
    found = {
        f"notice:{notice.id}": notice
        for notice in session.scalars(query.order_by(ChangeNotice.first_public_at.desc()))
        if sight.sees(series.team_id for series in notice.series)
    }
    acts: dict[str, History] = {}
    said = ("emergency", "announce", "record_late")
    rows = select(History).where(History.object.in_(found), History.action.in_(said))
    for row in session.scalars(rows.order_by(History.seq)):
        if row.object not in acts or acts[row.object].action != "emergency":
            acts[row.object] = row
    return [
        Loud(notice, acts[name], acts[name].action == "emergency")
        for name, notice in found.items()
        if name in acts
    ]
