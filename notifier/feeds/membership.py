"""Since when a change stands in the feeds of a series: whatever a revision adds or takes away, an
archive loses nothing and gets nothing new.

Who follows a series that a change no longer concerns reads so in the feed where it was announced.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, select

from notifier.catalogue.models import Series
from notifier.feeds.addresses import NOTHING_YET
from notifier.notices.models import ChangeNotice, NoticeRevision, notice_series
from notifier.notices.rules import PUBLIC
from notifier.store.db import session

IDS = select(ChangeNotice.id).where(ChangeNotice.state.in_(PUBLIC))


def since(series_ids: Collection[int] | None) -> dict[int, datetime]:
    """By id of each public notice that is or was about one of these series (None: of all): from
    when on. A part that was split off counts from then, and not from the day of its whole."""
    known = first_revisions()
    if series_ids is None:
        return {id_: known.get(id_, NOTHING_YET) for id_ in session.scalars(IDS)}
    about = notice_series.c.series_id.in_(series_ids)
    ids = IDS.where(ChangeNotice.id.in_(select(notice_series.c.notice_id).where(about)))
    found = {id_: known.get(id_, NOTHING_YET) for id_ in session.scalars(ids)}
    return found | joined(series_ids)


def first_revisions() -> dict[int, datetime]:
    query = select(NoticeRevision.notice_id, func.min(NoticeRevision.at))
    return {id_: at for id_, at in session.execute(query.group_by(NoticeRevision.notice_id))}  # noqa: C416


def joined(series_ids: Collection[int]) -> dict[int, datetime]:
    """Of those that were revised: when the first revision was public that named one of these."""
    slugs = set(session.scalars(select(Series.slug).where(Series.id.in_(series_ids))))
    revised = select(NoticeRevision.notice_id).where(NoticeRevision.no > 1)
    query = select(NoticeRevision.notice_id, NoticeRevision.at, NoticeRevision.words["series"])
    query = query.where(NoticeRevision.notice_id.in_(revised), NoticeRevision.notice_id.in_(IDS))
    found: dict[int, datetime] = {}
    for id_, at, named in session.execute(query.order_by(NoticeRevision.at, NoticeRevision.id)):
        if slugs.intersection(named or ()):
            found.setdefault(id_, at)
    return found


def ever(notice: ChangeNotice) -> set[int]:
    """Ids of the series that it is about, or was in one of its public revisions."""
    query = select(NoticeRevision.words["series"]).where(NoticeRevision.notice_id == notice.id)
    named = {slug for slugs in session.scalars(query) for slug in slugs or ()}
    of = session.scalars(select(Series.id).where(Series.slug.in_(named)))
    return {series.id for series in notice.series}.union(of)
