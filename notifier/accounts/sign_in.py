"""Sign-in by password: who tries, whether they may, and what their session must still prove."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from notifier.accounts import passwords, tries, two_step
from notifier.accounts.letters import tell
from notifier.accounts.models import Staff
from notifier.accounts.people import by_email
from notifier.store.db import session, tried
from notifier.store.history import SYSTEM, record


@dataclass(frozen=True)
class Attempt:
    """One try: the hash to compare with is read before, and compared outside, a unit of work."""

    try_id: int
    staff_id: int | None
    hashed: str | None


def attempt(email: str, *, address: str, network: str, now: datetime) -> Attempt:
    """Count a try with that address; the same work for one that we do not know.

    ``address`` and ``network`` are keyed HMACs. Raises TooOften.
    """
    row, last = tries.count("password", address=address, network=network, now=now)
    person = by_email(email)
    known = person if person is not None and person.active else None
    if last:
        lock(known, "password", now=now)
    if known is None or known.password_hash is None:
        return Attempt(row.id, None, None)
    return Attempt(row.id, known.id, known.password_hash)


def lock(person: Staff | None, door: str, *, now: datetime) -> None:
    """The last try that is left: history and its owner hear of the burst. As much work for nobody,
    and then it is taken back."""
    with tried(keep=person is not None):
        whom = person.id if person is not None else 0
        record(f"staff:{whom}", "many_tries", by=SYSTEM, now=now, door=door)
        tell(person, "many-tries", now=now)


def passed(found: Attempt, password: str, *, now: datetime) -> Staff | None:
    """The password was right: the person, unless they left or changed it in this moment."""
    person = session.get(Staff, found.staff_id or 0)
    if person is None or not person.active or person.password_hash != found.hashed:
        return None
    tries.succeed(found.try_id)
    if passwords.is_dated(person.password_hash or ""):
        person.password_hash = passwords.hasher.hash(password[: passwords.LONGEST])
    return person


def stage(person: Staff, roles: Collection[str]) -> str:
    """What the password alone opens: full, or code, or set_up where a role asks for two steps."""
    if two_step.is_on(person) or person.passkeys:
        return "code"
    return "set_up" if two_step.is_owed(person, roles) else "full"
