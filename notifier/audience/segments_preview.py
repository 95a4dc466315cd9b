"""Who is in a segment, before anything is sent: counts, a sample, and what two have in common."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import BigInteger, ColumnElement, cast, func, select
from sqlalchemy.orm import InstrumentedAttribute

from notifier.audience.models import Reach, Subscriber
from notifier.audience.receivers import Audience, count, receivers
from notifier.audience.rules import MASK_BITS, MASKED_TOPICS, variant_words
from notifier.audience.segments_read import Filter
from notifier.catalogue import queries as catalogue
from notifier.catalogue.models import Topic, UserType
from notifier.store.db import session

SAMPLE = 5
TOGETHER = 20  # topics counted in one pass over the people


@dataclass(frozen=True)
class Somebody:
    """One of a sample; most of the address is hidden."""

    address: str
    user_type: str
    depth: str
    language: str


@dataclass(frozen=True)
class Preview:
    """``people`` in all, and of them by the name of each user type, topic (in their own list: one
    person may follow several) and language that somebody has, the most first."""

    people: int
    user_types: dict[str, int]
    topics: dict[str, int]
    languages: dict[str, int]
    sample: list[Somebody]


@dataclass(frozen=True)
class Overlap:
    both: int
    only_first: int
    only_second: int


def preview(found: Filter) -> Preview:
    """Who is in it now."""
    audience = Audience(segment=found)
    types = {row.id: row.name for row in catalogue.user_types()}
    by_type = grouped(audience, Reach.user_type_id)
    spoken: dict[str, int] = {}
    for variant, people in grouped(audience, Reach.variant).items():
        language = variant_words(variant)[1]
        spoken[language] = spoken.get(language, 0) + people
    return Preview(
        people=sum(by_type.values()),
        user_types=most_first({types[each]: people for each, people in by_type.items()}),
        topics=most_first(by_topic(audience)),
        languages=most_first(spoken),
        sample=sample(audience),
    )


def overlap(first: Filter, second: Filter) -> Overlap:
    """How many people two segments share."""
    both = count(Audience(segment={"and": [first, second]}))
    alone = (count(Audience(segment=each)) - both for each in (first, second))
    return Overlap(both, *alone)


def grouped(audience: Audience, column: InstrumentedAttribute[int]) -> dict[int, int]:
    query = receivers(audience).with_only_columns(column, func.count()).group_by(column)
    return dict(session.execute(query).all())


def by_topic(audience: Audience) -> dict[str, int]:
    """How many have each topic in their own list; a few passes for all that stand in the masks."""
    topics = catalogue.topics()
    masked = [topic for topic in topics if topic.bit < MASKED_TOPICS]
    found: dict[str, int] = {}
    for start in range(0, len(masked), TOGETHER):
        some = masked[start : start + TOGETHER]
        each = (func.count().filter(has(topic)) for topic in some)
        counts = session.execute(receivers(audience).with_only_columns(*each)).one()
        found.update(zip((topic.name for topic in some), counts, strict=True))
    for topic in topics:
        if topic.bit >= MASKED_TOPICS:
            only = Audience(topics=[topic.id], exact=True, segment=audience.segment)
            found[topic.name] = count(only)
    return found


def has(topic: Topic) -> ColumnElement[bool]:
    mask, bit = (
        (Reach.t0, topic.bit) if topic.bit < MASK_BITS else (Reach.t1, topic.bit - MASK_BITS)
    )
    return mask.bitwise_and(1 << bit) != 0


def sample(audience: Audience, *, most: int = SAMPLE) -> list[Somebody]:
    """The same few for the same people, from early and late ones alike."""
    scattered = cast(Reach.subscriber_id, BigInteger) * 7919 % 104_729
    query = receivers(audience).with_only_columns(Reach.subscriber_id).order_by(scattered)
    ids = list(session.scalars(query.limit(most)))
    rows = session.execute(
        select(Subscriber.email, UserType.name, Reach.variant)
        .join(Reach, Reach.subscriber_id == Subscriber.id)
        .join(UserType, UserType.id == Reach.user_type_id)
        .where(Subscriber.id.in_(ids))
        .order_by(Subscriber.id)
    )
    return [
        Somebody(hidden(email or ""), kind, *variant_words(number)) for email, kind, number in rows
    ]


def hidden(address: str) -> str:
    """ "c…@example.org": enough to know one's own colleagues by, too little to write to."""
    local, _, domain = address.rpartition("@")
    return f"{local[:1] if len(local) > 1 else ''}…@{domain}"


def most_first(counts: dict[str, int]) -> dict[str, int]:
    kept = [(name, people) for name, people in counts.items() if people]
    return dict(sorted(kept, key=lambda each: (-each[1], each[0])))
