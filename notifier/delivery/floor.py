"""Which message may wait for a digest, and for which: a digest never makes a notice late. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from notifier.audience.kinds import DAILY, IMMEDIATE, RHYTHMS, URGENT, WEEKLY, heard, rhythm_of
from notifier.clock import add_working_days, at_london, london_date

TELLABLE = ("notice", "released", "newsletter")  # kinds of Sends for which a digest has words
CLOSE = 5  # working days from the digest to what happens: fewer, and it is told now


@dataclass(frozen=True)
class Facts:
    """``latest`` is the last instant at which telling is in time; ``event``, the London day on
    which the change takes effect or its consultation closes. ``at_once`` never waits;
    ``digest_only`` (the announcement of class F) waits also for who wants things at once.
    """

    kinds: tuple[str, ...] = ()
    latest: datetime | None = None
    event: date | None = None
    at_once: bool = False
    digest_only: bool = False


def may_wait(facts: Facts, digest_at: datetime) -> bool:
    """Whether telling it at ``digest_at`` is early enough (DOMAIN.md section 5)."""
    if facts.at_once or not facts.kinds or not set(URGENT).isdisjoint(facts.kinds):
        return False
    if facts.latest is not None and digest_at > facts.latest:
        return False
    return facts.event is None or add_working_days(london_date(digest_at), CLOSE) <= facts.event


def held(facts: Facts, *, daily_at: datetime, weekly_at: datetime) -> frozenset[int]:
    """The rhythms (``audience.kinds``) whose people are told by digest; the others are told now.

    What is told by digest only goes to all of them by one that still comes before the effect.
    """
    if facts.digest_only:
        before = facts.event is None or london_date(daily_at) < facts.event
        return frozenset((IMMEDIATE, DAILY, WEEKLY)) if before else frozenset()
    waits = ((DAILY, daily_at), (WEEKLY, weekly_at))
    return frozenset(rhythm for rhythm, at in waits if may_wait(facts, at))


def due(facts: Facts, *, weekly: bool, next_weekly_at: datetime) -> frozenset[int]:
    """The rhythms whose held rows a digest tells: on the weekly day all; on others also those of
    people with a weekly digest where that would come too late."""
    if weekly or not may_wait(facts, next_weekly_at):
        return frozenset((IMMEDIATE, DAILY, WEEKLY))
    return frozenset((IMMEDIATE, DAILY))


def rhythm(packed: int, kinds: Iterable[str], *, breaks_machines: bool) -> int:
    """How soon a person wants what is of these kinds; a change that breaks no scripts does not
    reach who wants only those, so that another of its kinds decides. What they follow by itself
    reaches them also where they want none of its kinds: at once."""
    named = heard(packed, kinds, breaks_machines=breaks_machines)
    return RHYTHMS.index(rhythm_of(packed, named)) or IMMEDIATE


def next_day(
    every: int, *, after: datetime, now: datetime, wall: time, weekday: int, begun: date | None
) -> date:
    """The London day of the first digest that can tell what fell due at ``after``.

    ``every`` is DAILY or WEEKLY, ``begun`` the last day whose digest was made. One that is owed
    since this morning, because no worker ran, still counts.
    """
    day = max(london_date(now), london_date(after))
    while (
        at_london(day, wall) < after
        or (begun is not None and day <= begun)
        or (every == WEEKLY and day.weekday() != weekday)
    ):
        day += timedelta(days=1)
    return day
