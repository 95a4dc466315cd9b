"""iCalendar (RFC 5545, RFC 7986) for people who keep release dates and deadlines in a calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import icalendar
from icalendar import vDuration, vText

from notifier.feeds.characters import clean, one_line, uri
from notifier.feeds.items import Calendar, Event, to_second

MEDIA_TYPE = "text/calendar"
PRODID = "-//Notifier//Release and change calendar//EN"


def render(calendar: Calendar, *, stamp: datetime) -> bytes:
    """The calendar in UTF-8 with CRLF and folds; the same arguments give the same bytes for ever.

    ``stamp`` is when the calendar last changed, never the time of rendering. Each event's DTSTAMP
    is its own last change. Of two events with one uid the higher sequence stays.
    """
    root = icalendar.Calendar()
    root.add("prodid", PRODID)
    root.add("version", "2.0")
    root.add("calscale", "GREGORIAN")
    root.add("method", "PUBLISH")
    root.add("last-modified", to_second(stamp))
    root.add("url", uri(calendar.url))
    # icalendar leaves properties that it does not know unescaped unless they are made vText.
    for name in ("name", "x-wr-calname"):
        root.add(name, vText(one_line(calendar.name)))
    for name in ("description", "x-wr-caldesc"):
        root.add(name, vText(clean(calendar.description)))
    # RFC 7986 section 5.7 has no default type here, and icalendar does not write one.
    root.add("refresh-interval", calendar.refresh, parameters={"VALUE": "DURATION"})
    root.add("x-published-ttl", vDuration(calendar.refresh))
    for event in _in_order(calendar.events):
        root.add_component(_event(event))
    if not calendar.events:
        root.add_component(_utc())
    return bytes(root.to_ical())


def _in_order(events: tuple[Event, ...]) -> list[Event]:
    latest = {event.uid: event for event in sorted(events, key=lambda e: (e.sequence, repr(e)))}
    return sorted(latest.values(), key=lambda e: (_moment(e.start).isoformat(), e.uid))


def _event(event: Event) -> icalendar.Event:
    entry = icalendar.Event()
    entry.add("uid", event.uid)
    entry.add("dtstamp", to_second(event.last_modified))
    entry.add("last-modified", to_second(event.last_modified))
    entry.add("sequence", event.sequence)
    entry.add("summary", one_line(event.summary))
    entry.add("dtstart", _moment(event.start))
    if end := _end(event):
        entry.add("dtend", end)
    if event.description:
        entry.add("description", clean(event.description))
    entry.add("url", uri(event.url))
    entry.add("status", event.status)
    entry.add("transp", "TRANSPARENT" if event.transparent else "OPAQUE")
    if event.categories:
        entry.add("categories", [one_line(category) for category in event.categories])
    return entry


def _end(event: Event) -> datetime | date | None:
    """DTEND is exclusive and later than DTSTART (RFC 5545 section 3.8.2.2); a moment has none."""
    if event.all_day:
        return (event.end or event.start) + timedelta(days=1)
    if event.end is None or event.end == event.start:
        return None
    return _moment(event.end)


def _moment(moment: datetime | date) -> datetime | date:
    return to_second(moment) if isinstance(moment, datetime) else moment


def _utc() -> icalendar.Timezone:
    """RFC 5545 section 3.6: a calendar has at least one component, also while nothing is in it."""
    standard = icalendar.TimezoneStandard()
    standard.add("dtstart", datetime(1970, 1, 1, tzinfo=UTC).replace(tzinfo=None))
    standard.add("tzoffsetfrom", timedelta())
    standard.add("tzoffsetto", timedelta())
    zone = icalendar.Timezone()
    zone.add("tzid", "Etc/UTC")
    zone.add_component(standard)
    return zone
