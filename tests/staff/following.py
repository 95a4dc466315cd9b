"""A crowd that follows topics, of every user type, depth, language and rhythm: in the tables."""

from __future__ import annotations

import random
from datetime import datetime

from sqlalchemy import insert

from notifier.audience.kinds import every
from notifier.audience.models import Reach, Subscriber, Subscription
from notifier.audience.rules import masks, variant
from notifier.catalogue import queries as catalogue
from notifier.catalogue.rules import LANGUAGES
from notifier.store.db import session, unit

RHYTHMS = ("immediate", "immediate", "immediate", "daily", "weekly")


def crowd(number: int, *, now: datetime, first: int = 20_000, seed: int = 7) -> None:
    """``number`` people, each with one to three topics; the same for the same seed."""
    choose = random.Random(seed)
    kinds, topics = catalogue.user_types(), catalogue.topics()
    share = [400, 150, 4, 500, 120, 70, 60, 10, 200, 0, 40, 6]
    people, follows, reach = [], [], []
    for each in range(first, first + number):
        kind = choose.choices(kinds, share[: len(kinds)])[0]
        language = choose.choices(LANGUAGES, (90, 6, 4))[0]
        chosen = choose.sample(topics, choose.choice((1, 2, 3)))
        t0, t1 = masks(topic.bit for topic in chosen)
        base = {"user_type_id": kind.id, "kinds": every(choose.choice(RHYTHMS))}
        email = f"p{each}@ministry.example"
        people.append(
            {
                **{"id": each, "email": email, "email_key": email, "state": "active"},
                **{"created_at": now, "confirmed_at": now, "language": language, **base},
            }
        )
        follows += [
            {"subscriber_id": each, "topic_id": t.id, "started_at": now, "end_reason": ""}
            for t in chosen
        ]
        reach.append(
            {"subscriber_id": each, "variant": variant(kind.depth, language), "t0": t0, "t1": t1}
            | base
        )
    with unit():
        for model, rows in ((Subscriber, people), (Subscription, follows), (Reach, reach)):
            for at in range(0, len(rows), 5000):
                session.execute(insert(model), rows[at : at + 5000])


def meant(**topics: tuple[str, ...]) -> None:
    """Say for whom topics are: ``meant(air_quality=("parliament",))``."""
    with unit():
        for slug, kinds in topics.items():
            topic = catalogue.topic(slug.replace("_", "-"))
            topic.intended = [catalogue.user_type(kind) for kind in kinds]
