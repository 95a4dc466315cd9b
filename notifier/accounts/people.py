"""Staff: adding them, finding them, and asking what they may do."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from sqlalchemy import select

from notifier.accounts.models import ROLES, Role, Staff
from notifier.errors import NotFound, Refused
from notifier.store.db import session
from notifier.store.history import By, record
from notifier.tokens import fingerprint

INVITED_FOR = timedelta(days=7)
SHORTEST_PASSWORD = 12
hasher = PasswordHasher()


def add(email: str, role: str, *, team_id: int | None, by: By, now: datetime) -> tuple[Staff, str]:
    """Give a member of staff a role; adding twice is no error.

    Returns the person and the secret of a one-time link for choosing a password. Only its
    fingerprint is stored; a new link ends the earlier one.
    """
    if role not in ROLES:
        raise Refused(f"There is no role {role!r}; choose one of: {', '.join(ROLES)}.")
    person = by_email(email)
    if person is None:
        person = Staff(email=email.strip().lower(), name="", created_at=now)
        session.add(person)
        session.flush()
    if not any(r.role == role and r.team_id == team_id for r in person.roles):
        person.roles.append(Role(role=role, team_id=team_id))
        record(f"staff:{person.id}", "add_role", by=by, now=now, role=role, team=team_id)
    secret = secrets.token_urlsafe(32)
    person.invitation_hash = fingerprint(secret)
    person.invitation_expires = now + INVITED_FOR
    session.flush()
    return person, secret


def by_email(email: str) -> Staff | None:
    return session.scalars(select(Staff).where(Staff.email == email.strip().lower())).first()


def known(email: str) -> Staff:
    """Raises NotFound for an address that is not an active member of staff."""
    person = by_email(email)
    if person is None or not person.active:
        raise NotFound(
            f"{email} is not a member of staff; add them with: "
            f"bin/notifier staff add {email} --role author --team TEAM."
        )
    return person


def has_role(person: Staff, *roles: str, team_ids: set[int]) -> bool:
    """Whether the person holds one of the roles in one of the teams, or in all teams."""
    return any(
        r.role in roles and (r.team_id is None or r.team_id in team_ids) for r in person.roles
    )


def must_belong(by: By, *, team_ids: set[int], what: str) -> None:
    """Refuse a member of staff without any role in the team; the system and the shell may."""
    person = session.get(Staff, by.staff_id) if by.staff_id is not None else None
    if person is not None and not has_role(person, *ROLES, team_ids=team_ids):
        raise Refused(f"{person.email} has no role in the team of {what}.")


def invited(secret: str, *, now: datetime) -> Staff | None:
    """The person whose one-time link this is, while it is valid."""
    query = select(Staff).where(Staff.invitation_hash == fingerprint(secret))
    person = session.scalars(query).first()
    if person is None or person.invitation_expires is None or person.invitation_expires <= now:
        return None
    return person


def choose_password(person: Staff, password: str, *, now: datetime) -> None:
    """Keep an argon2 hash and spend the one-time link. Raises Refused for a short password."""
    if len(password) < SHORTEST_PASSWORD:
        raise Refused(
            f"Choose a password of {SHORTEST_PASSWORD} characters or more.", field="password"
        )
    person.password_hash = hasher.hash(password[:1000])
    person.invitation_hash = person.invitation_expires = None
    record(
        f"staff:{person.id}",
        "choose_password",
        by=By("signed_in", staff_id=person.id, name=person.email),
        now=now,
    )


def everybody() -> list[Staff]:
    """All members of staff by address, also those who have left."""
    return list(session.scalars(select(Staff).order_by(Staff.email)))
