"""The demo is meaningful on whatever day it runs: its reminder has come, its change has not."""

from __future__ import annotations

from datetime import date, timedelta

from notifier.cli.story import REMINDER, first_day
from notifier.clock import at_london, is_working_day, london_date, working_day_before
from notifier.notices.stages import plan


def test_on_each_day_of_three_years() -> None:
    for number in range(0, 3 * 365):
        today = date(2026, 1, 1) + timedelta(days=number)
        start = first_day(at_london(today))
        day = london_date(start)
        effect = working_day_before(day + timedelta(days=98))
        assert is_working_day(day)
        assert (effect - day).days >= 90, "its verdict is that the promise was kept"
        stages = plan(
            "A", effect_at=at_london(effect), anchored_to_release=True, announced_at=start
        )
        reminder = next(stage for stage in stages if stage.name == REMINDER)
        assert not reminder.skipped
        assert start < reminder.due_at < at_london(today), today
        assert effect > today + timedelta(days=30), "there is something to look forward to"
