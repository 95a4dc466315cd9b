"""Stopping: one letter's subscriptions, a team's newsletters, or everything; at once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from notifier.audience.models import NewsletterOptOut, Subscriber, Subscription
from notifier.audience.reach import sync
from notifier.audience.rules import SUBSCRIBER
from notifier.store.db import session
from notifier.store.history import PERSON, By, record
from notifier.store.moves import move

ONE_CLICK = "one click"  # why a subscription ended: the link of a letter that it brought
EVERYTHING = "one click, everything"  # or the button beside it


def leave(
    person: Subscriber,
    subscriptions: Iterable[Subscription],
    *,
    now: datetime,
    reason: str,
    by: By = PERSON,
) -> int:
    """End these subscriptions of a person; returns how many were still in force.

    Who follows nothing any more has left, unless Friday's mail is still wanted. Leaving twice
    changes nothing.
    """
    ended = 0
    for subscription in subscriptions:
        if subscription.subscriber_id == person.id and subscription.ended_at is None:
            subscription.ended_at, subscription.end_reason = now, reason
            ended += 1
    if ended:
        session.flush()
        record(f"subscriber:{person.id}", "unsubscribe", by=by, now=now, why=reason, ended=ended)
        session.refresh(person)
        end_if_nothing_is_left(person, now=now, reason=reason, by=by)
        sync(person)
    return ended


def decline(person: Subscriber, subscriptions: Iterable[Subscription], *, now: datetime) -> None:
    """Remember that a person who gave these up before wants no more letters through them either."""
    given_up = [s for s in subscriptions if s.ended_at is not None and s.end_reason != ONE_CLICK]
    for subscription in given_up:
        subscription.end_reason = ONE_CLICK
    if given_up:
        ids = [s.id for s in given_up]
        record(f"subscriber:{person.id}", "decline", by=PERSON, now=now, why=ONE_CLICK, ended=ids)


def end_if_nothing_is_left(
    person: Subscriber, *, now: datetime, reason: str, by: By = PERSON
) -> None:
    if not person.week_ahead and all(s.ended_at is not None for s in person.subscriptions):
        end(person, now=now, reason=reason, by=by)


def leave_everything(person: Subscriber, *, now: datetime, reason: str = "left everything") -> None:
    """End all subscriptions of a person, and Friday's mail."""
    stop_week_ahead(person, now=now, reason=reason)
    leave(person, list(person.subscriptions), now=now, reason=reason)


def stop_newsletters(person: Subscriber, team_id: int, *, now: datetime) -> None:
    """No more newsletters of this team; the person's topics stay."""
    if session.get(NewsletterOptOut, (person.id, team_id)) is None:
        session.add(NewsletterOptOut(subscriber_id=person.id, team_id=team_id, at=now))
        record(f"subscriber:{person.id}", "stop_newsletters", by=PERSON, now=now, team=team_id)


def stop_week_ahead(person: Subscriber, *, now: datetime, reason: str) -> None:
    """No more mail on Fridays; what the person follows stays."""
    if person.week_ahead:
        person.week_ahead = False
        record(f"subscriber:{person.id}", "stop_week_ahead", by=PERSON, now=now, why=reason)
        end_if_nothing_is_left(person, now=now, reason=reason)
        sync(person)


def end(person: Subscriber, *, now: datetime, reason: str, by: By = PERSON) -> None:
    if person.state in ("active", "paused"):
        move(person, "leave", SUBSCRIBER, by=by, now=now, why=reason)
        person.ended_at, person.end_reason, person.paused_until = now, reason, None
