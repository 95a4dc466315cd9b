"""Keeps a public notice's lead and verdict true when its effect or its weight changes."""

from __future__ import annotations

from datetime import datetime

from notifier.clock import london_date
from notifier.notices.leadtime import lead_days, verdict
from notifier.notices.models import ChangeNotice


def judge_again(notice: ChangeNotice) -> None:
    """Count from ``judged_from`` to the effect as it stands; no effect, no verdict."""
    if notice.judged_from is None or notice.effect_at is None or notice.class_ == "I":
        notice.lead_days = notice.verdict = None
        return
    days = lead_days(london_date(notice.judged_from), london_date(notice.effect_at))
    notice.lead_days = days
    notice.verdict = verdict(days, minimum=notice.minimum_days, target=notice.target_days)


def would_be_short(notice: ChangeNotice, effect_at: datetime | None) -> bool:
    """Whether that effect would leave less than the promised minimum."""
    if notice.judged_from is None or effect_at is None:
        return False
    days = lead_days(london_date(notice.judged_from), london_date(effect_at))
    return days < notice.minimum_days
