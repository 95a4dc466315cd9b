"""Passkeys: kept, used, taken away. The door checks signatures; here stand only public keys."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from notifier.accounts.letters import tell
from notifier.accounts.models import Passkey, Staff
from notifier.accounts.sessions import own
from notifier.errors import NotFound, Refused
from notifier.store.db import session
from notifier.store.history import By, record

MOST = 10
LONGEST_NAME = 60


def add(
    person: Staff, *, name: str, credential: str, public_key: str, sign_count: int, now: datetime
) -> Passkey:
    """Keep a public key. Raises Refused for one that is known, or when there are enough."""
    if len(person.passkeys) >= MOST:
        raise Refused(f"You have {MOST} passkeys; delete one before you add another.")
    if by_credential(credential) is not None:
        raise Refused("This passkey is registered already.")
    row = Passkey(
        staff_id=person.id,
        name=" ".join(name.split())[:LONGEST_NAME] or f"Passkey {len(person.passkeys) + 1}",
        credential=credential,
        public_key=public_key,
        sign_count=sign_count,
        created_at=now,
    )
    person.passkeys.append(row)
    session.flush()
    record(f"staff:{person.id}", "add_passkey", by=own(person), now=now, passkey=row.id)
    tell(person, "passkey-added", now=now, name=row.name)
    return row


def by_credential(credential: str) -> Passkey | None:
    return session.scalars(select(Passkey).where(Passkey.credential == credential)).first()


def use(row: Passkey, *, sign_count: int, challenged: int, now: datetime) -> None:
    """A signature over our challenge was right; ``challenged`` is when we gave it out, in µs.

    Raises Refused for a challenge that was given out before one which was answered already: the
    same answer opens nothing twice, also with keys that do not count.
    """
    session.refresh(row, with_for_update=True)
    if challenged <= row.challenged:
        raise Refused("This was used already; try again.")
    row.sign_count, row.challenged, row.used_at = sign_count, challenged, now
    session.flush()


def remove(person: Staff, passkey_id: int, *, by: By, now: datetime) -> None:
    """Raises NotFound for one of somebody else, or none."""
    row = session.get(Passkey, passkey_id)
    if row is None or row.staff_id != person.id:
        raise NotFound("There is no such passkey; look at the list again.")
    name = row.name
    person.passkeys.remove(row)
    session.delete(row)
    session.flush()
    record(f"staff:{person.id}", "remove_passkey", by=by, now=now, passkey=passkey_id)
    tell(person, "passkey-removed", now=now, name=name)
