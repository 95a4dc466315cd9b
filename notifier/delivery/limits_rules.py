"""How many messages a server may be given now, and what its answers do to that number. Pure.

A token bucket for each relay and each domain of recipients. It is a rule about instants: nothing
here runs, a bucket is brought up to ``now`` when somebody looks. A clock that jumps back gives no
token twice and holds nobody up for longer than ``SILENCE``.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from notifier.clock import at_london, london_date, london_time
from notifier.delivery.rules import GIVE_UP_AFTER
from notifier.settings import per_second

AHEAD = 6.0  # seconds of its rate that a bucket holds: the worker looks every two
SLOWEST = 1 / 60  # messages a second that are tried even where all are refused
LEARNED = 10.0  # messages a second at least, from which a domain without a limit is slowed
SILENCE = timedelta(seconds=30)  # where nothing at all got through
COOL = timedelta(seconds=30)  # the answers to what was under way say nothing new
STEP = timedelta(minutes=10)  # without a new complaint the rate doubles
LONGEST = timedelta(minutes=15)  # nobody is put off for longer at a time
DEBT = 60.0  # seconds of its rate that one-off mail may take in advance
SHARE = 0.1  # of the answers about a domain
MANY = 10  # answers from which busy mailboxes are the server's own trouble
MORNING = time(8)  # in London
EVERYBODY = "*"
DAY = 86_400  # seconds
_JUST_SHORT = 1e-6


@dataclass(frozen=True, kw_only=True)
class Bucket:
    """``base`` messages a second while all is well; ``tokens`` may go, counted up to ``at``, which
    lies ahead while nothing is to be sent. ``good_at``: when it last took a message, or when its
    trouble began. ``line_until``: up to when others wait for their turn."""

    base: float
    tokens: float
    at: datetime
    halvings: int = 0
    slowed_at: datetime | None = None
    good_at: datetime | None = None
    line_until: datetime | None = None


class Heard(NamedTuple):
    """Answers about one domain in one batch: all, "you send too fast", "this mailbox is busy"."""

    people: int
    slow: int
    busy: int


def fresh(base: float, now: datetime) -> Bucket:
    return Bucket(base=base, tokens=holds(base), at=now)


def holds(rate: float) -> float:
    """Messages that may go at once after a rest; 600 a minute are 660 in the busiest one."""
    return max(1.0, rate * AHEAD)


def steps(bucket: Bucket, now: datetime) -> int:
    """How often the rate is halved as of now: one step less for each ten quiet minutes."""
    if not bucket.halvings or bucket.slowed_at is None:
        return 0
    return max(0, bucket.halvings - max(0, (now - bucket.slowed_at) // STEP))


def rate(bucket: Bucket, now: datetime) -> float:
    """Messages a second."""
    return max(bucket.base / (1 << steps(bucket, now)), min(bucket.base, SLOWEST))


def filled(bucket: Bucket, now: datetime) -> Bucket:
    """The bucket as of now. Instants that a jump of the clock left far ahead are brought back."""
    pace = rate(bucket, now)
    at = min(bucket.at, now + SILENCE)
    gone = max(0.0, (now - at).total_seconds())
    return replace(
        bucket,
        tokens=min(holds(pace), bucket.tokens + gone * pace),
        at=max(at, now),
        slowed_at=bucket.slowed_at and min(bucket.slowed_at, now),
        line_until=bucket.line_until and min(bucket.line_until, now + LONGEST),
    )


def room(bucket: Bucket, now: datetime) -> int:
    """Messages that may go now."""
    seen = filled(bucket, now)
    return 0 if seen.at > now else max(0, int(seen.tokens + _JUST_SHORT))


def jumped(bucket: Bucket, now: datetime, *, most: timedelta = SILENCE) -> bool:
    """Whether the clock was put back since: somebody must take, if nothing, to set it right."""
    return bucket.at > now + most


def take(bucket: Bucket, wanted: int, now: datetime) -> tuple[int, Bucket]:
    """How many of the wanted messages may go, and the bucket without them.

    A full bucket means that nobody asked for a while: then nobody waits in line.
    """
    granted, seen = min(wanted, room(bucket, now)), filled(bucket, now)
    rested = seen.tokens >= holds(rate(seen, now))
    line = None if rested else seen.line_until
    return granted, replace(seen, tokens=seen.tokens - granted, line_until=line)


def spend(bucket: Bucket, number: int, now: datetime) -> Bucket:
    """Messages that went without asking: one-off mail goes first, and campaigns make up for it."""
    seen = filled(bucket, now)
    least = -rate(seen, now) * DEBT
    return replace(seen, tokens=max(seen.tokens - number, min(seen.tokens, least)))


def given_back(bucket: Bucket, number: int, now: datetime) -> Bucket:
    """Tokens that were taken and not used."""
    seen = filled(bucket, now)
    return replace(seen, tokens=min(holds(rate(seen, now)), seen.tokens + number))


def ready(bucket: Bucket, wanted: int, now: datetime) -> datetime:
    """When so many messages may go, or half of what a bucket holds where that is less."""
    seen = filled(bucket, now)
    pace = rate(seen, now)
    enough = max(1.0, min(float(wanted), holds(pace) / 2))
    return seen.at + timedelta(seconds=max(0.0, (enough - seen.tokens) / pace))


def slots(bucket: Bucket, people: int, now: datetime) -> tuple[list[datetime], Bucket]:
    """When each of those comes again who may not go now: one behind the other at the bucket's rate,
    behind who waits already. Who would wait for more than a quarter of an hour looks again within
    it: what is known now may be wrong by then."""
    seen = filled(bucket, now)
    pace = rate(seen, now)
    start = max(ready(seen, 1, now), seen.line_until or now)
    last = now + LONGEST
    times = [start + timedelta(seconds=n / pace) for n in range(people)]
    end = min(last, start + timedelta(seconds=people / pace))
    later = [at if at <= last else now + LONGEST * random.uniform(0.5, 1.0) for at in times]  # noqa: S311 (no secret)
    return later, replace(seen, line_until=end)


def slowed(bucket: Bucket, now: datetime, *, silent: bool) -> Bucket:
    """After a complaint: half the rate, once in ``COOL``; ``silent`` where nothing got through."""
    seen, done = filled(bucket, now), steps(bucket, now)
    if not (done and seen.slowed_at is not None and now - seen.slowed_at < COOL):
        more = done + (seen.base / 2**done > SLOWEST)
        begun = seen.good_at if done else now
        seen = replace(seen, halvings=more, slowed_at=now, good_at=begun)
        seen = replace(seen, tokens=min(seen.tokens, holds(rate(seen, now))))
    if silent:
        seen = replace(seen, tokens=min(0.0, seen.tokens), at=now + SILENCE)
    return seen


def hopeless(bucket: Bucket, now: datetime) -> bool:
    """Whether everything was refused for 72 hours: who still waits for it is given up."""
    if not steps(bucket, now) or bucket.good_at is None:
        return False
    return now - bucket.good_at >= GIVE_UP_AFTER


def asks_to_slow(heard: Heard) -> bool:
    """Whether a batch's answers are a complaint about our rate.

    A connection that is closed with 421 after so many messages is none, nor is a full mailbox.
    """
    if heard.slow and heard.slow >= SHARE * heard.people:
        return True
    return heard.people >= MANY and 2 * (heard.slow + heard.busy) >= heard.people


def limits_of(words: Sequence[str]) -> dict[str, float]:
    """Messages a second by domain, of "gmail.com=600/min"; ``*`` is every other domain."""
    found: dict[str, float] = {}
    for word in words:
        domain, _, text = word.lower().partition("=")
        found[domain] = per_second(text)
    return found


class WarmUp(NamedTuple):
    """So many messages on the first day, the second…; before and after, any number."""

    first: date | None = None
    quotas: tuple[int, ...] = ()

    @classmethod
    def of(cls, words: Sequence[str]) -> WarmUp:
        """Of ("2026-12-01", "200", "500")."""
        return cls(date.fromisoformat(words[0]), tuple(map(int, words[1:]))) if words else cls()

    def quota(self, day: date) -> int | None:
        """Messages of that day; None where there is no limit."""
        if self.first is None or not 0 <= (day - self.first).days < len(self.quotas):
            return None
        return self.quotas[(day - self.first).days]


def warm_day(now: datetime) -> date:
    """The day of a warm-up: from 08:00 to 08:00 in London, so that what is left over from the day
    before does not go at midnight."""
    return london_date(now) - timedelta(days=london_time(now) < MORNING)


def next_warm_day(now: datetime) -> datetime:
    return at_london(warm_day(now) + timedelta(days=1), MORNING)


def of_day(bucket: Bucket | None, quota: int, now: datetime) -> Bucket:
    """The warm-up's bucket: filled once for each of its days, also when a clock jumps over 08:00
    and back."""
    if bucket is None or warm_day(bucket.at) < warm_day(now):
        return Bucket(base=quota / DAY, tokens=quota, at=now)
    at = now if jumped(bucket, now, most=timedelta(days=1)) else max(bucket.at, now)
    return replace(bucket, tokens=min(bucket.tokens, quota), at=at)


def in_words(messages_a_second: float) -> str:
    """ "600/min", "2/h"."""
    for seconds, unit in ((60, "min"), (3600, "h"), (DAY, "day")):
        if messages_a_second * seconds >= 1:
            return f"{messages_a_second * seconds:g}/{unit}"
    return f"{messages_a_second * DAY:g}/day"
