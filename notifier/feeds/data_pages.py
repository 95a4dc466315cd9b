"""Which notices a page of the data holds: found in the database, at the same cost on every page."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import ColumnElement, String, and_, cast, func, literal, or_, select
from sqlalchemy.orm import selectinload

from notifier.catalogue.models import Series
from notifier.feeds import changed
from notifier.feeds.addresses import NOTHING_YET
from notifier.feeds.data_filters import Asked, Unknown, shown
from notifier.notices import queries
from notifier.notices.models import ChangeNotice, NoticeRevision, notice_series
from notifier.notices.rules import NOTICE, PUBLIC
from notifier.releases.models import Release, ReleaseDateChange
from notifier.store.db import session
from notifier.store.history import History

NAME = literal("notice:") + cast(ChangeNotice.id, String)  # of a notice in history
NAMES = select(NAME).where(ChangeNotice.state.in_(PUBLIC))


def page(asked: Asked, *, now: datetime) -> tuple[list[ChangeNotice], str]:
    """The notices of one page, the one announced last first, and what ``after`` says on the next.

    Pages follow the immutable instant of the announcement, so that walking them yields each once,
    whatever is announced meanwhile. Raises Unknown when ``after`` names no public notice.
    """
    query = queries.public().where(ChangeNotice.first_public_at <= now, *conditions(asked))
    if asked.after:
        query = query.where(before(asked.after, now=now))
    query = query.options(
        selectinload(ChangeNotice.series).selectinload(Series.team),
        selectinload(ChangeNotice.effect_release).selectinload(Release.date_changes),
    )
    order = (ChangeNotice.first_public_at.desc(), ChangeNotice.id.desc())
    found = list(session.scalars(query.order_by(*order).limit(asked.limit + 1)))
    shown_ = found[: asked.limit]
    return shown_, shown_[-1].reference if len(found) > asked.limit else ""


def before(reference: str, *, now: datetime) -> ColumnElement[bool]:
    """Announced before that notice."""
    query = select(ChangeNotice.first_public_at, ChangeNotice.id).where(
        ChangeNotice.state.in_(PUBLIC),
        ChangeNotice.first_public_at <= now,
        ChangeNotice.reference == reference,
    )
    row = session.execute(query).first()
    if row is None:
        raise Unknown(
            f"after is the reference of a notice, and there is no {shown(reference)}.", ()
        )
    at, id_ = row
    same = and_(ChangeNotice.first_public_at == at, ChangeNotice.id < id_)
    return or_(ChangeNotice.first_public_at < at, same)


def conditions(asked: Asked) -> Iterator[ColumnElement[bool]]:
    if asked.series_ids is not None:
        of = select(notice_series.c.notice_id).where(
            notice_series.c.series_id.in_(asked.series_ids)
        )
        yield ChangeNotice.id.in_(of)
    if asked.notice_ids is not None:
        yield ChangeNotice.id.in_(asked.notice_ids)
    if asked.states:
        yield ChangeNotice.state.in_(asked.states)
    if asked.machine_breaking is not None:
        yield ChangeNotice.machine_breaking.is_(asked.machine_breaking)
    if asked.effective_before is not None:
        yield ChangeNotice.effect_at < asked.effective_before
    if asked.effective_from is not None:
        yield ChangeNotice.effect_at >= asked.effective_from
    if asked.updated_since is not None:
        yield updated_since(asked.updated_since)


def updated_since(instant: datetime) -> ColumnElement[bool]:
    """What ``changed.notices`` dates at or after ``instant``, asked of the database."""
    revised = select(NoticeRevision.notice_id).where(NoticeRevision.at >= instant)
    moved = select(ReleaseDateChange.release_id).where(ReleaseDateChange.announced_at >= instant)
    stepped = select(History.object).where(History.at >= instant, History.action.in_(steps()))
    return or_(
        ChangeNotice.first_public_at >= instant,
        ChangeNotice.id.in_(revised),
        ChangeNotice.effect_release_id.in_(moved),
        NAME.in_(stepped),
    )


def last_change() -> datetime:
    """When any public notice last changed: also of a list that one has just left."""
    public = select(ChangeNotice.id).where(ChangeNotice.state.in_(PUBLIC))
    carriers = select(ChangeNotice.effect_release_id).where(ChangeNotice.state.in_(PUBLIC))
    newest = select(History.at).order_by(History.id.desc()).limit(1)
    found = (
        select(func.max(ChangeNotice.first_public_at)).where(ChangeNotice.state.in_(PUBLIC)),
        select(func.max(NoticeRevision.at)).where(NoticeRevision.notice_id.in_(public)),
        select(func.max(ReleaseDateChange.announced_at)).where(
            ReleaseDateChange.release_id.in_(carriers)
        ),
        # Only public notices take these steps; drafts are given other dates as well.
        newest.where(
            History.object.startswith("notice:"), History.action.in_(steps() - changed.DATES)
        ),
        newest.where(History.action.in_(changed.DATES), History.object.in_(NAMES)),
    )
    times = [session.scalar(query) for query in found]
    return max((time for time in times if time is not None), default=NOTHING_YET)


def steps() -> set[str]:
    return changed.public_events(NOTICE, PUBLIC) | changed.DATES


def carriers() -> list[tuple[int, str, datetime]]:
    """(id of the release, reference, first public) of the public notices that a release carries."""
    query = select(
        ChangeNotice.effect_release_id, ChangeNotice.reference, ChangeNotice.first_public_at
    ).where(ChangeNotice.state.in_(PUBLIC), ChangeNotice.effect_release_id.is_not(None))
    return [(id_, ref, at) for id_, ref, at in session.execute(query) if id_ and at]
