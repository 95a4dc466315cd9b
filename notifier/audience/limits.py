"""How many sign-ups one network, and everybody together, may send in an hour; the same for known
and unknown addresses. Counted in the database, which all workers share.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select, update

from notifier.audience.models import Signup
from notifier.errors import Refused
from notifier.store.db import session

WITHIN = timedelta(hours=1)
PER_NETWORK = 100  # a training room, or an office behind one address, signs up together
IN_ALL = 3_000
KEPT = timedelta(days=1)


class TooOften(Refused):
    """The limit is reached; a door answers 429."""


def check(network: str, *, now: datetime) -> None:
    """Raises TooOften when ``network`` (a keyed HMAC), or everybody, has asked enough this hour."""
    lately = select(func.count(Signup.id)).where(Signup.created_at > now - WITHIN)
    own = session.scalar(lately.where(Signup.network == network)) or 0
    # Rows without a network are invitations, and those of days past: the index leaves them out.
    if own >= PER_NETWORK or (session.scalar(lately.where(Signup.network > "")) or 0) >= IN_ALL:
        raise TooOften("Too many people signed up from your network; try again in an hour.")


def forget_networks(*, now: datetime) -> None:
    """Where a sign-up came from is kept for a day, for these limits only."""
    session.execute(
        update(Signup)
        .where(Signup.network > "", Signup.created_at <= now - KEPT)
        .values(network="")
        .execution_options(synchronize_session=False)
    )
