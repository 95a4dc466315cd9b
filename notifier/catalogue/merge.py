"""A topic comes to an end: merged into another or given up. Announced ahead, done on its day.

``Topic.retired_at`` is that day's first instant in London; until then the topic is as it was.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from sqlalchemy import select

from notifier.catalogue import queries
from notifier.catalogue.models import Topic
from notifier.catalogue.rules import with_ancestors
from notifier.clock import at_london, london_date
from notifier.errors import Refused
from notifier.store.db import session
from notifier.store.history import SYSTEM, By, of, record

AHEAD = timedelta(days=14)
LEAST_AHEAD, MOST_AHEAD = timedelta(days=7), timedelta(days=366)
ANNOUNCED = ("announce_merge", "announce_retirement")
DONE = ("merged", "retired")


def announce(topic: Topic, *, into: Topic | None, on: date | None, by: By, now: datetime) -> date:
    """Set the day on which ``topic`` becomes part of ``into``, or ends when that is None; in two
    weeks unless told otherwise. Returns the day.

    Raises Refused when the day is too near or too far, the topic or its successor goes already, or
    something would stand under nothing afterwards.
    """
    day = on or london_date(now) + AHEAD
    check_day(day, london_date(now))
    if topic.retired_at is not None:
        raise Refused(f"{topic.name} ends already, on {last_day(topic).isoformat()}.")
    check_awaited(topic)
    if into is None:
        check_alone(topic)
    else:
        check_pair(topic, into)
    topic.retired_at, topic.merged_into_id = at_london(day, time(0)), into.id if into else None
    session.flush()
    session.refresh(topic)
    action = ANNOUNCED[0] if into else ANNOUNCED[1]
    to = into.slug if into else None
    record(f"topic:{topic.id}", action, by=by, now=now, on=day.isoformat(), into=to)
    return day


def check_day(day: date, today: date) -> None:
    if day < today + LEAST_AHEAD:
        raise Refused(
            f"People are told {LEAST_AHEAD.days} days ahead; choose "
            f"{(today + LEAST_AHEAD).isoformat()} or later."
        )
    if day > today + MOST_AHEAD:
        raise Refused("The day may be a year ahead at most; choose an earlier one.")


def check_alone(topic: Topic) -> None:
    """A topic may be given up when nothing stands under it alone."""
    if living := [child.name for child in topic.children if child.retired_at is None]:
        raise Refused(f"{', '.join(living)} stand under {topic.name}; retire or merge those first.")
    alone = [
        one.name for one in topic.series if all(t.retired_at for t in one.topics if t != topic)
    ]
    if alone:
        raise Refused(
            f"{alone[0]} stands under no other topic; merge {topic.name} into another instead: "
            f"bin/notifier topics merge {topic.slug} --into TOPIC."
        )


def check_pair(topic: Topic, into: Topic) -> None:
    if topic.id == into.id:
        raise Refused("A topic cannot be merged into itself; name another with --into.")
    if into.retired_at is not None:
        raise Refused(f"{into.name} ends itself on {last_day(into).isoformat()}; choose another.")
    if topic.id in with_ancestors([into.id], queries.parents()):
        raise Refused(
            f"{into.name} stands under {topic.name}; merge the lower topic into the upper one."
        )


def check_awaited(topic: Topic) -> None:
    """Nothing else is on its way into it."""
    promised = session.scalars(select(Topic).where(Topic.merged_into_id == topic.id)).all()
    if coming := [each for each in promised if not is_done(each)]:
        raise Refused(
            f"{coming[0].name} becomes part of {topic.name} on {last_day(coming[0]).isoformat()}; "
            "wait until after that day."
        )


def last_day(topic: Topic) -> date:
    """The day (London) on which it ends. Raises ValueError for one that does not."""
    if topic.retired_at is None:
        raise ValueError(f"The topic {topic.slug} does not end.")
    return london_date(topic.retired_at)


def is_gone(topic: Topic, now: datetime) -> bool:
    return topic.retired_at is not None and topic.retired_at <= now


def successor(topic: Topic, now: datetime) -> Topic | None:
    """The topic itself, or what it has become by now; None when it was given up."""
    step: Topic | None = topic
    while step is not None and is_gone(step, now):
        step = step.merged_into
    return step


def current(topics: Iterable[Topic], *, now: datetime) -> list[Topic]:
    """The topics, or what they have become; each once, without those that were given up."""
    found = (successor(topic, now) for topic in topics)
    return list(dict.fromkeys(topic for topic in found if topic is not None))


def current_ids(topic_ids: Iterable[int], *, now: datetime) -> list[int]:
    rows = (session.get(Topic, topic_id) for topic_id in topic_ids)
    return [topic.id for topic in current((row for row in rows if row is not None), now=now)]


def living(now: datetime) -> list[Topic]:
    """The topics that one can follow now, in the order of the catalogue."""
    return [topic for topic in queries.topics() if not is_gone(topic, now)]


def announced_at(topic: Topic) -> datetime | None:
    """When its end was announced."""
    rows = of(f"topic:{topic.id}") if topic.retired_at is not None else []
    return next((row.at for row in reversed(rows) if row.action in ANNOUNCED), None)


def is_done(topic: Topic) -> bool:
    """Whether its series and people have moved on."""
    return any(row.action in DONE for row in of(f"topic:{topic.id}"))


def due(now: datetime) -> list[Topic]:
    """Topics whose day has come and whose series and people still wait."""
    query = select(Topic).where(Topic.retired_at <= now).order_by(Topic.retired_at, Topic.id)
    return [topic for topic in session.scalars(query) if not is_done(topic)]


def carry_out(topic: Topic, *, now: datetime) -> Topic | None:
    """Move what stands under it to what it becomes; returns that, None if it was given up."""
    into = successor(topic, now)
    moved = [one.slug for one in topic.series]
    for one in list(topic.series):
        one.topics = list(
            dict.fromkeys(t for t in (into if t == topic else t for t in one.topics) if t)
        )
    for child in list(topic.children):
        child.parent = into if into is not None else topic.parent
    session.flush()
    session.expire(topic, ["series", "children"])
    action = DONE[0] if into is not None else DONE[1]
    record(f"topic:{topic.id}", action, by=SYSTEM, now=now, series=moved)
    return into
