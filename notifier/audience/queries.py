"""What one can ask of the people."""

from __future__ import annotations

from sqlalchemy import select

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
