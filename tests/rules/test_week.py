"""Weeks and the Friday before them; sentences about dates; months as tables. All pure."""

from __future__ import annotations

from datetime import date, time

import pytest

from notifier.notices import week
from notifier.notices.week import Week
from notifier.releases.models import Release, ReleaseDateChange
from notifier.render.week_ahead import span
from notifier.web.public.filters import Filter
from notifier.web.public.releases import calendar_month
from notifier.web.public.releases.release_words import (
    because,
    breach_words,
    date_became,
    fixed_words,
)
from notifier.web.public.tables import cell
from tests.makers import london

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("name", "monday"),
    [
        ("2026-W49", date(2026, 11, 30)),
        ("2026-W53", date(2026, 12, 28)),  # a year of 53 weeks
        ("2027-W01", date(2027, 1, 4)),
        ("2027-W53", None),
        ("2026-W00", None),
        ("2026-W9", None),
        ("2026-49", None),
        ("２０２６-W49", None),  # digits, but no ASCII
        ("0000-W01", None),
    ],
)
def test_a_week_is_named_as_iso_names_it(name: str, monday: date | None) -> None:
    found = week.named(name)
    assert found == (Week(monday) if monday else None)
    if found is not None:
        assert found.name == name


@pytest.mark.parametrize(
    ("monday", "told_at"),
    [
        (date(2026, 11, 30), "2026-11-27 10:30"),
        (date(2027, 3, 29), "2027-03-25 10:30"),  # Good Friday: the Thursday before
        (date(2026, 12, 28), "2026-12-24 10:30"),  # Christmas Day is a Friday
        (date(2027, 1, 4), "2026-12-31 10:30"),
        (date(2026, 10, 26), "2026-10-23 10:30"),  # the clocks go back on the Sunday between
        (date(2028, 3, 27), "2028-03-24 10:30"),
    ],
)
def test_the_mail_goes_on_the_friday_before_or_the_working_day_before_that(
    monday: date, told_at: str
) -> None:
    assert Week(monday).told_at == london(told_at)


@pytest.mark.parametrize(
    ("now", "name"),
    [
        ("2026-11-23 00:00", "2026-W48"),
        ("2026-11-27 10:29", "2026-W48"),
        ("2026-11-27 10:30", "2026-W49"),
        ("2026-11-29 23:59", "2026-W49"),
        ("2026-11-30 00:00", "2026-W49"),
        ("2026-12-24 10:30", "2026-W53"),  # its Friday is a holiday
    ],
)
def test_the_page_moves_on_when_the_mail_goes(now: str, name: str) -> None:
    assert week.present(london(now)).name == name


@pytest.mark.parametrize(
    ("monday", "words", "welsh"),
    [
        (date(2026, 11, 9), "9 to 15 November 2026", "9 i 15 Tachwedd 2026"),
        (date(2026, 11, 30), "30 November to 6 December 2026", "30 Tachwedd i 6 Rhagfyr 2026"),
        (
            date(2026, 12, 28),
            "28 December 2026 to 3 January 2027",
            "28 Rhagfyr 2026 i 3 Ionawr 2027",
        ),
    ],
)
def test_a_span_says_month_and_year_once(monday: date, words: str, welsh: str) -> None:
    assert (span(Week(monday)), span(Week(monday), "cy")) == (words, welsh)


def moved(to: date | None, *, was: str = "datetime", to_precision: str = "datetime") -> str:
    change = ReleaseDateChange(
        from_date=date(2027, 3, 4),
        from_time=time(9, 30),
        from_precision=was,
        to_date=to,
        to_time=time(9, 30) if to else None,
        to_precision=to_precision if to else "tbc",
        direction="later",
        reason="Data arrived late.",
    )
    return date_became(change, TODAY)


def test_a_move_reads_well_aloud() -> None:
    assert moved(date(2027, 3, 25)) == (
        "Was Thursday 4 March 2027, now Thursday 25 March 2027, three weeks later, "
        "because data arrived late."
    )
    assert "now Tuesday 2 March 2027, 2 days earlier, because" in moved(date(2027, 3, 2))
    assert moved(None) == (
        "Was Thursday 4 March 2027, now without a date, because data arrived late."
    )
    vague = moved(date(2027, 4, 20), was="month")
    assert vague.startswith("Was in March 2027, now Tuesday 20 April 2027, because")


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("The survey is late.", ", because the survey is late"),
        ("England's councils were late.", ", because England's councils were late"),
        ("ONS moved its data.", ", because ONS moved its data"),
        ("IT failed.", ", because IT failed"),
        ("A. Smith left.", ", because A. Smith left"),
        (" ", ""),
    ],
)
def test_only_a_common_word_loses_its_capital(reason: str, words: str) -> None:
    assert because(reason) == words


def test_a_date_that_should_have_been_fixed_says_so() -> None:
    release = Release(day=date(2026, 12, 21), precision="datetime", wall_time=time(9, 30))
    assert fixed_words(release, TODAY) == "fixed by 23 November 2026"  # today is the last day
    assert fixed_words(release, date(2026, 11, 24)) == (
        "should have been fixed by 23 November 2026"
    )
    release.breached_on, release.breach_reason = date(2026, 11, 24), ""
    assert breach_words(release) == ("Date not fixed 28 days ahead. The reason is not given yet.")
    release.breach_reason = "The panel was not complete."
    assert breach_words(release) == "Date not fixed 28 days ahead. The panel was not complete."


def test_a_month_is_whole_weeks_with_days_off_in_words() -> None:
    table = calendar_month.draw([], date(2026, 12, 1), TODAY)
    days = [day for one in table.weeks for day in one.days]
    assert [len(one.days) for one in table.weeks] == [7] * 5
    inside = [day for day in days if not day.other]
    assert [day.number for day in inside] == list(range(1, 32))
    off = {day.number: day.off for day in inside if day.off}
    assert {25: "Bank holiday", 26: "Weekend", 28: "Bank holiday"}.items() <= off.items()
    assert 24 not in off


def test_the_calendar_has_fifteen_months_and_says_so() -> None:
    unknown: list[str] = []
    assert calendar_month.asked("2027-11", TODAY, unknown) == date(2027, 11, 1)
    assert calendar_month.asked(None, TODAY, unknown) == date(2026, 11, 1)
    assert unknown == []
    for wrong in ("2027-12", "2026-07", "2026-13", "now", "2026-1", "9999-99", "2027-03-01"):
        assert calendar_month.asked(wrong, TODAY, unknown) == date(2026, 11, 1)
    assert len(unknown) == 7
    assert "from August 2026 to November 2027" in unknown[0]


def test_a_filter_leaves_out_what_there_is_none_of() -> None:
    asked = Filter({"topic": "x" * 500, "team": "food"})
    assert asked.ask("topic", "Topic", every="All", choices={"air": "Air"}) == ""
    assert asked.ask("team", "Team", every="All", choices={"food": "Food"}) == "food"
    assert asked.unknown == [f"We know no topic “{'x' * 40}”, so it is left out."]
    assert asked.url("/changes", type="a b") == "/changes?team=food&type=a+b"
    assert asked.url("/changes", team="") == "/changes"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@x", "'@x"),
        ("\t=1", "'=1"),
        (" \r\n=1", "'=1"),
        ("LIQ_ML", "LIQ_ML"),
        (-3, "-3"),  # a count of days is a number
        (None, ""),
        (True, "True"),
    ],
)
def test_no_cell_is_run_as_a_formula(value: object, shown: str) -> None:
    assert cell(value) == shown
