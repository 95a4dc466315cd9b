"""Keeps ``reach``, the derived row per active person, true after each verb of this room."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, delete, exists, insert, literal, select, update
from sqlalchemy.orm import aliased

from notifier.audience.models import Reach, Subscriber, Subscription
from notifier.audience.rules import joined_on, masks, variant
from notifier.catalogue.models import Topic
from notifier.store.db import session


def sync(subscriber: Subscriber) -> None:
    """Write or remove the person's reach row. Call it last in every verb that touches a person."""
    session.flush()
    session.execute(delete(Reach).where(Reach.subscriber_id == subscriber.id))
    if subscriber.state != "active":
        return
    bits = session.scalars(
        select(Topic.bit)
        .join(Subscription, Subscription.topic_id == Topic.id)
        .where(Subscription.subscriber_id == subscriber.id, Subscription.ended_at.is_(None))
    )
    t0, t1 = masks(bits)
    session.add(
        Reach(
            subscriber_id=subscriber.id,
            user_type_id=subscriber.user_type_id,
            variant=variant(subscriber.reads, subscriber.language),
            kinds=subscriber.kinds,
            takes_part=subscriber.takes_part,
            joined=joined_on(subscriber.confirmed_at or subscriber.created_at),
            t0=t0,
            t1=t1,
        )
    )
    session.flush()


def repoint(old: Topic, new: Topic | None, *, now: datetime, reason: str) -> int:
    """End every subscription to ``old`` and start one to ``new`` for each, unless it is followed
    already; returns how many ended.

    A few statements over all rows: one by one, a hundred thousand people would hold SQLite's write
    lock for minutes.
    """
    session.flush()
    follows = (Subscription.topic_id == old.id) & Subscription.ended_at.is_(None)
    people = select(Subscription.subscriber_id).where(follows)
    if new is not None:
        already = aliased(Subscription)
        has = exists().where(
            already.subscriber_id == Subscription.subscriber_id,
            already.topic_id == new.id,
            already.ended_at.is_(None),
        )
        rows = select(
            Subscription.subscriber_id,
            literal(new.id),
            literal(now, type_=Subscription.started_at.type),
            literal(""),
        )
        columns = ["subscriber_id", "topic_id", "started_at", "end_reason"]
        fresh = rows.where(follows, ~has).distinct()
        session.execute(insert(Subscription).from_select(columns, fresh))
    gone, come = masks([old.bit]), masks([new.bit] if new is not None else [])
    session.execute(
        update(Reach)
        .where(Reach.subscriber_id.in_(people))
        .values(
            t0=Reach.t0.bitwise_and(~gone[0]).bitwise_or(come[0]),
            t1=Reach.t1.bitwise_and(~gone[1]).bitwise_or(come[1]),
        )
        .execution_options(synchronize_session=False)
    )
    done = session.execute(
        update(Subscription)
        .where(follows)
        .values(ended_at=now, end_reason=reason)
        .execution_options(synchronize_session=False)
    )
    session.expire_all()
    return cast("CursorResult[Any]", done).rowcount


def follow_too(release_id: int, other_id: int, *, now: datetime) -> int:
    """Start for each who follows a release by itself a subscription to another, unless they follow
    it already; returns how many. One statement, as in ``repoint``."""
    session.flush()
    already = aliased(Subscription)
    has = exists().where(
        already.subscriber_id == Subscription.subscriber_id,
        already.release_id == other_id,
        already.ended_at.is_(None),
    )
    rows = select(
        Subscription.subscriber_id,
        literal(other_id),
        literal(now, type_=Subscription.started_at.type),
        literal(""),
    ).where(Subscription.release_id == release_id, Subscription.ended_at.is_(None), ~has)
    columns = ["subscriber_id", "release_id", "started_at", "end_reason"]
    done = session.execute(insert(Subscription).from_select(columns, rows.distinct()))
    return cast("CursorResult[Any]", done).rowcount


def left_with_nothing(topic: Topic, *, ended_at: datetime, limit: int) -> list[Subscriber]:
    """People whose last subscription was the one to ``topic`` that ended then."""
    other = aliased(Subscription)
    still = exists().where(other.subscriber_id == Subscriber.id, other.ended_at.is_(None))
    query = (
        select(Subscriber)
        .join(Subscription, Subscription.subscriber_id == Subscriber.id)
        .where(
            Subscription.topic_id == topic.id,
            Subscription.ended_at == ended_at,
            Subscriber.state.in_(("active", "paused")),
            Subscriber.week_ahead.is_(False),
            ~still,
        )
        .distinct()
    )
    return list(session.scalars(query.order_by(Subscriber.id).limit(limit)))


def lists_between(first: int, last: int) -> Iterable[tuple[int, int | None, int | None]]:
    """(subscriber id, topic id, series id) of what these people follow now, the oldest first."""
    query = (
        select(Subscription.subscriber_id, Subscription.topic_id, Subscription.series_id)
        .where(Subscription.subscriber_id.between(first, last), Subscription.ended_at.is_(None))
        .order_by(Subscription.id)
    )
    return ((who, topic, series) for who, topic, series in session.execute(query))


def anybody_follows_a_series() -> bool:
    """Whether somebody follows a single series now."""
    found = exists().where(Subscription.series_id.is_not(None), Subscription.ended_at.is_(None))
    return bool(session.scalar(select(found)))
