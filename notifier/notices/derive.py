"""Which class a notice has and by which promise it is judged: from its facts, never by taste."""

from __future__ import annotations

from datetime import date
from typing import Any

from notifier.notices import leadtime
from notifier.notices.leadtime import Policy, policy
from notifier.notices.models import ChangeNotice
from notifier.notices.register import promises_on


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


def judged_by(notice: ChangeNotice, found: Policy) -> None:
    """Store the promise with the notice: later rules do not touch what was announced under it."""
    notice.class_, notice.policy = found.class_, found.as_dict()
    notice.minimum_days, notice.target_days = found.minimum_days, found.target_days
