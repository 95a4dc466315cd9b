"""What one person follows, as a feed and a calendar: with whole topics and publications also the
single changes and releases that they chose. How often they get mail does not matter here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from notifier.audience.models import Subscriber
from notifier.catalogue.models import Series, Topic
from notifier.feeds import collect, entries, schedule, scopes
from notifier.feeds.addresses import NOTHING_YET, entry_id, feed
from notifier.feeds.calendar_words import word
from notifier.feeds.collect import Leaf
from notifier.feeds.happenings import NOTICE_NEWS, Happening, happenings
from notifier.feeds.items import Channel, newest_first
from notifier.feeds.schedule import Schedule, Singles, changes_of, releases_of
from notifier.feeds.scopes import Scope
from notifier.render.followed import live

NEWEST = 100  # entries
OF_NOTICE = {"announced", "in_effect", *NOTICE_NEWS}
OF_RELEASE = {"released", "release_cancelled", "release_withdrawn"}


@dataclass(frozen=True)
class Own:
    """The part of everything that a person follows."""

    scope: Scope
    singles: Singles


def own(person: Subscriber, language: str = "en", *, asked: bool = False) -> Own:
    """``asked``: the address itself names the language."""
    rows = live(person.subscriptions)
    parts = [
        scopes.read(f"{'topics' if isinstance(row, Topic) else 'series'}/{row.slug}", language)
        for row in rows
        if isinstance(row, Topic | Series)
    ]
    scope = Scope(
        path="mine",
        title=word("mine", language),
        page=("preferences",),
        series_ids=frozenset[int]().union(*(part.series_ids or () for part in parts)),
        topics=frozenset[str]().union(*(part.topics or () for part in parts)),
        user_type=person.user_type.slug,
        depth=person.reads,
        endings=tuple(dict.fromkeys(end for part in parts for end in part.endings)),
        language=language,
        query=(("lang", language),) if asked else (),
    )
    ids = [s for s in person.subscriptions if s.ended_at is None]
    return Own(
        scope,
        Singles(
            frozenset(s.notice_id for s in ids if s.notice_id is not None),
            frozenset(s.release_id for s in ids if s.release_id is not None),
        ),
    )


def calendar(mine: Own, *, now: datetime, base_url: str) -> Schedule:
    return schedule.draw(mine.scope, now=now, base_url=base_url, also=mine.singles)


def leaf(mine: Own, *, now: datetime, base_url: str) -> Leaf:
    """The newest entries; what is older is not paged, for it may change with each choice."""
    found = {(h.kind, h.key): h for h in happenings(mine.scope, now=now)}
    found |= {(h.kind, h.key): h for h in of_singles(mine.singles, now)}
    newest = sorted(found.values(), key=lambda h: (h.at, h.kind, h.key))[-NEWEST:]
    written = entries.write(newest, mine.scope, now=now, base_url=base_url)
    times = [h.seen_at for h in newest] + [i.updated for i in written.items] + written.turned
    changed = max(times, default=NOTHING_YET)
    return Leaf(items=newest_first(written.items), number=None, archives=0, changed=changed)


def of_singles(singles: Singles, now: datetime) -> Iterator[Happening]:
    """What happened to these changes and releases, found among all of their publications."""
    changes, out = changes_of(singles.notices), releases_of(singles.releases)
    series = {s.id for notice in changes for s in notice.series} | {r.series_id for r in out}
    if not series:
        return
    references = {notice.reference for notice in changes}
    ids = {release.id for release in out}
    moves = {move.id for release in out for move in release.date_changes}
    around = replace(scopes.read("all"), series_ids=frozenset(series), topics=frozenset())
    for each in happenings(around, now=now):
        if each.kind in OF_NOTICE and each.key.split("/")[0] in references:
            yield each
        if each.kind in OF_RELEASE and int(each.key.split("/")[0]) in ids:
            yield each
        if each.kind == "moved" and each.id in moves:
            yield each


def channel(mine: Own, found: Leaf, *, form: str, token: str, base_url: str) -> Channel:
    """What the feed says of itself: nobody's name, and an id that stays as long as its address."""
    key = hashlib.sha256(token.encode()).hexdigest()[:32]
    language = mine.scope.language
    return replace(
        collect.channel(mine.scope, found, form=form, base_url=base_url),
        id=entry_id(base_url, "feed", f"mine/{key}", language=language),
        self_url=feed(base_url, f"mine/{token}", form, query=mine.scope.query),
        hub=None,  # it would learn the address
    )
