"""The figures of one quarter that a regulator is told: how early, how soon, how punctual."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from notifier.insight import announced, punctual, stood, time_to_tell
from notifier.insight.announced import Count
from notifier.insight.notice_given import TOLD_AT_ONCE
from notifier.insight.punctual import Punctual
from notifier.insight.quarters import Quarter
from notifier.insight.time_to_tell import TimeToTell

MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True)
class Statement:
    """``announced`` and ``effective`` by the day of announcement and of effect; ``taken_back`` were
    published in error; ``moved`` and ``corrected`` by how soon users were told; ``waiting`` should
    have been out by the end of the quarter, or by now, and were not."""

    announced: Count
    effective: Count
    taken_back: int
    moved: TimeToTell
    corrected: TimeToTell
    releases: Punctual
    waiting: int


def statement(
    quarter: Quarter,
    *,
    now: datetime,
    at: datetime | None = None,
    team_ids: Collection[int] | None = None,
) -> Statement:
    """The quarter as it stands at ``now``, or as it stood at an earlier moment ``at``."""
    moment = at or now
    found = stood.changes(at=at)
    rows = announced.told(found, team_ids)
    over = quarter.ends <= moment
    then = quarter.ends - MOMENT if over else at
    begins, ends = quarter.begins, min(quarter.ends, moment + MOMENT)
    own = found if team_ids is None else announced.of_teams(found, team_ids)
    return Statement(
        announced=announced.count(announced.announced_in(quarter, rows)),
        effective=announced.count(announced.effective_in(quarter, rows, now=moment)),
        taken_back=sum(
            one.state == announced.TAKEN_BACK
            and one.class_ != TOLD_AT_ONCE
            and quarter.holds(one.first_public_at)
            for one in own
        ),
        moved=time_to_tell.moved_between(begins, ends, team_ids=team_ids),
        corrected=time_to_tell.corrected_between(begins, ends, found=own),
        releases=punctual.quarters([quarter], now=moment, team_ids=team_ids)[quarter],
        waiting=len(punctual.waiting(now=now, at=then, team_ids=team_ids)),
    )
