"""What may wait for a digest: both sides of each limit."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest

from notifier.audience.kinds import DAILY, IMMEDIATE, WEEKLY, pack
from notifier.clock import at_london, london_date
from notifier.delivery.floor import Facts, due, held, may_wait, next_day, rhythm
from tests.makers import london

DIGEST = london("2026-11-24 10:30")  # a Tuesday
MONDAY = london("2026-11-30 10:30")
ALL = {IMMEDIATE, DAILY, WEEKLY}


def waits(at: datetime = DIGEST, **facts: object) -> bool:
    return may_wait(Facts(**{"kinds": ("change",), **facts}), at)  # type: ignore[arg-type]


def test_what_has_no_kind_or_an_urgent_one_is_told_now() -> None:
    assert waits()
    assert waits(kinds=("release", "newsletter"))
    assert not waits(kinds=())
    assert not waits(kinds=("change", "date_change"))
    assert not waits(kinds=("release", "correction"))
    assert not waits(at_once=True)


@pytest.mark.parametrize(
    ("latest", "in_time"),
    [
        ("2026-11-24 10:30", True),  # due at the digest's own instant
        ("2026-11-24 10:29", False),
        ("2026-11-24 23:59", True),  # the last day of the promise
        ("2026-11-23 23:59", False),
    ],
)
def test_a_digest_makes_nothing_late(latest: str, in_time: bool) -> None:
    assert waits(latest=london(latest)) is in_time


@pytest.mark.parametrize(
    ("digest", "event", "far"),
    [
        ("2026-11-24", "2026-12-01", True),  # Wed Thu Fri Mon Tue: five working days
        ("2026-11-24", "2026-11-30", False),
        ("2026-11-28", "2026-12-04", True),  # from a Saturday
        ("2026-11-28", "2026-12-03", False),
        ("2026-12-21", "2026-12-30", True),  # Christmas and the substitute for Boxing Day
        ("2026-12-21", "2026-12-29", False),
        ("2027-03-26", "2027-04-05", True),  # Good Friday, Easter Monday, the clocks go forward
        ("2027-03-26", "2027-04-02", False),
        ("2026-11-24", "2026-11-24", False),
    ],
)
def test_five_working_days_before_it_happens_it_is_told_now(
    digest: str, event: str, far: bool
) -> None:
    at = at_london(date.fromisoformat(digest), time(10, 30))
    assert waits(at, event=date.fromisoformat(event)) is far


def test_who_takes_it_daily_may_wait_where_who_takes_it_weekly_may_not() -> None:
    def whose(day: str) -> frozenset[int]:
        facts = Facts(("change",), latest=at_london(date.fromisoformat(day), time.max))
        return held(facts, daily_at=DIGEST, weekly_at=MONDAY)

    assert whose("2026-11-30") == {DAILY, WEEKLY}
    assert whose("2026-11-29") == {DAILY}
    assert whose("2026-11-23") == frozenset()


def test_digest_only_waits_for_all_while_a_digest_comes_before_the_effect() -> None:
    def whose(event: str | None) -> frozenset[int]:
        day = date.fromisoformat(event) if event else None
        facts = Facts(("change",), event=day, digest_only=True)
        return held(facts, daily_at=DIGEST, weekly_at=MONDAY)

    assert whose(None) == whose("2026-11-25") == ALL
    assert whose("2026-11-24") == frozenset()


def test_on_other_days_the_weekly_ones_are_told_only_what_cannot_wait() -> None:
    near = Facts(("change",), latest=london("2026-11-29 23:59"))
    far = Facts(("change",), latest=london("2026-11-30 23:59"))
    assert due(far, weekly=False, next_weekly_at=MONDAY) == {IMMEDIATE, DAILY}
    assert due(far, weekly=True, next_weekly_at=MONDAY) == ALL
    assert due(near, weekly=False, next_weekly_at=MONDAY) == ALL


def test_the_soonest_rhythm_of_the_kinds_that_reach_somebody() -> None:
    packed = pack({"change": "daily", "consultation": "weekly", "newsletter": "off"})
    narrow = pack({"change": "daily", "consultation": "weekly"}, machines_only=True)

    def of(number: int, *kinds: str, breaks: bool = False) -> int:
        return rhythm(number, kinds, breaks_machines=breaks)

    assert of(packed, "change", "consultation") == DAILY
    assert of(packed, "release") == IMMEDIATE
    assert of(packed, "newsletter") == IMMEDIATE  # turned off, but followed by itself
    assert of(narrow, "change", "consultation") == WEEKLY  # the change does not reach them
    assert of(narrow, "change", "consultation", breaks=True) == DAILY


def first(every: int, after: str, now: str, begun: str = "", wall: str = "10:30") -> date:
    return next_day(
        every,
        after=london(after),
        now=london(now),
        wall=time.fromisoformat(wall),
        weekday=0,
        begun=date.fromisoformat(begun) if begun else None,
    )


def test_the_next_digest_is_the_first_that_can_tell_it() -> None:
    tuesday, wednesday, monday = date(2026, 11, 24), date(2026, 11, 25), date(2026, 11, 30)
    assert first(DAILY, "2026-11-24 10:30", "2026-11-24 10:30") == tuesday  # frozen before it
    assert first(DAILY, "2026-11-24 10:31", "2026-11-24 10:31") == wednesday
    assert first(WEEKLY, "2026-11-24 10:30", "2026-11-24 10:30") == monday
    assert first(WEEKLY, "2026-11-30 10:30", "2026-11-30 10:30") == monday
    # It fell due in time, but no worker ran: today's digest is owed still, or it was made.
    assert first(DAILY, "2026-11-24 09:30", "2026-11-24 14:00") == tuesday
    assert first(DAILY, "2026-11-24 09:30", "2026-11-24 14:00", "2026-11-24") == wednesday
    assert first(DAILY, "2026-11-20 09:30", "2026-11-24 14:00") == tuesday


@pytest.mark.parametrize("day", ["2026-10-25", "2027-03-28", "2028-03-26", "2028-02-29"])
def test_the_digest_keeps_its_wall_time_when_the_clocks_change(day: str) -> None:
    before, after = f"{day} 00:30", f"{day} 10:31"
    assert first(DAILY, before, before) == date.fromisoformat(day)
    assert first(DAILY, after, after) > date.fromisoformat(day)
    # A wall time that the spring change skips is an hour later; the day has its digest all the same
    assert first(DAILY, before, before, wall="01:30") == london_date(london(before))
