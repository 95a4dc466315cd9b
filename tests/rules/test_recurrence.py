"""A rule of recurrence is of London wall times and avoids days off."""

from __future__ import annotations

from datetime import date, time

import pytest

from notifier.catalogue.models import Series
from notifier.errors import Refused
from notifier.releases.recur import dates, title

THIRD_THURSDAY = "DTSTART:20260115T093000;FREQ=MONTHLY;BYDAY=3TH"
LAST_THURSDAY = "DTSTART:20260129T093000;FREQ=MONTHLY;BYDAY=-1TH"


def test_a_year_of_third_thursdays() -> None:
    found = list(dates(THIRD_THURSDAY, after=date(2026, 11, 23), until=date(2027, 11, 23)))
    assert len(found) == 12
    assert found[0] == (date(2026, 12, 17), time(9, 30))
    assert {wall for _, wall in found} == {time(9, 30)}, "the same wall time in summer"


def test_a_day_off_means_the_working_day_before() -> None:
    found = [
        day for day, _ in dates(LAST_THURSDAY, after=date(2026, 11, 30), until=date(2027, 1, 1))
    ]
    assert found == [date(2026, 12, 31)]
    christmas = "DTSTART:20251225T093000;FREQ=YEARLY"
    (day, _), *_ = dates(christmas, after=date(2026, 11, 1), until=date(2027, 1, 1))
    assert day == date(2026, 12, 24)


@pytest.mark.parametrize("rule", ["", "FREQ=MONTHLY", "DTSTART:20260115T093000;FREQ=NEVER", "x;y"])
def test_what_is_no_rule_is_refused(rule: str) -> None:
    with pytest.raises(Refused, match="no rule of recurrence"):
        list(dates(rule, after=date(2026, 1, 1), until=date(2027, 1, 1)))


@pytest.mark.parametrize(
    ("frequency", "day", "words"),
    [
        ("monthly", date(2026, 11, 26), "Milk, October 2026"),
        ("monthly", date(2027, 1, 21), "Milk, December 2026"),
        ("quarterly", date(2026, 12, 9), "Milk, September to November 2026"),
        ("quarterly", date(2027, 1, 13), "Milk, October to December 2026"),
        ("biannual", date(2027, 3, 10), "Milk, September 2026 to February 2027"),
    ],
)
def test_an_edition_is_about_the_time_before_it(frequency: str, day: date, words: str) -> None:
    assert title(Series(name="Milk", frequency=frequency), day) == words


@pytest.mark.parametrize(
    ("off_days", "days"),
    [
        ("before", [date(2026, 12, 24), date(2027, 3, 25)]),
        ("after", [date(2026, 12, 29), date(2027, 3, 30)]),
        ("skip", []),
        ("keep", [date(2026, 12, 25), date(2027, 3, 26)]),  # of a series that is exempt
    ],
)
def test_the_organisations_rule_for_days_off(off_days: str, days: list[date]) -> None:
    """Christmas Day 2026 is a Friday, Boxing Day is kept on the Monday; Good Friday is 26 March."""
    christmas = "DTSTART:20261225T093000;FREQ=YEARLY;COUNT=1"
    good_friday = "DTSTART:20270326T093000;FREQ=YEARLY;COUNT=1"
    window = {"after": date(2026, 12, 1), "until": date(2027, 12, 1), "off_days": off_days}
    found = [day for rule in (christmas, good_friday) for day, _ in dates(rule, **window)]
    assert found == days
