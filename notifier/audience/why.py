"""Why somebody gets a message: the subscriptions through which an audience reaches them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from notifier.audience.conditions import for_few, told_by
from notifier.audience.models import Reach, Subscriber, Subscription
from notifier.audience.receivers import Audience, reached_topics, receivers, through
from notifier.audience.segments_named import in_words
from notifier.catalogue.models import Series, Topic
from notifier.sends.models import Delivery, Send
from notifier.store.db import session


def matching(
    audience: Audience, subscriber_ids: Iterable[int], *, at: datetime | None = None
) -> list[Subscription]:
    """The subscriptions through which the audience reaches these people, by person and age.

    ``at`` asks for those in force at that instant (why somebody got an old letter); None, for now.
    """
    query = select(Subscription).where(
        Subscription.subscriber_id.in_(list(subscriber_ids)), through(audience)
    )
    if at is None:
        query = query.where(Subscription.ended_at.is_(None))
    else:
        query = query.where(in_force_at(at))
    return list(session.scalars(query.order_by(Subscription.subscriber_id, Subscription.id)))


def in_force_at(at: datetime) -> ColumnElement[bool]:
    ended_later = or_(Subscription.ended_at.is_(None), Subscription.ended_at > at)
    return and_(Subscription.started_at <= at, ended_later)


def followed_at(audience: Audience, at: datetime) -> Select[int]:
    """Select the ids of the people whose subscriptions to any of it were in force at ``at``."""
    return select(Subscription.subscriber_id).where(through(audience), in_force_at(at)).distinct()


def reasons(
    audience: Audience,
    lo: int,
    hi: int,
    *,
    at: datetime,
    names: Mapping[tuple[str, int], str] | None = None,
) -> dict[int, tuple[tuple[str, str], ...]]:
    """Why each person from id ``lo`` to ``hi`` gets it: ("topic" | "series", name) or ("notice" |
    "release", id) of what they followed at the instant of freezing, ("week", "") for Friday's mail;
    ("earlier", "") of who follows nothing of it but got an earlier message; ("segment", whom it
    means) of a message to a segment alone.

    A few queries for a chunk; tuples are equal for equal reason sets, so that words can be cached.
    ``names`` are those of ``names_followed``, which are the same for all batches.
    """
    found: dict[int, set[tuple[str, str]]] = {}
    for subscriber_id, reason in followed(
        audience, lo, hi, at=at, names=names_followed() if names is None else names
    ):
        found.setdefault(subscriber_id, set()).add(reason)
    if audience.week_ahead:
        asked = select(Subscriber.id).where(Subscriber.week_ahead, Subscriber.id.between(lo, hi))
        for subscriber_id in session.scalars(asked):
            found.setdefault(subscriber_id, set()).add(("week", ""))
    if audience.got:
        ledger, single = told_by(audience.got)
        ledger = ledger.where(Delivery.subscriber_id.between(lo, hi))
        single = single.where(Send.subscriber_id.between(lo, hi))
        for subscriber_id in (*session.scalars(ledger), *session.scalars(single)):
            found.setdefault(subscriber_id or 0, {("earlier", "")})
    if audience.starts_with_all:
        # Of one person it is the ledger that asks, also when they have left meanwhile.
        with for_few():
            between = receivers(audience).where(Reach.subscriber_id.between(lo, hi))
        why = ("segment", in_words(audience.segment or {"everyone": True}))
        found = {each: {why} for each in ([lo] if lo == hi else session.scalars(between))}
    return {person: tuple(sorted(why)) for person, why in found.items()}


def names_followed() -> dict[tuple[str, int], str]:
    """The name of each topic and series, by ("topic" | "series", id)."""
    return {
        **{("topic", r.id): r.name for r in session.execute(select(Topic.id, Topic.name))},
        **{("series", r.id): r.name for r in session.execute(select(Series.id, Series.name))},
    }


def followed(
    audience: Audience, lo: int, hi: int, *, at: datetime, names: Mapping[tuple[str, int], str]
) -> Iterator[tuple[int, tuple[str, str]]]:
    """(subscriber_id, reason) of each subscription that was in force.

    All that these people followed is read, and chosen from here: asked for the topics too, SQLite
    goes through all of their followers for each batch (12 ms for 40,000 instead of 0.2).
    """
    query = select(
        Subscription.subscriber_id,
        Subscription.topic_id,
        Subscription.series_id,
        Subscription.notice_id,
        Subscription.release_id,
    ).where(Subscription.subscriber_id.between(lo, hi), in_force_at(at))
    topics, series_ids = reached_topics(audience), set(audience.series)
    for subscriber_id, topic, series, notice, release in session.execute(query):
        if topic in topics:
            yield subscriber_id, ("topic", names["topic", topic])
        elif series in series_ids:
            yield subscriber_id, ("series", names["series", series])
        elif notice in audience.notices:  # their rooms stand above this one and know their names
            yield subscriber_id, ("notice", str(notice))
        elif release in audience.releases:
            yield subscriber_id, ("release", str(release))


def followers(
    *, notice_id: int | None = None, release_id: int | None = None, limit: int
) -> list[Subscription]:
    """The first ``limit`` subscriptions in force to exactly this notice or this release."""
    wanted = (
        Subscription.notice_id == notice_id
        if notice_id is not None
        else Subscription.release_id == release_id
    )
    query = select(Subscription).where(wanted, Subscription.ended_at.is_(None))
    return list(session.scalars(query.order_by(Subscription.id).limit(limit)))


def singly_followed() -> tuple[set[int], set[int]]:
    """Ids of the notices and of the releases that somebody follows by themselves."""

    def ids(column: InstrumentedAttribute[int | None]) -> set[int]:
        query = select(column).where(column.is_not(None), Subscription.ended_at.is_(None))
        return {found for found in session.scalars(query.distinct()) if found is not None}

    return ids(Subscription.notice_id), ids(Subscription.release_id)
