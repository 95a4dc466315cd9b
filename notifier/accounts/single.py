"""Single sign-on: the organisation's directory says at each sign-in who somebody is and what they
may do; who is in none of its groups any more is out.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from notifier.accounts import sessions
from notifier.accounts.members import forget_second_step
from notifier.accounts.models import Role, Staff
from notifier.accounts.people import by_email
from notifier.errors import Refused
from notifier.store.db import session
from notifier.store.history import By, of, record

DIRECTORY = By("system", name="single sign-on")
SHUT_OUT = (
    "Your organisation has not given you a role here. Ask an administrator which group you need."
)
UNSURE = "Your organisation did not confirm your email address; ask who runs its sign-in."
GONE = "You have left the staff here; ask an administrator to take you back."


@dataclass(frozen=True)
class Arrival:
    """Whom the directory vouches for. ``identity`` is issuer and subject, which never change;
    ``roles`` are pairs of a role and a team's id, or None for every team."""

    identity: str
    email: str
    confirmed: bool
    name: str
    roles: frozenset[tuple[str, int | None]]


def arrive(who: Arrival, *, now: datetime) -> tuple[Staff | None, str]:
    """The member of staff, with the roles of today; or None and the sentence that tells why not.

    A first arrival is joined to the account with that address, if the directory confirms it; from
    then on neither password nor passkey opens that account: leaving the directory must be enough.
    """
    person = session.scalars(select(Staff).where(Staff.identity == who.identity)).first()
    if not who.roles:
        if person is not None:
            shut_out(person, now=now)
        return None, SHUT_OUT
    if person is None:
        if not who.confirmed:
            return None, UNSURE
        person = join(who, now=now)
    if not person.active and not may_return(person):
        return None, GONE
    if not person.active:
        person.active = True
        record(f"staff:{person.id}", "let_in_again", by=DIRECTORY, now=now)
    if who.name and not person.name:
        person.name = who.name[:80]
    set_roles(person, who.roles, now=now)
    return person, ""


def join(who: Arrival, *, now: datetime) -> Staff:
    """The account of that address, or a new one. Raises Refused when somebody else of the directory
    has it already: an address that was given to another person opens nobody's account."""
    person = by_email(who.email)
    if person is None:
        person = Staff(email=who.email.strip().lower(), name="", created_at=now)
        session.add(person)
        session.flush()
    elif person.identity is not None:
        raise Refused("Somebody else has this address here; ask an administrator.")
    else:
        sessions.end_all(person, "joined to single sign-on", by=DIRECTORY, now=now)
    person.identity, person.password_hash = who.identity, None
    person.invitation_hash = person.reset_hash = None
    forget_second_step(person)
    record(f"staff:{person.id}", "join_single_sign_on", by=DIRECTORY, now=now)
    return person


def set_roles(person: Staff, wanted: Collection[tuple[str, int | None]], *, now: datetime) -> None:
    """Exactly those; each change is history."""
    about = f"staff:{person.id}"
    for row in list(person.roles):
        if (row.role, row.team_id) not in wanted:
            person.roles.remove(row)
            record(about, "take_role", by=DIRECTORY, now=now, role=row.role, team=row.team_id)
    held = {(row.role, row.team_id) for row in person.roles}
    for role, team_id in sorted(set(wanted) - held, key=str):
        person.roles.append(Role(role=role, team_id=team_id))
        record(about, "add_role", by=DIRECTORY, now=now, role=role, team=team_id)
    session.flush()


def shut_out(person: Staff, *, now: datetime) -> None:
    """In none of the groups any more: no role, no session, no way in but by the directory."""
    set_roles(person, (), now=now)
    if person.active:
        person.active = False
        record(f"staff:{person.id}", "shut_out", by=DIRECTORY, now=now)
    sessions.end_all(person, "in no group of the directory", by=DIRECTORY, now=now)


def may_return(person: Staff) -> bool:
    """Whom the directory shut out it may let in; whom an administrator saw out, it may not."""
    ends = [row.action for row in of(f"staff:{person.id}") if row.action in ("leave", "shut_out")]
    return bool(ends) and ends[-1] == "shut_out"
