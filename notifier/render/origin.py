"""Whose letter it is: a change keeps its List-Id for life, however its series change."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select

from notifier.catalogue.models import Series
from notifier.notices import queries as notices
from notifier.notices.models import ChangeNotice
from notifier.render.passages import line
from notifier.render.site import Site
from notifier.render.typeset import Origin
from notifier.store.db import session


def origin_of(series: Series, site: Site) -> Origin:
    """The letter belongs to the series and comes from its team."""
    return Origin(
        from_name=line(series.team.name).text,
        reply_to=series.team.contact if "@" in series.team.contact else site.reply_to,
        list_phrase=line(series.name).text,
        list_label=series.slug,
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
    first = first_series(notice)
    return first if first is not None and first in notice.series else notice.series[0]


def first_series(notice: ChangeNotice) -> Series | None:
    """The first of the series with which it became public; None before that."""
    first = min(notices.revisions(notice), key=lambda row: (row.no, row.id), default=None)
    slugs = first.words.get("series", []) if first is not None else []
    query = select(Series).where(Series.slug.in_(slugs)).order_by(Series.id)
    return session.scalars(query).first()
