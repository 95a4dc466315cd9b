"""What one can ask of newsletters; the public sees an issue from the instant it goes out."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from notifier.errors import NotFound
from notifier.newsletters.models import Newsletter
from notifier.store.db import session


def published(now: datetime) -> list[Newsletter]:
    """Issues that are out, newest first."""
    query = select(Newsletter).where(Newsletter.state == "sent", Newsletter.published_at <= now)
    return list(session.scalars(query.order_by(Newsletter.published_at.desc(), Newsletter.id)))


def public_issue(slug: str, now: datetime) -> Newsletter:
    """Raises NotFound, also for an issue that is not out yet."""
    found = session.scalars(
        select(Newsletter).where(
            Newsletter.slug == slug, Newsletter.state == "sent", Newsletter.published_at <= now
        )
    ).first()
    if found is None:
        raise NotFound(f"There is no newsletter {slug!r}.")
    return found


def issue(ref: str) -> Newsletter:
    """By number or slug, in any state, for staff."""
    is_number = ref.isascii() and ref.isdigit() and len(ref) < 10
    key = Newsletter.id == int(ref) if is_number else Newsletter.slug == ref
    found = session.scalars(select(Newsletter).where(key)).first()
    if found is None:
        raise NotFound(f"There is no newsletter {ref!r}; see: bin/notifier newsletters list.")
    return found


def every() -> list[Newsletter]:
    return list(session.scalars(select(Newsletter).order_by(Newsletter.id)))


def of_teams(team_ids: Collection[int] | None, *, states: Collection[str]) -> list[Newsletter]:
    """Issues in these states, the one changed last first; None is every team."""
    query = select(Newsletter).where(Newsletter.state.in_(states))
    if team_ids is not None:
        query = query.where(Newsletter.team_id.in_(team_ids))
    query = query.options(selectinload(Newsletter.team))
    order = (Newsletter.changed_at.desc(), Newsletter.id.desc())
    return list(session.scalars(query.order_by(*order)))


def next_issue(now: datetime) -> datetime | None:
    """When the next issue that waits for its time comes out."""
    query = select(func.min(Newsletter.published_at))
    return session.scalar(query.where(Newsletter.state == "sent", Newsletter.published_at > now))
