"""Which state of everything public this is, asked so seldom and cheaply that each request can.

All that is done is in history; what people do for themselves there shows in no feed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from itertools import count

from sqlalchemy import and_, event, func, select
from sqlalchemy.orm import Session

from notifier.catalogue.models import CatalogueLoad
from notifier.newsletters.models import Newsletter
from notifier.notices.models import ChangeNotice
from notifier.releases.models import Release, ReleaseDateChange
from notifier.store.db import session
from notifier.store.history import History

PRIVATE = ("subscriber", "complaint", "export", "answer", "staff", "segment", "send")
NEWEST = 20  # rows of history that name a state
# PostgreSQL gives numbers before it commits: a lower one may show later, by so many at most.
WINDOW = 500
_COUNTED = (CatalogueLoad, Release, ReleaseDateChange, ChangeNotice, Newsletter)
_TOPS = select(
    select(func.max(History.id)).scalar_subquery(),
    # Rows that a load or an import adds without a word in history.
    *(select(func.max(model.id)).scalar_subquery() for model in _COUNTED),
)
_SHOWS = and_(*(History.object.not_like(f"{noun}:%") for noun in PRIVATE))
AGE = 0.5  # seconds in which what another process did may not show yet
_done = count(1)
_last = [0]  # how many units of work this process has committed


@event.listens_for(Session, "after_commit")
def _note(session_: Session) -> None:
    _last[0] = next(_done)


class Watch:
    """Remembers how far it looked, so that a look costs the same however long history is.

    What this process did shows at once, what another did after half a second: with a look at
    SQLite for each request, eight threads answered a third as many, for each look gives the
    interpreter's lock away.
    """

    def __init__(self, elapsed: Callable[[], float]) -> None:
        self.elapsed = elapsed  # seconds, on a clock that never jumps
        self.seen = 0
        self.rows: tuple[tuple[int, str], ...] = ()
        self.found = (-1.0, -1, "")  # when, after which of our units of work, what

    def state(self) -> str:
        """A name for what the public sees, hexadecimal: another one after any change of it, and
        the same in each process."""
        at, after, state = self.found
        if after == _last[0] and self.elapsed() - at < AGE:
            return state
        at, after = self.elapsed(), _last[0]
        state = self.look()
        self.found = (at, after, state)
        return state

    def look(self) -> str:
        """Two small queries: 0.3 ms on SQLite."""
        top, *tops = session.execute(_TOPS).one()
        top = top or 0
        seen, rows = (self.seen, self.rows) if top >= self.seen else (0, ())  # else: a backup
        # By their hashes: after a backup was restored the numbers come a second time.
        query = select(History.id, History.hash).where(History.id > seen - WINDOW, _SHOWS)
        found = session.execute(query.order_by(History.id.desc()).limit(NEWEST))
        rows = tuple(sorted({*rows, *((id_, hash_) for id_, hash_ in found)})[-NEWEST:])
        self.seen, self.rows = top, rows
        return hashlib.sha256(repr((rows, tops)).encode()).hexdigest()[:32]
