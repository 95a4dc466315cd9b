"""People who would like to take part in something, and how each prefers to be asked."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from notifier.audience.models import Reach, Subscriber
from notifier.audience.receivers import Audience, receivers
from notifier.audience.segments_read import read
from notifier.catalogue.models import UserType
from notifier.store.db import session


def volunteers(interest: str, *, topic: str | None = None) -> list[dict[str, Any]]:
    """Active people who ticked ``interest`` (``rules.TAKES_PART``), perhaps only those who get what
    concerns a topic; by age. ``asked_by`` is one of ``rules.ASKED_BY``, or empty: it does not
    matter to them. Raises Refused for another word."""
    wanted: dict[str, Any] = {"takes_part": interest}
    if topic is not None:
        wanted = {"and": [wanted, {"topic": topic, "above": True}]}
    ids = receivers(Audience(segment=read(wanted))).with_only_columns(Reach.subscriber_id)
    query = (
        select(Subscriber, UserType.slug)
        .join(UserType, UserType.id == Subscriber.user_type_id)
        .where(Subscriber.id.in_(ids))
        .order_by(Subscriber.id)
    )
    return [
        {
            "email": person.email,
            "name": person.name,
            "organisation": person.organisation,
            "user_type": user_type,
            "language": person.language,
            "asked_by": person.asked_by,
        }
        for person, user_type in session.execute(query)
    ]
