"""Mail to one relay: connections kept open and renewed, trouble turned into outcomes."""

from __future__ import annotations

import select
from collections import deque
from collections.abc import Generator, Iterable, Iterator

from notifier.clock import elapsed
from notifier.mail.envelope import Envelope, Outcome, legible
from notifier.mail.exchange import Exchange, Pace, Parted, Queue, Wait
from notifier.mail.relay import Relay
from notifier.mail.session import CLOSING, Broken, Patience, Session, connect

_MOST_BREAKS = 3  # connections lost in a row, without a message settled between them
_EACH = 20  # messages of a batch that are worth one more connection

_Talk = Generator[Outcome | Wait, None, Broken | None]


class Smtp:
    """A relay over a few connections at once; not to be shared by threads. ``Transport``'s contract
    holds.

    While one connection waits for an answer, the others are fed: this process never waits for the
    server while there is something to write. A message lost before its final dot is tried once more
    at once, then deferred with code 0. When the relay cannot be reached, or breaks off again and
    again, the rest of the batch is deferred.
    """

    def __init__(self, relay: Relay, *, host_name: str, patience: Patience | None = None) -> None:
        self._relay, self._host_name = relay, host_name
        self.name, self.limit = relay.name, relay.limit
        self._patience = patience or Patience()
        self._idle: list[Session] = []

    def send(self, envelopes: Iterable[Envelope]) -> Iterator[Outcome]:
        batch = _Batch(envelopes)
        ready: deque[_Talk] = deque([self._talk(batch)])
        waiting: dict[_Talk, tuple[Session, float]] = {}  # until when
        most, error = self._relay.connections, None
        try:
            while ready or waiting:
                if not ready:
                    ready.extend(_answered(waiting))
                    continue
                try:
                    step = next(ready[0])
                except StopIteration as end:
                    ready.popleft()
                    if end.value is not None:  # it bears no more connections than there are
                        most, error = len(waiting) + len(ready), end.value
                    continue
                if isinstance(step, Outcome):
                    yield step
                    continue
                waiting[ready.popleft()] = step.session, elapsed() + step.seconds
                if len(waiting) + len(ready) < min(most, 1 + batch.queue.taken // _EACH):
                    ready.append(self._talk(batch))
        finally:
            for talk in (*ready, *waiting):
                talk.close()
        if error is not None:
            yield from (_deferred(envelope, error) for envelope in batch.queue.drain())

    def close(self) -> None:
        while self._idle:
            self._idle.pop().close(politely=True)

    def _talk(self, batch: _Batch) -> _Talk:
        """One connection after the other until the queue is empty; what went wrong if it is not."""
        breaks = 0
        while (first := batch.queue.take()) is not None:
            batch.queue.put_back(first)
            try:
                for step in (talk := self._exchange(batch)):
                    if isinstance(step, Outcome):
                        breaks = 0
                    yield step
            except Parted as parted:
                breaks, error = breaks + 1, parted.error
                yield from batch.parted(parted)
                if breaks < _MOST_BREAKS:
                    continue
            except Broken as refusal:
                error = refusal
            else:
                continue
            finally:
                talk.close()
            return error
        return None

    def _exchange(self, batch: _Batch) -> Generator[Outcome | Wait]:
        """Outcomes over one connection; Broken when none can be had, Parted when it ends early."""
        session = self._open()
        most = self._relay.per_connection
        exchange = Exchange(session, batch.queue, pace=batch.pace, most=most)
        try:
            yield from exchange.run()
        finally:
            # Also when the caller stops listening: an announced message must not be half-sent.
            if exchange.clean and session.carried < most:
                self._idle.append(session)
            else:
                session.close(politely=exchange.clean)

    def _open(self) -> Session:
        while self._idle:
            session = self._idle.pop()
            if not session.stale():
                return session
            session.close(politely=False)
        return connect(self._relay, host_name=self._host_name, patience=self._patience)


class _Batch:
    """What the connections of one batch share."""

    def __init__(self, envelopes: Iterable[Envelope]) -> None:
        self.queue = Queue(envelopes)
        self.pace = Pace.ONE_TRIP
        self._again: set[object] = set()  # keys of what was lost once

    def parted(self, parted: Parted) -> Iterator[Outcome]:
        """What is known of the message that was in flight; one that is lost is tried once more."""
        if parted.error.code != CLOSING:
            self.pace = Pace(max(self.pace - 1, Pace.STEPWISE))
        if parted.outcome is not None:
            yield parted.outcome
        elif parted.lost is not None and parted.lost.key not in self._again:
            self._again.add(parted.lost.key)
            self.queue.put_back(parted.lost)
        elif parted.lost is not None:
            yield _deferred(parted.lost, parted.error)


def _answered(waiting: dict[_Talk, tuple[Session, float]]) -> list[_Talk]:
    """Take those out whose server answered, or will not any more; wait until there is one."""
    first = min(until for _, until in waiting.values())
    sessions = [session for session, _ in waiting.values()]
    # Not select(): a process with more than a thousand files open could not mail by it.
    poll, by_number = select.poll(), {session.fileno(): session for session in sessions}
    for number in by_number:
        poll.register(number, select.POLLIN)
    ready = poll.poll(1000 * max(0.0, first - elapsed()))
    readable = {by_number[number] for number, _ in ready}
    now = elapsed()
    found = []
    for talk, (session, until) in list(waiting.items()):
        if session in readable or until <= now:
            session.late = session not in readable
            del waiting[talk]
            found.append(talk)
    return found


def _deferred(envelope: Envelope, error: Broken) -> Outcome:
    return Outcome(envelope.key, "deferred", error.code, "", legible(error.text))
