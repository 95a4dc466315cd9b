"""Where a member of staff is signed in: begun, looked up at each request, ended by name or all."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, select

from notifier.accounts.models import Staff, StaffSession
from notifier.errors import NotFound
from notifier.store.db import session
from notifier.store.history import By, record
from notifier.tokens import fingerprint

IDLE = timedelta(hours=12)
LONGEST = timedelta(days=7)
HALFWAY = timedelta(minutes=30)  # between the password and the second step
PROVED_FOR = timedelta(minutes=15)  # what guards the account asks who you are, after that
TOUCH = timedelta(minutes=5)  # "last seen" is as exact as this: no write for each page
KEPT = timedelta(days=90)


def begin(
    person: Staff, *, stage: str, how: str, network: str, browser: str, now: datetime
) -> tuple[StaffSession, str]:
    """A new session and its secret, of which only the fingerprint is kept.

    ``stage`` is full, code or set_up; only a full one is a sign-in that history keeps.
    """
    secret = secrets.token_urlsafe(32)
    row = StaffSession(
        staff_id=person.id,
        secret_hash=fingerprint(secret),
        stage=stage,
        how=how,
        network=network,
        browser=browser[:80],
        begun_at=now,
        seen_at=now,
        proved_at=now,
    )
    session.add(row)
    session.flush()
    if stage == "full":
        person.last_sign_in_at = now
        record(f"staff:{person.id}", "sign_in", by=own(person), now=now, how=how, session=row.id)
    return row, secret


def own(person: Staff) -> By:
    """A member of staff who signed in."""
    return By("signed_in", staff_id=person.id, name=person.email)


def find(secret: str, *, now: datetime) -> tuple[StaffSession, Staff] | None:
    """The session of that secret and whose it is, while it lasts and they are on the staff."""
    query = (
        select(StaffSession, Staff)
        .join(Staff, Staff.id == StaffSession.staff_id)
        .where(StaffSession.secret_hash == fingerprint(secret), Staff.active.is_(True))
    )
    found = session.execute(query).first()
    if found is None or not lasts(found[0], now):
        return None
    return found[0], found[1]


def lasts(row: StaffSession, now: datetime) -> bool:
    if row.ended_at is not None or now >= row.begun_at + LONGEST:
        return False
    return now < row.seen_at + IDLE if row.stage == "full" else now < row.begun_at + HALFWAY


def is_proved(row: StaffSession, now: datetime) -> bool:
    """Whether they have proved lately who they are."""
    return now < row.proved_at + PROVED_FOR


def is_unseen(row: StaffSession, now: datetime) -> bool:
    """Whether ``seen_at`` should be written again."""
    return now >= row.seen_at + TOUCH


def mine(person: Staff, *, now: datetime) -> list[StaffSession]:
    """Where somebody is signed in now, newest first."""
    query = select(StaffSession).where(
        StaffSession.staff_id == person.id,
        StaffSession.stage == "full",
        StaffSession.ended_at.is_(None),
        StaffSession.begun_at > now - LONGEST,
        StaffSession.seen_at > now - IDLE,
    )
    return list(session.scalars(query.order_by(StaffSession.seen_at.desc(), StaffSession.id)))


def was_here(person: Staff, network: str, browser: str) -> bool:
    """Whether somebody signed in before from this network with this browser, or never at all."""
    query = select(StaffSession).where(
        StaffSession.staff_id == person.id, StaffSession.stage == "full"
    )
    if session.scalars(query.limit(1)).first() is None:
        return True
    same = query.where(StaffSession.network == network, StaffSession.browser == browser)
    return session.scalars(same.limit(1)).first() is not None


def end(row: StaffSession, reason: str, *, now: datetime) -> None:
    """End one; it is refused from the next request on."""
    if row.ended_at is None:
        row.ended_at, row.end_reason = now, reason
        session.flush()


def end_one(person: Staff, session_id: int, *, by: By, now: datetime) -> None:
    """Raises NotFound for a session of somebody else, or none."""
    row = session.get(StaffSession, session_id)
    if row is None or row.staff_id != person.id:
        raise NotFound("There is no such session; look at the list again.")
    end(row, "ended in the list of sessions", now=now)
    record(f"staff:{person.id}", "end_session", by=by, now=now, session=row.id)


def end_all(
    person: Staff, reason: str, *, by: By, now: datetime, but: StaffSession | None = None
) -> int:
    """End every session, also half-open ones, except one; returns how many people would notice."""
    query = select(StaffSession).where(
        StaffSession.staff_id == person.id, StaffSession.ended_at.is_(None)
    )
    rows = [row for row in session.scalars(query) if but is None or row.id != but.id]
    noticed = [row for row in rows if row.stage == "full" and lasts(row, now)]
    for row in rows:
        end(row, reason, now=now)
    if noticed:
        record(f"staff:{person.id}", "end_sessions", by=by, now=now, why=reason, count=len(noticed))
    return len(noticed)


def forget(*, now: datetime) -> None:
    """Sessions of a quarter of a year ago tell nobody anything; history keeps each sign-in."""
    session.execute(
        delete(StaffSession)
        .where(StaffSession.seen_at <= now - KEPT)
        .execution_options(synchronize_session=False)
    )
