"""Dates and days in words, in English and in Welsh."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest

from notifier.render import dates

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("instant", "english", "welsh"),
    [
        (
            datetime(2026, 12, 8, 9, 30, tzinfo=UTC),
            "9:30am, Tuesday 8 December 2026",
            "9:30yb, dydd Mawrth 8 Rhagfyr 2026",
        ),
        # London is an hour ahead of UTC in summer: near midnight the date differs, too.
        (
            datetime(2027, 6, 30, 23, 5, tzinfo=UTC),
            "12:05am, Thursday 1 July 2027",
            "12:05yb, dydd Iau 1 Gorffennaf 2027",
        ),
        # Both sides of the change of clocks on 28 March 2027, at 01:00 UTC.
        (
            datetime(2027, 3, 28, 0, 59, tzinfo=UTC),
            "12:59am, Sunday 28 March 2027",
            "12:59yb, dydd Sul 28 Mawrth 2027",
        ),
        (
            datetime(2027, 3, 28, 1, 0, tzinfo=UTC),
            "2am, Sunday 28 March 2027",
            "2yb, dydd Sul 28 Mawrth 2027",
        ),
    ],
)
def test_moment(instant: datetime, english: str, welsh: str) -> None:
    assert dates.moment(instant) == english
    assert dates.moment(instant, "cy") == welsh


@pytest.mark.parametrize(
    ("wall", "english", "welsh"),
    [
        (time(9, 30), "9:30am", "9:30yb"),
        (time(14), "2pm", "2yp"),
        (time(0), "midnight", "hanner nos"),
        (time(12), "midday", "hanner dydd"),
        (time(12, 1), "12:01pm", "12:01yp"),
        (time(0, 1), "12:01am", "12:01yb"),
    ],
)
def test_clock(wall: time, english: str, welsh: str) -> None:
    assert dates.clock(wall) == english
    assert dates.clock(wall, "cy") == welsh


@pytest.mark.parametrize(
    ("precision", "english", "welsh"),
    [
        ("datetime", "9:30am, Friday 7 May 2027", "9:30yb, dydd Gwener 7 Mai 2027"),
        ("date", "Friday 7 May 2027", "Dydd Gwener 7 Mai 2027"),
        (
            "week",
            "In the week of Monday 3 May 2027",
            "Yn yr wythnos sy'n dechrau ddydd Llun 3 Mai 2027",
        ),
        ("month", "In May 2027", "Ym mis Mai 2027"),
        ("quarter", "Between April and June 2027", "Rhwng Ebrill a Mehefin 2027"),
        ("no_later_than", "By Friday 7 May 2027", "Erbyn dydd Gwener 7 Mai 2027"),
        ("tbc", "Date to be confirmed", "Dyddiad i'w gadarnhau"),
    ],
)
def test_vague(precision: str, english: str, welsh: str) -> None:
    day = date(2027, 5, 7)
    assert dates.vague(day, precision, wall=time(9, 30)) == english
    assert dates.vague(day, precision, wall=time(9, 30), language="cy") == welsh
    assert dates.vague(None, precision) == "Date to be confirmed"


@pytest.mark.parametrize(
    ("day", "left", "ahead", "welsh"),
    [
        (date(2027, 2, 25), "94 days left", "In 94 days", "94 diwrnod ar ôl"),
        (date(2026, 11, 25), "2 days left", "In 2 days", "2 ddiwrnod ar ôl"),
        (date(2026, 11, 24), "1 day left", "Tomorrow", "1 diwrnod ar ôl"),
        (TODAY, "Today", "Today", "Heddiw"),
        (date(2026, 11, 22), "", "", ""),
    ],
)
def test_days(day: date, left: str, ahead: str, welsh: str) -> None:
    assert dates.left(day, TODAY) == left
    assert dates.ahead(day, TODAY) == ahead
    assert dates.left(day, TODAY, "cy") == welsh


def test_what_is_past_needs_no_weekday() -> None:
    assert dates.on(TODAY, TODAY) == "Monday 23 November 2026"
    assert dates.on(date(2026, 11, 18), TODAY) == "18 November 2026"
    assert dates.short(date(2027, 2, 25)) == "Thu 25 Feb"


def test_within_a_sentence_only_the_opening_word_changes() -> None:
    assert dates.within("In January 2027") == "in January 2027"
    assert dates.within("Friday 7 May 2027") == "Friday 7 May 2027"
    assert dates.within("Dydd Gwener 7 Mai 2027") == "dydd Gwener 7 Mai 2027"
