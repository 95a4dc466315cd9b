"""What stands in the calendar, on which days, and for how long."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from flask import Flask

from notifier.feeds import data, horizon, schedule, scopes
from notifier.notices import queries as notices
from notifier.releases.rules import RELEASE
from notifier.store.db import session, unit
from notifier.store.history import SYSTEM
from notifier.store.moves import move
from tests import makers
from tests.edges.feed_house import SITE, events, items, out, release, titles
from tests.makers import Clock


def test_a_moved_release_is_in_feed_and_calendar(room: Flask, clock: Clock) -> None:
    (item,) = items("series/wild-birds", clock)
    assert item.title == "Moved: Wild bird populations in the UK, 1970 to 2026"
    assert item.summary_text.startswith(
        "Was 9:30am, Wednesday 23 December 2026; now 9:30am, Wednesday 13 January 2027."
    )
    assert "needs three more weeks" in item.content_html
    assert titles("releases", clock) == [item.title]
    assert titles("topics/nature", clock) == [item.title]
    event = events("topics/nature", clock)[f"release-{release('Wild bird').id}"]
    assert event["sequence"] == 1
    assert event["dtstart"].dt == makers.london("2027-01-13 09:30")
    assert event["status"] == "CONFIRMED"
    assert "23 December 2026" in event["description"]


def test_precision_decides_how_a_date_stands_in_a_calendar(room: Flask, clock: Clock) -> None:
    found = events("all", clock)
    exact, month, latest = (
        found[f"release-{release(title).id}"]
        for title in ("Quarterly indicators", "Food statistics in", "Total income")
    )
    assert exact["dtstart"].dt == makers.london("2026-12-09 09:30")
    assert exact["status"] == "CONFIRMED"
    assert exact["summary"].startswith("The People and Nature Survey for England: Quarterly")
    assert (month["dtstart"].dt, month["dtend"].dt) == (date(2027, 1, 1), date(2027, 2, 1))
    assert (month["status"], month["transp"]) == ("TENTATIVE", "TRANSPARENT")
    assert (latest["dtstart"].dt, latest["dtend"].dt) == (date(2027, 5, 12), date(2027, 5, 13))
    assert latest["summary"].startswith("At the latest: ")


@pytest.mark.parametrize(
    ("precision", "first", "end"),
    [
        ("week", date(2027, 2, 15), date(2027, 2, 22)),
        ("month", date(2027, 2, 1), date(2027, 3, 1)),
        ("quarter", date(2027, 1, 1), date(2027, 4, 1)),
        ("date", date(2027, 2, 17), date(2027, 2, 18)),
        ("no_later_than", date(2027, 2, 17), date(2027, 2, 18)),
    ],
)
def test_a_vague_date_fills_its_days_and_makes_nobody_busy(
    room: Flask, clock: Clock, precision: str, first: date, end: date
) -> None:
    edition = release("Wild bird")
    with unit():
        edition.day, edition.precision, edition.wall_time = date(2027, 2, 17), precision, None
        edition.at, edition.state = makers.london(f"{first} 00:00"), "provisional"
    event = events("series/wild-birds", clock)[f"release-{edition.id}"]
    assert (event["dtstart"].dt, event["dtend"].dt) == (first, end)
    assert event["dtstart"].params["VALUE"] == "DATE"
    assert (event["status"], event["transp"]) == ("TENTATIVE", "TRANSPARENT")
    assert event["summary"].startswith("At the latest: ") is (precision == "no_later_than")


@pytest.mark.parametrize(
    ("wall", "utc"),
    [
        ("2027-03-26 09:30", "20270326T093000Z"),
        ("2027-03-29 09:30", "20270329T083000Z"),
        ("2027-10-29 09:30", "20271029T083000Z"),
        ("2027-11-01 09:30", "20271101T093000Z"),
    ],
)
def test_exact_times_are_in_utc_on_both_sides_of_each_clock_change(
    room: Flask, clock: Clock, wall: str, utc: str
) -> None:
    edition = release("Wild bird")
    with unit():
        edition.at = makers.london(wall)
        edition.day = edition.at.date()
    event = events("series/wild-birds", clock)[f"release-{edition.id}"]
    assert event["dtstart"].to_ical().decode() == utc
    assert "dtend" not in event


def test_the_day_behind_a_vague_date_is_not_told(room: Flask, clock: Clock) -> None:
    rows = json.loads(data.releases(now=clock(), base_url=SITE).body)
    pocketbook = next(row for row in rows if row["precision"] == "month")
    assert release("Food statistics in").day == date(2027, 1, 6)
    assert pocketbook["date"] == "2027-01-01"
    assert "2027-01-06" not in json.dumps(rows)


def test_consultations_and_proposals_have_days_of_their_own(room: Flask, clock: Clock) -> None:
    makers.announced(next(n for n in notices.every() if n.decision == "consulting"), now=clock())
    found = events("topics/food", clock)
    closes = found["notice-DEFRA-2026-003-closes"]
    assert closes["dtstart"].dt == date(2027, 1, 18)
    assert closes["summary"].startswith("Last day to have your say: ")
    effect = found["notice-DEFRA-2026-003-effect"]
    assert effect["status"] == "TENTATIVE"
    assert effect["summary"].startswith("Would take effect: ")
    assert items("changes", clock)[0].title.startswith("Proposed: ")


def test_a_cancelled_release_stays_for_ninety_days(room: Flask, clock: Clock) -> None:
    edition = release("Quarterly indicators")
    clock.at("2027-02-01 12:00")  # long after its day
    with unit():
        move(edition, "cancel", RELEASE, by=SYSTEM, now=clock())
    cancelled_at = clock()
    event = events("all", clock)["release-1"]
    assert event["status"] == "CANCELLED"
    assert event["summary"].startswith("Cancelled: ")
    assert event["last-modified"].dt == cancelled_at
    clock.forward(days=89)
    assert "release-1" in events("all", clock)
    clock.forward(days=2)
    assert "release-1" not in events("all", clock)


def test_the_horizon_moves_at_midnight_in_london() -> None:
    day = date(2027, 6, 16)
    came = makers.london("2026-06-15 00:00")
    assert not horizon.shown(day, day, now=came - timedelta(seconds=1))
    assert horizon.shown(day, day, now=came)
    assert horizon.turned(day, day, now=came) == came
    assert horizon.turned(day, day, now=came - timedelta(seconds=1)) is None
    went = makers.london("2027-09-15 00:00")
    assert horizon.shown(day, day, now=went - timedelta(seconds=1))
    assert not horizon.shown(day, day, now=went)
    assert horizon.turned(day, day, now=went + timedelta(days=9)) == went


def test_what_comes_into_sight_counts_as_a_change(room: Flask, clock: Clock) -> None:
    at = makers.london("2028-03-02 09:30")
    with unit():
        session.add(out(1, at, state="confirmed", published_at=None, created_at=clock()))
    series = scopes.read("series/monthly-landings")
    clock.at("2027-03-02 00:00")  # 366 days before, a leap day between
    assert schedule.draw(series, now=clock(), base_url=SITE).changed == clock()
    clock.forward(hours=5)
    drawn = schedule.draw(series, now=clock(), base_url=SITE)
    assert [event.start for event in drawn.calendar.events] == [at]
    assert drawn.changed == makers.london("2027-03-02 00:00")
