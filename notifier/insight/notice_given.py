"""How early each change was told against what is promised: the public record, misses included."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from statistics import median

from sqlalchemy import func, select

from notifier.clock import at_london, london_date
from notifier.insight.stood import Stood, changes
from notifier.notices.leadtime import PROMISES, policy
from notifier.notices.models import ChangeNotice
from notifier.notices.rules import OPEN
from notifier.store.db import session

TOOK_EFFECT = ("in_effect", "closed")
DID_NOT_HAPPEN = ("deferred", "dropped")  # outcomes of a change that came to its day and no further
KEPT = ("on_time", "met")
TOLD_AT_ONCE = "I"  # a correction cannot be told ahead; insight.time_to_tell counts it


@dataclass(frozen=True)
class Given:
    """One change. ``days`` are calendar days (London) from the announcement by which it is judged
    to ``effect``, negative when it was told afterwards; ``minimum`` is what was promised.

    ``overruled`` says that staff set its class by hand, ``shortened`` that less was promised than
    the class promises. ``state`` is the notice's.
    """

    reference: str
    headline: str
    class_: str
    state: str
    effect: date
    days: int
    minimum: int
    verdict: str  # on_time | met | short | same_day | after
    reason: str  # for the short notice; "" where the promise was kept or nobody gave one
    rule: str  # whose promise it is, in words
    overruled: bool
    shortened: bool
    decided: int | None = None  # days from the public decision, where fewer than ``days`` count

    @property
    def kept(self) -> bool:
        return self.verdict in KEPT


@dataclass(frozen=True)
class Kind:
    """Changes of one class with one promise. A change that fits several classes is promised the
    longest minimum of them, so one class may have several rows."""

    class_: str
    minimum: int
    changes: tuple[Given, ...]  # by day of effect

    @property
    def words(self) -> str:
        return PROMISES[self.class_].words

    @property
    def rule(self) -> str:
        return self.changes[0].rule

    @property
    def kept(self) -> int:
        return sum(change.kept for change in self.changes)

    @property
    def typical(self) -> int:
        return typical(self.changes)


@dataclass(frozen=True)
class Record:
    """A year: ``changes`` took effect between ``first`` and ``last`` (both inclusive), by day;
    ``coming`` are announced with a day and still ahead, and belong to no year's count."""

    first: date
    last: date
    changes: tuple[Given, ...]
    coming: tuple[Given, ...]

    @property
    def kept(self) -> int:
        return sum(change.kept for change in self.changes)

    @property
    def kinds(self) -> list[Kind]:
        """In the order of the classes; nothing for a kind of which no change took effect."""
        found: dict[tuple[str, int], list[Given]] = {}
        for change in self.changes:
            found.setdefault((change.class_, change.minimum), []).append(change)
        return [Kind(*key, tuple(found[key])) for key in sorted(found)]

    @property
    def late(self) -> list[Given]:
        """Changes that were told later than promised, also those to come; newest effect first."""
        late = [change for change in (*self.coming, *self.changes) if not change.kept]
        return sorted(late, key=lambda change: (change.effect, change.reference), reverse=True)

    def told(self, verdict: str) -> int:
        return sum(change.verdict == verdict for change in self.changes)


def record(year: int, *, now: datetime, at: datetime | None = None) -> Record:
    """The record of a calendar year, of this one until today; with ``at`` as it stood then.

    Years are those of the London date on which the change took effect. Only a year that is not over
    has ``coming`` changes.
    """
    moment = at or now
    today = london_date(moment)
    found = changes(at=at)
    return Record(
        first=date(year, 1, 1),
        last=min(date(year, 12, 31), today),
        changes=took_effect(year, now=moment, found=found),
        coming=still_to_come(found) if year == today.year else (),
    )


def took_effect(
    year: int, *, now: datetime, found: Iterable[Stood] | None = None
) -> tuple[Given, ...]:
    """Changes of a year that are in effect, also the unannounced ones that were recorded late."""
    return between(midnight(year), midnight(year + 1), now=now, found=found)


def between(
    begins: datetime, ends: datetime, *, now: datetime, found: Iterable[Stood] | None = None
) -> tuple[Given, ...]:
    """Those that took effect from ``begins`` until before ``ends``; by day."""
    rows = [
        given(one)
        for one in (changes() if found is None else found)
        if one.state in TOOK_EFFECT
        and one.effect_at is not None
        and begins <= one.effect_at < ends
        and one.effect_at <= now
    ]
    return tuple(row for row in rows if row is not None)


def still_to_come(found: Iterable[Stood] | None = None) -> tuple[Given, ...]:
    """Changes that are announced with a day, also when they are on hold or wait for a release."""
    rows = [given(one) for one in (changes() if found is None else found) if one.state in OPEN]
    return tuple(row for row in rows if row is not None)


def years(*, now: datetime) -> list[int]:
    """Years that have a record, this one first."""
    query = select(func.min(ChangeNotice.effect_at)).where(
        ChangeNotice.state.in_(TOOK_EFFECT), ChangeNotice.class_ != TOLD_AT_ONCE
    )
    this, first = london_date(now).year, session.scalar(query)
    return list(range(this, (london_date(first).year if first else this) - 1, -1))


def typical(changes: Iterable[Given]) -> int:
    """The median of the days in whole days; between two, the smaller: never more than was given."""
    return typical_days([change.days for change in changes]) or 0


def typical_days(days: Sequence[int]) -> int | None:
    """The same of bare days; None of none."""
    return int(median(days) // 1) if days else None


def given(one: Stood) -> Given | None:
    """None for corrections, for what has no day, and for what did not happen."""
    days, verdict, effect = one.lead_days, one.verdict, one.effect_at
    if days is None or verdict is None or effect is None or one.outcome in DID_NOT_HAPPEN:
        return None
    fits, decided = policy(one.fits), one.decided_days
    return Given(
        reference=one.reference,
        headline=one.headline,
        class_=one.class_,
        state=one.state,
        effect=london_date(effect),
        days=days,
        minimum=one.minimum_days,
        verdict=verdict,
        reason="" if verdict in KEPT else one.reason,
        rule=one.rule,
        overruled=one.class_ != fits.class_,
        shortened=one.minimum_days < fits.minimum_days,
        decided=decided if decided is not None and decided < days else None,
    )


def midnight(year: int) -> datetime:
    return at_london(date(year, 1, 1), time(0))
