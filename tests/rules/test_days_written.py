"""Days as people write them."""

from __future__ import annotations

from datetime import date, time

import pytest

from notifier.errors import Refused
from notifier.web.staff.written_days import read_day, read_moment, write_day

DAY = date(2027, 4, 24)


@pytest.mark.parametrize(
    "text",
    [
        *("24 April 2027", "24 apr 2027", "24th April, 2027", "Saturday 24 April 2027", "24/4/27"),
        *("24.04.2027", "24 4 2027", "2027-04-24", "  Sat, 24 April 2027 ", "24-Apr-2027"),
        "٢٤/٤/٢٠٢٧",
    ],
)
def test_a_day_is_read_as_people_write_it(text: str) -> None:
    assert read_day(text, "day") == DAY


@pytest.mark.parametrize(
    ("text", "wall"),
    [
        ("24 April 2027, 9:30am", time(9, 30)),
        ("24 April 2027 at 14:00", time(14)),
        ("24/4/2027 2pm", time(14)),
        ("2027-04-24T09:30", time(9, 30)),
        ("24 April 2027, midday", time(12)),
        ("24 April 2027 12am", time(0)),
    ],
)
def test_a_time_may_stand_behind_it(text: str, wall: time) -> None:
    assert read_moment(text, "at") == (DAY, wall)


@pytest.mark.parametrize(
    "text",
    [
        *("", "soon", "31 February 2027", "24 Aprilish 2027", "0/0/2027", "24 April 2027 25:00"),
        *("24 April 2027 13pm", "24 April 2027 9", "24 April 20277", "1 May 1800"),
        *("24 April 2027 " * 50, "24 Mai 2027", "<b>24</b> April 2027"),
    ],
)
def test_what_is_no_day_is_refused_in_one_sentence(text: str) -> None:
    with pytest.raises(Refused) as refused:
        read_moment(text, "at")
    assert refused.value.field == "at"
    assert len(str(refused.value)) < 120


def test_what_is_shown_is_read_again() -> None:
    assert read_day(write_day(DAY), "day") == DAY
    assert write_day("2027-04-24") == "24 April 2027"
    assert write_day("") == ""
