"""Stopping: one letter's subscriptions, a team's newsletters, or everything; at once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from notifier.audience.models import NewsletterOptOut, Subscriber, Subscription
from notifier.audience.reach import sync
from notifier.audience.rules import SUBSCRIBER
from notifier.store.db import session
from notifier.store.history import PERSON, record
from notifier.store.moves import move


def leave(
    person: Subscriber, subscriptions: Iterable[Subscription], *, now: datetime, reason: str
) -> int:
    """End these subscriptions of a person; returns how many were still in force.

    Who follows nothing any more has left. Leaving twice changes nothing.
    """
    ended = 0
    for subscription in subscriptions:
        if subscription.subscriber_id == person.id and subscription.ended_at is None:
            subscription.ended_at, subscription.end_reason = now, reason
            ended += 1
    if ended:
        session.flush()
        record(
            f"subscriber:{person.id}", "unsubscribe", by=PERSON, now=now, why=reason, ended=ended
        )
        session.refresh(person)
        if all(s.ended_at is not None for s in person.subscriptions):
            end(person, now=now, reason=reason)
        sync(person)
    return ended


def leave_everything(person: Subscriber, *, now: datetime, reason: str = "left everything") -> None:
    """End all subscriptions of a person."""
    leave(person, list(person.subscriptions), now=now, reason=reason)


def stop_newsletters(person: Subscriber, team_id: int, *, now: datetime) -> None:
    """No more newsletters of this team; the person's topics stay."""
    if session.get(NewsletterOptOut, (person.id, team_id)) is None:
        session.add(NewsletterOptOut(subscriber_id=person.id, team_id=team_id, at=now))
        record(f"subscriber:{person.id}", "stop_newsletters", by=PERSON, now=now, team=team_id)


def end(person: Subscriber, *, now: datetime, reason: str) -> None:
    if person.state in ("active", "paused"):
        move(person, "leave", SUBSCRIBER, by=PERSON, now=now, why=reason)
        person.ended_at, person.end_reason = now, reason
