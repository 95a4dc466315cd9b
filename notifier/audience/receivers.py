"""THE receivers query: who gets something. Preview, freeze and the check before each batch use it.

An audience is data (``Audience``), kept in the Send as JSON. Nothing else in the house selects from
``subscription`` to decide who gets what; a house test looks for a second one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select, true

from notifier.audience.conditions import among, got_earlier, wants
from notifier.audience.leave import EVERYTHING, ONE_CLICK
from notifier.audience.models import (
    Acknowledgement,
    NewsletterOptOut,
    Reach,
    Subscriber,
    Subscription,
)
from notifier.audience.rules import MASKED_TOPICS, masks
from notifier.audience.segments_query import Asks, condition
from notifier.audience.segments_read import Filter
from notifier.catalogue.models import Topic, series_topic
from notifier.catalogue.queries import parents
from notifier.catalogue.rules import with_ancestors
from notifier.sends.models import Send
from notifier.store.db import session


@dataclass(frozen=True)
class Audience:
    """People who follow any of the topics (or what stands above them), series, notices or releases.

    ``exact`` takes the topics alone, without what stands above them. ``user_types`` narrows it to
    those types; ``team_newsletter`` leaves out who stopped that team's newsletters. ``got`` adds
    the people to whom one of these Sends went, while they are active and have not unsubscribed
    from it, and is the whole audience where nothing is followed; ``week_ahead`` adds those who
    asked for Friday's mail. ``not_acknowledged`` leaves out who pressed "got it" for that notice.
    Of ``kinds`` (``audience.kinds``) a person must want one, and who wants only what breaks scripts
    gets a change where ``breaks_machines``; who follows a notice or release by itself gets it
    anyhow. ``segment`` (a filter of ``segments_read``) narrows it too; alone, or with ``everyone``,
    it starts with all. Ids, but for the notice's reference, the kinds and the segment.
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
        takes = wants(audience.kinds, breaks_machines=audience.breaks_machines)
        query = query.where(or_(takes, *by_itself(audience)))
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
    ]
    if audience.got:
        found.append(and_(got_earlier(audience.got), ~unsubscribed(ways(audience))))
    if audience.week_ahead:
        asked = select(Subscriber.id).where(Subscriber.week_ahead)
        found.append(among(Subscriber.id, asked))
    return or_(*found)


def unsubscribed(audience: Audience) -> ColumnElement[bool]:
    """Who pressed the link of a letter that came so: to have had an earlier message is no reason
    any more to get the next one."""
    ended = select(Subscription.subscriber_id).where(
        Subscription.end_reason.in_((ONE_CLICK, EVERYTHING)),
        Subscription.ended_at.is_not(None),
        through(audience),
    )
    return among(Subscription.subscriber_id, ended)


def ways(audience: Audience) -> Audience:
    """Everything through which it, or an earlier Send to whose readers it goes, reaches people."""
    every, waiting, seen = [audience], list(audience.got), set(audience.got)
    while waiting:
        earlier = session.get(Send, waiting.pop())
        if earlier is not None and earlier.receivers:
            found = Audience.of(earlier.receivers)
            every.append(found)
            waiting += [send_id for send_id in found.got if send_id not in seen]
            seen.update(found.got)
    return Audience(
        topics=sorted(set[int]().union(*map(reached_topics, every))),
        series=sorted({each for one in every for each in one.series}),
        notices=sorted({each for one in every for each in one.notices}),
        releases=sorted({each for one in every for each in one.releases}),
        exact=True,
    )


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
    series = [in_force(Subscription.series_id.in_(audience.series))] if audience.series else []
    return or_(false(), *series, *by_itself(audience))


def by_itself(audience: Audience) -> list[ColumnElement[bool]]:
    """Who follows a notice or a release of it by itself: they asked for that one, and get it also
    where they have turned off its kind."""
    return [
        in_force(column.in_(ids))
        for column, ids in (
            (Subscription.notice_id, audience.notices),
            (Subscription.release_id, audience.releases),
        )
        if ids
    ]


def in_force(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    found = select(Subscription.subscriber_id).where(condition, Subscription.ended_at.is_(None))
    return among(Subscription.subscriber_id, found)


def singly_following(
    series: Iterable[int], topics: Iterable[int]
) -> Select[int, int | None, int | None]:
    """Select (subscriber_id, topic_id, series_id) of who follows one of these series, or one of
    these topics for which a reader's row has no bit."""
    wanted = or_(
        Subscription.series_id.in_(sorted(series)), Subscription.topic_id.in_(sorted(topics))
    )
    found = select(Subscription.subscriber_id, Subscription.topic_id, Subscription.series_id)
    return found.where(wanted, Subscription.ended_at.is_(None))


def count(audience: Audience) -> int:
    """How many people an audience reaches now."""
    inner = receivers(audience).subquery()
    return session.scalar(select(func.count()).select_from(inner)) or 0


def through(audience: Audience) -> ColumnElement[bool]:
    """Whether a subscription is one through which the audience reaches people."""
    return or_(
        Subscription.topic_id.in_(reached_topics(audience)),
        Subscription.series_id.in_(audience.series),
        Subscription.notice_id.in_(audience.notices),
        Subscription.release_id.in_(audience.releases),
    )
