"""Which class a change is of, and whether it was told early enough."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.clock import london_date
from notifier.notices.leadtime import (
    MATERIALITY,
    PROMISES,
    SUBSTANCE,
    TYPES,
    fits,
    lead_days,
    policy,
    publish_by,
    verdict,
)


def classes(*types: str, **more: Any) -> list[str]:
    given_ = {
        "materiality": "minor",
        "series_break": "none",
        "machine_breaking": False,
        "cut": False,
        **more,
    }
    return fits(types, **given_)


# The truth table of DOMAIN.md section 4, row by row; the first class that fits is the notice's.
TABLE = [
    (("correction",), {}, "I"),
    (("correction", "methodology"), {"materiality": "major"}, "I"),
    (("correction", "designation"), {}, "I"),
    (("designation",), {}, "J"),
    (("designation", "discontinuation"), {}, "J"),
    (("discontinuation",), {}, "B"),
    (("suspension",), {}, "B"),
    (("coverage_or_scope",), {"cut": True}, "B"),
    (("frequency_or_timing",), {"cut": True, "materiality": "major"}, "B"),
    (("discontinuation", "consultation"), {}, "B"),
    (("consultation",), {}, "K"),
    (("consultation",), {"materiality": "major"}, "K"),
    (("consultation", "format_or_layout"), {}, "F"),
    (("scheduled_major_revision",), {}, "C"),
    (("rebasing",), {"materiality": "major"}, "C"),
    (("rebasing", "methodology"), {"materiality": "major"}, "C"),
    (("format_or_layout",), {"series_break": "yes"}, "A"),
    *(((t,), {"materiality": "major"}, "A") for t in sorted(SUBSTANCE)),
    (("format_or_layout",), {"materiality": "major"}, "D"),
    (("new_product",), {"materiality": "major"}, "D"),
    (("format_or_layout",), {"machine_breaking": True}, "E"),
    (("format_or_layout",), {"machine_breaking": True, "materiality": "moderate"}, "E"),
    (("access_or_api",), {}, "E"),
    *(((t,), {"materiality": "moderate"}, "D") for t in sorted(SUBSTANCE)),
    (("methodology",), {"series_break": "possible"}, "D"),
    (("methodology",), {}, "F"),
    (("format_or_layout",), {}, "F"),
    (("frequency_or_timing",), {}, "F"),
]


@pytest.mark.parametrize(("types", "more", "expected"), TABLE)
def test_the_truth_table(types: tuple[str, ...], more: dict[str, Any], expected: str) -> None:
    assert classes(*types, **more)[0] == expected


def test_the_table_has_the_numbers_that_are_promised_in_public() -> None:
    assert {c: (p.minimum, p.target, p.second_person) for c, p in PROMISES.items()} == {
        "A": (90, 180, "hop"),
        "B": (90, 180, "hop"),
        "C": (42, 90, "hop"),
        "D": (42, 90, "approver"),
        "E": (60, 90, "approver"),
        "F": (14, 28, "optional"),
        "G": (28, 42, "optional"),
        "H": (0, 0, "approver"),
        "I": (0, 0, "approver"),
        "J": (28, 42, "hop"),
        "K": (14, 84, "approver"),
    }


def test_a_notice_that_fits_several_has_the_first_class_and_the_longest_minimum() -> None:
    found = policy(classes("rebasing", "methodology", materiality="major", machine_breaking=True))
    assert found.fits == ("C", "A", "E", "D")
    assert (found.class_, found.minimum_days, found.target_days) == ("C", 90, 180)
    relabelled = policy(classes("designation", "discontinuation"))
    assert (relabelled.class_, relabelled.minimum_days) == ("J", 90)


def test_the_gravest_second_person_of_all_that_fit_is_asked() -> None:
    assert policy(classes("access_or_api")).second_person == "approver"
    assert policy(classes("access_or_api", series_break="yes")).second_person == "hop"
    assert policy(classes("format_or_layout")).second_person == "optional"


def test_a_correction_is_told_at_once_whatever_else_it_is() -> None:
    found = policy(classes("correction", "methodology", materiality="major"))
    assert (found.class_, found.minimum_days, found.target_days) == ("I", 0, 0)
    assert found.second_person == "hop"


@given(
    st.sets(st.sampled_from(TYPES), min_size=1, max_size=4),
    st.sampled_from(["none", "possible", "yes"]),
    st.booleans(),
    st.booleans(),
)
def test_every_change_has_a_class_and_graver_never_means_a_shorter_notice(
    types: set[str], series_break: str, breaking: bool, cut: bool
) -> None:
    lengths = []
    for materiality in MATERIALITY:
        found = fits(
            types,
            materiality=materiality,
            series_break=series_break,
            machine_breaking=breaking,
            cut=cut,
        )
        assert len(found) == len(set(found)) > 0
        lengths.append(policy(found).minimum_days)
    # DOMAIN.md's table names no class for a major change of layout or a major new product.
    assert lengths == sorted(lengths) or not types & SUBSTANCE


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (181, "on_time"),
        (180, "on_time"),
        (179, "met"),
        (90, "met"),
        (89, "short"),
        (1, "short"),
        (0, "same_day"),
        (-1, "after"),
        (-400, "after"),
    ],
)
def test_the_verdict_on_either_side_of_each_boundary(days: int, expected: str) -> None:
    assert verdict(days, minimum=90, target=180) == expected


def test_a_class_without_a_minimum_is_on_time_on_the_day_and_after_on_the_next() -> None:
    assert verdict(0, minimum=0, target=0) == "on_time"
    assert verdict(-1, minimum=0, target=0) == "after"


def test_lead_days_are_london_dates_not_hours() -> None:
    late = datetime(2026, 6, 30, 22, 59, tzinfo=UTC)  # 23:59 in London
    assert lead_days(london_date(late), date(2026, 7, 1)) == 1
    assert lead_days(london_date(late + timedelta(minutes=1)), date(2026, 7, 1)) == 0


YEARS = [datetime.fromisoformat(day) for day in ("2026-01-01", "2028-01-01")]


@given(
    st.datetimes(*YEARS, timezones=st.just(UTC)),
    st.timedeltas(timedelta(0), timedelta(days=400)),
    st.dates(date(2026, 1, 1), date(2029, 1, 1)),
    st.sampled_from(sorted(PROMISES)),
)
def test_telling_later_never_earns_a_better_verdict(
    first: datetime, delay: timedelta, effect: date, class_: str
) -> None:
    order = ["on_time", "met", "short", "same_day", "after"]
    promise = PROMISES[class_]

    def rank(at: datetime) -> int:
        days = lead_days(london_date(at), effect)
        return order.index(verdict(days, minimum=promise.minimum, target=promise.target))

    assert rank(first) <= rank(first + delay)


@given(st.dates(date(2026, 1, 1), date(2029, 1, 1)), st.sampled_from(sorted(PROMISES)))
def test_publish_by_is_the_last_day_that_keeps_the_promise(effect: date, class_: str) -> None:
    promise = PROMISES[class_]
    last = publish_by(effect, promise.minimum)
    kept = {"minimum": promise.minimum, "target": promise.target}
    assert verdict(lead_days(last, effect), **kept) in ("on_time", "met")
    broken = verdict(lead_days(last + timedelta(days=1), effect), **kept)
    assert broken in ("short", "same_day", "after")
