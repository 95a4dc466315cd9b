"""Everything that has happened in public, one entry for each event, before it is put into words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from notifier.catalogue import queries as catalogue
from notifier.feeds import changed
from notifier.feeds.scopes import Scope
from notifier.newsletters import queries as newsletters
from notifier.newsletters.models import Newsletter
from notifier.notices import queries as notices
from notifier.releases import queries as releases


@dataclass(frozen=True)
class Happening:
    """``kind`` is announced, in_effect, moved, released, issue or topic_ends; with ``key`` it names
    the event for ever, and ``id`` the row that it happened to.

    ``seen_at`` is when it could first be read here, which is later for what was loaded.
    """

    at: datetime
    kind: str
    key: str
    id: int
    seen_at: datetime


def happenings(scope: Scope, *, now: datetime) -> list[Happening]:
    """What has happened in ``scope`` until ``now``, oldest first."""
    sources = (of_notices, of_moves, of_releases, of_newsletters, of_the_end)
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


def of_moves(scope: Scope, now: datetime) -> Iterator[Happening]:
    if "moved" not in scope.kinds:
        return
    for move in releases.date_changes(now=now, series_ids=scope.series_ids):
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
