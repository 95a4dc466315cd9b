"""Whom of the people a member of staff sees, and what they may do to them: three steps of right.

Whoever holds a role looks at the readers of their own teams; approvers, Heads of Profession and
administrators act for a reader who asks; lists of everybody, erasure and what comes in and goes out
are for Heads of Profession and administrators of the whole organisation.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from flask import abort
from sqlalchemy.exc import IntegrityError

from notifier.accounts.people import has_role
from notifier.audience import queries as people
from notifier.audience.models import Subscriber
from notifier.catalogue.sight import sight
from notifier.clock import london_date
from notifier.insight.whose import teams_of
from notifier.render import dates
from notifier.store.db import session, unit
from notifier.store.history import latest, record
from notifier.web.guard import settings
from notifier.web.public.shapes import Link, Tag
from notifier.web.staff import door
from notifier.web.staff.security import now
from notifier.web.staff.sends.shared import ACTS

LOOK = ACTS
CHANGE = ("approver", "hop", "deputy", "admin")
KEEP = ("hop", "deputy", "admin")
ONE_VISIT = timedelta(minutes=10)  # looks of the same person within it are one
TRIES = 5
PEOPLE = "/staff/people"
ONE = f"{PEOPLE}/<int(max=2147483647):person_id>"

STATES = {
    "pending": Tag("Not confirmed yet", "neutral"),
    "active": Tag("Gets mail", "good"),
    "paused": Tag("On a break", "look"),
    "left": Tag("Unsubscribed", "neutral"),
    "suppressed": Tag("Stopped", "bad"),
    "erased": Tag("Erased", "neutral"),
}
STOPPED = {
    "hard_bounce": "The address does not work",
    "soft_bounces": "The mailbox refused mail for two weeks",
    "complaint": "They reported our mail as spam",
    "erased": "Erased",
    "asked": "They asked us to stop",
    "staff": "Stopped by staff",
}


def keeps() -> bool:
    """Whether this member answers for the personal data of the whole organisation."""
    return has_role(door.me(), *KEEP, team_ids=set())


def to_keep() -> None:
    """404 for everybody else."""
    if not keeps():
        abort(404)


def sees(person: Subscriber) -> bool:
    """Whether it is a reader of one of their teams."""
    mine = sight(door.me(), *LOOK)
    return mine.teams is None or mine.sees(teams_of(person))


def may_change(person: Subscriber) -> bool:
    mine = sight(door.me(), *CHANGE)
    return person.state != "erased" and (mine.teams is None or mine.sees(teams_of(person)))


def the_person(person_id: int) -> Subscriber:
    """404 for whom there is not, and for readers of other teams alone."""
    person = people.person(person_id)
    if person is None or not sees(person):
        abort(404)
    return person


def to_change(person_id: int) -> Subscriber:
    """As ``the_person``, for who may act for them."""
    person = the_person(person_id)
    if not may_change(person):
        abort(404)
    return person


def found(email: str) -> Subscriber | None:
    """The person with that whole address, if this member sees them."""
    person = people.by_email(email)
    if person is None or person.email is None or not sees(person):
        return None
    return person


def looked(person: Subscriber) -> None:
    """Keep in history who looked at whom: once for a visit."""
    keep_look(f"subscriber:{person.id}")
    session.refresh(person)


def keep_look(about: str) -> None:
    """As ``looked``, also for a list that has addresses in it.

    Two who look at the same moment collide on the chain's next row; the second tries again.
    """
    moment, by = now(), door.by()
    last = latest(about, "look", staff_id=door.me().id)
    if last is not None and moment - last.at <= ONE_VISIT:
        return
    for tries_left in reversed(range(TRIES)):
        try:
            with unit():
                record(about, "look", by=by, now=moment)
            break
        except IntegrityError:
            if not tries_left:
                raise


def pepper() -> str:
    return settings().suppression_pepper


def called(person: Subscriber) -> str:
    """The address, or what is left of somebody who was erased."""
    return person.email or f"Erased person {person.id}"


def state(person: Subscriber) -> Tag:
    tag = STATES[person.state]
    if person.state == "paused" and person.paused_until is not None:
        return Tag(f"On a break until {day(person.paused_until)}", tag.tone)
    return tag


def day(value: datetime | date) -> str:
    """ "3 March 2027", of a date or an instant."""
    return dates.past(london_date(value) if isinstance(value, datetime) else value)


def tabs(active: str) -> list[Link]:
    """The pages of this part of the desk that this member may open."""
    rows = [
        ("Overview", PEOPLE),
        ("Segments", f"{PEOPLE}/segments"),
        ("Stopped", f"{PEOPLE}/suppressed"),
    ]
    if keeps():
        rows += [("Complaints", f"{PEOPLE}/complaints"), ("Import", f"{PEOPLE}/import")]
    return [Link(label, url, active=label == active) for label, url in rows]
