"""Whose letter it is: a change keeps its List-Id for life, however its series change."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from sqlalchemy import select

from notifier.catalogue.models import Series
from notifier.notices.models import ChangeNotice, NoticeRevision
from notifier.render.passages import line
from notifier.render.site import Site
from notifier.render.typeset import Origin
from notifier.store.db import session
from notifier.store.once import once


def origin_of(series: Series, site: Site) -> Origin:
    """The letter belongs to the series and comes from its team."""
    return Origin(
        from_name=line(series.team.name).text,
        reply_to=series.team.contact if "@" in series.team.contact else site.reply_to,
        list_phrase=line(series.name).text,
        list_label=series.slug,
        topics=tuple(topic.slug for topic in series.topics),
    )


def origin_of_notice(notice: ChangeNotice, site: Site) -> Origin:
    """It comes from the team that answers for it now, under the List-Id it first had: people sort
    their mail by that (RFC 2919 section 3 asks that it stays)."""
    found, first = origin_of(main_series(notice), site), first_series(notice)
    if first is None:
        return found
    return replace(found, list_phrase=line(first.name).text, list_label=first.slug)


def main_series(notice: ChangeNotice) -> Series:
    """The series that speaks for a change of several: the first, while it is still one of them."""
    return main_series_of([notice])[notice.id]


def main_series_of(found: Iterable[ChangeNotice]) -> dict[int, Series]:
    """The same of many at once, by the id of the change."""
    found = list(found)
    first = first_series_of(found)
    return {
        notice.id: series
        if (series := first.get(notice.id)) is not None and series in notice.series
        else notice.series[0]
        for notice in found
    }


def first_series(notice: ChangeNotice) -> Series | None:
    """The first of the series with which it became public; None before that."""
    return first_series_of([notice]).get(notice.id)


def first_series_of(found: Iterable[ChangeNotice]) -> dict[int, Series]:
    """The same of many at once, by the id of the change."""
    return first_of(*sorted(notice.id for notice in found))


@once
def first_of(*ids: int) -> dict[int, Series]:
    """Asked for each variant of a letter: while one only reads, the answer is remembered."""
    rows = select(NoticeRevision).where(NoticeRevision.notice_id.in_(ids))
    slugs: dict[int, list[str]] = {}
    for row in session.scalars(rows.order_by(NoticeRevision.no, NoticeRevision.id)):
        slugs.setdefault(row.notice_id, row.words.get("series", []))
    wanted = {slug for each in slugs.values() for slug in each}
    known = list(session.scalars(select(Series).where(Series.slug.in_(wanted)).order_by(Series.id)))
    first = {id_: next((s for s in known if s.slug in each), None) for id_, each in slugs.items()}
    return {id_: series for id_, series in first.items() if series is not None}
