"""The POST from the confirm mail: what was asked for becomes consent and subscriptions."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete

from notifier.audience.models import Consent, Signup, Subscriber, Subscription, Suppression
from notifier.audience.reach import sync
from notifier.audience.rules import SUBSCRIBER, suppression_key
from notifier.audience.subscribe import CONFIRM_WITHIN
from notifier.errors import Refused
from notifier.sends.plan import plan
from notifier.store.db import session
from notifier.store.history import PERSON
from notifier.store.moves import move


def confirm(signup_id: int, *, now: datetime, pepper: str) -> Subscriber:
    """Confirm a sign-up; a second POST of the same link changes nothing.

    Lifts a suppression: only the person's own confirmed wish may. Raises Refused when the sign-up
    lapsed or its person was erased.
    """
    signup = session.get(Signup, signup_id)
    if signup is None or signup.subscriber.email is None:
        raise Refused("This link no longer works; sign up again to get a new one.")
    person = signup.subscriber
    if signup.confirmed_at is not None:
        return person
    if now - signup.created_at > CONFIRM_WITHIN:
        raise Refused("This link is more than 7 days old; sign up again to get a new one.")
    move(person, "confirm", SUBSCRIBER, by=PERSON, now=now, signup=signup.id)
    key = suppression_key(person.email or "", pepper)
    session.execute(delete(Suppression).where(Suppression.key == key))
    person.confirmed_at = person.confirmed_at or now
    person.user_type_id = signup.user_type_id
    person.ended_at, person.end_reason = None, ""
    follow(person, signup.topics, signup.series, now=now)
    signup.confirmed_at = now
    session.add(
        Consent(
            subscriber_id=person.id,
            wording_id=signup.wording_id,
            at=signup.created_at,
            confirmed_at=now,
            how="form",
        )
    )
    session.flush()
    session.refresh(person)
    sync(person)
    plan(
        "welcome",
        f"signup:{signup.id}",
        stage="welcome",
        due_at=now,
        now=now,
        subscriber_id=person.id,
        context={"signup": signup.id},
    )
    return person


def follow(person: Subscriber, topics: list[int], series: list[int], *, now: datetime) -> None:
    """Start the subscriptions that are not in force yet."""
    have = {(s.topic_id, s.series_id) for s in person.subscriptions if s.ended_at is None}
    wanted = [(t, None) for t in topics] + [(None, s) for s in series]
    for topic_id, series_id in wanted:
        if (topic_id, series_id) not in have:
            session.add(
                Subscription(
                    subscriber_id=person.id,
                    topic_id=topic_id,
                    series_id=series_id,
                    started_at=now,
                )
            )
