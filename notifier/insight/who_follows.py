"""Topic by user type in one look at all people, kept for ten minutes; and what gaps would miss."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, case, func, or_, select

from notifier.audience.models import Reach
from notifier.audience.receivers import Audience, reached
from notifier.catalogue import merge
from notifier.catalogue import queries as catalogue
from notifier.catalogue.models import Series, Topic, UserType
from notifier.catalogue.sight import Sight
from notifier.clock import london_date
from notifier.insight.reach import below, follows
from notifier.insight.sizes import KEPT
from notifier.insight.who_hears import FEW
from notifier.notices.approve import team_ids
from notifier.notices.derive import judged
from notifier.notices.models import ChangeNotice
from notifier.notices.owed import UNPUBLISHED, with_series
from notifier.notices.rules import OPEN
from notifier.releases.models import Release
from notifier.store.db import session


@dataclass(frozen=True)
class Table:
    """People by (topic id, user type id), by topic id, and who follows at all. A person may follow
    several topics; who follows one hears of what is below it, and is counted there too."""

    at: datetime
    cells: dict[tuple[int, int], int]
    total: int


@dataclass(frozen=True)
class Gap:
    """An intended audience of a topic of whom few follow, and the next thing they would miss."""

    topic: Topic
    user_type: UserType
    people: int
    next: Next | None


@dataclass(frozen=True)
class Next:
    """``day`` is the last day to be public of what is ``due``, else its effect or release."""

    title: str
    day: date | None
    due: bool


class Tables:
    """The one table, kept by one process."""

    def __init__(self) -> None:
        self.found: tuple[tuple[int, ...], Table] | None = None

    def of(self, topics: Iterable[Topic], *, now: datetime) -> Table:
        every = list(topics)
        ids = tuple(topic.id for topic in every)
        if self.found is None or self.found[0] != ids or now - self.found[1].at >= KEPT:
            self.found = ids, count(every, now=now)
        return self.found[1]


def count(topics: Iterable[Topic], *, now: datetime) -> Table:
    """Two queries, whatever the number of topics: everybody by the masks of what they follow, and
    the few who follow single series, whom the masks do not tell. With both conditions in one query
    over 100,000 people each person was looked up once for each topic."""
    every = [(topic.id, follows(topic)) for topic in topics]
    cells: Counter[tuple[int, int]] = Counter()
    if not every:
        return Table(now, {}, 0)
    by_mask = [reached(replace(audience, series=[])) for _, audience in every]
    total = add(cells, [id_ for id_, _ in every], by_mask)
    series = sorted({each for _, audience in every for each in audience.series})
    if series:
        at_all = or_(*by_mask)
        more = [and_(reached(a), ~mask) for (_, a), mask in zip(every, by_mask, strict=True)]
        few = reached(Audience(series=series, exact=True))
        add(cells, [id_ for id_, _ in every], more, few)
        total += add(Counter(), [0], [and_(few, ~at_all)], few)
    return Table(now, dict(cells), total)


def add(
    cells: Counter[tuple[int, int]],
    ids: list[int],
    conditions: list[ColumnElement[bool]],
    among: ColumnElement[bool] | None = None,
) -> int:
    """Count the people of each condition by their user type; returns how many fit any."""
    sums = [func.sum(case((each, 1), else_=0)) for each in (or_(*conditions), *conditions)]
    query = select(Reach.user_type_id, *sums).group_by(Reach.user_type_id)
    total = 0
    for kind, anything, *numbers in session.execute(query if among is None else query.where(among)):
        total += int(anything or 0)
        for id_, number in zip(ids, numbers, strict=True):
            cells[id_, kind] += int(number or 0)
    return total


def gaps(table: Table, topics: Iterable[Topic], sight: Sight, *, now: datetime) -> list[Gap]:
    """Soonest first what they would miss, then the emptiest. Of what is not public, only what this
    member may see is named."""
    coming = what_comes(sight, now=now)
    found = []
    for topic in topics:
        thin = [k for k in topic.intended if table.cells.get((topic.id, k.id), 0) < FEW]
        if thin:
            here = {topic.id, *(each.id for each in below(topic))}
            nearest = next((each for ids, each in coming if ids & here), None)
            found += [Gap(topic, k, table.cells.get((topic.id, k.id), 0), nearest) for k in thin]
    far = date.max
    return sorted(found, key=lambda g: ((g.next.day or far) if g.next else far, g.people))


def what_comes(sight: Sight, *, now: datetime) -> list[tuple[set[int], Next]]:
    """Changes and releases that are to come with the ids of their topics, soonest first."""
    today, found = london_date(now), []
    states = ChangeNotice.state.in_((*UNPUBLISHED, *OPEN))
    for notice in session.scalars(with_series().where(states)):
        due = notice.state in UNPUBLISHED
        if due and not sight.sees(team_ids(notice)):
            continue
        held = judged(notice, today)
        effect = london_date(held.effect_at) if held.effect_at is not None else None
        day = held.publish_by if due else effect
        if day is not None and day >= today:
            found.append((topics_of(notice.series), Next(notice.headline, day, due)))
    query = select(Release).where(
        Release.state.in_(("provisional", "confirmed")), Release.day >= today
    )
    for release in session.scalars(query):
        if release.day is not None:
            found.append((topics_of([release.series]), Next(release.title, release.day, False)))
    return sorted(found, key=lambda pair: pair[1].day or date.max)


def topics_of(series: Iterable[Series]) -> set[int]:
    return {topic.id for each in series for topic in each.topics}


def in_order(now: datetime) -> list[tuple[Topic, int]]:
    """The living topics as a tree: each with its depth, children after their parent."""
    living = merge.living(now)
    known = {topic.id for topic in living}

    def walk(topic: Topic, depth: int) -> Iterable[tuple[Topic, int]]:
        yield topic, depth
        for child in topic.children:
            if child.id in known:
                yield from walk(child, depth + 1)

    roots = [topic for topic in living if topic.parent_id not in known]
    return [pair for root in roots for pair in walk(root, 0)]


def user_types() -> list[UserType]:
    return catalogue.user_types()
