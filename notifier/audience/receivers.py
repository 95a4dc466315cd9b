"""THE receivers query: who gets something. Preview, freeze and the check before each batch use it.

An audience is data (``Audience``), kept in the Send as JSON. Nothing else in the house selects from
``subscription`` to decide who gets what; a house test looks for a second one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from notifier.audience.kinds import MACHINES_ONLY, mask
from notifier.audience.models import (
    Acknowledgement,
    NewsletterOptOut,
    Reach,
    Subscriber,
    Subscription,
)
from notifier.audience.rules import MASKED_TOPICS, masks
from notifier.catalogue.models import Series, Topic, series_topic
from notifier.catalogue.queries import parents
from notifier.catalogue.rules import with_ancestors
from notifier.sends.models import Delivery, Send
from notifier.sends.rules import TOLD
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
    change where ``breaks_machines``. Ids, but for the reference of the notice and the kinds.
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
    reached = [
        follows_topics(reached_topics(audience)),
        follows_single(audience),
        got_earlier(audience.got),
    ]
    if audience.week_ahead:
        asked = select(Subscriber.id).where(Subscriber.week_ahead)
        reached.append(Reach.subscriber_id.in_(asked))
    query: Select[int, int] = select(Reach.subscriber_id, Reach.variant).where(or_(*reached))
    if audience.kinds:
        query = query.where(wants(audience.kinds, breaks_machines=audience.breaks_machines))
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


def wants(kinds: Iterable[str], *, breaks_machines: bool) -> ColumnElement[bool]:
    """Who has not turned off all of these kinds."""
    named = set(kinds)
    if "change" not in named or breaks_machines:
        return Reach.kinds.bitwise_and(mask(named)) != 0
    changes = and_(
        Reach.kinds.bitwise_and(mask(["change"])) != 0,
        Reach.kinds.bitwise_and(MACHINES_ONLY) == 0,
    )
    others = mask(named - {"change"})
    return or_(changes, Reach.kinds.bitwise_and(others) != 0) if others else changes


def got_earlier(send_ids: Iterable[int]) -> ColumnElement[bool]:
    """People whom one of these Sends was handed over for, or still is; also a Send to one."""
    ids = list(send_ids)
    return or_(false(), *(Reach.subscriber_id.in_(query) for query in told_by(ids) if ids))


def told_by(send_ids: list[int]) -> tuple[Select[int], Select[int | None]]:
    """The people on the ledgers of these Sends, and those of Sends to one person."""
    ledger = select(Delivery.subscriber_id).where(
        Delivery.send_id.in_(send_ids), Delivery.state.in_(TOLD)
    )
    single = select(Send.subscriber_id).where(
        Send.id.in_(send_ids), Send.subscriber_id.is_not(None), Send.accepted > 0
    )
    return ledger, single


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


def reasons(
    audience: Audience, lo: int, hi: int, *, at: datetime
) -> dict[int, tuple[tuple[str, str], ...]]:
    """Why each person from id ``lo`` to ``hi`` gets it: ("topic" | "series", name) or ("notice" |
    "release", id) of what they followed at the instant of freezing, ("week", "") for Friday's mail;
    ("earlier", "") of who follows nothing of it but got an earlier message.

    A few queries for a chunk; tuples are equal for equal reason sets, so that words can be cached.
    """
    found: dict[int, set[tuple[str, str]]] = {}
    for subscriber_id, reason in followed(audience, lo, hi, at=at):
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
    return {person: tuple(sorted(why)) for person, why in found.items()}


def followed(
    audience: Audience, lo: int, hi: int, *, at: datetime
) -> Iterator[tuple[int, tuple[str, str]]]:
    """(subscriber_id, reason) of each subscription that was in force."""
    names = {
        **{("topic", r.id): r.name for r in session.execute(select(Topic.id, Topic.name))},
        **{("series", r.id): r.name for r in session.execute(select(Series.id, Series.name))},
    }
    query = select(
        Subscription.subscriber_id,
        Subscription.topic_id,
        Subscription.series_id,
        Subscription.notice_id,
        Subscription.release_id,
    ).where(Subscription.subscriber_id.between(lo, hi), through(audience), in_force_at(at))
    for subscriber_id, topic, series, notice, release in session.execute(query):
        if topic is not None or series is not None:
            key = ("topic", topic) if topic is not None else ("series", series)
            yield subscriber_id, (key[0], names[key])
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
