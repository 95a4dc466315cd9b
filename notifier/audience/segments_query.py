"""Turns a segment into a condition over ``reach``: for the receivers query, and only for it.

What asks ``subscription`` is handed in by ``receivers``, where the one query over it stands.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, false, func, not_, or_, select, true

from notifier.audience.conditions import among, wants
from notifier.audience.kinds import KINDS, RHYTHMS
from notifier.audience.models import Acknowledgement, Reach, Subscriber
from notifier.audience.rules import TAKES_PART
from notifier.audience.segments_read import MACHINE_BREAKING, Filter
from notifier.catalogue.merge import is_done
from notifier.catalogue.models import Series, Topic, UserType
from notifier.catalogue.rules import DEPTHS, LANGUAGES, with_ancestors
from notifier.sends.models import Delivery, Send
from notifier.sends.rules import State
from notifier.store.db import session

Condition = ColumnElement[bool]


class Asks(NamedTuple):
    """Conditions that ``receivers`` makes: who has one of these topics, or series, by id in their
    own list."""

    topics: Callable[[set[int]], Condition]
    series: Callable[[list[int]], Condition]


def condition(found: Filter, asks: Asks) -> Condition:
    """Whether a person is one whom the filter (``segments_read.read``) means.

    A slug that is no longer there means nobody; a topic that was merged means its successor.
    """
    if "and" in found:
        return and_(*(condition(each, asks) for each in found["and"]))
    if "or" in found:
        return or_(*(condition(each, asks) for each in found["or"]))
    if turned := found.get("not") or found.get("exclude"):
        return not_(condition(turned, asks))
    word = next(iter(found))
    if word == "topic":
        return asks.topics(topics(found))
    if word == "series":
        return of_series(found, asks)
    return LEAF[word](found)


def everyone(_: Filter) -> Condition:
    return true()


def user_type(found: Filter) -> Condition:
    query = select(UserType.id).where(UserType.slug == found["user_type"])
    type_id = session.scalar(query)
    return false() if type_id is None else Reach.user_type_id == type_id


def wanted(found: Filter) -> Condition:
    breaks = found["wants"] == MACHINE_BREAKING
    return wants(["change" if breaks else found["wants"]], breaks_machines=breaks)


def depth(found: Filter) -> Condition:
    first = DEPTHS.index(found["depth"]) * len(LANGUAGES)
    return Reach.variant.between(first, first + len(LANGUAGES) - 1)


def language(found: Filter) -> Condition:
    one, every = LANGUAGES.index(found["language"]), len(LANGUAGES)
    return Reach.variant.in_([place * every + one for place in range(len(DEPTHS))])


def frequency(found: Filter) -> Condition:
    place = 2 * KINDS.index(found["kind"])
    return Reach.kinds.bitwise_and(3 << place) == RHYTHMS.index(found["frequency"]) << place


def takes_part(found: Filter) -> Condition:
    return Reach.takes_part.bitwise_and(1 << TAKES_PART.index(found["takes_part"])) != 0


def joined_before(found: Filter) -> Condition:
    return Reach.joined < date.fromisoformat(found["joined_before"]).toordinal()


def joined_after(found: Filter) -> Condition:
    return Reach.joined > date.fromisoformat(found["joined_after"]).toordinal()


def organisation(found: Filter) -> Condition:
    """Compared by Python, for SQLite knows the case of ASCII only: of all names in the partial
    index, those that look alike are read, and those that are the same asked for."""
    wanted = found["organisation"].lower()
    alike = "".join(each if each.isascii() and each not in "%_\\" else "_" for each in wanted)
    said = Subscriber.organisation != ""
    names = session.scalars(
        select(Subscriber.organisation)
        .where(said, func.lower(Subscriber.organisation).like(alike))
        .distinct()
    )
    same = [name for name in names if name.lower() == wanted]
    if not same:
        return false()
    people = select(Subscriber.id).where(said, Subscriber.organisation.in_(same))
    return among(Subscriber.id, people)


def acknowledged(found: Filter) -> Condition:
    column = Acknowledgement.subscriber_id
    done = select(column).where(Acknowledgement.about == found["acknowledged"])
    return among(column, done)


def got(found: Filter) -> Condition:
    """Whose mail server accepted it; a row that is held for a digest is not yet got."""
    meant = [Send.about == found["got"]]
    if "stage" in found:
        meant.append(Send.stage == found["stage"])
    if "revision" in found:
        meant.append(Send.revision == found["revision"])
    ids = list(session.scalars(select(Send.id).where(*meant, Send.receivers.is_not(None))))
    column = Delivery.subscriber_id
    ledger = select(column).where(Delivery.send_id.in_(ids), Delivery.state == int(State.ACCEPTED))
    tests = [among(column, ledger)] if ids else []
    alone = (*meant, Send.subscriber_id.is_not(None), Send.accepted > 0)
    if session.scalar(select(Send.id).where(*alone).limit(1)) is not None:
        tests.append(Reach.subscriber_id.in_(select(Send.subscriber_id).where(*alone)))
    return or_(false(), *tests)


def topics(found: Filter) -> set[int]:
    """The topics of which one must stand in a person's own list."""
    every = {topic.id: topic for topic in session.scalars(select(Topic))}
    topic = next((each for each in every.values() if each.slug == found["topic"]), None)
    while topic is not None and topic.retired_at is not None and is_done(topic):
        topic = every.get(topic.merged_into_id or 0)
    if topic is None:
        return set()
    parents = {each.id: each.parent_id for each in every.values()}
    wanted = {topic.id}
    if found.get("above"):
        wanted |= with_ancestors([topic.id], parents)
    if found.get("subtopics"):
        wanted |= {each for each in every if topic.id in with_ancestors([each], parents)}
    return wanted


def of_series(found: Filter, asks: Asks) -> Condition:
    series = session.scalars(select(Series).where(Series.slug == found["series"])).first()
    if series is None:
        return false()
    only = asks.series([series.id])
    if not found.get("above"):
        return only
    parents = dict(session.execute(select(Topic.id, Topic.parent_id)).all())
    return or_(only, asks.topics(with_ancestors([each.id for each in series.topics], parents)))


LEAF: dict[str, Callable[[Filter], Condition]] = {
    "everyone": everyone,
    "user_type": user_type,
    "wants": wanted,
    "depth": depth,
    "language": language,
    "frequency": frequency,
    "organisation": organisation,
    "joined_before": joined_before,
    "joined_after": joined_after,
    "takes_part": takes_part,
    "acknowledged": acknowledged,
    "got": got,
}
