"""Keeps a public notice's lead and verdict true when its effect or its weight changes."""

from __future__ import annotations

from datetime import date, datetime

from notifier.clock import london_date
from notifier.notices.leadtime import lead_days, verdict
from notifier.notices.models import ChangeNotice

FROM_DECISION = "B"  # promised its days after the public decision, too
VERDICTS = ("after", "same_day", "short", "met", "on_time")  # the worst first


def judge_again(notice: ChangeNotice) -> None:
    """Count from ``judged_from`` to the effect as it stands; no effect, no verdict.

    A statistic that stops or is cut back is judged from its public decision, too: the days stay
    those since the announcement, the worse verdict counts.
    """
    if notice.judged_from is None or notice.effect_at is None or notice.class_ == "I":
        notice.lead_days = notice.verdict = None
        return
    effect = london_date(notice.effect_at)
    minimum, target = notice.minimum_days, notice.target_days
    notice.lead_days = lead_days(london_date(notice.judged_from), effect)
    found = [verdict(notice.lead_days, minimum=minimum, target=target)]
    if (decided := decided_lead(notice, effect)) is not None:
        found.append(verdict(decided, minimum=minimum, target=target))
    notice.verdict = min(found, key=VERDICTS.index)


def decided_lead(notice: ChangeNotice, effect: date) -> int | None:
    """Days from the public decision of a class B notice to that day; None where it was announced as
    decided, or is not decided."""
    at = (notice.consultation or {}).get("decided_at")
    if notice.class_ != FROM_DECISION or not at or notice.decision != "decided":
        return None
    return lead_days(london_date(datetime.fromisoformat(at)), effect)


def least_lead(notice: ChangeNotice) -> int | None:
    """The days by which it is judged: since the announcement, or the decision where that counts."""
    if notice.lead_days is None or notice.effect_at is None:
        return None
    decided = decided_lead(notice, london_date(notice.effect_at))
    return notice.lead_days if decided is None else min(notice.lead_days, decided)


def would_be_short(notice: ChangeNotice, effect_at: datetime | None) -> bool:
    """Whether that effect would leave less than the promised minimum."""
    if notice.judged_from is None or effect_at is None:
        return False
    effect = london_date(effect_at)
    days = lead_days(london_date(notice.judged_from), effect)
    decided = decided_lead(notice, effect)
    return min(days, days if decided is None else decided) < notice.minimum_days
