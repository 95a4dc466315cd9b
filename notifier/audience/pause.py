"""A break: a person gets nothing until a day they name, and then what they missed in one letter."""

from __future__ import annotations

from datetime import date, datetime, time

from sqlalchemy import func, select

from notifier.audience.models import Subscriber
from notifier.audience.reach import sync
from notifier.audience.rules import SUBSCRIBER
from notifier.clock import at_london, london_date
from notifier.errors import Refused
from notifier.sends.models import Send
from notifier.sends.plan import plan
from notifier.store.db import session
from notifier.store.history import PERSON, SYSTEM, By, record
from notifier.store.moves import move

MORNING = time(8, 30)  # before the releases and messages of the day: those are not missed


def latest(today: date) -> date:
    """The last day until which one may pause: a year ahead."""
    try:
        return today.replace(year=today.year + 1)
    except ValueError:  # 29 February
        return date(today.year + 1, 2, 28)


def pause(
    person: Subscriber, until: date, *, now: datetime, by: By = PERSON, why: str = ""
) -> None:
    """Send nothing until ``until`` (London), the first day on which mail comes again.

    What is queued is skipped: without a reach row nobody is sent anything. Again, it changes the
    day. Raises Refused for a day that is not ahead, or more than a year away.
    """
    if person.state not in ("active", "paused"):
        raise Refused("You no longer get updates from us; sign up again to start.")
    today = london_date(now)
    if until <= today:
        raise Refused("The day on which emails start again must be in the future.", field="until")
    if until > latest(today):
        raise Refused(
            "A pause lasts for a year at most; choose an earlier day, or leave everything.",
            field="until",
        )
    person.paused_until = until
    if person.state == "paused":
        about = f"subscriber:{person.id}"
        record(about, "pause_changed", by=by, now=now, why=why, until=until.isoformat())
        return
    move(person, "pause", SUBSCRIBER, by=by, now=now, why=why, until=until.isoformat())
    sync(person)


def resume(person: Subscriber, *, now: datetime, by: By = PERSON) -> Send:
    """Mail comes again. Promises one letter with every open change of which they were not told.

    At the person's own wish at once; on the day that they named at 08:30 in London.
    """
    move(person, "resume", SUBSCRIBER, by=by, now=now)
    until, person.paused_until = person.paused_until, None
    sync(person)
    about = f"subscriber:{person.id}"
    earlier = select(func.count(Send.id)).where(Send.kind == "welcome_back", Send.about == about)
    due = at_london(until, MORNING) if by is SYSTEM and until is not None else now
    return plan(
        "welcome_back",
        about,
        stage="resumed",
        revision=(session.scalar(earlier) or 0) + 1,
        due_at=max(now, due),
        now=now,
        subscriber_id=person.id,
    )


def resume_due(*, now: datetime, limit: int = 500) -> list[Subscriber]:
    """Resume those whose day has come; returns them."""
    query = select(Subscriber).where(
        Subscriber.state == "paused", Subscriber.paused_until <= london_date(now)
    )
    found = list(session.scalars(query.order_by(Subscriber.id).limit(limit)))
    for person in found:
        resume(person, now=now, by=SYSTEM)
    return found
