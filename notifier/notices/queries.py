"""What one can ask of notices. What is not public is not found by any query for the public."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import selectinload

from notifier.catalogue.models import Series
from notifier.errors import NotFound
from notifier.notices.models import ChangeNotice, NoticeRevision, notice_series
from notifier.notices.rules import OPEN, PUBLIC
from notifier.releases.models import Release
from notifier.store.db import session

GONE = ("cancelled", "superseded", "retracted")  # states of what no release carries


def public(series_ids: Collection[int] | None = None) -> Select[ChangeNotice]:
    query = select(ChangeNotice).where(ChangeNotice.state.in_(PUBLIC))
    if series_ids is not None:
        of = select(notice_series.c.notice_id).where(notice_series.c.series_id.in_(series_ids))
        query = query.where(ChangeNotice.id.in_(of))
    return query


def open_changes(series_ids: Collection[int] | None = None) -> list[ChangeNotice]:
    """Announced changes that are to come or wait, soonest first, those without a date last."""
    query = public(series_ids).where(ChangeNotice.state.in_(OPEN))
    query = query.options(selectinload(ChangeNotice.series))
    order = (ChangeNotice.effect_at.is_(None), ChangeNotice.effect_at, ChangeNotice.id)
    return list(session.scalars(query.order_by(*order)))


def all_public(series_ids: Collection[int] | None = None) -> list[ChangeNotice]:
    """Every public notice, the one announced last first."""
    order = (ChangeNotice.first_public_at.desc(), ChangeNotice.id.desc())
    query = public(series_ids).options(
        selectinload(ChangeNotice.series).selectinload(Series.topics),
        selectinload(ChangeNotice.effect_release).selectinload(Release.date_changes),
    )
    return list(session.scalars(query.order_by(*order)))


def public_notice(reference: str) -> ChangeNotice:
    """Raises NotFound, also for a notice that is not yet public."""
    found = session.scalars(public().where(ChangeNotice.reference == reference)).first()
    if found is None:
        raise NotFound(f"There is no change notice {reference}.")
    return found


def notice(reference: str) -> ChangeNotice:
    """A notice in any state, for staff."""
    query = select(ChangeNotice).where(ChangeNotice.reference == reference.strip().upper())
    found = session.scalars(query).first()
    if found is None:
        raise NotFound(f"There is no notice {reference}; see: bin/notifier notices list.")
    return found


def every(state: str | None = None) -> list[ChangeNotice]:
    """All notices for staff, by reference; in one state if given."""
    query = select(ChangeNotice).order_by(ChangeNotice.id)
    if state is not None:
        query = query.where(ChangeNotice.state == state)
    return list(session.scalars(query))


def references_of(release_id: int) -> list[str]:
    """The notices, in any state, whose effect is that release."""
    query = select(ChangeNotice.reference).where(ChangeNotice.effect_release_id == release_id)
    return list(session.scalars(query.order_by(ChangeNotice.id)))


def hanging_on(release_id: int) -> list[ChangeNotice]:
    """The notices, in any state, that it still carries, for the team."""
    query = select(ChangeNotice).where(
        ChangeNotice.effect_release_id == release_id, ChangeNotice.state.not_in(GONE)
    )
    return list(session.scalars(query.order_by(ChangeNotice.id)))


def carried_by(release_id: int) -> list[str]:
    """Those of them that it still carries: not what will not happen, or was replaced."""
    query = select(ChangeNotice.reference).where(
        ChangeNotice.effect_release_id == release_id, ChangeNotice.state.not_in(GONE)
    )
    return list(session.scalars(query.order_by(ChangeNotice.id)))


def revisions(notice: ChangeNotice) -> list[NoticeRevision]:
    query = select(NoticeRevision).where(NoticeRevision.notice_id == notice.id)
    return list(session.scalars(query.order_by(NoticeRevision.no.desc())))


def split_from(notice: ChangeNotice) -> list[tuple[str, ChangeNotice]]:
    """How it was split, in words: its public parts, and the whole that it was a part of."""
    found = [
        ("Split from it:", part)
        for part in session.scalars(
            public().where(ChangeNotice.split_from_id == notice.id).order_by(ChangeNotice.id)
        )
    ]
    whole = session.get(ChangeNotice, notice.split_from_id) if notice.split_from_id else None
    return [*([("Split from:", whole)] if whole is not None else []), *found]


def revised(ids: Iterable[int]) -> dict[int, datetime]:
    """When the latest public revision of each notice was made, by notice id."""
    query = select(NoticeRevision.notice_id, func.max(NoticeRevision.at))
    query = query.where(NoticeRevision.notice_id.in_(list(ids)))
    return {id_: at for id_, at in session.execute(query.group_by(NoticeRevision.notice_id))}  # noqa: C416


def next_effect(now: datetime) -> datetime | None:
    """When the next announced change takes effect."""
    query = select(func.min(ChangeNotice.effect_at))
    return session.scalar(
        query.where(ChangeNotice.state == "announced", ChangeNotice.effect_at > now)
    )
