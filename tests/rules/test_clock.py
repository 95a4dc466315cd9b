"""London wall time becomes the right instant on every kind of day."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier import clock
from notifier.clock import (
    add_working_days,
    at_london,
    is_working_day,
    london_date,
    london_time,
    working_day_after,
    working_day_before,
)

DAYS = st.dates(date(2026, 1, 1), date(2028, 12, 31))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("2026-03-28", "2026-03-30"),
        ("2027-03-27", "2027-03-29"),
        ("2028-03-25", "2028-03-27"),
    ],
)
def test_the_spring_change_takes_half_past_nine_an_hour_earlier(before: str, after: str) -> None:
    assert at_london(date.fromisoformat(before)) == utc(f"{before} 09:30")
    assert at_london(date.fromisoformat(after)) == utc(f"{after} 08:30")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("2026-10-24", "2026-10-26"),
        ("2027-10-30", "2027-11-01"),
        ("2028-10-28", "2028-10-30"),
    ],
)
def test_the_autumn_change_takes_half_past_nine_an_hour_later(before: str, after: str) -> None:
    assert at_london(date.fromisoformat(before)) == utc(f"{before} 08:30")
    assert at_london(date.fromisoformat(after)) == utc(f"{after} 09:30")


@pytest.mark.parametrize("day", ["2026-03-29", "2027-03-28", "2028-03-26"])
def test_a_wall_time_that_spring_skips_is_an_hour_later(day: str) -> None:
    skipped = at_london(date.fromisoformat(day), time(1, 30))
    assert skipped == utc(f"{day} 01:30")
    assert london_time(skipped) == time(2, 30)


@pytest.mark.parametrize("day", ["2026-10-25", "2027-10-31", "2028-10-29"])
def test_a_wall_time_that_autumn_repeats_is_the_first_of_the_two(day: str) -> None:
    assert at_london(date.fromisoformat(day), time(1, 30)) == utc(f"{day} 00:30")


def test_the_leap_day_and_the_turn_of_the_year() -> None:
    assert at_london(date(2028, 2, 29)) == utc("2028-02-29 09:30")
    assert is_working_day(date(2028, 2, 29))
    assert london_date(utc("2026-12-31 23:59")) == date(2026, 12, 31)
    assert london_date(utc("2027-01-01 00:00")) == date(2027, 1, 1)


def test_the_london_date_runs_ahead_of_utc_on_summer_nights() -> None:
    assert london_date(utc("2026-06-30 22:59")) == date(2026, 6, 30)
    assert london_date(utc("2026-06-30 23:00")) == date(2026, 7, 1)


@pytest.mark.parametrize(
    "day",
    [
        "2026-04-03",  # Good Friday
        "2026-04-06",  # Easter Monday
        "2026-05-04",
        "2026-05-25",
        "2026-08-31",
        "2026-12-25",
        "2026-12-28",  # Boxing Day, moved off a Saturday
        "2027-01-01",
        "2027-12-27",  # Christmas Day, moved off a Saturday
        "2027-12-28",
        "2028-01-03",  # New Year's Day, moved off a Saturday
        "2028-12-26",
    ],
)
def test_bank_holidays_of_england_and_wales_are_no_working_days(day: str) -> None:
    assert date.fromisoformat(day).weekday() < 5
    assert not is_working_day(date.fromisoformat(day))


def test_scottish_and_irish_holidays_are_working_days() -> None:
    assert is_working_day(date(2026, 11, 30))  # St Andrew's Day
    assert is_working_day(date(2027, 7, 12))  # Battle of the Boyne
    assert is_working_day(date(2028, 1, 4))  # 2 January, moved


def test_over_christmas_a_day_off_moves_to_its_own_side() -> None:
    for day in (date(2026, 12, 25), date(2026, 12, 26), date(2026, 12, 27), date(2026, 12, 28)):
        assert working_day_before(day) == date(2026, 12, 24)
        assert working_day_after(day) == date(2026, 12, 29)
    assert working_day_before(date(2027, 1, 3)) == date(2026, 12, 31)
    assert working_day_after(date(2027, 1, 1)) == date(2027, 1, 4)


def test_one_working_day_after_maundy_thursday_is_the_tuesday() -> None:
    assert add_working_days(date(2026, 4, 2), 1) == date(2026, 4, 7)
    assert add_working_days(date(2026, 11, 20), 1) == date(2026, 11, 23)
    assert add_working_days(date(2026, 11, 20), 0) == date(2026, 11, 20)


@given(DAYS)
def test_working_days_are_found_on_either_side_and_stay_where_they_are(day: date) -> None:
    before, after = working_day_before(day), working_day_after(day)
    assert before <= day <= after
    assert is_working_day(before)
    assert is_working_day(after)
    assert (before == day) == (after == day) == is_working_day(day)
    between = [before + timedelta(days=n) for n in range(1, (after - before).days)]
    assert not any(is_working_day(d) for d in between)


@given(DAYS, st.times(min_value=time(3), max_value=time(23, 59)).map(lambda t: t.replace(second=0)))
def test_a_wall_time_comes_back_from_its_instant(day: date, wall: time) -> None:
    wall = wall.replace(microsecond=0)
    instant = at_london(day, wall)
    assert (london_date(instant), london_time(instant)) == (day, wall)


def test_the_clock_itself_is_in_utc_and_durations_do_not_run_backwards() -> None:
    assert clock.now().utcoffset() == timedelta(0)
    assert clock.elapsed() <= clock.elapsed()
