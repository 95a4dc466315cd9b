"""Changes that were told so many days ahead, and the record of a year that shows them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from notifier.insight import notice_given
from notifier.insight.notice_given import Given
from notifier.notices.effect import take_effect
from notifier.notices.late import record_late
from notifier.notices.models import ChangeNotice
from notifier.notices.publish import publish
from notifier.store.db import unit
from tests.makers import (
    ALICE,
    HANA,
    Clock,
    acting,
    approved,
    draft,
    member,
)

MODERATE: dict[str, Any] = {
    "type": "methodology",
    "materiality": "moderate",
}  # D: 42 days, we aim for 90


MINOR: dict[str, Any] = {
    "type": "format_or_layout",
    "materiality": "minor",
    "impact": {"known": "not_applicable"},
}  # F: 14 days, we aim for 28


REASON = "The supplier told us last week."


def told(days: int, clock: Clock, *, reason: str = REASON, **kind: Any) -> ChangeNotice:
    """A change that is announced today and takes effect after so many days."""
    kind.setdefault("headline", f"Told {days} days ahead")
    notice = draft(now=clock(), effect={"date": f"+{days}d"}, **kind)
    approved(notice, now=clock())
    with unit():
        publish(
            notice,
            by=acting(ALICE),
            now=clock(),
            short_notice_reason=reason,
            approved_by=member(HANA),
        )
    return notice


def told_after(days: int, clock: Clock, **kind: Any) -> ChangeNotice:
    notice = approved(draft(now=clock(), headline="Nobody told", **kind), now=clock())
    with unit():
        record_late(
            notice,
            took_effect_at=clock() - timedelta(days=days),
            reason="A reader told us.",
            approved_by=member(HANA),
            by=acting(ALICE),
            now=clock(),
        )
    return notice


def at(text: str, clock: Clock) -> notice_given.Record:
    """The record of the year in which it is now ``text``, after the effects until then."""
    clock.at(text)
    with unit():
        take_effect(now=clock())
    return notice_given.record(int(text[:4]), now=clock())


def verdicts(changes: tuple[Given, ...] | list[Given]) -> list[tuple[str, int]]:
    return [(change.verdict, change.days) for change in changes]
