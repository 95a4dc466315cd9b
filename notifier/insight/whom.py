"""To whom a Send goes, by the names of what its people follow."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from notifier.audience.receivers import Audience
from notifier.catalogue.models import Series, Topic, UserType
from notifier.sends.models import Send
from notifier.store.db import session


@dataclass(frozen=True)
class Whom:
    """Names in the order of the catalogue. ``earlier``: also who got an earlier message;
    ``itself``: who follows that one change or release; ``segment``: narrowed to one, or made of it.
    """

    topics: list[str]
    series: list[str]
    user_types: list[str]
    earlier: bool
    itself: bool
    everyone: bool
    segment: bool


def whom(send: Send) -> Whom | None:
    """None for mail to one person."""
    if send.receivers is None:
        return None
    audience = Audience.of(send.receivers)
    topics = select(Topic.name).where(Topic.id.in_(audience.topics)).order_by(Topic.position)
    series = select(Series.name).where(Series.id.in_(audience.series)).order_by(Series.name)
    types = select(UserType.name).where(UserType.id.in_(audience.user_types))
    return Whom(
        topics=list(session.scalars(topics)) if audience.topics else [],
        series=list(session.scalars(series)) if audience.series else [],
        user_types=list(session.scalars(types.order_by(UserType.position))),
        earlier=bool(audience.got),
        itself=bool(audience.notices or audience.releases),
        everyone=audience.everyone,
        segment=audience.segment is not None,
    )
