"""What holds for every plan and every verdict, whatever day of the calendar they fall on."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from notifier.clock import LONDON, at_london, bank_holidays, is_working_day, london_date
from notifier.notices.judge import judge_again, would_be_short
from notifier.notices.leadtime import PROMISES, lead_days, publish_by, verdict
from notifier.notices.models import ChangeNotice
from notifier.notices.stages import LAST_CALLS, OFFSETS, Stage, plan

FIRST, LAST = date(2026, 1, 1), date(2030, 12, 31)
# Sundays on which London's clocks change, the leap day, the turns of the years, every holiday.
EDGES = sorted(
    {
        *(date.fromisoformat(d) for d in ("2026-03-29", "2026-10-25", "2027-03-28", "2027-10-31")),
        *(date.fromisoformat(d) for d in ("2028-03-26", "2028-10-29", "2028-02-29")),
        *(date(year, 12, 31) for year in range(2026, 2030)),
        *(day for day in bank_holidays() if FIRST <= day <= LAST),
    }
)
DAYS = st.one_of(
    st.dates(FIRST, LAST),
    st.builds(lambda d, n: d + timedelta(days=n), st.sampled_from(EDGES), st.integers(-3, 3)),
)
WALLS = st.one_of(
    st.sampled_from([time(0), time(1, 30), time(9, 30), time(10, 30), time(23, 59)]),
    st.times().map(lambda t: t.replace(second=0, microsecond=0)),
)
INSTANTS = st.builds(at_london, DAYS, WALLS)
AGO = st.one_of(
    st.sampled_from([timedelta(days=n) for n in (0, 1, 2, 7, 9, 28, 30, 42, 60, 90, 92)]),
    st.timedeltas(timedelta(days=-20), timedelta(days=200)),
)
CLASSES = st.sampled_from(sorted(OFFSETS))
LONG_AGO = timedelta(days=1000)  # announced so early that nothing is skipped or dropped
HOURS_48 = timedelta(hours=48)
STAYS = ("T-1", "T0", "close-1")
HALF_PAST_TEN = time(10, 30)
WORST_FIRST = ["after", "same_day", "short", "met", "on_time"]

many = settings(max_examples=250)


def nominal(stage: Stage, effect_at: datetime) -> date:
    """The day that the name of a stage of the effect speaks of."""
    return london_date(effect_at) + timedelta(days=int(stage.name.removeprefix("T")))


def whole(class_: str, effect_at: datetime, **more: Any) -> list[Stage]:
    """Every dated stage that the class has, as if it had been announced long ago."""
    more.setdefault("anchored_to_release", False)
    stages = plan(class_, effect_at=effect_at, announced_at=effect_at - LONG_AGO, **more)
    assert not any(s.skipped for s in stages if s.name != "announce")
    return [s for s in stages if s.name != "announce"]


@many
@given(CLASSES, INSTANTS)
def test_a_dated_stage_goes_at_half_past_ten_on_a_working_day_on_its_own_side(
    class_: str, effect_at: datetime
) -> None:
    stages = [s for s in whole(class_, effect_at) if s.name.startswith("T")]
    assert sorted(int(s.name[1:]) for s in stages) == sorted(OFFSETS[class_])
    for stage in stages:
        at = stage.due_at.astimezone(LONDON)
        assert (at.date(), at.time()) == (stage.wall_date, HALF_PAST_TEN)
        assert is_working_day(at.date())
        named, before = nominal(stage, effect_at), int(stage.name[1:]) < 0
        assert at.date() <= named if before else at.date() >= named
        first, last = sorted((named, at.date()))
        passed = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        passed.remove(at.date())
        assert not any(is_working_day(d) for d in passed), "moved further than it had to"


@many
@given(CLASSES, INSTANTS)
def test_with_a_release_only_t0_is_another_and_it_is_the_very_instant(
    class_: str, effect_at: datetime
) -> None:
    alone = {s.name: s for s in whole(class_, effect_at)}
    together = {s.name: s for s in whole(class_, effect_at, anchored_to_release=True)}
    assert alone.keys() == together.keys()
    for name, stage in together.items():
        assert stage.due_at == effect_at if name == "T0" else stage == alone[name]


@many
@given(CLASSES, INSTANTS, AGO, st.booleans(), st.integers(0, 120))
def test_late_or_close_stages_of_the_whole_plan_go_and_all_others_stay_as_they_are(
    class_: str, effect_at: datetime, ago: timedelta, anchored: bool, open_for: int
) -> None:
    told = effect_at - ago
    opens = london_date(told)
    more: dict[str, Any] = {
        "anchored_to_release": anchored,
        "opens": opens,
        "closes": opens + timedelta(days=open_for),
    }
    stages = plan(class_, effect_at=effect_at, announced_at=told, **more)
    assert stages == plan(class_, effect_at=effect_at, announced_at=told, **more)
    assert len({s.name for s in stages}) == len(stages)
    assert [s.due_at for s in stages] == sorted(s.due_at for s in stages)
    found = {s.name: s for s in stages}
    assert found.pop("announce").due_at == told
    for stage in whole(class_, effect_at, **more):
        left = stage.due_at - told
        if left <= timedelta(0):
            assert found.pop(stage.name).skipped == "announced later"
        elif stage.name in STAYS or left > HOURS_48:
            assert found.pop(stage.name) == stage
    assert not found


@given(CLASSES, INSTANTS)
def test_the_edge_of_48_hours_is_exact(class_: str, effect_at: datetime) -> None:
    for stage in whole(class_, effect_at):
        told = stage.due_at - HOURS_48

        def there(at: datetime, name: str = stage.name) -> bool:
            found = plan(class_, effect_at=effect_at, anchored_to_release=False, announced_at=at)
            return name in {s.name for s in found if not s.skipped}

        assert there(told - timedelta(microseconds=1))
        assert there(told) is (stage.name in STAYS)
        assert there(stage.due_at - timedelta(microseconds=1)) is (stage.name in STAYS)
        assert not there(stage.due_at)


# London shows half past one twice on that night; Python compares times of one zone by the wall.
@example(
    "J", datetime(2026, 10, 25, 0, 30, tzinfo=UTC), timedelta(minutes=-40), True, LONDON, LONDON
)
@given(
    CLASSES,
    INSTANTS,
    AGO,
    st.booleans(),
    st.sampled_from([LONDON, UTC, timezone(timedelta(hours=-11)), timezone(timedelta(hours=14))]),
    st.sampled_from([LONDON, UTC, timezone(timedelta(hours=5, minutes=45))]),
)
def test_the_zone_in_which_an_instant_is_written_changes_nothing(
    class_: str, effect_at: datetime, ago: timedelta, anchored: bool, one: Any, other: Any
) -> None:
    told = effect_at - ago
    plans = [
        plan(class_, effect_at=at, anchored_to_release=anchored, announced_at=from_)
        for at, from_ in ((effect_at, told), (effect_at.astimezone(one), told.astimezone(other)))
    ]
    assert plans[0] == plans[1]


@given(st.sampled_from(sorted(LAST_CALLS)), DAYS, st.integers(-5, 200))
def test_calls_of_a_consultation_fall_inside_it_before_their_day(
    class_: str, opens: date, open_for: int
) -> None:
    closes = opens + timedelta(days=open_for)
    stages = plan(
        class_,
        effect_at=None,
        anchored_to_release=False,
        announced_at=at_london(opens) - LONG_AGO,
        opens=opens,
        closes=closes,
    )
    found = {s.name: s.wall_date for s in stages if s.wall_date is not None}
    assert set(found) - {"midpoint", "open"} == {f"close{n}" for n in LAST_CALLS[class_]}
    assert ("midpoint" in found) is (open_for >= 42)
    for name, day in found.items():
        assert is_working_day(day)
        if name == "midpoint":
            assert opens < day <= opens + timedelta(days=open_for // 2)
        elif name == "open":
            assert opens <= day <= closes
        else:
            assert day <= closes + timedelta(days=int(name.removeprefix("close")))


def judged(class_: str, told: datetime, effect_at: datetime) -> ChangeNotice:
    promise = PROMISES[class_]
    notice = ChangeNotice(
        class_=class_,
        judged_from=told,
        effect_at=effect_at,
        minimum_days=promise.minimum,
        target_days=promise.target,
    )
    judge_again(notice)
    return notice


@many
@given(st.sampled_from(sorted(set(PROMISES) - {"I"})), INSTANTS, AGO, AGO, AGO)
def test_told_earlier_is_never_worse_and_an_earlier_effect_never_better(
    class_: str, effect_at: datetime, ago: timedelta, more: timedelta, later: timedelta
) -> None:
    def rank(told: datetime, at: datetime) -> int:
        return WORST_FIRST.index(str(judged(class_, told, at).verdict))

    told = effect_at - ago
    assert rank(told - abs(more), effect_at) >= rank(told, effect_at)
    assert rank(told, effect_at + abs(later)) >= rank(told, effect_at)


@many
@given(st.sampled_from(sorted(set(PROMISES) - {"I"})), INSTANTS, AGO)
def test_short_means_the_same_before_and_after_it_is_judged(
    class_: str, effect_at: datetime, ago: timedelta
) -> None:
    notice = judged(class_, effect_at - ago, effect_at)
    below = notice.lead_days is not None and notice.lead_days < notice.minimum_days
    assert would_be_short(notice, effect_at) is below
    if PROMISES[class_].minimum:
        assert below is (notice.verdict in ("short", "same_day", "after"))


@given(st.sampled_from(sorted(PROMISES)), DAYS)
def test_the_last_day_to_publish_keeps_the_promise_and_the_next_breaks_it(
    class_: str, effect: date
) -> None:
    promise = PROMISES[class_]
    last = publish_by(effect, promise.minimum)

    def told(day: date) -> str:
        days = lead_days(day, effect)
        return verdict(days, minimum=promise.minimum, target=promise.target)

    assert told(last) in ("met", "on_time")
    assert told(last - timedelta(days=1)) in ("met", "on_time")
    assert told(last + timedelta(days=1)) in ("short", "same_day", "after")
    assert told(publish_by(effect, promise.target)) == "on_time"


@given(INSTANTS, st.timedeltas(timedelta(0), timedelta(days=200)))
def test_a_lead_is_the_number_of_london_midnights_in_between(
    told: datetime, ahead: timedelta
) -> None:
    notice = judged("A", told, told + ahead)
    span = [london_date(told) + timedelta(days=n) for n in range(ahead.days + 3)]
    midnights = [at_london(day, time(0)) for day in span]
    assert notice.lead_days == sum(told < m <= told + ahead for m in midnights)


@pytest.mark.parametrize("class_", ["A", "D", "I"])
def test_without_an_effect_or_for_a_correction_there_is_no_verdict(class_: str) -> None:
    told = at_london(date(2026, 11, 23))
    notice = judged(class_, told, told + timedelta(days=100))
    if class_ == "I":
        assert [notice.lead_days, notice.verdict] == [None, None]
        return
    assert notice.verdict == ("on_time" if class_ == "D" else "met")
    notice.effect_at = None
    judge_again(notice)
    assert [notice.lead_days, notice.verdict] == [None, None]
    assert not would_be_short(notice, None)
