"""Mail to one relay: connections kept open and renewed, trouble turned into outcomes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from notifier.mail.envelope import Envelope, Outcome, legible
from notifier.mail.exchange import Exchange, Pace, Parted, Queue
from notifier.mail.relay import Relay
from notifier.mail.session import CLOSING, Broken, Patience, Session, connect

_MOST_BREAKS = 3  # connections lost in a row, without a message settled between them


class Smtp:
    """A relay over one connection; not to be shared by threads. ``Transport``'s contract holds.

    A message lost before its final dot is tried once more at once, then deferred with code 0. When
    the relay cannot be reached, or breaks off again and again, the rest of the batch is deferred.
    """

    def __init__(self, relay: Relay, *, host_name: str, patience: Patience | None = None) -> None:
        self._relay, self._host_name = relay, host_name
        self._patience = patience or Patience()
        self._session: Session | None = None

    def send(self, envelopes: Iterable[Envelope]) -> Iterator[Outcome]:
        queue = Queue(envelopes)
        breaks, pace = 0, Pace.ONE_TRIP
        again: Envelope | None = None
        while (first := queue.take()) is not None:
            queue.put_back(first)
            try:
                for outcome in self._exchange(queue, pace):
                    breaks = 0
                    yield outcome
            except Parted as parted:
                breaks += 1
                error = parted.error
                if error.code != CLOSING:
                    pace = Pace(max(pace - 1, Pace.STEPWISE))
                if parted.outcome is not None:
                    yield parted.outcome
                elif parted.lost is not None and parted.lost is not again:
                    again = parted.lost
                    queue.put_back(again)
                elif parted.lost is not None:
                    yield _deferred(parted.lost, error)
                if breaks < _MOST_BREAKS:
                    continue
            except Broken as refusal:
                error = refusal
            else:
                continue
            yield from (_deferred(envelope, error) for envelope in queue.drain())

    def close(self) -> None:
        self._drop(politely=True)

    def _exchange(self, queue: Queue, pace: Pace) -> Iterator[Outcome]:
        """Outcomes over one connection; Broken when none can be had, Parted when it ends early."""
        session = self._open()
        most = self._relay.per_connection
        exchange = Exchange(session, queue, pace=pace, most=most)
        try:
            yield from exchange.run()
        finally:
            # Also when the caller stops listening: an announced message must not be half-sent.
            if not exchange.clean or session.carried >= most:
                self._drop(politely=exchange.clean)

    def _open(self) -> Session:
        if self._session is not None and self._session.stale():
            self._drop(politely=False)
        if self._session is None:
            self._session = connect(self._relay, host_name=self._host_name, patience=self._patience)
        return self._session

    def _drop(self, *, politely: bool) -> None:
        session, self._session = self._session, None
        if session is not None:
            session.close(politely=politely)


def _deferred(envelope: Envelope, error: Broken) -> Outcome:
    return Outcome(envelope.key, "deferred", error.code, "", legible(error.text))
