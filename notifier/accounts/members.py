"""Members of staff come, change what they may do, and leave."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from notifier.accounts import sessions, two_step
from notifier.accounts.letters import is_enough, tell
from notifier.accounts.models import Role, Staff
from notifier.accounts.people import grant
from notifier.errors import NotFound, Refused
from notifier.store.db import session
from notifier.store.history import By, record

LONGEST_NAME = 80


def member(staff_id: int) -> Staff:
    """Raises NotFound."""
    person = session.get(Staff, staff_id)
    if person is None:
        raise NotFound("There is no such member of staff; look at the list again.")
    return person


def invite(email: str, role: str, *, team_id: int | None, by: By, now: datetime) -> Staff:
    """Give a role; who has no password yet gets a letter with a link, at most three in an hour.

    Raises Refused for somebody who has left: they must be taken back first, on purpose.
    """
    person = grant(email, role, team_id=team_id, by=by, now=now)
    if not person.active:
        raise Refused(f"{person.email} has left; take them back on their page.", field="email")
    remind(person, now=now)
    return person


def remind(person: Staff, *, now: datetime) -> bool:
    """Send the invitation (again); False when there is nothing to send, or enough was sent."""
    has_a_way = person.password_hash is not None or person.identity is not None
    if has_a_way or is_enough(person.id, "invited", now):
        return False
    tell(person, "invited", now=now)
    return True


def rename(person: Staff, name: str, *, by: By, now: datetime) -> None:
    """Raises Refused for a name that is too long."""
    kept = " ".join(name.split())
    if len(kept) > LONGEST_NAME:
        raise Refused(f"Shorten your name to {LONGEST_NAME} characters.", field="name")
    if kept != person.name:
        person.name = kept
        record(f"staff:{person.id}", "rename", by=by, now=now)


def take_role(person: Staff, role_id: int, *, by: By, now: datetime) -> Role:
    """Take a role away. Raises NotFound, and Refused for the last administrator's."""
    row = next((r for r in person.roles if r.id == role_id), None)
    if row is None:
        raise NotFound("There is no such role; look at the list again.")
    if row.role == "admin":
        keep_an_admin(person)
    person.roles.remove(row)
    session.flush()
    about = f"staff:{person.id}"
    record(about, "take_role", by=by, now=now, role=row.role, team=row.team_id)
    return row


def leave(person: Staff, *, by: By, now: datetime) -> None:
    """They are no longer on the staff: signed out everywhere at the next request. Their name stays
    on what they did. Raises Refused for the last administrator."""
    if not person.active:
        raise Refused(f"{person.email} has left already.")
    keep_an_admin(person)
    person.active = False
    person.invitation_hash = person.invitation_expires = None
    person.reset_hash = person.reset_expires = None
    record(f"staff:{person.id}", "leave", by=by, now=now)
    sessions.end_all(person, "left the staff", by=by, now=now)


def take_back(person: Staff, *, by: By, now: datetime) -> None:
    """They come back, with their roles; password, second step and passkeys are made anew, with a
    letter that holds a link."""
    if person.active:
        raise Refused(f"{person.email} is on the staff.")
    person.active, person.password_hash = True, None
    forget_second_step(person)
    record(f"staff:{person.id}", "take_back", by=by, now=now)
    remind(person, now=now)


def reset_two_step(person: Staff, *, by: By, now: datetime) -> None:
    """For somebody who lost telephone and recovery codes: they set it up anew at sign-in."""
    two_step.turn_off(person, by=by, now=now)
    forget_second_step(person)
    sessions.end_all(person, "two-step sign-in was reset", by=by, now=now)


def forget_second_step(person: Staff) -> None:
    person.tf_primary_method = person.tf_totp_secret = person.totp_counter = None
    person.mf_recovery_codes = []
    for passkey in list(person.passkeys):
        person.passkeys.remove(passkey)
        session.delete(passkey)
    session.flush()


def keep_an_admin(person: Staff) -> None:
    """Somebody must be left who can add others without the command line."""
    if not any(r.role == "admin" for r in person.roles):
        return
    others = (
        select(func.count(func.distinct(Staff.id)))
        .join(Staff.roles)
        .where(Role.role == "admin", Staff.active.is_(True), Staff.id != person.id)
    )
    if not session.scalar(others):
        raise Refused(f"{person.email} is the only administrator; make somebody else one first.")
