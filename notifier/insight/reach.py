"""Who follows what: topic by user type, against a year ago and against whom the topic is for.

Counts of followers, never of messages. What is public is rounded, and small numbers are not shown.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from notifier.audience.headcount import by_user_type
from notifier.audience.models import Reach, Subscriber
from notifier.audience.receivers import Audience, receivers
from notifier.catalogue import merge
from notifier.catalogue import queries as catalogue
from notifier.catalogue.models import Topic, UserType
from notifier.catalogue.rules import with_ancestors
from notifier.store.db import session

YEAR = timedelta(days=365)
ROUNDED_TO = 10  # public counts; fewer people than that are not shown at all


@dataclass(frozen=True)
class Cell:
    """How many people of one user type follow a topic, now and a year ago."""

    user_type: str
    name: str
    now: int
    year_ago: int
    intended: bool

    @property
    def change(self) -> int:
        return self.now - self.year_ago


@dataclass(frozen=True)
class Row:
    """One topic: a cell for each user type of the catalogue, in its order."""

    topic: str
    name: str
    cells: tuple[Cell, ...]

    @property
    def now(self) -> int:
        return sum(cell.now for cell in self.cells)


def follows(topic: Topic) -> Audience:
    """People who are told of something in the topic: they follow it, what stands above or below it,
    or a series in it."""
    inside = [topic, *below(topic)]
    topics = with_ancestors([topic.id], catalogue.parents()) | {t.id for t in inside}
    series = {one.id for t in inside for one in t.series}
    return Audience(topics=sorted(topics), series=sorted(series), exact=True)


def below(topic: Topic) -> list[Topic]:
    return [t for child in topic.children for t in (child, *below(child))]


def matrix(*, now: datetime, topics: Iterable[Topic] | None = None) -> list[Row]:
    """A row for each living topic, or for those given."""
    kinds = catalogue.user_types()
    chosen = merge.living(now) if topics is None else topics
    return [row(topic, kinds, now=now) for topic in chosen]


def row(topic: Topic, kinds: Iterable[UserType], *, now: datetime) -> Row:
    audience = follows(topic)
    today, then = by_user_type(audience), by_user_type(audience, at=now - YEAR)
    meant = {kind.id for kind in topic.intended}
    cells = (
        Cell(kind.slug, kind.name, today.get(kind.id, 0), then.get(kind.id, 0), kind.id in meant)
        for kind in kinds
    )
    return Row(topic.slug, topic.name, tuple(cells))


def gaps(rows: Iterable[Row]) -> list[str]:
    """A sentence for each intended audience of which nobody follows, and for each that shrinks."""
    found = []
    for one in rows:
        for cell in one.cells:
            if not cell.intended:
                continue
            if not cell.now:
                found.append(f"No {cell.name} subscribers on {one.name}, an intended audience.")
            elif cell.now * 2 <= cell.year_ago:
                found.append(
                    f"{cell.name} on {one.name}, an intended audience: {cell.now} subscribers, "
                    f"{cell.year_ago} a year ago."
                )
    return found


def uses(topic: Topic, *, limit: int = 500) -> list[tuple[str, str]]:
    """(user type, what they use the statistics for) of followers who said so, in their own words
    and without a name; for the team, not for the public."""
    reached = receivers(follows(topic)).with_only_columns(Reach.subscriber_id)
    query = (
        select(UserType.name, Subscriber.uses)
        .join(UserType, UserType.id == Subscriber.user_type_id)
        .where(Subscriber.uses != "", Subscriber.id.in_(reached))
        .order_by(UserType.position, Subscriber.id)
        .limit(limit)
    )
    return [(kind, words) for kind, words in session.execute(query)]


def rounded(number: int) -> int | None:
    """A count that may be public: to the nearest ten; None for fewer than ten."""
    if number < ROUNDED_TO:
        return None
    return (number + ROUNDED_TO // 2) // ROUNDED_TO * ROUNDED_TO


def public_counts(topic: Topic) -> list[tuple[UserType, int]]:
    """The user types of which ten or more follow a topic with their rounded counts, most first."""
    counts = by_user_type(follows(topic))
    shown = [(kind, rounded(counts.get(kind.id, 0))) for kind in catalogue.user_types()]
    found = [(kind, count) for kind, count in shown if count is not None]
    return sorted(found, key=lambda pair: -pair[1])
