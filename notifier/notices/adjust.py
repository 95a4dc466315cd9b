"""Moves one dated message of a notice off its rule's day, within bounds, and puts it back.

What is kept is the number of days, not the day: when the effect moves, the message moves along and
stays as many days off its rule (DOMAIN.md section 4, stages).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from notifier.accounts.models import Staff
from notifier.accounts.people import must_belong
from notifier.clock import SEND_TIME, at_london, is_working_day, london_date
from notifier.errors import Refused
from notifier.notices.agree import in_words
from notifier.notices.approve import deciders
from notifier.notices.give_back import tell_author, void
from notifier.notices.models import ChangeNotice
from notifier.notices.owed import UNPUBLISHED
from notifier.notices.promises import stages_of
from notifier.notices.rules import OPEN, state_words
from notifier.notices.stages import TOO_CLOSE, Stage, may_be_adjusted
from notifier.sends.redate import Due, redate, unsaid
from notifier.store.history import By, record
from notifier.store.moves import take

WHY = "The plan of its messages was changed."
LEAST, SHARE = 3, 6  # days that any stage may move; else a sixth of its offset
MIDPOINT = 7
OUTCOME_BY = "T+30"  # an outcome is overdue then: it may come earlier, not later


@dataclass(frozen=True)
class Room:
    """Where one stage may go: from ``first`` to ``last``, both London working days inclusive.

    ``rule_day`` is where the rule puts it, ``day`` where it stands now."""

    stage: str
    day: date
    rule_day: date
    first: date
    last: date


def room(notice: ChangeNotice, stage: str, *, now: datetime) -> Room:
    """Raises Refused for what is not to be moved: no such stage, one that went out or was skipped,
    one that stands on the day itself, or a notice that is over."""
    found = planned(notice, stage, now=now)
    rule_day, day = unshifted(notice, stage, now=now), found.wall_date
    if day is None or rule_day is None:
        raise Refused(NOT_MOVED, field="day")
    most = furthest(stage)
    first, last = rule_day - timedelta(days=most), rule_day + timedelta(days=most)
    if stage == OUTCOME_BY:
        last = rule_day
    announced = notice.first_public_at or now
    first = max(first, london_date(now) + timedelta(days=1))
    while at_london(first, found.wall_time or SEND_TIME) - announced <= TOO_CLOSE:
        first += timedelta(days=1)
    before, after = neighbours(notice, stage, rule_day, now=now)
    if before is not None:
        first = max(first, before + timedelta(days=1))
    if after is not None:
        last = min(last, after - timedelta(days=1))
    first, last = tightened(first, last)
    if first > last:
        raise Refused("There is no other working day to which it could move.", field="day")
    return Room(stage, day, rule_day, first, last)


NOT_MOVED = (
    "This message is not moved by itself: it goes with the effect, the release or the announcement."
)


def planned(notice: ChangeNotice, stage: str, *, now: datetime) -> Stage:
    """The stage as it is planned. Raises Refused."""
    if notice.state not in (*UNPUBLISHED, *OPEN, "in_effect"):
        raise Refused(f"{notice.reference} is {state_words(notice)}; nothing of it is planned.")
    if not may_be_adjusted(stage):
        raise Refused(NOT_MOVED, field="day")
    plan = stages_of(notice, announced_at=notice.first_public_at or now)
    found = next((each for each in plan if each.name == stage), None)
    if found is None or found.skipped or found.due_at <= now:
        raise Refused("This message is not planned any more.", field="day")
    if notice.state not in UNPUBLISHED:
        send = unsaid(notice.reference, kind="notice").get(stage)
        if send is None or send.state != "planned":
            raise Refused("This message went out, or was stopped; it cannot be moved.", field="day")
    return found


def unshifted(notice: ChangeNotice, stage: str, *, now: datetime) -> date | None:
    """The day on which the rule puts it."""
    kept = notice.stage_shifts
    others = {name: days for name, days in (kept or {}).items() if name != stage}
    plan = stages_of(notice, announced_at=notice.first_public_at or now, shifts=others)
    return next((each.wall_date for each in plan if each.name == stage), None)


def neighbours(
    notice: ChangeNotice, stage: str, day: date, *, now: datetime
) -> tuple[date | None, date | None]:
    """The days of the dated messages before and after it: their order stays."""
    plan = stages_of(notice, announced_at=notice.first_public_at or now)
    days = [each.wall_date for each in plan if each.wall_date and each.name != stage]
    before = max((each for each in days if each < day), default=None)
    return before, min((each for each in days if each > day), default=None)


def furthest(stage: str) -> int:
    """How many days it may move either way: a reminder keeps its sense, "a month to go"."""
    if stage == "midpoint":
        return MIDPOINT
    offset = int(stage.replace("close-", "T-")[2:])
    return max(LEAST, offset // SHARE)


def tightened(first: date, last: date) -> tuple[date, date]:
    """The same room from working day to working day."""
    while first <= last and not is_working_day(first):
        first += timedelta(days=1)
    while last > first and not is_working_day(last):
        last -= timedelta(days=1)
    return first, last


def adjust(
    notice: ChangeNotice, stage: str, day: date, *, person: Staff, by: By, now: datetime
) -> None:
    """Let the stage go on that London day. Raises Refused for a day outside its ``room``, and for
    one that is no working day; what waited for approval is a draft again."""
    begin(notice, by)
    found = room(notice, stage, now=now)
    if not is_working_day(day):
        raise Refused(
            f"{in_words(day)} is a weekend or a bank holiday; choose a working day.", field="day"
        )
    if not found.first <= day <= found.last:
        raise Refused(
            f"Choose a working day from {in_words(found.first)} to {in_words(found.last)}, so that "
            "the messages keep their order and their sense.",
            field="day",
        )
    if day == found.day:
        raise Refused("It stands on that day already; choose another.", field="day")
    shift(notice, found, (day - found.rule_day).days, person=person, by=by, now=now)


def put_back(notice: ChangeNotice, stage: str, *, person: Staff, by: By, now: datetime) -> None:
    """Let the stage go when its rule says. Raises Refused when nobody moved it, or when its rule's
    day has passed."""
    begin(notice, by)
    if stage not in (notice.stage_shifts or {}):
        raise Refused("It stands where its rule puts it; there is nothing to put back.")
    planned(notice, stage, now=now)
    rule_day = unshifted(notice, stage, now=now)
    if rule_day is None or rule_day <= london_date(now):
        raise Refused("The day of its rule has passed; choose a day for it.", field="day")
    found = Room(stage, rule_day, rule_day, rule_day, rule_day)
    shift(notice, found, 0, person=person, by=by, now=now)


def begin(notice: ChangeNotice, by: By) -> None:
    must_belong(by, team_ids=deciders(notice), what=notice.reference)
    take(notice)


def shift(
    notice: ChangeNotice, found: Room, days: int, *, person: Staff, by: By, now: datetime
) -> None:
    """Keep it, re-date what is promised, and undo an approval that did not know of it."""
    kept = {name: d for name, d in (notice.stage_shifts or {}).items() if name != found.stage}
    notice.stage_shifts = {**kept, found.stage: days} if days else kept
    day = found.rule_day + timedelta(days=days)
    event = "adjust_stage" if days else "put_back_stage"
    said: dict[str, Any] = {"stage": found.stage, "was": found.day, "day": day}
    record(f"notice:{notice.id}", event, by=by, now=now, **said)
    if notice.state in UNPUBLISHED:
        if notice.state != "draft":
            void(notice, WHY, by=by, now=now)
            tell_author(notice, WHY, person=person, now=now)
        return
    plan = stages_of(notice, announced_at=notice.first_public_at or now)
    dues = [
        Due(each.name, each.due_at, each.wall_date, each.wall_time, each.rule)
        for each in plan
        if each.name == found.stage
    ]
    redate(notice.reference, dues, kind="notice", now=now, why=WHY, only=found.stage)
