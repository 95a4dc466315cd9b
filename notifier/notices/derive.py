"""Which class a notice has and by which promise it is judged: from its facts, never by taste."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, NamedTuple

from notifier.clock import london_date
from notifier.notices import leadtime
from notifier.notices.leadtime import Policy, policy, publish_by
from notifier.notices.models import ChangeNotice
from notifier.notices.register import promises_on
from notifier.notices.rules import PUBLIC


def rows_of(notice: ChangeNotice) -> dict[str, str]:
    """The rows of the truth table that it fits: class and reason; the first is the table's word."""
    facts: dict[str, Any] = {
        "materiality": notice.materiality,
        "series_break": notice.series_break,
        "machine_breaking": notice.machine_breaking,
        "cut": notice.cut,
    }
    return leadtime.rows({notice.type, *notice.other_types}, **facts)


def classes_of(notice: ChangeNotice) -> list[str]:
    return list(rows_of(notice))


def policy_of(notice: ChangeNotice, day: date) -> Policy:
    """By what it is judged when it is announced, or widened, on that London day."""
    return policy(classes_of(notice), promises_on(day), override=notice.override)


def lowered(notice: ChangeNotice, day: date) -> bool:
    """Whether a chosen class promises less than the table would."""
    by_table = policy(classes_of(notice), promises_on(day))
    return bool(notice.override) and policy_of(notice, day).minimum_days < by_table.minimum_days


class Judged(NamedTuple):
    """``rule`` says whose promise it is; ``publish_by`` is the last day on which announcing it
    keeps the promise, None without an effect."""

    class_: str
    minimum_days: int
    target_days: int
    rule: str
    effect_at: datetime | None
    publish_by: date | None


def judged(notice: ChangeNotice, today: date) -> Judged:
    """By what it is judged. Of a notice that is not public nothing is settled: the promise counts
    as it is in force today, and its release's date as it stands."""
    if notice.state in PUBLIC:
        rule = (notice.policy or {}).get("rule") or leadtime.PROMISES[notice.class_].rule
        held = (notice.class_, notice.minimum_days, notice.target_days, str(rule))
        at = notice.effect_at
    else:
        found, release = policy_of(notice, today), notice.effect_release
        held = (found.class_, found.minimum_days, found.target_days, found.rule)
        at = release.at if release is not None else notice.effect_at
    return Judged(*held, at, publish_by(london_date(at), held[1]) if at is not None else None)


def judged_by(notice: ChangeNotice, found: Policy) -> None:
    """Store the promise with the notice: later rules do not touch what was announced under it."""
    notice.class_, notice.policy = found.class_, found.as_dict()
    notice.minimum_days, notice.target_days = found.minimum_days, found.target_days
