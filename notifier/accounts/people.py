"""Staff: adding them, finding them, and asking what they may do."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import selectinload

from notifier.accounts import passwords, sessions
from notifier.accounts.letters import fresh_link, tell
from notifier.accounts.models import ROLES, Role, Staff, StaffSession, fresh_handle
from notifier.errors import NotFound, Refused
from notifier.store.db import session
from notifier.store.history import By, record
from notifier.tokens import fingerprint


def add(email: str, role: str, *, team_id: int | None, by: By, now: datetime) -> tuple[Staff, str]:
    """Give a member of staff a role; adding twice is no error.

    Returns the person and the secret of a one-time link for choosing a password. Only its
    fingerprint is stored; a new link ends the earlier one.
    """
    person = grant(email, role, team_id=team_id, by=by, now=now)
    return person, link(person, now=now)


def link(person: Staff, *, now: datetime) -> str:
    """The secret of a new one-time link. Raises Refused for somebody who has left."""
    if not person.active:
        raise Refused(
            f"{person.email} has left; take them back first: "
            f"bin/notifier staff return {person.email}.",
            field="email",
        )
    return fresh_link(person, "invited", now=now)


def grant(email: str, role: str, *, team_id: int | None, by: By, now: datetime) -> Staff:
    """Give a role, to somebody new or known; no link is made. Raises Refused for no such role."""
    if role not in ROLES:
        raise Refused(f"There is no role {role!r}; choose one of: {', '.join(ROLES)}.")
    person = by_email(email)
    if person is None:
        person = Staff(email=email.strip().lower(), name="", created_at=now)
        session.add(person)
        session.flush()
    if not any(r.role == role and r.team_id == team_id for r in person.roles):
        person.roles.append(Role(role=role, team_id=team_id))
        session.flush()
        record(f"staff:{person.id}", "add_role", by=by, now=now, role=role, team=team_id)
    return person


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
    """The person whose one-time link this is, of an invitation or a forgotten password, while it is
    valid and they are on the staff."""
    return session.scalars(linked(secret, now)).first()


def hold_invited(secret: str, *, now: datetime) -> Staff | None:
    """As ``invited``, and nobody else can use the link until this unit of work ends."""
    query = linked(secret, now).with_for_update().execution_options(populate_existing=True)
    return session.scalars(query).first()


def linked(secret: str, now: datetime) -> Select[Staff]:
    return select(Staff).where(
        or_(
            valid(Staff.invitation_hash, Staff.invitation_expires, secret, now),
            valid(Staff.reset_hash, Staff.reset_expires, secret, now),
        ),
        Staff.active.is_(True),
    )


def valid(kept: Any, expires: Any, secret: str, now: datetime) -> ColumnElement[bool]:
    return and_(kept == fingerprint(secret), expires > now)


def choose_password(person: Staff, password: str, *, now: datetime) -> None:
    """Keep an argon2 hash, spend the one-time links and end every session.

    Raises Refused for a password that is short or easy to guess.
    """
    keep_password(person, passwords.digest(password, email=person.email), now=now)


def keep_password(
    person: Staff, digest: str, *, now: datetime, but: StaffSession | None = None
) -> None:
    """As ``choose_password`` for a digest that was made before the unit of work; ``but`` is the
    session that goes on."""
    first = person.password_hash is None
    person.password_hash, person.password_at = digest, now
    person.invitation_hash = person.invitation_expires = None
    person.reset_hash = person.reset_expires = None
    by = sessions.own(person)
    record(f"staff:{person.id}", "choose_password", by=by, now=now)
    sessions.end_all(person, "the password was changed", by=by, now=now, but=but)
    if but is None:
        person.fs_uniquifier = fresh_handle()
    if not first:
        tell(person, "password-changed", now=now)


def everybody() -> list[Staff]:
    """All members of staff by address, also those who have left."""
    query = select(Staff).order_by(Staff.email)
    with_all = query.options(selectinload(Staff.roles), selectinload(Staff.passkeys))
    return list(session.scalars(with_all))
