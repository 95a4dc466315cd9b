"""The limits as staff see and set them: what is in force for whom, since which words of whom."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select

from notifier.delivery import limits_rules as rules
from notifier.delivery.limits import ALL, WARM_UP, bucket_of, hold, keep, numbered
from notifier.delivery.limits_rules import DAY
from notifier.delivery.models import Limit
from notifier.errors import NotFound
from notifier.store.db import session
from notifier.store.history import By, record

Named = Mapping[tuple[str, str], float]  # messages a second by scope and name, of the settings


def standing(named: Named, *, now: datetime) -> list[dict[str, Any]]:
    """Every limit: of the settings, of staff, and learnt from a complaint. ``now`` is the rate that
    is kept at this moment, ``silent_until`` an instant before which nothing is sent, or None."""
    query = select(Limit).where(or_(Limit.own > 0, Limit.halvings > 0), Limit.scope != ALL)
    rows = {(row.scope, row.name): row for row in session.scalars(query)}
    found = []
    for scope, name in sorted(rows.keys() | named.keys()):
        shown = one(scope, name, rows.get((scope, name)), named.get((scope, name)), now)
        if shown is not None:
            found.append(shown)
    return found


def one(
    scope: str, name: str, row: Limit | None, set_: float | None, now: datetime
) -> dict[str, Any] | None:
    bucket = bucket_of(row, set_) if row is not None else rules.fresh(set_ or 1.0, now)
    halved = rules.steps(bucket, now)
    if not halved and set_ is None and (row is None or not row.own):
        return None  # it was forgiven
    set_by = "staff" if row is not None and row.own else "settings" if set_ else "complaint"
    return {
        "scope": scope,
        "name": name,
        "set_by": set_by,
        "limit": None if set_by == "complaint" else rules.in_words(bucket.base),
        "now": rules.in_words(rules.rate(bucket, now)),
        "halved": halved,
        "silent_until": bucket.at if halved and bucket.at > now else None,
        "code": row.code if row is not None and halved else 0,
        "said": row.said if row is not None and halved else "",
    }


def in_trouble(*, now: datetime) -> list[dict[str, Any]]:
    """The relays and domains that asked for fewer messages, for a view of a Send's progress."""
    return [each for each in standing({}, now=now) if each["halved"]]


def left_today(quota: int | None, *, now: datetime) -> int | None:
    """Messages that the warm-up still has today; None when there is none today."""
    if quota is None:
        return None
    row = session.get(Limit, (ALL, WARM_UP))
    bucket = bucket_of(row, quota / DAY) if row is not None else None
    return max(0, int(rules.of_day(bucket, quota, now).tokens))


def set_limit(scope: str, name: str, rate: float, *, by: By, now: datetime) -> None:
    """Set a limit, in messages a second, that goes before the settings; workers see it within two
    seconds. Trouble that it has stays."""
    row = hold(scope, {name: rate}, now=now)[name]
    row.own = numbered(rate, DAY)
    keep(row, rules.filled(bucket_of(row, None), now))
    record(about(scope, name), "limit", by=by, now=now, rate=rules.in_words(rate))


def clear_limit(scope: str, name: str, *, by: By, now: datetime) -> None:
    """Forget what staff set and what a server complained of; the settings stay.

    Raises NotFound when there is nothing of the kind.
    """
    row = hold(scope, {name: None}, now=now).get(name)
    if row is None:
        raise NotFound(
            f"Nothing is set for {name} and it has not complained; see: bin/notifier limits list."
        )
    session.delete(row)
    record(about(scope, name), "clear", by=by, now=now)


def about(scope: str, name: str) -> str:
    return f"limit:{scope}:{name}"
