"""How fast this worker may send: asks the shared buckets, and tells them what servers answer.

While no limit is set and no server complains it costs a look at a small table every two seconds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple, TypeVar

from notifier.delivery import limits, limits_rules
from notifier.delivery.limits import DOMAIN, RELAY
from notifier.mail.transport import Transport, pick, relays
from notifier.store.db import look
from notifier.worker.engine import Engine
from notifier.worker.insist import insist

LEAST = timedelta(seconds=1)  # for which a chunk is given back

T = TypeVar("T")


class Dry(Exception):
    """No relay may be given a message before ``until``."""

    def __init__(self, until: datetime) -> None:
        super().__init__(f"until {until}")
        self.until = until


class Way(NamedTuple):
    """A relay, and how many messages it may be given now; ``counted`` when a bucket paid them."""

    relay: Transport
    room: int
    counted: bool = False


def ways(engine: Engine, todo: Sequence[T], most: int) -> Iterator[tuple[Way, Sequence[T]]]:
    """What is to be sent, batch by batch, none larger than a relay has room for. Raises Dry."""
    start = 0
    while start < len(todo):
        taken = way(engine, min(most, len(todo) - start))
        yield taken, todo[start : start + taken.room]
        start += taken.room


def way(engine: Engine, wanted: int) -> Way:
    """The relay for the next batch and how many of the wanted messages it may be given.

    Raises Dry when every relay has had enough for now, or the warm-up its day's messages. Nobody
    sleeps with a lease: the chunk is given back, SIGTERM is heeded at once, a paused Send is not
    held, and another Send or relay may go on.
    """
    kept, now = engine.pacing, engine.now()
    avoid: set[str] = set()
    again: list[datetime] = []
    while (relay := pick(engine.transport, avoid)) is not None:
        limited, quota = kept.is_limited(relay), kept.quota(now)
        if not limited and quota is None:
            return Way(relay, wanted)
        base = kept.relay_bases([relay])[relay.name]
        ask = partial(ask_for, relay.name, base, limited, quota, wanted, now=now)
        got, ready = insist(engine, ask)
        if got:
            return Way(relay, got, counted=True)
        avoid.add(relay.name)
        again.append(ready)
    raise Dry(min(max(min(again), now + LEAST), now + limits_rules.LONGEST))


def ask_for(
    relay: str, base: float | None, limited: bool, quota: int | None, wanted: int, *, now: datetime
) -> tuple[int, datetime]:
    """How many messages a relay and the day leave, and when there are more. What only the relay
    had room for goes back to it."""
    got, ready = limits.take(relay, base, wanted, now=now) if limited else (wanted, now)
    if quota is None or not got:
        return got, ready
    left = limits.take_of_day(quota, got, now=now)
    if limited and left < got:
        limits.spend(RELAY, {relay: left - got}, {relay: base}, now=now)
    return left, now if left else limits_rules.next_warm_day(now)


def not_used(engine: Engine, taken: Way, number: int) -> None:
    """Give back what was asked for and not sent: who left, or whose domain has no room."""
    if number > 0 and taken.counted:
        charge(engine, taken.relay, -number)


def charge(engine: Engine, relay: Transport, number: int) -> None:
    """Count messages that were not asked for; below 0, those that were not sent after all."""
    kept, now = engine.pacing, engine.now()
    limited, quota = kept.is_limited(relay), kept.quota(now)
    if not number or not (limited or quota is not None):
        return
    bases = kept.relay_bases([relay]) if limited else {}

    def count() -> None:
        limits.spend(RELAY, dict.fromkeys(bases, number), bases, now=now)
        if quota is not None:
            limits.spend_of_day(quota, number, now=now)

    insist(engine, count)


def count_singles(engine: Engine, relay: Transport, addresses: Sequence[str]) -> None:
    """One-off mail is never held up; what it takes, campaigns do without."""
    charge(engine, relay, len(addresses))
    kept, found = engine.pacing, Counter(map(domain_of, addresses))
    if bases := kept.limited(found) if kept.any_domain else {}:
        used = {name: found[name] for name in bases}
        insist(engine, partial(limits.spend, DOMAIN, used, bases, now=engine.now()))


def room(engine: Engine) -> tuple[int | None, datetime]:
    """How many messages all relays may be given now, None for any number; and when more."""
    kept, now = engine.pacing, engine.now()
    found, quota = relays(engine.transport), kept.quota(now)
    if all(kept.is_limited(one) for one in found):
        with look():
            free, again = limits.room(kept.relay_bases(found), now=now)
    else:
        free, again = None, now
    if quota is None:
        return free, again
    with look():
        left = limits.left_of_day(quota, now=now)
    return (left if free is None else min(left, free)), (
        again if left else limits_rules.next_warm_day(now)
    )


def domain_of(address: str) -> str:
    return address.rpartition("@")[2].lower()
