"""Of which teams somebody is a reader: through what they follow or followed, and what they had."""

from __future__ import annotations

from sqlalchemy import Select, or_, select

from notifier.audience.models import Subscriber
from notifier.catalogue import queries as catalogue
from notifier.catalogue.models import Series, series_topic
from notifier.catalogue.rules import with_ancestors
from notifier.notices.models import ChangeNotice
from notifier.releases.models import Release
from notifier.sends.models import Delivery, Send
from notifier.store.db import session


def teams_of(person: Subscriber) -> frozenset[int]:
    """Ids of the teams that may have to answer this person. Nobody's: who never followed anything
    and never got a team's message."""
    follows = person.subscriptions
    topics = {s.topic_id for s in follows if s.topic_id is not None}
    series = {s.series_id for s in follows if s.series_id is not None}
    notices = [s.notice_id for s in follows if s.notice_id is not None]
    releases = [s.release_id for s in follows if s.release_id is not None]
    found: set[int | None] = set(session.scalars(of_series(topics, series))) if follows else set()
    if notices:
        query = select(Series.team_id).join(ChangeNotice.series)
        found |= set(session.scalars(query.where(ChangeNotice.id.in_(notices))))
    if releases:
        query = select(Series.team_id).join(Release, Release.series_id == Series.id)
        found |= set(session.scalars(query.where(Release.id.in_(releases))))
    sent = select(Send.team_id).join(Delivery, Delivery.send_id == Send.id)
    found |= set(session.scalars(sent.where(Delivery.subscriber_id == person.id).distinct()))
    return frozenset(each for each in found if each is not None)


def of_series(topics: set[int], series: set[int]) -> Select[int]:
    """The teams of these series, and of those in the topics or below them."""
    parents = catalogue.parents()
    wanted = {each for each in parents if with_ancestors([each], parents) & topics}
    within = select(series_topic.c.series_id).where(series_topic.c.topic_id.in_(wanted))
    return (
        select(Series.team_id).where(or_(Series.id.in_(series), Series.id.in_(within))).distinct()
    )
