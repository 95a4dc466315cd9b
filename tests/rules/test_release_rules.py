"""A release's date means the right days and the right instant, however vague it is."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.releases.rules import PRECISIONS, direction, instant, window
from tests.makers import london


@pytest.mark.parametrize(
    ("day", "precision", "first", "last"),
    [
        ("2026-12-10", "datetime", "2026-12-10", "2026-12-10"),
        ("2026-12-10", "date", "2026-12-10", "2026-12-10"),
        ("2026-12-10", "no_later_than", "2026-12-10", "2026-12-10"),
        ("2026-12-28", "week", "2026-12-28", "2027-01-03"),
        ("2027-01-03", "week", "2026-12-28", "2027-01-03"),
        ("2028-02-10", "month", "2028-02-01", "2028-02-29"),
        ("2027-02-10", "month", "2027-02-01", "2027-02-28"),
        ("2026-12-31", "month", "2026-12-01", "2026-12-31"),
        ("2026-12-31", "quarter", "2026-10-01", "2026-12-31"),
        ("2027-01-01", "quarter", "2027-01-01", "2027-03-31"),
        ("2028-02-29", "quarter", "2028-01-01", "2028-03-31"),
    ],
)
def test_the_first_and_last_day_that_a_date_may_mean(
    day: str, precision: str, first: str, last: str
) -> None:
    found = window(date.fromisoformat(day), precision)
    assert found == (date.fromisoformat(first), date.fromisoformat(last))


@given(st.dates(date(2026, 1, 1), date(2029, 1, 1)), st.sampled_from(PRECISIONS))
def test_every_day_of_a_window_gives_the_same_window(day: date, precision: str) -> None:
    first, last = window(day, precision)
    assert first <= day <= last
    assert window(first, precision) == window(last, precision) == (first, last)
    for just_outside in (first - timedelta(days=1), last + timedelta(days=1)):
        assert window(just_outside, precision) != (first, last)


@pytest.mark.parametrize(
    ("day", "wall", "precision", "at"),
    [
        ("2026-12-10", "09:30", "datetime", "2026-12-10 09:30"),
        ("2027-06-10", "07:00", "datetime", "2027-06-10 07:00"),
        ("2026-12-10", None, "date", "2026-12-10 09:30"),
        ("2027-04-15", None, "month", "2027-04-01 09:30"),
        ("2027-05-15", None, "quarter", "2027-04-01 09:30"),
        ("2027-03-28", None, "week", "2027-03-22 09:30"),
        ("2027-06-30", None, "no_later_than", "2027-06-30 09:30"),
    ],
)
def test_the_earliest_instant_that_a_date_allows(
    day: str, wall: str | None, precision: str, at: str
) -> None:
    clock_time = time.fromisoformat(wall) if wall else None
    assert instant(date.fromisoformat(day), clock_time, precision) == london(at)


def test_without_a_date_there_is_no_instant() -> None:
    assert instant(None, time(9, 30), "datetime") is None
    assert instant(date(2026, 12, 10), None, "tbc") is None


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (("2026-12-10", "datetime"), ("2026-12-17", "datetime"), "later"),
        (("2026-12-10", "datetime"), ("2026-12-03", "datetime"), "earlier"),
        (("2026-12-10", "datetime"), ("2026-12-10", "month"), "vaguer"),
        (("2026-12-10", "month"), ("2026-12-10", "tbc"), "vaguer"),
        (("2026-12-01", "quarter"), ("2026-12-10", "date"), "firmer"),
        (("2026-12-10", "date"), ("2026-12-10", "datetime"), "firmer"),
        (("2026-12-10", "datetime"), ("2026-12-10", "date"), "vaguer"),
        # Another date is a move, however exact it is: nobody was told that it might be then.
        (("2026-12-01", "date"), ("2026-12-10", "datetime"), "later"),
        (("2027-01-01", "quarter"), ("2027-05-01", "month"), "later"),
        (("2027-05-01", "month"), ("2027-03-04", "datetime"), "earlier"),
        (("2027-03-04", "datetime"), ("2027-05-01", "month"), "later"),
        (("2027-03-04", "datetime"), ("2027-03-01", "month"), "vaguer"),
        (("2027-03-01", "month"), ("2027-01-01", "quarter"), "vaguer"),
        (("2027-03-29", "week"), ("2027-04-01", "month"), "later"),  # begins in March
        (("2027-03-04", "datetime"), ("2027-03-31", "no_later_than"), "vaguer"),
        (("2027-03-31", "no_later_than"), ("2027-03-01", "month"), "firmer"),
        (("2027-03-31", "no_later_than"), ("2027-04-01", "datetime"), "later"),
        (("2027-03-31", "no_later_than"), ("2027-04-30", "no_later_than"), "later"),
    ],
)
def test_how_a_date_changed(before: tuple[str, str], after: tuple[str, str], expected: str) -> None:
    def read(pair: tuple[str, str]) -> tuple[date, str]:
        return date.fromisoformat(pair[0]), pair[1]

    assert direction(read(before), read(after)) == expected


def test_instants_are_aware() -> None:
    found = instant(date(2026, 7, 1), None, "date")
    assert isinstance(found, datetime)
    assert found.utcoffset() == timedelta(0)
