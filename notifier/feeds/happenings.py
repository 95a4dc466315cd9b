"""Everything that has happened in public, one entry for each event, before it is put into words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select

from notifier.catalogue import queries as catalogue
from notifier.feeds import changed, membership
from notifier.feeds.scopes import Scope
from notifier.newsletters import queries as newsletters
from notifier.newsletters.models import Newsletter
from notifier.notices import queries as notices
from notifier.notices.models import ChangeNotice
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
    """What has happened in ``scope`` until ``now``, what could be read first before the rest."""
    sources = (of_notices, of_messages, of_ends, of_moves, of_releases, of_newsletters, of_the_end)
    found = [h for source in sources for h in source(scope, now) if h.at <= now]
    # In the order in which they could be read: an archive keeps its entries for ever.
    return sorted(found, key=lambda h: (h.seen_at, h.at, h.kind, h.key))


def of_notices(scope: Scope, now: datetime) -> Iterator[Happening]:
    if not scope.kinds & {"announced", "in_effect"}:
        return
    public = known(scope, now)
    steps = changed.notice_steps(row.id for row in public if row.state != "announced")
    for row in public:
        yield Happening(row.first, "announced", row.reference, row.id, row.since)
        if effect := steps.get(row.id, {}).get("take_effect"):
            yield Happening(effect, "in_effect", row.reference, row.id, max(effect, row.since))


class Known(NamedTuple):
    """The columns of a public notice by which its events are found; ``since`` is when it came into
    the scope: later than ``first`` where a revision added the series, or it was split off."""

    id: int
    reference: str
    state: str
    first: datetime
    since: datetime


def known(scope: Scope, now: datetime) -> list[Known]:
    """Columns, not whole rows: a feed over 30 notices took 15 ms with their series and releases."""
    of = notices.public().with_only_columns(
        ChangeNotice.id, ChangeNotice.reference, ChangeNotice.state, ChangeNotice.first_public_at
    )
    came = membership.since(scope.series_ids)
    rows = session.execute(of.where(ChangeNotice.first_public_at <= now))
    return [
        Known(id_, ref, state, at, max(at, came[id_]))
        for id_, ref, state, at in rows
        if at is not None and id_ in came
    ]


def of_messages(scope: Scope, now: datetime) -> Iterator[Happening]:
    """What happened to a change since: as the letters told it, each once."""
    if "told" not in scope.kinds:
        return
    public = {row.reference: row.since for row in known(scope, now)}
    query = select(Send.id, Send.about, Send.revision, Send.stage, Send.created_at)
    query = query.where(Send.kind == "notice", Send.stage.in_(NOTICE_NEWS))
    for id_, about, revision, stage, at in session.execute(query.order_by(Send.id)):
        if about in public:
            yield Happening(at, stage, f"{about}/{revision}", id_, max(at, public[about]))


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
    for end in scope.endings:
        topic = catalogue.topic(end.slug)
        yield Happening(end.told_at, "topic_ends", end.slug, topic.id, end.told_at)


def concerns(issue: Newsletter, scope: Scope) -> bool:
    """Whether followers of the scope's topics, or people of its user type, were sent the issue."""
    if scope.topics is not None and scope.topics.isdisjoint(issue.audience.get("topics", [])):
        return False
    types = issue.audience.get("user_types", [])
    return not scope.user_type or not types or scope.user_type in types
