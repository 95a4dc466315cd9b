"""Calendars as clients see them: parsed back by icalendar, and the lines that RFC 5545 wants."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest

from notifier.feeds.ics import render
from notifier.feeds.items import Calendar, Event

STAMP = datetime(2026, 3, 1, 12, tzinfo=UTC)
LONDON = ZoneInfo("Europe/London")
SITE = "https://notifier.example"


def event(**changes: Any) -> Event:
    base = Event(
        uid="release-7@notifier.example",
        sequence=2,
        last_modified=datetime(2026, 2, 3, 4, 5, 6, 789, tzinfo=UTC),
        summary="Emissions of air pollutants, UK; 2025 edition, revised",
        description="First line\nsecond, with a comma; and ŵ",
        url=f"{SITE}/releases/7?a=1,2;b",
        start=datetime(2026, 7, 1, 9, 30, tzinfo=LONDON),
        categories=("Air quality", "Data, and code"),
    )
    return replace(base, **changes)


def calendar(*events: Event) -> Calendar:
    return Calendar(
        name="Air quality, UK",
        description="Releases and changes",
        url=f"{SITE}/topics/air-quality",
        events=events,
        refresh=timedelta(hours=2),
    )


def lines(body: bytes) -> list[str]:
    """The unfolded lines, without icalendar's own reading of them."""
    return body.replace(b"\r\n ", b"").decode().split("\r\n")


def first(body: bytes) -> icalendar.Event:
    return icalendar.Calendar.from_ical(body).events[0]


def test_a_calendar_says_its_name_and_how_often_to_come_back() -> None:
    found = lines(render(calendar(event()), stamp=STAMP))
    for line in (
        "VERSION:2.0",
        "METHOD:PUBLISH",
        "NAME:Air quality\\, UK",
        "X-WR-CALNAME:Air quality\\, UK",
        "X-WR-CALDESC:Releases and changes",
        "REFRESH-INTERVAL;VALUE=DURATION:PT2H",
        "X-PUBLISHED-TTL:PT2H",
        "LAST-MODIFIED:20260301T120000Z",
        f"URL:{SITE}/topics/air-quality",
    ):
        assert found.count(line) == 1
    assert not [line for line in found if line.startswith(("ORGANIZER", "ATTENDEE"))]


def test_a_dated_event_comes_back_with_its_words_and_in_utc() -> None:
    body = render(calendar(event(end=datetime(2026, 7, 1, 10, tzinfo=LONDON))), stamp=STAMP)
    found = lines(body)
    for line in (
        "DTSTART:20260701T083000Z",
        "DTEND:20260701T090000Z",
        "DTSTAMP:20260203T040506Z",
        "LAST-MODIFIED:20260203T040506Z",
        "SEQUENCE:2",
        "STATUS:CONFIRMED",
        "TRANSP:TRANSPARENT",
        f"URL:{SITE}/releases/7?a=1,2;b",
        "CATEGORIES:Air quality,Data\\, and code",
    ):
        assert found.count(line) == 1
    assert str(first(body)["SUMMARY"]) == event().summary
    assert str(first(body)["DESCRIPTION"]) == event().description


def test_a_moment_has_no_end() -> None:
    assert "DTEND" not in first(render(calendar(event()), stamp=STAMP))
    assert "DTEND" not in first(render(calendar(event(end=event().start)), stamp=STAMP))


@pytest.mark.parametrize(
    ("start", "last", "end"),
    [
        (date(2026, 12, 1), date(2026, 12, 31), "20270101"),
        (date(2026, 3, 29), None, "20260330"),
        (date(2028, 2, 28), date(2028, 2, 28), "20280229"),
    ],
)
def test_the_last_day_of_an_all_day_event_is_followed_by_its_end(
    start: date, last: date | None, end: str
) -> None:
    body = render(calendar(event(start=start, end=last, all_day=True)), stamp=STAMP)
    assert f"DTSTART;VALUE=DATE:{start:%Y%m%d}" in lines(body)
    assert f"DTEND;VALUE=DATE:{end}" in lines(body)


def test_status_and_transparency_are_the_words_of_the_rfc() -> None:
    body = render(calendar(event(status="CANCELLED", transparent=False)), stamp=STAMP)
    assert {"STATUS:CANCELLED", "TRANSP:OPAQUE"} <= set(lines(body))


def test_the_same_events_in_any_order_and_zone_give_the_same_bytes() -> None:
    other = event(uid="change-3@notifier.example", start=date(2026, 7, 1), all_day=True)
    utc = event(start=datetime(2026, 7, 1, 8, 30, tzinfo=UTC))
    assert render(calendar(event(), other), stamp=STAMP) == render(
        calendar(other, utc), stamp=STAMP.astimezone(LONDON)
    )


def test_of_two_with_one_uid_the_later_sequence_stays() -> None:
    moved = event(sequence=3, start=datetime(2026, 9, 1, 9, 30, tzinfo=LONDON))
    for events in ((event(), moved), (moved, event())):
        found = icalendar.Calendar.from_ical(render(calendar(*events), stamp=STAMP)).events
        assert [one["SEQUENCE"] for one in found] == [3]


def test_lines_are_folded_in_octets_and_end_in_crlf() -> None:
    body = render(calendar(event(summary="ŵ🙂" * 200)), stamp=STAMP)
    assert body.endswith(b"END:VCALENDAR\r\n")
    assert max(len(line) for line in body.split(b"\r\n")) <= 75
    for line in body.split(b"\r\n"):
        line.decode()  # no fold inside a character
    assert str(first(body)["SUMMARY"]) == "ŵ🙂" * 200


def test_a_calendar_without_events_still_has_a_component() -> None:
    parsed = icalendar.Calendar.from_ical(render(calendar(), stamp=STAMP))
    assert not parsed.events
    assert [str(zone["TZID"]) for zone in parsed.walk("VTIMEZONE")] == ["Etc/UTC"]


@pytest.mark.parametrize(
    "changes",
    [
        {"all_day": True},
        {"start": date(2026, 1, 1)},
        {"start": datetime(2026, 1, 1)},  # noqa: DTZ001
        {"end": datetime(2026, 6, 30, tzinfo=UTC)},
        {"start": date(2026, 1, 2), "end": date(2026, 1, 1), "all_day": True},
        {"start": date(2026, 1, 2), "end": datetime(2026, 1, 3, tzinfo=UTC), "all_day": True},
        {"last_modified": datetime(2026, 1, 1)},  # noqa: DTZ001
    ],
)
def test_contradictions_are_refused_where_the_event_is_made(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"time zone|all-day|ends before"):
        event(**changes)
