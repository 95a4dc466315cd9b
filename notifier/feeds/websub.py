"""Who is told that a feed has news: the hub, once for each event, and again until it has heard.

What is owed stands in rows, so that a crash loses none. [W3C WebSub, section 6; the form that hubs
take from publishers is that of PubSubHubbub 0.3, section 7.1]
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, delete, func, select, update

from notifier.delivery.rules import retry_at
from notifier.feeds import entries, membership, scopes
from notifier.feeds.addresses import feed
from notifier.feeds.characters import uri
from notifier.feeds.happenings import Happening, happenings
from notifier.feeds.models import HubMark, HubPing
from notifier.newsletters.models import Newsletter
from notifier.notices import queries as notices
from notifier.notices.models import ChangeNotice
from notifier.releases.models import Release, ReleaseDateChange
from notifier.sends.models import Send
from notifier.store.db import session
from notifier.store.history import History

FORMS = ("atom", "rss", "json")
PLAIN: tuple[tuple[str, str], ...] = ()
WELSH = (("lang", "cy"),)
BACK = timedelta(days=1)  # how long after its instant an event may be found for the first time
AGAIN = timedelta(minutes=1)  # events that came by no row of the history
LEASE = timedelta(minutes=2)  # longer than one talk with a hub may take
KEPT = timedelta(days=7)


@dataclass(frozen=True)
class News:
    """Events that no row stands for yet, (kind, key, paths); and how far the look went."""

    events: list[tuple[str, str, list[str]]]
    history_id: int


def news(*, now: datetime) -> News | None:
    """What happened since the last look; None when there is nothing to look at.

    Rows of the history may be committed in another order than they are numbered, and an event may
    come by none: so each look goes back a day, and there is one each minute whatever happens.
    """
    newest = session.scalar(select(func.max(History.id))) or 0
    mark = session.get(HubMark, 1)
    if mark is None:
        return News([], newest)
    if mark.history_id == newest and now - mark.looked_at < AGAIN:
        return None
    after = max(mark.since, now - BACK)
    recent = [h for h in happenings(scopes.read("all"), now=now) if h.seen_at > after]
    found = {(h.kind, h.key): h for h in recent}
    for known in session.execute(select(HubPing.kind, HubPing.key)):
        found.pop((known.kind, known.key), None)
    return News([(*name, paths) for name, paths in placed(found, now)], newest)


def placed(
    found: dict[tuple[str, str], Happening], now: datetime
) -> Iterator[tuple[tuple[str, str], list[str]]]:
    """Each event with the paths of the feeds in which it stands."""
    if not found:
        return
    every = [scopes.read(path) for _, feeds in scopes.directory(now) for path, _, _ in feeds]
    rows = entries.load(found.values())
    for name, each in found.items():
        series, topics = concerned(rows[entries.MODELS[each.kind], each.id])
        yield name, [s.path for s in every if stands_in(s, each.kind, series, topics)]


def concerned(row: object) -> tuple[set[int], set[str]]:
    """Ids of the series, and slugs of the topics, that an event is about."""
    if isinstance(row, Send):
        release = row.context.get("release")
        if row.kind == "release" and release is not None:
            return {session.get_one(Release, int(release)).series_id}, set()
        return membership.ever(notices.public_notice(row.about)), set()
    if isinstance(row, ChangeNotice):
        return {s.id for s in row.series}, set()
    if isinstance(row, ReleaseDateChange):
        return {row.release.series_id}, set()
    if isinstance(row, Release):
        return {row.series_id}, set()
    if isinstance(row, Newsletter):
        return set(), set(row.audience.get("topics", []))
    return set(), {str(getattr(row, "slug", ""))}


def stands_in(scope: scopes.Scope, kind: str, series: set[int], topics: set[str]) -> bool:
    """Whether the hub should look there; a look in vain costs it one conditional request."""
    if scope.series_ids is None:
        return scope.path != "newsletters" or kind == "issue"
    return bool(scope.series_ids & series or (scope.topics or frozenset()) & topics)


def keep(found: News, *, now: datetime) -> None:
    """Write down what is owed. Two workers that look at once collide on (kind, key): one wins."""
    mark = session.get(HubMark, 1)
    if mark is None:
        mark = HubMark(id=1, since=now, history_id=0, looked_at=now)
        session.add(mark)
    mark.history_id, mark.looked_at = found.history_id, now
    for kind, key, paths in found.events:
        session.add(HubPing(kind=kind, key=key, paths=paths, noted_at=now, next_at=now))
    over = HubPing.next_at.is_(None), HubPing.noted_at < now - KEPT
    session.execute(delete(HubPing).where(*over).execution_options(synchronize_session=False))


def is_due(*, now: datetime) -> bool:
    return session.scalar(select(HubPing.id).where(HubPing.next_at <= now).limit(1)) is not None


def claim(*, now: datetime) -> tuple[list[int], list[str]]:
    """Ids of what is due, no longer due for anybody else; and the paths of their feeds.

    A worker that dies afterwards loses nothing: it is due again when the lease has run out.
    """
    mine: list[int] = []
    paths: dict[str, None] = {}
    due = select(HubPing).where(HubPing.next_at <= now).order_by(HubPing.id)
    for row in session.scalars(due).all():
        still = HubPing.id == row.id, HubPing.next_at == row.next_at
        taken = session.execute(
            update(HubPing)
            .where(*still)
            .values(next_at=now + LEASE, tries=HubPing.tries + 1)
            .execution_options(synchronize_session=False)
        )
        if cast("CursorResult[Any]", taken).rowcount:
            mine.append(row.id)
            paths |= dict.fromkeys(row.paths)
    return mine, list(paths)


def settle(ids: list[int], why: str, *, now: datetime) -> None:
    """The hub has heard; or, with a reason, is told again after a while, for three days."""
    for row in session.scalars(select(HubPing).where(HubPing.id.in_(ids))):
        row.why = why
        if why:
            row.next_at = retry_at(row.tries, row.noted_at, now)
        else:
            row.told_at, row.next_at = now, None


def form(base_url: str, paths: list[str]) -> list[tuple[str, str]]:
    """What the hub is told: every address of these feeds, ``hub.url`` for each."""
    urls = [
        ("hub.url", feed(base_url, path, form, query=query))
        for path in paths
        for form in FORMS
        for query in (PLAIN, WELSH)
    ]
    return [("hub.mode", "publish"), *urls]


def is_told(query: Sequence[tuple[str, str]]) -> bool:
    """Whether the hub hears of a document with this query. Of a choice of one's own, an archive or
    what stands it does not, so they name no hub."""
    return tuple(query) in (PLAIN, WELSH)


def links(hub: str, self_url: str) -> list[str]:
    """The hub in header fields, where a subscriber looks first. [W3C WebSub, section 4]"""
    return [f'<{uri(hub)}>; rel="hub"', f'<{uri(self_url)}>; rel="self"']
