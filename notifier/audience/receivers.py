"""THE receivers query: who gets something. Preview, freeze and the check before each batch use it.

An audience is data (``Audience``), kept in the Send as JSON. Nothing else in the house selects from
``subscription`` to decide who gets what; a house test looks for a second one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute

from notifier.audience.conditions import among, got_earlier, told_by, wants
from notifier.audience.models import (
    Acknowledgement,
    NewsletterOptOut,
    Reach,
    Subscriber,
    Subscription,
)
from notifier.audience.rules import MASKED_TOPICS, masks
from notifier.audience.segments_named import in_words
from notifier.audience.segments_query import Asks, condition
from notifier.audience.segments_read import Filter
from notifier.catalogue.models import Series, Topic, series_topic
from notifier.catalogue.queries import parents
from notifier.catalogue.rules import with_ancestors
from notifier.sends.models import Delivery, Send
from notifier.store.db import session


@dataclass(frozen=True)
class Audience:
    """People who follow any of the topics (or what stands above them), series, notices or releases.

    ``exact`` takes the topics alone, without what stands above them. ``user_types`` narrows it to
    those types; ``team_newsletter`` leaves out who stopped that team's newsletters. ``got`` adds
    the people to whom one of these Sends went, while they are active, and is the whole audience
    where nothing is followed; ``week_ahead`` adds those who asked for Friday's mail.
    ``not_acknowledged`` leaves out who pressed "got it" for that notice. Of ``kinds``
    (``audience.kinds``) a person must want one, and who wants only what breaks scripts gets a
    change where ``breaks_machines``. ``segment`` (a filter of ``segments_read``) narrows it too;
    alone, or with ``everyone``, it starts with all. Ids, but for the notice's reference, the kinds
    and the segment.
    """

    topics: list[int] = field(default_factory=list)
    series: list[int] = field(default_factory=list)
    user_types: list[int] = field(default_factory=list)
    team_newsletter: int | None = None
    got: list[int] = field(default_factory=list)
    not_acknowledged: str | None = None
    notices: list[int] = field(default_factory=list)
    releases: list[int] = field(default_factory=list)
    week_ahead: bool = False
    exact: bool = False
    kinds: list[str] = field(default_factory=list)
    breaks_machines: bool = False
    everyone: bool = False
    segment: Filter | None = None

    @property
    def starts_with_all(self) -> bool:
        """Whether nothing says where it starts but everyone, or a segment."""
        named = (self.topics, self.series, self.notices, self.releases, self.got, self.week_ahead)
        return self.everyone or (self.segment is not None and not any(named))

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Audience:
        return cls(**data)


def about(
    series_ids: Iterable[int],
    *,
    notices: Iterable[int] = (),
    releases: Iterable[int] = (),
    kinds: Iterable[str] = (),
    breaks_machines: bool = False,
) -> Audience:
    """Who follows one of the series, a topic under which one stands, or one of these notices or
    releases by itself."""
    ids = sorted(set(series_ids))
    topics = session.scalars(
        select(series_topic.c.topic_id).where(series_topic.c.series_id.in_(ids)).distinct()
    )
    return Audience(
        topics=sorted(topics),
        series=ids,
        notices=sorted(set(notices)),
        releases=sorted(set(releases)),
        kinds=sorted(set(kinds)),
        breaks_machines=breaks_machines,
    )


def receivers(audience: Audience) -> Select[int, int]:
    """Select (subscriber_id, variant) of everyone active whom the audience reaches."""
    query: Select[int, int] = select(Reach.subscriber_id, Reach.variant).where(reached(audience))
    if audience.segment is not None:
        asks = Asks(follows_topics, lambda ids: in_force(Subscription.series_id.in_(ids)))
        query = query.where(condition(audience.segment, asks))
    if audience.kinds:
        query = query.where(wants(audience.kinds, breaks_machines=audience.breaks_machines))
    if audience.user_types:
        query = query.where(Reach.user_type_id.in_(audience.user_types))
    if audience.team_newsletter is not None:
        stopped = select(NewsletterOptOut.subscriber_id).where(
            NewsletterOptOut.team_id == audience.team_newsletter
        )
        query = query.where(~among(NewsletterOptOut.subscriber_id, stopped))
    if audience.not_acknowledged is not None:
        done = select(Acknowledgement.subscriber_id).where(
            Acknowledgement.about == audience.not_acknowledged
        )
        query = query.where(~among(Acknowledgement.subscriber_id, done))
    return query


def reached(audience: Audience) -> ColumnElement[bool]:
    """Whom it reaches before anything narrows it."""
    if audience.starts_with_all:
        return true()
    found = [
        follows_topics(reached_topics(audience)),
        follows_single(audience),
        got_earlier(audience.got),
    ]
    if audience.week_ahead:
        asked = select(Subscriber.id).where(Subscriber.week_ahead)
        found.append(among(Subscriber.id, asked))
    return or_(*found)


def reached_topics(audience: Audience) -> set[int]:
    """The topics whose followers it reaches."""
    if audience.exact:
        return set(audience.topics)
    return with_ancestors(audience.topics, parents())


def follows_topics(wanted: set[int]) -> ColumnElement[bool]:
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


def follows_single(audience: Audience) -> ColumnElement[bool]:
    """Who follows a series, a notice or a release; each index is asked only where it is needed."""
    found = [
        in_force(column.in_(ids))
        for column, ids in (
            (Subscription.series_id, audience.series),
            (Subscription.notice_id, audience.notices),
            (Subscription.release_id, audience.releases),
        )
        if ids
    ]
    return or_(false(), *found)


def in_force(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    found = select(Subscription.subscriber_id).where(condition, Subscription.ended_at.is_(None))
    return among(Subscription.subscriber_id, found)


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
    query = select(Subscription).where(
        Subscription.subscriber_id.in_(list(subscriber_ids)), through(audience)
    )
    if at is None:
        query = query.where(Subscription.ended_at.is_(None))
    else:
        query = query.where(in_force_at(at))
    return list(session.scalars(query.order_by(Subscription.subscriber_id, Subscription.id)))


def through(audience: Audience) -> ColumnElement[bool]:
    """Whether a subscription is one through which the audience reaches people."""
    return or_(
        Subscription.topic_id.in_(reached_topics(audience)),
        Subscription.series_id.in_(audience.series),
        Subscription.notice_id.in_(audience.notices),
        Subscription.release_id.in_(audience.releases),
    )


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
    """(subscriber_id, reason) of each subscription that was in force."""
    query = select(
        Subscription.subscriber_id,
        Subscription.topic_id,
        Subscription.series_id,
        Subscription.notice_id,
        Subscription.release_id,
    ).where(Subscription.subscriber_id.between(lo, hi), through(audience), in_force_at(at))
    for subscriber_id, topic, series, notice, release in session.execute(query):
        if topic is not None:
            yield subscriber_id, ("topic", names["topic", topic])
        elif series is not None:
            yield subscriber_id, ("series", names["series", series])
        else:  # their rooms stand above this one and know their names
            yield (
                subscriber_id,
                ("notice", str(notice)) if notice is not None else ("release", str(release)),
            )


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
