"""The board of what is owed: each planned change, days until it must be public, who holds it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from notifier.clock import london_date
from notifier.notices.leadtime import publish_by
from notifier.notices.models import ChangeNotice
from notifier.releases.models import Release
from notifier.store.db import session


@dataclass(frozen=True)
class Owed:
    """One line. ``days_left`` until ``publish_by``, negative when it is too late to keep it.

    ``notice`` is None for a release that is said to contain a change without any notice.
    """

    notice: ChangeNotice | None
    release: Release | None
    publish_by: date | None
    days_left: int | None
    holder: str


def owed(*, now: datetime) -> list[Owed]:
    """Everything that must still be said, most urgent first; without a date, last."""
    today = london_date(now)
    rows = []
    query = select(ChangeNotice).where(ChangeNotice.state.in_(("draft", "in_review", "approved")))
    for notice in session.scalars(query.order_by(ChangeNotice.id)):
        by = None
        if notice.effect_at is not None:
            by = publish_by(london_date(notice.effect_at), notice.minimum_days)
        left = (by - today).days if by else None
        rows.append(Owed(notice, notice.effect_release, by, left, holder(notice)))
    rows += [Owed(None, r, None, None, r.series.team.name) for r in unexplained()]
    return sorted(rows, key=lambda row: (row.days_left is None, row.days_left or 0))


def holder(notice: ChangeNotice) -> str:
    """Who must act next."""
    team = notice.series[0].team.name
    if notice.state == "draft":
        return f"{team}: finish and submit"
    return f"{team}: {'approve' if notice.state == 'in_review' else 'publish'}"


def unexplained() -> list[Release]:
    """Coming releases that contain a change of which no notice exists at all."""
    has_notice = select(ChangeNotice.effect_release_id).where(
        ChangeNotice.effect_release_id.is_not(None)
    )
    query = select(Release).where(
        Release.contains_change.is_(True),
        Release.state.in_(("provisional", "confirmed", "postponed_tbc")),
        Release.id.not_in(has_notice),
    )
    return list(session.scalars(query.order_by(Release.id)))
