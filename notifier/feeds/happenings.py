"""Everything that has happened in public, one entry for each event, before it is put into words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from notifier.catalogue import queries as catalogue
from notifier.feeds import changed
from notifier.feeds.scopes import Scope
from notifier.newsletters import queries as newsletters
from notifier.newsletters.models import Newsletter
from notifier.notices import queries as notices
from notifier.releases import queries as releases
from notifier.releases.models import Release
from notifier.sends.models import Send
from notifier.store.db import session

# What is told of a change after its announcement; taking effect, also early, is "in_effect".
NOTICE_NEWS = (
    "updated",
    "held",
    "resumed",
    "cancelled",
    "retracted",
    "superseded",
    "decision",
    "response",
    "impact",
    "outcome",
)
RELEASE_NEWS = ("moved", "postponed", "cancelled")  # may tell of changes, too
RELEASE_ENDS = ("cancelled", "withdrawn")  # a moved date has a row of its own


@dataclass(frozen=True)
class Happening:
    """``kind`` is announced, in_effect, moved, released, issue, topic_ends, release_cancelled,
    release_withdrawn or one of NOTICE_NEWS; with ``key`` it names the event for ever, and ``id``
    the row that it happened to.

    ``seen_at`` is when it could first be read here, which is later for what was loaded.
    """

    at: datetime
    kind: str
    key: str
    id: int
    seen_at: datetime


def happenings(scope: Scope, *, now: datetime) -> list[Happening]:
    """What has happened in ``scope`` until ``now``, oldest first."""
    sources = (of_notices, of_messages, of_ends, of_moves, of_releases, of_newsletters, of_the_end)
    found = [h for source in sources for h in source(scope, now) if h.at <= now]
    return sorted(found, key=lambda h: (h.at, h.kind, h.key))


def of_notices(scope: Scope, now: datetime) -> Iterator[Happening]:
    if not scope.kinds & {"announced", "in_effect"}:
        return
    public = notices.all_public(scope.series_ids)
    steps = changed.notice_steps(n.id for n in public if n.state != "announced")
    for notice in public:
        first = notice.first_public_at
        if first is None or first > now:
            continue
        yield Happening(first, "announced", notice.reference, notice.id, first)
        if effect := steps.get(notice.id, {}).get("take_effect"):
            yield Happening(effect, "in_effect", notice.reference, notice.id, effect)


def of_messages(scope: Scope, now: datetime) -> Iterator[Happening]:
    """What happened to a change since: as the letters told it, each once."""
    if "told" not in scope.kinds:
        return
    public = {notice.reference for notice in notices.all_public(scope.series_ids)}
    query = select(Send).where(Send.kind == "notice", Send.stage.in_(NOTICE_NEWS))
    for send in session.scalars(query.order_by(Send.id)):
        if send.about in public:
            key = f"{send.about}/{send.revision}"
            yield Happening(send.created_at, send.stage, key, send.id, send.created_at)


def of_ends(scope: Scope, now: datetime) -> Iterator[Happening]:
    """Releases that were cancelled, or taken back."""
    for send in release_messages(scope, RELEASE_ENDS):
        id_ = int(send.context["release"])
        kind = f"release_{send.stage}"
        yield Happening(send.created_at, kind, f"{id_}/{send.revision}", id_, send.created_at)


def release_messages(scope: Scope, stages: tuple[str, ...]) -> Iterator[Send]:
    """Messages about releases of the scope; in a feed of changes, those that told of changes."""
    if not scope.kinds & {"moved", "told"}:
        return
    query = select(Send).where(Send.kind == "release", Send.stage.in_(stages))
    of = select(Release.id).where(Release.state.in_(releases.PUBLIC))
    if scope.series_ids is not None:
        of = of.where(Release.series_id.in_(scope.series_ids))
    sends = list(session.scalars(query.order_by(Send.id)))
    public = {f"release:{id_}" for id_ in session.scalars(of)} if sends else set()
    for send in sends:
        if send.about in public and ("moved" in scope.kinds or send.context.get("notices")):
            yield send


def of_moves(scope: Scope, now: datetime) -> Iterator[Happening]:
    if not scope.kinds & {"moved", "told"}:
        return
    with_changes = {
        send.context.get("change") for send in release_messages(scope, ("moved", "postponed"))
    }
    for move in releases.date_changes(now=now, series_ids=scope.series_ids):
        if "moved" not in scope.kinds and move.id not in with_changes:
            continue
        seen = max(move.announced_at, move.release.created_at)
        yield Happening(move.announced_at, "moved", str(move.id), move.id, seen)


def of_releases(scope: Scope, now: datetime) -> Iterator[Happening]:
    if "released" not in scope.kinds:
        return
    for id_, out, made in releases.released(now=now, series_ids=scope.series_ids):
        yield Happening(out, "released", str(id_), id_, max(out, made))


def of_newsletters(scope: Scope, now: datetime) -> Iterator[Happening]:
    if "issue" not in scope.kinds:
        return
    for issue in newsletters.published(now):
        if issue.published_at is not None and concerns(issue, scope):
            yield Happening(issue.published_at, "issue", issue.slug, issue.id, issue.published_at)


def of_the_end(scope: Scope, now: datetime) -> Iterator[Happening]:
    """The last entry of a topic's feed, from the announcement of its end on."""
    if scope.ending is not None:
        at = scope.ending.told_at
        topic = catalogue.topic(scope.ending.slug)
        yield Happening(at, "topic_ends", scope.ending.slug, topic.id, at)


def concerns(issue: Newsletter, scope: Scope) -> bool:
    """Whether followers of the scope's topics, or people of its user type, were sent the issue."""
    if scope.topics is not None and scope.topics.isdisjoint(issue.audience.get("topics", [])):
        return False
    types = issue.audience.get("user_types", [])
    return not scope.user_type or not types or scope.user_type in types
