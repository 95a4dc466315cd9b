"""The three wall times of the house, and the ways around long holidays, on every edge to 2028."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest

from notifier.clock import (
    RELEASE_TIME,
    SEND_TIME,
    add_working_days,
    at_london,
    bank_holidays,
    fixed_holidays,
    is_working_day,
    working_day_after,
    working_day_before,
)
from notifier.notices.release_news import MORNING

# Sundays on which London's clocks change, and whether summer time begins.
CHANGES = {
    "2026-03-29": True,
    "2026-10-25": False,
    "2027-03-28": True,
    "2027-10-31": False,
    "2028-03-26": True,
    "2028-10-29": False,
}


@pytest.mark.parametrize("wall", [MORNING, RELEASE_TIME, SEND_TIME], ids=str)
@pytest.mark.parametrize("sunday", CHANGES)
def test_wall_times_of_the_house_on_both_sides_of_a_clock_change(sunday: str, wall: time) -> None:
    day, begins = date.fromisoformat(sunday), CHANGES[sunday]
    for away, summer in ((-2, not begins), (-1, not begins), (0, begins), (1, begins)):
        here = day + timedelta(days=away)
        utc = datetime.combine(here, wall, tzinfo=UTC) - timedelta(hours=summer)
        assert at_london(here, wall) == utc


def test_the_times_are_those_of_the_domain() -> None:
    house = [MORNING, RELEASE_TIME, SEND_TIME]
    assert house == [time(8, 30), time(9, 30), time(10, 30)]


# A run of days off: the working day before it and the one after it. England and Wales.
RUNS = [
    ("2026-04-03", "2026-04-06", "2026-04-02", "2026-04-07"),  # Easter
    ("2027-03-26", "2027-03-29", "2027-03-25", "2027-03-30"),  # Easter with the spring change
    ("2028-04-14", "2028-04-17", "2028-04-13", "2028-04-18"),
    ("2026-12-25", "2026-12-28", "2026-12-24", "2026-12-29"),  # Boxing Day moved
    ("2027-12-25", "2027-12-28", "2027-12-24", "2027-12-29"),  # both moved
    ("2028-12-23", "2028-12-26", "2028-12-22", "2028-12-27"),
    ("2027-01-01", "2027-01-03", "2026-12-31", "2027-01-04"),  # the turn of the year
    ("2028-01-01", "2028-01-03", "2027-12-31", "2028-01-04"),  # New Year's Day moved
]


@pytest.mark.parametrize(("first", "last", "before", "after"), RUNS)
def test_around_a_run_of_days_off(first: str, last: str, before: str, after: str) -> None:
    day, end = date.fromisoformat(first), date.fromisoformat(last)
    sides = date.fromisoformat(before), date.fromisoformat(after)
    assert add_working_days(sides[0], 1) == sides[1]
    assert [working_day_before(sides[0]), working_day_after(sides[1])] == list(sides)
    while day <= end:
        assert (working_day_before(day), working_day_after(day)) == sides
        assert add_working_days(day, 1) == sides[1]
        day += timedelta(days=1)


# Days that were proclaimed once: the rule does not know them, and gave the usual one.
ONCE = {
    2020: ({"2020-05-08"}, {"2020-05-04"}),
    2022: ({"2022-06-02", "2022-06-03", "2022-09-19"}, {"2022-05-30"}),
    2023: ({"2023-05-08"}, set[str]()),
}


@pytest.mark.parametrize("year", range(2016, 2029))
def test_the_rule_gives_the_bank_holidays_that_are_known(year: int) -> None:
    known = {day for day in bank_holidays() if day.year == year}
    rule = fixed_holidays(year)
    only_known, only_rule = ONCE.get(year, (set[str](), set[str]()))
    assert {str(day) for day in known - rule} == only_known
    assert {str(day) for day in rule - known} == only_rule


@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("2028-12-27", True),
        ("2029-01-01", False),  # the first day that the library's data do not have
        ("2029-01-02", True),
        ("2029-03-30", False),  # Good Friday
        ("2029-04-02", False),  # Easter Monday
        ("2029-05-07", False),
        ("2029-05-28", False),
        ("2029-08-27", False),
        ("2029-12-25", False),
        ("2029-12-26", False),
        ("2033-01-03", False),  # New Year's Day is a Saturday
        ("2033-12-27", False),  # Christmas Day is a Sunday, Boxing Day keeps its Monday
        ("2032-12-27", False),  # both on the weekend
        ("2032-12-28", False),
        ("2032-12-29", True),
    ],
)
def test_after_the_last_year_of_the_data_the_rule_holds(day: str, works: bool) -> None:
    assert is_working_day(date.fromisoformat(day)) is works
