"""THE receivers query: who gets something. Preview, freeze and the check before each batch use it.

An audience is data (``Audience``), kept in the Send as JSON. Nothing else in the house selects from
``subscription`` to decide who gets what; a house test looks for a second one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select

from notifier.audience.models import Acknowledgement, NewsletterOptOut, Reach, Subscription
from notifier.audience.rules import MASKED_TOPICS, masks
from notifier.catalogue.models import Series, Topic, series_topic
from notifier.catalogue.queries import parents
from notifier.catalogue.rules import with_ancestors
from notifier.sends.models import Delivery
from notifier.sends.rules import TOLD
from notifier.store.db import session


@dataclass(frozen=True)
class Audience:
    """People who follow any of the topics (or what stands above them) or any of the series.

    ``user_types`` narrows it to those types; ``team_newsletter`` leaves out who stopped that team's
    newsletters. ``got`` adds the people to whom one of these Sends went, while they are active, and
    is the whole audience where nothing is followed. ``not_acknowledged`` leaves out who pressed
    "got it" for that notice. Ids, but for the reference of the notice.
    """

    topics: list[int] = field(default_factory=list)
    series: list[int] = field(default_factory=list)
    user_types: list[int] = field(default_factory=list)
    team_newsletter: int | None = None
    got: list[int] = field(default_factory=list)
    not_acknowledged: str | None = None

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Audience:
        return cls(**data)


def about_series(series_ids: Iterable[int]) -> Audience:
    """Who follows one of the series, or a topic under which one stands."""
    ids = sorted(set(series_ids))
    topics = session.scalars(
        select(series_topic.c.topic_id).where(series_topic.c.series_id.in_(ids)).distinct()
    )
    return Audience(topics=sorted(topics), series=ids)


def receivers(audience: Audience) -> Select[int, int]:
    """Select (subscriber_id, variant) of everyone active whom the audience reaches."""
    reached = [
        follows_topics(audience.topics),
        follows_series(audience.series),
        got_earlier(audience.got),
    ]
    query: Select[int, int] = select(Reach.subscriber_id, Reach.variant).where(or_(*reached))
    if audience.user_types:
        query = query.where(Reach.user_type_id.in_(audience.user_types))
    if audience.team_newsletter is not None:
        stopped = select(NewsletterOptOut.subscriber_id).where(
            NewsletterOptOut.team_id == audience.team_newsletter
        )
        query = query.where(Reach.subscriber_id.not_in(stopped))
    if audience.not_acknowledged is not None:
        done = select(Acknowledgement.subscriber_id).where(
            Acknowledgement.about == audience.not_acknowledged
        )
        query = query.where(Reach.subscriber_id.not_in(done))
    return query


def got_earlier(send_ids: Iterable[int]) -> ColumnElement[bool]:
    """People on the ledger of one of these Sends whom it was handed over for, or still is."""
    ids = list(send_ids)
    if not ids:
        return false()
    told = select(Delivery.subscriber_id).where(Delivery.send_id.in_(ids), Delivery.state.in_(TOLD))
    return Reach.subscriber_id.in_(told)


def follows_topics(topic_ids: Iterable[int]) -> ColumnElement[bool]:
    wanted = with_ancestors(topic_ids, parents())
    if not wanted:
        return false()
    bits = {row.id: row.bit for row in session.execute(select(Topic.id, Topic.bit))}
    t0, t1 = masks(bits[t] for t in wanted)
    tests: list[ColumnElement[bool]] = []
    if t0:
        tests.append(Reach.t0.bitwise_and(t0) != 0)
    if t1:
        tests.append(Reach.t1.bitwise_and(t1) != 0)
    beyond = [t for t in wanted if bits[t] >= MASKED_TOPICS]
    if beyond:
        tests.append(in_force(Subscription.topic_id.in_(beyond)))
    return or_(*tests)


def follows_series(series_ids: Iterable[int]) -> ColumnElement[bool]:
    ids = list(series_ids)
    return in_force(Subscription.series_id.in_(ids)) if ids else false()


def in_force(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    found = select(Subscription.subscriber_id).where(condition, Subscription.ended_at.is_(None))
    return Reach.subscriber_id.in_(found)


def count(audience: Audience) -> int:
    """How many people an audience reaches now."""
    inner = receivers(audience).subquery()
    return session.scalar(select(func.count()).select_from(inner)) or 0


def matching(
    audience: Audience, subscriber_ids: Iterable[int], *, at: datetime | None = None
) -> list[Subscription]:
    """The subscriptions through which the audience reaches these people, by person and age.

    ``at`` asks for those in force at that instant (why somebody got an old letter); None, for now.
    """
    topics = with_ancestors(audience.topics, parents())
    query = select(Subscription).where(
        Subscription.subscriber_id.in_(list(subscriber_ids)),
        or_(Subscription.topic_id.in_(topics), Subscription.series_id.in_(audience.series)),
    )
    if at is None:
        query = query.where(Subscription.ended_at.is_(None))
    else:
        ended_later = or_(Subscription.ended_at.is_(None), Subscription.ended_at > at)
        query = query.where(and_(Subscription.started_at <= at, ended_later))
    return list(session.scalars(query.order_by(Subscription.subscriber_id, Subscription.id)))


def reasons(
    audience: Audience, lo: int, hi: int, *, at: datetime
) -> dict[int, tuple[tuple[str, str], ...]]:
    """Why each person from id ``lo`` to ``hi`` gets it: ("topic" | "series", name) of what they
    followed at the instant of freezing.

    One query for a chunk; tuples are equal for equal reason sets, so that words can be cached.
    """
    topics = with_ancestors(audience.topics, parents())
    names = {
        **{("topic", r.id): r.name for r in session.execute(select(Topic.id, Topic.name))},
        **{("series", r.id): r.name for r in session.execute(select(Series.id, Series.name))},
    }
    query = select(Subscription.subscriber_id, Subscription.topic_id, Subscription.series_id).where(
        Subscription.subscriber_id.between(lo, hi),
        or_(Subscription.topic_id.in_(topics), Subscription.series_id.in_(audience.series)),
        Subscription.started_at <= at,
        or_(Subscription.ended_at.is_(None), Subscription.ended_at > at),
    )
    found: dict[int, set[tuple[str, str]]] = {}
    for subscriber_id, topic_id, series_id in session.execute(query):
        kind, key = ("topic", topic_id) if topic_id is not None else ("series", series_id)
        found.setdefault(subscriber_id, set()).add((kind, names[kind, key]))
    return {person: tuple(sorted(why)) for person, why in found.items()}
