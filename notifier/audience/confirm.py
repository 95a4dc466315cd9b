"""The POST from the confirm mail: what was asked for becomes consent and subscriptions."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete

from notifier.audience.models import (
    Acknowledgement,
    Consent,
    Signup,
    Subscriber,
    Subscription,
    Suppression,
)
from notifier.audience.reach import sync
from notifier.audience.rules import SUBSCRIBER, comes_back, suppression_key
from notifier.catalogue.merge import current_ids
from notifier.errors import Refused
from notifier.sends.plan import plan
from notifier.store.db import session
from notifier.store.history import PERSON
from notifier.store.moves import move


def confirm(signup_id: int, *, now: datetime, pepper: str) -> Subscriber:
    """Confirm a sign-up; a second POST of the same link changes nothing.

    Lifts a suppression: only the person's own confirmed wish may. A pause ends. Raises Refused when
    the sign-up lapsed, its person was erased, or all that it asked for was given up meanwhile.
    """
    signup = session.get(Signup, signup_id)
    if signup is None or signup.subscriber.email is None:
        raise Refused("This link no longer works; sign up again to get a new one.")
    person = signup.subscriber
    if signup.confirmed_at is not None:
        return person
    if now > signup.lapses_at:
        days = (signup.lapses_at - signup.created_at).days
        raise Refused(f"This link is more than {days} days old; sign up again to get a new one.")
    topics = current_ids(signup.topics, now=now)
    if not (topics or signup.series or signup.notices or signup.releases):
        raise Refused("What you asked for is no longer there; sign up again to choose anew.")
    left_at = person.ended_at if person.state == "left" else None
    move(person, "confirm", SUBSCRIBER, by=PERSON, now=now, signup=signup.id)
    if left_at is not None and not comes_back(left_at, now):
        session.execute(delete(Acknowledgement).where(Acknowledgement.subscriber_id == person.id))
    key = suppression_key(person.email or "", pepper)
    session.execute(delete(Suppression).where(Suppression.key == key))
    if person.confirmed_at is None:  # of several sign-ups, the one that was confirmed counts
        person.language = signup.language
    person.confirmed_at = person.confirmed_at or now
    person.user_type_id = signup.user_type_id
    person.source = person.source or signup.source
    person.ended_at, person.end_reason, person.paused_until = None, "", None
    follow(
        person,
        topics,
        signup.series,
        notices=signup.notices or (),
        releases=signup.releases or (),
        now=now,
    )
    signup.confirmed_at = now
    session.add(
        Consent(
            subscriber_id=person.id,
            wording_id=signup.wording_id,
            at=signup.created_at,
            confirmed_at=now,
            how="form" if signup.import_id is None else "invitation",
            import_id=signup.import_id,
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
        context={"signup": signup.id, **back(left_at, now)},
    )
    return person


def back(left_at: datetime | None, now: datetime) -> dict[str, str]:
    """For the welcome: when somebody left who was away for a short time only."""
    if left_at is None or not comes_back(left_at, now):
        return {}
    return {"left": left_at.isoformat()}


def follow(
    person: Subscriber,
    topics: Iterable[int],
    series: Iterable[int],
    *,
    now: datetime,
    notices: Iterable[int] = (),
    releases: Iterable[int] = (),
) -> None:
    """Start the subscriptions that are not in force yet; all by id."""
    wanted = [
        *((topic, None, None, None) for topic in topics),
        *((None, one, None, None) for one in series),
        *((None, None, notice, None) for notice in notices),
        *((None, None, None, release) for release in releases),
    ]
    have = {
        (s.topic_id, s.series_id, s.notice_id, s.release_id)
        for s in person.subscriptions
        if s.ended_at is None
    }
    for topic_id, series_id, notice_id, release_id in dict.fromkeys(wanted):
        if (topic_id, series_id, notice_id, release_id) not in have:
            session.add(
                Subscription(
                    subscriber_id=person.id,
                    topic_id=topic_id,
                    series_id=series_id,
                    notice_id=notice_id,
                    release_id=release_id,
                    started_at=now,
                )
            )
