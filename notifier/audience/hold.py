"""One at a time: requests about one person, or one address, wait for each other.

SQLite lets only one unit of work write. PostgreSQL lets two read that an address is free, or that
its three mails of a day are not used up, before either writes.
"""

from __future__ import annotations

import hashlib

from sqlalchemy import func, select

from notifier.audience.models import Subscriber
from notifier.audience.rules import fold
from notifier.store.db import session


def hold(person: Subscriber) -> None:
    """Hold the person's row until this unit of work ends, and read it again: somebody else may
    just have changed or erased it."""
    session.flush()
    session.refresh(person, with_for_update=True)


def hold_address(email: str) -> None:
    """As ``hold``, for an address that nobody may have yet; taken after a person, never before."""
    if session.get_bind().dialect.name == "postgresql":
        number = hashlib.sha256(fold(email.strip()).encode()).digest()[:8]
        key = int.from_bytes(number, "big", signed=True)
        session.execute(select(func.pg_advisory_xact_lock(key)))
