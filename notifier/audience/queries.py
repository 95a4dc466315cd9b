"""What one can ask of the people."""

from __future__ import annotations

from sqlalchemy import case, func, select

from notifier.audience.models import Subscriber
from notifier.audience.rules import fold
from notifier.errors import NotFound
from notifier.store.db import session


def by_email(email: str) -> Subscriber | None:
    """The person with that address, in any letter case."""
    query = select(Subscriber).where(Subscriber.email_key == fold(email.strip()))
    return session.scalars(query).first()


def known(email: str) -> Subscriber:
    """As ``by_email``; raises NotFound."""
    person = by_email(email)
    if person is None:
        raise NotFound(f"Nobody is subscribed with the address {email.strip()}.")
    return person


def person(subscriber_id: int) -> Subscriber | None:
    return session.get(Subscriber, subscriber_id)


def sources() -> list[tuple[str, int, int]]:
    """(source, people who came by it, those who get updates now), the most first."""
    people = func.count(Subscriber.id)
    now_active = func.sum(case((Subscriber.state.in_(("active", "paused")), 1), else_=0))
    query = (
        select(Subscriber.source, people, now_active)
        .where(Subscriber.source != "")
        .group_by(Subscriber.source)
        .order_by(people.desc(), Subscriber.source)
    )
    return [(source, count, int(active)) for source, count, active in session.execute(query)]
