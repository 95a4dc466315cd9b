"""The buckets of relays and domains, in the database: workers of all machines take from them.

Rows are locked in the order of their names and by one statement; each verb is one unit of work of
the caller's. Nothing is read or written per message, and nothing at all while no limit is set and
no server complains.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import delete, or_, select

from notifier.delivery import limits_rules as rules
from notifier.delivery.limits_rules import DAY, Bucket
from notifier.delivery.models import Limit
from notifier.store.bulk import among
from notifier.store.db import session
from notifier.store.upsert import insert_missing

RELAY, DOMAIN, ALL = "relay", "domain", "all"
WARM_UP = "warm-up"
MILLION = 1_000_000
FORGET = timedelta(days=2)  # a bucket that nobody asked for so long is full
FORGIVEN = 20 * rules.STEP  # by then every complaint is
NEWS = timedelta(minutes=1)  # between two notes that a server takes mail again

Bases = Mapping[str, float | None]  # messages a second by name, as set; None where nothing is


@dataclass
class Admitted:
    """What becomes of those of one domain: so many may go, the others come again at ``later``;
    ``hopeless`` when it refused everything for 72 hours, lately with ``code``."""

    granted: int
    later: list[datetime] = field(default_factory=list)
    hopeless: bool = False
    code: int = 0


class InForce(NamedTuple):
    """What is not as the settings say: set by staff, or slowed down after a complaint."""

    own: dict[tuple[str, str], float]
    slowed: frozenset[tuple[str, str]]


def in_force(now: datetime) -> InForce:
    slowed = (Limit.halvings > 0) & (Limit.slowed_at > now - FORGIVEN)
    query = select(Limit.scope, Limit.name, Limit.own, Limit.halvings)
    rows = session.execute(query.where(or_(Limit.own > 0, slowed))).all()
    return InForce(
        {(row.scope, row.name): row.own / DAY for row in rows if row.own},
        frozenset((row.scope, row.name) for row in rows if row.halvings),
    )


def admit(asked: Mapping[str, int], bases: Bases, *, now: datetime) -> dict[str, Admitted]:
    """Ask for so many messages by domain. Domains without a limit and without trouble get all."""
    rows = hold(DOMAIN, {name: bases[name] for name in asked}, now=now)
    found = {name: Admitted(people) for name, people in asked.items()}
    for name, row in rows.items():
        bucket = bucket_of(row, bases[name])
        if forgiven(row, bases[name], bucket, now):
            continue
        granted, bucket = rules.take(bucket, asked[name], now)
        later, bucket = rules.slots(bucket, asked[name] - granted, now)
        keep(row, bucket)
        found[name] = Admitted(granted, later, rules.hopeless(bucket, now), row.code)
    return found


def take(name: str, base: float | None, wanted: int, *, now: datetime) -> tuple[int, datetime]:
    """How many messages a relay may be given now, and when it may be given more."""
    row = hold(RELAY, {name: base}, now=now).get(name)
    bucket = bucket_of(row, base) if row is not None else None
    if row is None or bucket is None or forgiven(row, base, bucket, now):
        return wanted, now
    granted, bucket = rules.take(bucket, wanted, now)
    keep(row, bucket)
    return granted, rules.ready(bucket, wanted, now)


def take_of_day(quota: int, wanted: int, *, now: datetime) -> int:
    """How many of the wanted messages the warm-up still has today."""
    row = hold(ALL, {WARM_UP: quota / DAY}, now=now, tokens=quota)[WARM_UP]
    bucket = rules.of_day(bucket_of(row, quota / DAY), quota, now)
    granted = max(0, min(wanted, int(bucket.tokens)))
    keep(row, bucket, tokens=bucket.tokens - granted)
    return granted


def left_of_day(quota: int, *, now: datetime) -> int:
    """The same without taking any; 1 where somebody must ask, whatever the answer."""
    row = session.get(Limit, (ALL, WARM_UP), populate_existing=True)
    bucket = bucket_of(row, quota / DAY) if row is not None else None
    if bucket is not None and rules.jumped(bucket, now, most=timedelta(days=1)):
        return 1
    return max(0, int(rules.of_day(bucket, quota, now).tokens))


def spend_of_day(quota: int, number: int, *, now: datetime) -> None:
    """One-off mail, which goes in any case; or a number below 0, which was not used after all."""
    row = hold(ALL, {WARM_UP: quota / DAY}, now=now, tokens=quota)[WARM_UP]
    bucket = rules.of_day(bucket_of(row, quota / DAY), quota, now)
    keep(row, bucket, tokens=min(quota, bucket.tokens - number))


def spend(scope: str, used: Mapping[str, int], bases: Bases, *, now: datetime) -> None:
    """One-off mail goes without asking and counts. Below 0 it was taken and not used."""
    for name, row in hold(scope, {name: bases[name] for name in used}, now=now).items():
        bucket, number = bucket_of(row, bases[name]), used[name]
        change = rules.spend if number > 0 else rules.given_back
        keep(row, change(bucket, abs(number), now))


def room(relays: Bases, *, now: datetime) -> tuple[int | None, datetime]:
    """How many messages these relays may be given together, None for any number, and when there
    are more. A look: nothing is taken."""
    query = select(Limit).where(Limit.scope == RELAY, Limit.name.in_(list(relays)))
    rows = {row.name: row for row in session.scalars(query)}
    known = {name: bucket_of(row, relays[name]) for name, row in rows.items()}
    known |= {n: rules.fresh(b, now) for n, b in relays.items() if b is not None and n not in known}
    if any(limitless(rows.get(n), b, known.get(n), now) for n, b in relays.items()):
        return None, now
    again = min(rules.ready(bucket, 1, now) for bucket in known.values())
    free = sum(rules.room(bucket, now) for bucket in known.values())
    stuck = any(rules.jumped(bucket, now) for bucket in known.values())
    return max(free, int(stuck)), again


def slow(
    scope: str,
    name: str,
    seen: float,
    base: float | None,
    *,
    silent: bool,
    code: int,
    said: str,
    now: datetime,
) -> None:
    """A server complained: half of its limit from now on, or of the rate ``seen`` where it has
    none."""
    row = hold(scope, {name: base or seen}, now=now)[name]
    base = (row.own / DAY if row.own else base) or None
    bucket = bucket_of(row, base)
    if base is None and not rules.steps(bucket, now):
        bucket = rules.fresh(seen, now)  # how fast it was this time
    keep(row, rules.slowed(bucket, now, silent=silent))
    row.code, row.said = code, said


def good(scope: str, names: Iterable[str], *, now: datetime) -> None:
    """These took messages, although they are slowed down: they are not hopeless."""
    for row in hold(scope, dict.fromkeys(names), now=now).values():
        if row.good_at is None or now - row.good_at > NEWS:
            row.good_at = now


def tidy(*, now: datetime) -> None:
    """Forget what says no more than the settings do."""
    idle = Limit.at < now - FORGET
    old = or_(Limit.slowed_at.is_(None), Limit.slowed_at < now - FORGET)
    session.execute(delete(Limit).where(Limit.own == 0, idle, old))


def hold(
    scope: str, bases: Bases, *, now: datetime, tokens: float | None = None
) -> dict[str, Limit]:
    """The rows of those names, locked; made and full where there is none but something is set."""
    names = sorted(bases)
    if not names:
        return {}
    query = select(Limit).where(Limit.scope == scope, among(Limit.name, names))
    query = query.order_by(Limit.name).with_for_update()
    query = query.execution_options(populate_existing=True)
    found = {row.name: row for row in session.scalars(query)}
    missing = {name: bases[name] or 0.0 for name in names if name not in found and bases[name]}
    if missing:
        full = {name: tokens or rules.holds(base) for name, base in missing.items()}
        rows = [
            {
                "scope": scope,
                "name": name,
                "base": numbered(base, DAY),
                "tokens": numbered(full[name], MILLION),
                "at": now,
            }
            for name, base in missing.items()
        ]
        insert_missing(Limit, rows)
        found = {row.name: row for row in session.scalars(query)}
    return found


def bucket_of(row: Limit, base: float | None) -> Bucket:
    """``base`` is what the settings say; what staff have set goes before it."""
    return Bucket(
        base=row.own / DAY or base or row.base / DAY,
        tokens=row.tokens / MILLION,
        at=row.at,
        halvings=row.halvings,
        slowed_at=row.slowed_at,
        good_at=row.good_at,
        line_until=row.line_until,
    )


def keep(row: Limit, bucket: Bucket, *, tokens: float | None = None) -> None:
    row.base = numbered(bucket.base, DAY)
    row.tokens = int((bucket.tokens if tokens is None else tokens) * MILLION)
    row.at, row.halvings, row.slowed_at = bucket.at, bucket.halvings, bucket.slowed_at
    row.good_at, row.line_until = bucket.good_at, bucket.line_until


def numbered(value: float, unit: int) -> int:
    return max(1, round(value * unit))


def limitless(row: Limit | None, base: float | None, bucket: Bucket | None, now: datetime) -> bool:
    """Whether nothing is set and no trouble is left."""
    if base is not None or (row is not None and row.own):
        return False
    return bucket is None or not rules.steps(bucket, now)


def forgiven(row: Limit, base: float | None, bucket: Bucket, now: datetime) -> bool:
    """A server without a limit that has not complained for long is given everything again."""
    if not limitless(row, base, bucket, now):
        return False
    session.delete(row)
    return True
