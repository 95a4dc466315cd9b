"""Each class's messages fall due at the right instants, whatever the calendar does around them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.clock import is_working_day, london_date, london_time
from notifier.notices.stages import OFFSETS, Stage, plan
from tests.makers import london


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def planned(class_: str, effect: str | None, *, told: str, release: bool = False) -> list[Stage]:
    return plan(
        class_,
        effect_at=london(effect) if effect else None,
        anchored_to_release=release,
        announced_at=london(told),
    )


def due(stages: list[Stage]) -> dict[str, str]:
    """Name to instant in UTC, of those that will be sent."""
    return {s.name: s.due_at.strftime("%Y-%m-%d %H:%M") for s in stages if not s.skipped}


def skipped(stages: list[Stage]) -> list[str]:
    return [s.name for s in stages if s.skipped == "announced later"]


# Told a year ahead, at 10:00 on Monday 2 November 2026; effect at 10:30 on Monday 18 October 2027.
# Instants are UTC: 09:30 is 10:30 in British summer. T-90 is Tuesday 20 July, T-30 Saturday
# 18 September, T-7 Monday 11 October, T-1 Sunday, T+14 Monday 1 November (winter time).
EFFECT, TOLD = "2027-10-18 10:30", "2026-11-02 10:00"
PLANS = {
    "A": {
        "announce": "2026-11-02 10:00",
        "T-90": "2027-07-20 09:30",
        "T-30": "2027-09-17 09:30",
        "T-7": "2027-10-11 09:30",
        "T0": "2027-10-18 09:30",
        "T+30": "2027-11-17 10:30",
    },
    "B": {
        "announce": "2026-11-02 10:00",
        "T-90": "2027-07-20 09:30",
        "T-30": "2027-09-17 09:30",
        "T0": "2027-10-18 09:30",
        "T+30": "2027-11-17 10:30",
    },
    "C": {
        "announce": "2026-11-02 10:00",
        "T-28": "2027-09-20 09:30",
        "T-7": "2027-10-11 09:30",
        "T0": "2027-10-18 09:30",
        "T+14": "2027-11-01 10:30",
    },
    "D": {
        "announce": "2026-11-02 10:00",
        "T-28": "2027-09-20 09:30",
        "T-7": "2027-10-11 09:30",
        "T0": "2027-10-18 09:30",
    },
    "E": {
        "announce": "2026-11-02 10:00",
        "T-60": "2027-08-19 09:30",
        "T-30": "2027-09-17 09:30",
        "T-7": "2027-10-11 09:30",
        "T-1": "2027-10-15 09:30",
        "T0": "2027-10-18 09:30",
    },
    "F": {"announce": "2026-11-02 10:00", "T0": "2027-10-18 09:30"},
    "G": {"announce": "2026-11-02 10:00"},
    "H": {"announce": "2026-11-02 10:00"},
    "I": {"announce": "2026-11-02 10:00"},
    "J": {
        "announce": "2026-11-02 10:00",
        "T-7": "2027-10-11 09:30",
        "T0": "2027-10-18 09:30",
    },
    "K": {"announce": "2026-11-02 10:00"},
}


@pytest.mark.parametrize("class_", sorted(PLANS))
def test_the_plan_of_each_class_as_instants(class_: str) -> None:
    assert due(planned(class_, EFFECT, told=TOLD)) == PLANS[class_]


def test_class_f_is_told_with_a_digest_and_the_calendar_says_so() -> None:
    announce = planned("F", EFFECT, told=TOLD)[0]
    assert (announce.name, announce.skipped, announce.rule) == (
        "announce",
        "",
        "with the next digest",
    )


def test_without_a_date_only_the_announcement_is_promised() -> None:
    assert due(planned("A", None, told=TOLD)) == {"announce": "2026-11-02 10:00"}


def test_stages_already_past_are_recorded_and_never_sent_late() -> None:
    stages = planned("A", "2026-12-17 10:30", told="2026-11-24 15:00")
    assert skipped(stages) == ["T-90", "T-30"]
    assert list(due(stages)) == ["announce", "T-7", "T0", "T+30"]


def test_a_stage_due_at_the_very_instant_of_the_announcement_counts_as_past() -> None:
    stages = planned("J", "2026-12-08 10:30", told="2026-12-01 10:30")
    assert skipped(stages) == ["T-7"]


@pytest.mark.parametrize(
    ("told", "goes"),
    [
        ("2026-11-29 10:29", True),  # 48 hours and a minute before T-7
        ("2026-11-29 10:30", False),
        ("2026-12-01 10:29", False),
    ],
)
def test_a_stage_within_48_hours_after_the_announcement_is_dropped(told: str, goes: bool) -> None:
    stages = planned("D", "2026-12-08 10:30", told=told)
    assert ("T-7" in due(stages)) is goes
    assert "T-7" not in skipped(stages)
    assert "T0" in due(stages)


def test_t_minus_1_and_t0_stay_however_close_they_are() -> None:
    stages = planned("E", "2026-12-08 10:30", told="2026-12-07 10:00")
    assert due(stages) == {
        "announce": "2026-12-07 10:00",
        "T-1": "2026-12-07 10:30",
        "T0": "2026-12-08 10:30",
    }


def test_over_christmas_stages_before_move_earlier_and_stages_after_move_later() -> None:
    # Effect on Sunday 27 December: T-1 is Boxing Day, T0 itself waits for Tuesday the 29th.
    found = due(planned("E", "2026-12-27 10:30", told="2026-09-01 10:00"))
    assert found["T-1"] == "2026-12-24 10:30"
    assert found["T0"] == "2026-12-29 10:30"
    # T+14 of Tuesday 14 December 2027 is the holiday Tuesday the 28th.
    found = due(planned("C", "2027-12-14 10:30", told="2027-06-01 10:00"))
    assert found["T+14"] == "2027-12-29 10:30"


def test_over_easter() -> None:
    # T-7 of Friday 9 April 2027 is Friday the 2nd; of Monday 5 April, Easter Monday the 29th.
    assert due(planned("J", "2027-04-05 10:30", told="2027-01-04 10:00"))["T-7"] == (
        "2027-03-25 10:30"
    )
    # T0 on Good Friday, 26 March 2027, moves to the Tuesday, when summer time has begun.
    assert due(planned("J", "2027-03-26 10:30", told="2027-01-04 10:00"))["T0"] == (
        "2027-03-30 09:30"
    )


@pytest.mark.parametrize(
    ("effect", "t_minus_7", "t0"),
    [
        ("2027-03-31 10:30", "2027-03-24 10:30", "2027-03-31 09:30"),  # spring between them
        ("2027-11-03 10:30", "2027-10-27 09:30", "2027-11-03 10:30"),  # autumn between them
        ("2026-10-28 10:30", "2026-10-21 09:30", "2026-10-28 10:30"),
        ("2028-03-29 10:30", "2028-03-22 10:30", "2028-03-29 09:30"),
    ],
)
def test_it_is_half_past_ten_on_both_sides_of_a_clock_change(
    effect: str, t_minus_7: str, t0: str
) -> None:
    found = due(planned("J", effect, told="2026-01-05 10:00"))
    assert (found["T-7"], found["T0"]) == (t_minus_7, t0)


def test_with_a_release_t0_is_the_release_minute_on_its_own_day() -> None:
    stages = planned("A", "2026-12-26 07:00", told="2026-06-01 10:00", release=True)
    t0 = next(s for s in stages if s.name == "T0")
    assert t0.due_at == utc("2026-12-26 07:00")  # a Saturday: releases have their own rule
    assert t0.rule == "T0 with the release"


def test_a_consultation_of_six_weeks_has_a_midpoint_and_its_last_calls() -> None:
    def found(class_: str, closes: date) -> dict[str, str]:
        return due(
            plan(
                class_,
                effect_at=None,
                anchored_to_release=False,
                announced_at=london("2026-11-23 10:00"),
                opens=date(2026, 11, 23),
                closes=closes,
            )
        )

    # 56 days: closes on Monday 18 January; the middle, 21 December, is a Monday.
    assert found("K", date(2027, 1, 18)) == {
        "announce": "2026-11-23 10:00",
        "midpoint": "2026-12-21 10:30",
        "close-7": "2027-01-11 10:30",
        "close-1": "2027-01-15 10:30",  # not on a Sunday
    }
    assert "close-1" not in found("B", date(2027, 1, 18))
    assert "midpoint" in found("B", date(2027, 1, 4))  # 42 days
    assert "midpoint" not in found("B", date(2027, 1, 3))  # 41
    assert set(found("A", date(2027, 1, 18))) == {"announce"}


def test_a_consultation_that_was_announced_before_is_said_to_open() -> None:
    def found(class_: str, opens: date) -> dict[str, str]:
        stages = plan(
            class_,
            effect_at=None,
            anchored_to_release=False,
            announced_at=london("2026-11-23 10:00"),
            opens=opens,
            closes=date(2027, 3, 1),
        )
        return due(stages)

    assert found("K", date(2026, 12, 14))["open"] == "2026-12-14 10:30"
    assert found("B", date(2026, 12, 13))["open"] == "2026-12-14 10:30", "not on a Sunday"
    assert "open" not in found("K", date(2026, 11, 24)), "it was said within 48 hours"
    assert "open" not in found("D", date(2026, 12, 14))


def test_what_stops_is_told_with_its_last_edition() -> None:
    def found(class_: str, last_edition: date | None, effect: str = EFFECT) -> dict[str, str]:
        stages = plan(
            class_,
            effect_at=london(effect),
            anchored_to_release=False,
            announced_at=london(TOLD),
            last_edition=last_edition,
        )
        return due(stages)

    assert found("B", date(2027, 9, 9))["last-edition"] == "2027-09-09 09:30"
    assert found("B", date(2027, 9, 11))["last-edition"] == "2027-09-13 09:30", "a Saturday"
    assert found("B", None) == PLANS["B"]
    assert found("A", date(2027, 9, 9)) == PLANS["A"]


YEARS = [datetime.fromisoformat(day) for day in ("2026-01-01", "2027-06-01")]


@given(
    st.sampled_from(sorted(OFFSETS)),
    st.datetimes(*YEARS, timezones=st.just(UTC)),
    st.timedeltas(timedelta(days=-10), timedelta(days=400)),
    st.timedeltas(timedelta(0), timedelta(days=120)),
)
def test_dated_stages_fall_on_working_days_in_order_and_never_before_the_announcement(
    class_: str, told: datetime, until: timedelta, open_for: timedelta
) -> None:
    opens = london_date(told)
    stages = plan(
        class_,
        effect_at=told + until,
        anchored_to_release=False,
        announced_at=told,
        opens=opens,
        closes=opens + open_for,
    )
    assert stages == sorted(stages, key=lambda s: (s.due_at, s.name))
    assert len({s.name for s in stages}) == len(stages)
    for stage in stages:
        if stage.wall_date is None:
            assert (stage.name, stage.due_at) == ("announce", told)
            continue
        assert is_working_day(stage.wall_date)
        assert london_date(stage.due_at) == stage.wall_date
        assert london_time(stage.due_at) == stage.wall_time
        assert (stage.due_at <= told) == (stage.skipped == "announced later")
    names = [s.name for s in stages if s.name.startswith("T")]
    assert names == sorted(names, key=lambda n: int(n[1:]))
