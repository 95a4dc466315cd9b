"""Following one change or one release by itself: who follows it, and when that comes to its end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TypeVar

from sqlalchemy import select

from notifier.audience.over import BATCH, OVER, end_followers
from notifier.audience.receivers import Audience, about, singly_followed
from notifier.notices.models import ChangeNotice
from notifier.releases.models import Release
from notifier.sends.models import Send
from notifier.store.db import session

ENDED = ("closed", "cancelled", "superseded", "retracted")
OUT = ("released", "cancelled", "withdrawn")
UNSAID = ("planned", "paused", "sending")

Reasons = tuple[tuple[str, str], ...]
Row = TypeVar("Row", ChangeNotice, Release)


def followers(notice: ChangeNotice) -> Audience:
    """Who follows its series, their topics, the change itself, one that it takes the place of or
    was a part of, or the release that carries it."""
    before = list(
        session.scalars(select(ChangeNotice.id).where(ChangeNotice.superseded_by_id == notice.id))
    )
    if notice.split_from_id is not None:
        before.append(notice.split_from_id)
    return about(
        [series.id for series in notice.series],
        notices=[notice.id, *before],
        releases=[notice.effect_release_id] if notice.effect_release_id is not None else [],
    )


def named(why: Mapping[int, Reasons]) -> dict[int, Reasons]:
    """Reasons with the headline of a notice and the title of a release in place of their ids."""
    wanted = {reason for reasons in why.values() for reason in reasons}
    names = {reason: name_of(*reason) for reason in wanted if reason[0] in ("notice", "release")}
    if not names:
        return dict(why)
    return {
        person: tuple((kind, names.get((kind, name), name)) for kind, name in reasons)
        for person, reasons in why.items()
    }


def name_of(kind: str, key: str) -> str:
    model, column = (
        (ChangeNotice, ChangeNotice.headline) if kind == "notice" else (Release, Release.title)
    )
    return session.scalar(select(column).where(model.id == int(key))) or ""


def end_what_is_over(*, now: datetime, limit: int = BATCH) -> int:
    """End subscriptions to notices and releases of which nothing more will be said; returns how
    many, ``limit`` while there may be more. Who follows a change that another takes the place of
    goes on with that one."""
    notice_ids, release_ids = singly_followed()
    ended = 0
    for notice in found(ChangeNotice, notice_ids, ENDED):
        if not is_unsaid([notice.reference]):
            successor = session.get(ChangeNotice, notice.superseded_by_id or 0)
            ended += end_followers(
                notice_id=notice.id,
                successor_id=successor.id if successor is not None else None,
                reason=f"{successor.reference} takes its place" if successor else OVER,
                now=now,
                limit=limit - ended,
            )
    for release in found(Release, release_ids, OUT):
        carried = select(ChangeNotice.reference).where(ChangeNotice.effect_release_id == release.id)
        about_it = [f"release:{release.id}"]
        if not is_unsaid(about_it) and not is_unsaid(session.scalars(carried), stage="T0"):
            ended += end_followers(release_id=release.id, now=now, limit=limit - ended)
    return ended


def found(model: type[Row], ids: Iterable[int], states: Iterable[str]) -> list[Row]:
    query = select(model).where(model.id.in_(list(ids)), model.state.in_(list(states)))
    return list(session.scalars(query.order_by(model.id)))


def is_unsaid(about: Iterable[str], *, stage: str | None = None) -> bool:
    """Whether something is still to be said, or on its way, about one of these."""
    query = select(Send.id).where(Send.about.in_(list(about)), Send.state.in_(UNSAID))
    if stage is not None:
        query = query.where(Send.stage == stage)
    return session.scalar(query.limit(1)) is not None
