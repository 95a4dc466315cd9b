"""What the blocks of an issue may show, each thing with the series through which one follows it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from notifier.catalogue import queries as catalogue
from notifier.catalogue.models import Series, Topic
from notifier.catalogue.rules import with_ancestors
from notifier.clock import london_date
from notifier.newsletters.models import Newsletter
from notifier.notices import answered
from notifier.notices import queries as notices
from notifier.notices.consult import period
from notifier.notices.models import ChangeNotice
from notifier.releases import queries as releases

RECENT = timedelta(days=90)
MOST = 12  # entries of a block, for one reader
LOOKED_AT = 60  # things that a block may choose from


@dataclass(frozen=True)
class Item:
    """A release or a notice; ``series`` are the ids through which readers follow it."""

    key: str
    row: Any
    series: frozenset[int]


Blocks = dict[str, list[Item]]


@dataclass(frozen=True)
class Pool:
    """What the blocks of one issue choose from: things of its team and under its topics.

    ``above`` holds, for each of these series, the ids of the topics whose followers get it.
    """

    blocks: Blocks
    above: dict[int, frozenset[int]]

    def for_reader(self, followed: frozenset[int] | None) -> Blocks:
        """For who follows these series; who follows none of them, and None, gets everything."""
        if not followed:
            return {name: items[:MOST] for name, items in self.blocks.items()}
        return {
            name: [item for item in items if item.series & followed][:MOST]
            for name, items in self.blocks.items()
        }


def pool(issue: Newsletter, names: Iterable[str], now: datetime) -> Pool:
    """What the blocks of these names choose from at ``now``."""
    covered = series_of(issue)
    ids = [series.id for series in covered]
    wanted = set(names)
    blocks = {name: FOUND[name](ids, issue, now) for name in FOUND if name in wanted}
    parents = catalogue.parents()
    above = {s.id: frozenset(with_ancestors([t.id for t in s.topics], parents)) for s in covered}
    return Pool(blocks, above if blocks else {})


def series_of(issue: Newsletter) -> list[Series]:
    """The series of its team, and those under its topics."""
    topics = catalogue.topics_named(issue.audience.get("topics", []))
    under = set(releases.of_topics([each.id for topic in topics for each in below(topic)]))
    return [s for s in catalogue.all_series() if s.team_id == issue.team_id or s.id in under]


def below(topic: Topic) -> list[Topic]:
    """A topic and all topics under it."""
    return [topic, *(found for child in topic.children for found in below(child))]


def coming(ids: Sequence[int], issue: Newsletter, now: datetime) -> list[Item]:
    return [edition(each) for each in releases.upcoming(now=now, series_ids=ids)[:LOOKED_AT]]


def recent(ids: Sequence[int], issue: Newsletter, now: datetime) -> list[Item]:
    out = releases.calendar(now=now, series_ids=ids, back=RECENT, ahead=timedelta(0))
    return [edition(each) for each in reversed(out) if each.state == "released"][:LOOKED_AT]


def changes(ids: Sequence[int], issue: Newsletter, now: datetime) -> list[Item]:
    return [notice(each) for each in notices.open_changes(ids)[:LOOKED_AT]]


def asked(ids: Sequence[int], issue: Newsletter, now: datetime) -> list[Item]:
    """Open consultations of its team, and about what its readers follow."""
    found = answered.open_consultations(now, series_ids=ids, team_id=issue.team_id)
    return [notice(each) for each in found[:LOOKED_AT]]


def events(ids: Sequence[int], issue: Newsletter, now: datetime) -> list[Item]:
    """Announced consultations and events that begin, or go on, from today; the soonest first."""
    today = london_date(now)
    found = []
    for each in notices.open_changes(ids):
        opens, closes = period(each)
        if opens and (closes or opens) >= today:
            found.append((max(opens, today), each.id, notice(each)))
    return [item for _, _, item in sorted(found, key=lambda each: each[:2])][:LOOKED_AT]


def edition(release: Any) -> Item:
    return Item(f"r{release.id}", release, frozenset({release.series_id}))


def notice(found: ChangeNotice) -> Item:
    return Item(f"n{found.id}", found, frozenset(series.id for series in found.series))


FOUND = {
    "upcoming_releases": coming,
    "upcoming_changes": changes,
    "recent": recent,
    "feedback": asked,
    "events": events,
}
