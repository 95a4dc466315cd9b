"""What the mail server says of a batch: noted at once, in the ledger five times a second."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from threading import Event

from notifier.clock import elapsed
from notifier.delivery import bounces, lease
from notifier.delivery.record import Found, record
from notifier.mail.envelope import Outcome
from notifier.worker.batch import Row
from notifier.worker.engine import Engine
from notifier.worker.insist import insist

FLUSH = 0.2  # seconds between commits of what the mail server said


class Heard:
    """The outcomes of one batch. ``halt`` is set when the lease was lost or the Send was stopped;
    ``bad`` are those who were not accepted, with the tries before."""

    def __init__(
        self, engine: Engine, send_id: int, rows: Sequence[Row], chunk: int | None
    ) -> None:
        self.halt, self.bad = Event(), list[tuple[Outcome, int]]()
        self._engine, self._send_id, self._chunk = engine, send_id, chunk
        self._tries = {subscriber_id: tries for subscriber_id, _, tries in rows}
        self._kept: list[Found] = []
        self._last = elapsed()

    def take(self, outcome: Outcome) -> None:
        """Keep one; what the journal has no room for, or is no acceptance, is written at once."""
        found = self._found(outcome)
        self._kept.append(found)
        if outcome.state != "accepted":
            self.bad.append((outcome, found.tries))
        noted = outcome.state != "accepted" or self._engine.journal.note(
            self._send_id, found.subscriber_id, outcome.code
        )
        if not noted or elapsed() - self._last > FLUSH:
            if not self.flush():
                self.halt.set()
            self._last = elapsed()

    def flush(self) -> bool:
        """Commit outcomes together with the lease's renewal; False when to stop."""
        kept = tuple(self._kept)
        ours = insist(
            self._engine, partial(write_down, self._engine, self._send_id, kept, self._chunk)
        )
        self._engine.journal.clear()
        self._kept = []
        return ours

    def _found(self, outcome: Outcome) -> Found:
        subscriber_id = int(str(outcome.key))
        tries = self._tries.get(subscriber_id, 0)
        return Found(subscriber_id, outcome.state, outcome.code, outcome.status, tries)


def write_down(engine: Engine, send_id: int, kept: Sequence[Found], chunk: int | None) -> bool:
    """The outcomes into the ledger, in the caller's unit of work; False when to stop. Again, it
    changes nothing."""
    now, pepper = engine.now(), engine.settings.suppression_pepper
    refused = record(send_id, kept, now=now)
    for subscriber_id, verdict in refused.items():
        bounces.apply(send_id, subscriber_id, verdict, now=now, pepper=pepper, source="smtp")
    if chunk is None:
        return lease.goes_on(send_id)
    return lease.renew(send_id, chunk, owner=engine.owner, now=now)
