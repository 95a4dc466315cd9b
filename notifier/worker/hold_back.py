"""Puts those of a batch off whose domain has no room; the rest of the batch goes on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial

import structlog

from notifier.delivery import lease, limits
from notifier.delivery.limits import Admitted
from notifier.delivery.put_off import put_off
from notifier.delivery.record import settle
from notifier.sends.rules import State
from notifier.worker.engine import Engine
from notifier.worker.insist import insist
from notifier.worker.pacing import domain_of

log = structlog.get_logger()


class Lost(Exception):
    """Somebody else has the chunk by now, or its Send was stopped."""


def hold_back(
    engine: Engine, send_id: int, people: Iterable[tuple[int, str]], *, chunk: int | None
) -> set[int]:
    """Ids of those of (id, address) who do not go now. Raises Lost, and nobody is put off.

    With the lease's renewal, in one unit of work: who has lost the chunk puts nobody off whom
    somebody else is sending to.
    """
    if not engine.pacing.any_domain:
        return set()
    by_domain: defaultdict[str, list[int]] = defaultdict(list)
    for person, address in people:
        by_domain[domain_of(address)].append(person)
    bases, now = engine.pacing.limited(by_domain), engine.now()
    if not bases:
        return set()

    def put_some_off() -> set[int]:
        asked = {name: len(by_domain[name]) for name in bases}
        admitted = limits.admit(asked, bases, now=now)
        off = later(send_id, {name: by_domain[name] for name in bases}, admitted, now=now)
        if not goes_on(engine, send_id, chunk, now=now):
            raise Lost
        return off

    return insist(engine, put_some_off)


def goes_on(engine: Engine, send_id: int, chunk: int | None, *, now: datetime) -> bool:
    if chunk is None:
        return lease.goes_on(send_id)
    return lease.renew(send_id, chunk, owner=engine.owner, now=now)


def later(
    send_id: int, people: dict[str, list[int]], admitted: dict[str, Admitted], *, now: datetime
) -> set[int]:
    """Put off whom their domain does not admit; who waits for a domain that refused everything for
    72 hours is given up."""
    times: dict[int, datetime] = {}
    for name, ids in people.items():
        found = admitted[name]
        rest = ids[found.granted :]
        if found.hopeless and rest:
            log.warning("given up", send=send_id, domain=name, people=len(rest))
            settle(send_id, rest, State.FAILED, code=found.code, now=now)
            continue
        times.update(zip(rest, found.later, strict=True))
    put_off(send_id, times, now=now)
    return {one for name, ids in people.items() for one in ids[admitted[name].granted :]}


def hold_off(engine: Engine, send_id: int, ids: Sequence[int], until: datetime) -> None:
    """No relay has room for people who were to be tried again: they come back then, spread."""
    now = engine.now()
    apart = timedelta(milliseconds=20)
    times = {one: until + n * apart for n, one in enumerate(ids)}
    insist(engine, partial(put_off, send_id, times, now=now))
