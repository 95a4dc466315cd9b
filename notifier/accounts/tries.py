"""How often somebody may try at a door: per address that is typed and per network, counted in the
database, alike for addresses that we know and that we do not.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select

from notifier.accounts.models import SignInTry
from notifier.errors import Refused
from notifier.store.db import session

KEPT = timedelta(days=1)


@dataclass(frozen=True)
class Limit:
    """At most so many tries that failed, for one address and for one network, within a time."""

    address: int
    network: int
    within: timedelta


LIMITS = {
    "password": Limit(10, 60, timedelta(minutes=15)),
    "code": Limit(5, 60, timedelta(minutes=15)),
    "reset": Limit(3, 30, timedelta(hours=1)),
    "passkey": Limit(60, 60, timedelta(minutes=15)),
}


class TooOften(Refused):
    """The limit is reached; a door answers 429. ``after`` is when to come again."""

    def __init__(self, after: timedelta) -> None:
        minutes = int(after.total_seconds() // 60)
        super().__init__(f"Too many tries. Wait {minutes} minutes, then try again.")
        self.after = after


def count(door: str, *, address: str, network: str, now: datetime) -> tuple[SignInTry, bool]:
    """Keep one more try, as failed until ``succeed`` says otherwise; also whether it uses up what
    the address has left.

    Both keys are HMACs. Raises TooOften. A try counts from its beginning: a hundred at the same
    moment are a hundred.
    """
    limit = LIMITS[door]
    hold(f"{door} {address}")
    failed = select(func.count(SignInTry.id)).where(
        SignInTry.door == door,
        SignInTry.succeeded.is_(False),
        SignInTry.at > now - limit.within,
    )
    by_address = session.scalar(failed.where(SignInTry.address == address)) or 0
    by_network = session.scalar(failed.where(SignInTry.network == network)) or 0
    if by_address >= limit.address or by_network >= limit.network:
        raise TooOften(limit.within)
    row = SignInTry(door=door, address=address, network=network, at=now)
    session.add(row)
    session.flush()
    return row, by_address + 1 == limit.address


def succeed(try_id: int) -> None:
    """It was the right one: it counts no more."""
    row = session.get(SignInTry, try_id)
    if row is not None:
        row.succeeded = True
        session.flush()


def hold(words: str) -> None:
    """One at a time on PostgreSQL: two could count before either is kept. SQLite has one writer."""
    if session.get_bind().dialect.name == "postgresql":
        number = int.from_bytes(hashlib.sha256(words.encode()).digest()[:8], "big", signed=True)
        session.execute(select(func.pg_advisory_xact_lock(number)))


def forget(*, now: datetime) -> None:
    """Tries of yesterday limit nothing."""
    session.execute(
        delete(SignInTry)
        .where(SignInTry.at <= now - KEPT)
        .execution_options(synchronize_session=False)
    )
