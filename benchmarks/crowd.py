"""A million people for a measurement, written past the verbs: seeded, with a realistic spread."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import select, text

from notifier.audience.kinds import every
from notifier.audience.models import Acknowledgement, Reach, Subscriber, Subscription
from notifier.audience.rules import joined_on, masks, variant
from notifier.catalogue.models import Series, Topic, UserType
from notifier.sends.models import Delivery, Send
from notifier.sends.rules import State
from notifier.store.bulk import append, collector_paused, stored
from notifier.store.db import session, unit

TOGETHER = 50_000  # people written at once
RHYTHMS = ("immediate", "immediate", "immediate", "daily", "daily", "weekly")
SPOKEN = ("en",) * 95 + ("cy",) * 3 + ("both",) * 2
ORGANISATIONS = [f"Council of Place {number}" for number in range(4_999)] + ["Leeds City Council"]
STATES = (State.ACCEPTED,) * 18 + (State.HELD, State.BOUNCED)
YEARS = 3 * 365  # days over which people joined


class Person(NamedTuple):
    """The rows of one person."""

    subscriber: tuple[Any, ...]
    reach: tuple[Any, ...]
    follows: list[tuple[Any, ...]]


COLUMNS: dict[Any, tuple[str, ...]] = {
    Subscriber: (
        *("id", "email", "email_key", "state", "user_type_id", "language", "kinds", "name"),
        *("organisation", "uses", "takes_part", "asked_by", "source", "created_at"),
        *("confirmed_at", "end_reason", "week_ahead"),
    ),
    Reach: (
        *("subscriber_id", "user_type_id", "variant", "kinds", "takes_part", "joined"),
        *("t0", "t1"),
    ),
    Subscription: ("subscriber_id", "topic_id", "series_id", "started_at", "end_reason"),
    Acknowledgement: ("about", "subscriber_id", "at"),
    Delivery: ("send_id", "subscriber_id", "variant", "state", "at", "code", "tries"),
}


def gather(people: int, *, now: datetime, send: Send) -> None:
    """``people`` active subscribers with three subscriptions each; nine in ten have a row on the
    ledger of ``send``, a fifth of all pressed "got it" for what it is about."""
    with unit(), collector_paused():
        made = crowd(people, now=now)
        for start in range(0, people, TOGETHER):
            some = [next(made) for _ in range(min(TOGETHER, people - start))]
            append(Subscriber, COLUMNS[Subscriber], [each.subscriber for each in some])
            append(Subscription, COLUMNS[Subscription], [row for p in some for row in p.follows])
            append(Reach, COLUMNS[Reach], [each.reach for each in some])
    with unit(), collector_paused():
        ledger(people, now=now, send=send)
    if session.get_bind().dialect.name == "postgresql":
        vacuum()


def crowd(people: int, *, now: datetime) -> Iterator[Person]:
    chance = random.Random(2026)
    types = [(row.id, row.depth) for row in session.scalars(select(UserType))]
    bits = {row.id: row.bit for row in session.scalars(select(Topic).order_by(Topic.id))}
    series = list(session.scalars(select(Series.id).order_by(Series.id)))
    weights = [1 / (place + 1) for place in range(len(bits))]
    then = [now - timedelta(days=days) for days in range(YEARS)]
    days = [(stored(day), joined_on(day)) for day in then]
    packed = [every(rhythm) for rhythm in RHYTHMS]
    for number in range(1, people + 1):
        type_id, depth = types[min(int(chance.expovariate(0.3)), len(types) - 1)]
        at, joined = days[chance.randrange(YEARS)]
        language, kinds = chance.choice(SPOKEN), chance.choice(packed)
        organisation = chance.choice(ORGANISATIONS) if chance.random() < 0.3 else ""
        takes_part = 1 << chance.randrange(4) if chance.random() < 0.1 else 0
        topics = set(chance.choices(list(bits), weights, k=3))
        only = chance.sample(series, 3 - len(topics))
        email = f"person{number}@site{number % 997}.example.org"
        yield Person(
            (
                *(number, email, email, "active", type_id, language, kinds, ""),
                *(organisation, "", takes_part, "", "", at, at, "", False),
            ),
            (
                *(number, type_id, variant(depth, language), kinds, takes_part, joined),
                *masks(bits[topic] for topic in topics),
            ),
            [
                *((number, topic, None, at, "") for topic in topics),
                *((number, None, one, at, "") for one in only),
            ],
        )


def ledger(people: int, *, now: datetime, send: Send) -> None:
    chance = random.Random(2027)
    second, at = int(now.astimezone(UTC).timestamp()), stored(now)
    some = [number for number in range(1, people + 1) if chance.random() < 0.9]
    rows = [(send.id, each, 3, int(chance.choice(STATES)), second, 0, 1) for each in some]
    append(Delivery, COLUMNS[Delivery], rows)
    done = [(send.about, each, at) for each in some if chance.random() < 0.22]
    append(Acknowledgement, COLUMNS[Acknowledgement], done)


def vacuum() -> None:
    """What PostgreSQL's own housekeeping would have done by the next minute."""
    session.rollback()
    engine = session.get_bind()
    with engine.connect() as connection:  # type: ignore[union-attr]
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("VACUUM ANALYZE"))
