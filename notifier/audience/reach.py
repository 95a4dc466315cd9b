"""Keeps ``reach``, the derived row per active person, true after each verb of this room."""

from __future__ import annotations

from sqlalchemy import delete, select

from notifier.audience.models import Reach, Subscriber, Subscription
from notifier.audience.rules import FREQUENCIES, masks, variant
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
            frequency=FREQUENCIES.index(subscriber.frequency),
            t0=t0,
            t1=t1,
        )
    )
    session.flush()
