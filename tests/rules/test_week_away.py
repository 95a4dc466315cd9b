"""A given-up day stands in one week, with the reason of the move that gave it up."""

from __future__ import annotations

from datetime import date, time

import pytest

from notifier.notices.week import away, given_up, of
from notifier.releases.models import Release, ReleaseDateChange

FIRST, SECOND, THIRD = date(2027, 3, 1), date(2027, 3, 22), date(2027, 2, 25)


def change(
    was: date | None, to: date | None, reason: str = "", *, precision: str = "datetime"
) -> ReleaseDateChange:
    return ReleaseDateChange(
        from_date=was,
        from_precision=precision if was else "tbc",
        to_date=to,
        to_precision="datetime" if to else "tbc",
        reason=reason,
    )


def release(day: date | None, *changes: ReleaseDateChange, state: str = "confirmed") -> Release:
    return Release(
        id=1,
        state=state,
        day=day,
        wall_time=time(9, 30) if day else None,
        precision="datetime" if day else "tbc",
        date_changes=list(changes),
    )


def told(found: Release, day: date) -> list[tuple[date, str | None]]:
    """Day and reason of what stands as "will not come out" in the week of a day."""
    rows = away([found], of(day))
    return [(given, row.reason if row else None) for given, _, row in rows]


def test_a_release_that_moved_twice_stands_in_the_week_of_its_last_day() -> None:
    """Later and then earlier: the survey's delay is not why it comes out sooner."""
    moved = (change(FIRST, SECOND, "The survey is late."), change(SECOND, THIRD, "Faster checks."))
    found = release(THIRD, *moved)
    assert told(found, FIRST) == []
    assert told(found, SECOND) == [(SECOND, "Faster checks.")]
    assert told(found, THIRD) == []
    assert told(release(SECOND, moved[0]), FIRST) == [(FIRST, "The survey is late.")]


@pytest.mark.parametrize("state", ["released", "withdrawn", "planned"])
def test_what_is_out_already_is_no_news(state: str) -> None:
    found = release(THIRD, change(FIRST, THIRD, "Faster checks."), state=state)
    assert told(found, FIRST) == []


def test_a_new_date_after_a_postponement_takes_no_day_away() -> None:
    postponed = (change(FIRST, None, "The index failed."),)
    assert told(release(None, *postponed, state="postponed_tbc"), FIRST) == [
        (FIRST, "The index failed.")
    ]
    dated = release(SECOND, *postponed, change(None, SECOND, "Ready."))
    assert told(dated, FIRST) == [(FIRST, "The index failed.")]
    assert told(release(FIRST, *postponed, change(None, FIRST, "Ready.")), FIRST) == []


def test_another_time_of_the_same_day_and_a_vague_date_take_none_either() -> None:
    moved = change(FIRST, SECOND, "The survey is late.")
    found = release(SECOND, moved, change(SECOND, SECOND, "At noon."))
    assert given_up(found) is moved
    assert told(found, SECOND) == []
    vague = release(SECOND, change(FIRST, SECOND, "Fixed.", precision="month"))
    assert given_up(vague) is None
    assert told(vague, FIRST) == []


def test_a_move_within_the_week_stays_in_it() -> None:
    found = release(date(2027, 3, 3), change(FIRST, date(2027, 3, 3), "A day more."))
    assert told(found, FIRST) == []


def test_a_cancelled_one_stands_in_the_week_of_the_day_that_it_had() -> None:
    found = release(SECOND, change(FIRST, SECOND, "The survey is late."), state="cancelled")
    assert told(found, SECOND) == [(SECOND, None)]
    assert told(found, FIRST) == []
