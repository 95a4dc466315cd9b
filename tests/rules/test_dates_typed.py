"""What a person types for a release's date is read as exactly as they said it, never more so."""

from __future__ import annotations

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.errors import Refused
from notifier.releases.dated import EXAMPLES, GIVEN, Dated, exact, how, read
from notifier.releases.rules import window
from tests.makers import london

TODAY = date(2026, 11, 23)
HALF_NINE = time(9, 30)


@pytest.mark.parametrize(
    ("text", "precision", "day", "wall", "found"),
    [
        ("2027-03-25 09:30", None, "2027-03-25", HALF_NINE, "datetime"),
        ("2027-03-25", None, "2027-03-25", None, "date"),
        ("+16d 09:30", None, "2026-12-09", HALF_NINE, "datetime"),
        ("2027-W12", None, "2027-03-22", None, "week"),
        ("2026-W53", None, "2026-12-28", None, "week"),
        ("2027-03", None, "2027-03-01", None, "month"),
        ("2027-Q1", None, "2027-01-01", None, "quarter"),
        (" 2027 q4 ", None, "2027-10-01", None, "quarter"),
        # Vaguer than it was typed: the first day of what it then means
        ("2027-03-25", "week", "2027-03-22", None, "week"),
        ("2027-03-25", "month", "2027-03-01", None, "month"),
        ("2027-03-25", "quarter", "2027-01-01", None, "quarter"),
        ("2027-05", "quarter", "2027-04-01", None, "quarter"),
        ("2027-03", "month", "2027-03-01", None, "month"),
        # At the latest on its last day
        ("2027-03-25", "no_later_than", "2027-03-25", None, "no_later_than"),
        ("2028-02", "no_later_than", "2028-02-29", None, "no_later_than"),
        ("2027-Q2", "no_later_than", "2027-06-30", None, "no_later_than"),
    ],
)
def test_a_date_is_as_exact_as_it_is_typed(
    text: str, precision: str | None, day: str, wall: time | None, found: str
) -> None:
    assert read(text, precision, today=TODAY) == Dated(date.fromisoformat(day), wall, found)


@pytest.mark.parametrize(
    ("text", "precision", "words"),
    [
        ("soon", None, "is no date; write 2027-03-25 09:30, 2027-03-25, 2027-W12, 2027-03 or"),
        ("2027-13", None, "is no date"),
        ("2027-Q5", None, "is no date"),
        ("2027-W53", None, "is no date"),  # 2027 has 52 weeks
        ("2027-02-30", None, "is no date"),
        ("9999-12", None, "is no date"),
        ("2027", None, "is no date"),
        ("2027-03-25", "datetime", "says a day and no more; write it as 2027-03-25 09:30"),
        ("2027-03", "date", "says a month and no more; write it as 2027-03-25"),
        ("2027-Q1", "month", "says a quarter and no more; write it as 2027-03"),
        ("2027-03-25 09:30", "month", "has a time, so it is exact"),
        ("2027-03-25 09:30", "no_later_than", "has a time, so it is exact"),
    ],
)
def test_nothing_is_made_up(text: str, precision: str | None, words: str) -> None:
    with pytest.raises(Refused, match=words):
        read(text, precision, today=TODAY)


@given(st.dates(date(2026, 1, 1), date(2029, 1, 1)), st.sampled_from(GIVEN[1:-1]))
def test_a_day_made_vaguer_still_means_that_day(day: date, precision: str) -> None:
    found = read(day.isoformat(), precision, today=TODAY)
    assert found.day <= day <= found.last
    assert found.day == window(day, precision)[0]
    assert read(EXAMPLES[precision], today=TODAY).precision == precision


def test_a_month_begins_at_its_first_morning_and_is_over_with_its_last() -> None:
    """Across the spring change: 09:30 is another instant at its end."""
    month = read("2027-03", today=TODAY)
    assert month.earliest(HALF_NINE) == london("2027-03-01 09:30")
    assert month.latest(HALF_NINE) == london("2027-03-31 09:30")


def test_on_one_day_the_clock_says_which_is_later() -> None:
    day = date(2027, 3, 25)
    assert how(exact(day), exact(day, time(7))) == "earlier"
    assert how(exact(day, time(7)), exact(day)) == "later"
