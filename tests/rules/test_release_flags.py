"""What follows from the dates of a release: overdue, late, moved, punctual; which nag is due."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any

import pytest

from notifier.releases.flags import (
    brought_forward,
    confirm_by,
    due_out,
    flags,
    late,
    moved,
    nag,
    overdue_to_confirm,
    punctuality,
    punctuality_from_first,
)
from notifier.releases.models import Release, ReleaseDateChange
from notifier.releases.rules import instant
from tests.makers import london

DAY = date(2027, 3, 25)  # a Thursday, three days before the clocks change


def release(**more: Any) -> Release:
    given = {"state": "provisional", "day": DAY, "precision": "date", "wall_time": None, **more}
    row = Release(breach_reason="", **given)
    row.at = instant(row.day, row.wall_time, row.precision)
    return row


def change(direction: str, *, precision: str = "date") -> ReleaseDateChange:
    return ReleaseDateChange(direction=direction, from_precision=precision)


@pytest.mark.parametrize(
    ("days_left", "stage"),
    [
        *((43, None), (42, "T-42"), (36, "T-42"), (35, "T-35"), (29, "T-35"), (28, "T-28")),
        # A date that was entered too late to be confirmed in time is asked for all the same.
        *((27, "T-28"), (1, "T-28"), (0, None), (-3, None)),
    ],
)
def test_only_the_newest_threshold_that_has_come(days_left: int, stage: str | None) -> None:
    assert nag(release(), DAY - timedelta(days=days_left)) == stage


def test_a_breach_on_record_has_its_own_words() -> None:
    assert nag(release(breached_on=date(2027, 2, 25)), DAY - timedelta(days=20)) is None


@pytest.mark.parametrize(
    "state", ["planned", "confirmed", "released", "postponed_tbc", "cancelled"]
)
def test_nobody_is_asked_to_confirm_what_is_not_provisional(state: str) -> None:
    row = release(state=state)
    assert nag(row, DAY - timedelta(days=42)) is None
    assert not overdue_to_confirm(row, DAY)


def test_a_vague_date_counts_from_its_first_day() -> None:
    month = release(precision="month")
    assert confirm_by(month) == date(2027, 2, 1)
    assert nag(month, date(2027, 1, 18)) == "T-42"
    assert not overdue_to_confirm(month, date(2027, 2, 1))
    assert overdue_to_confirm(month, date(2027, 2, 2))
    assert confirm_by(release(day=None, precision="tbc")) is None


def test_the_last_day_to_confirm_is_still_in_time() -> None:
    row = release()
    assert confirm_by(row) == date(2027, 2, 25)
    assert not overdue_to_confirm(row, date(2027, 2, 25))
    assert overdue_to_confirm(row, date(2027, 2, 26))


def test_late_is_past_its_own_instant_or_the_last_day_it_may_mean() -> None:
    exact = release(state="confirmed", precision="datetime", wall_time=time(9, 30))
    assert not late(exact, london("2027-03-25 09:29"))
    assert late(exact, london("2027-03-25 09:30"))
    vague = release(precision="month")
    assert due_out(vague) == london("2027-04-01 00:00")  # in summer time by then
    assert not late(vague, london("2027-03-31 23:59"))
    assert late(vague, london("2027-04-01 00:00"))
    for state in ("released", "cancelled", "postponed_tbc"):
        exact.state = state
        assert not late(exact, london("2027-04-25 09:30"))


def test_a_date_that_becomes_exact_is_not_moved() -> None:
    row = release(date_changes=[change("firmer")])
    assert not moved(row)
    row = release(date_changes=[change("later"), change("firmer")])
    assert moved(row)
    assert not brought_forward(row)
    assert brought_forward(release(date_changes=[change("later"), change("earlier")]))
    assert not brought_forward(release(date_changes=[change("earlier"), change("later")]))


@pytest.mark.parametrize(
    ("out", "day", "precision", "days"),
    [
        ("2027-03-25 23:59", DAY, "datetime", 0),  # the same London day
        ("2027-03-28 00:30", DAY, "datetime", 3),
        ("2027-03-24 09:30", DAY, "datetime", -1),
        ("2027-03-01 09:30", DAY, "month", 0),
        ("2027-03-31 23:30", DAY, "month", 0),
        ("2027-04-02 09:30", DAY, "month", 2),
        ("2027-02-26 09:30", DAY, "month", -3),
    ],
)
def test_punctuality_in_london_days(out: str, day: date, precision: str, days: int) -> None:
    row = release(state="released", day=day, precision=precision, published_at=london(out))
    assert punctuality(row) == days


def test_punctuality_against_the_date_that_was_given_first() -> None:
    row = release(
        state="released",
        precision="datetime",
        first_announced_on=date(2027, 2, 10),
        published_at=london("2027-03-25 09:30"),
        date_changes=[change("firmer", precision="month"), change("later", precision="datetime")],
    )
    assert punctuality(row) == 0
    assert punctuality_from_first(row) == 25  # after the end of February
    assert punctuality(release()) is None


def test_the_flags_are_plain_values() -> None:
    row = release(breached_on=date(2027, 2, 25), precision="datetime")
    assert flags(row, london("2027-03-26 10:00")) == {
        "confirm_by": "2027-02-25",
        "overdue_to_confirm": True,
        "late": True,
        "moved": False,
        "brought_forward": False,
        "punctuality_days": None,
        "punctuality_days_from_first": None,
        "breached_on": "2027-02-25",
        "breach_reason": None,
    }
