"""A notice as it would be if it were announced now: for previews; nothing of it can be stored.

The rooms and renderers read it like the row. What differs is set on the stand-in alone, so that a
look at a draft changes neither the draft nor the session.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from notifier.clock import london_date
from notifier.notices.derive import judged_by, policy_of
from notifier.notices.judge import judge_again
from notifier.notices.models import ChangeNotice
from notifier.notices.owed import UNPUBLISHED
from notifier.notices.publish import refresh_effect


class StandIn:
    """Answers with its own attributes first, then with the row's."""

    def __init__(self, row: ChangeNotice) -> None:
        self._row = row

    def __getattr__(self, name: str) -> Any:
        return getattr(self._row, name)

    @property  # type: ignore[misc]
    def __class__(self) -> type[Any]:
        return ChangeNotice  # isinstance and singledispatch take it for one


def as_public(notice: ChangeNotice, *, now: datetime) -> ChangeNotice:
    """The row itself once it is public; before, a stand-in that was announced at this instant, with
    the policy of today, its release's date, its lead and its verdict."""
    if notice.state not in UNPUBLISHED:
        return notice
    found = cast(ChangeNotice, StandIn(notice))
    refresh_effect(found)
    judged_by(found, policy_of(found, london_date(now)))
    found.state, found.first_public_at, found.judged_from = "announced", now, now
    found.approved_at = notice.approved_at or now
    judge_again(found)
    return found
