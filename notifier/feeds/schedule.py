"""The calendar: releases, effects of changes, last days to comment, as DOMAIN.md section 7 says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from notifier.catalogue import queries as catalogue
from notifier.catalogue.models import Series
from notifier.clock import london_date
from notifier.feeds import changed, horizon, notice_prose, release_prose
from notifier.feeds.addresses import NOTHING_YET, page, uid
from notifier.feeds.items import Calendar, Event, Status
from notifier.feeds.scopes import Scope
from notifier.notices import queries as notices
from notifier.notices.models import ChangeNotice
from notifier.releases import queries as releases
from notifier.releases.models import Release
from notifier.releases.rules import window
from notifier.render import dates
from notifier.render.event import ENDED
from notifier.render.notice_words import day_of
from notifier.render.passages import line
from notifier.render.phrases import say

# Wider than the horizon: a cancelled entry and one of a whole quarter outlast their first day.
LOOK_BACK = timedelta(days=400)
LOOK_AHEAD = horizon.AHEAD + timedelta(days=2)
PREFIXES = {
    "cancelled": "Cancelled: ",
    "withdrawn": "Withdrawn: ",
    "postponed_tbc": "Postponed, no new date yet: ",
}


@dataclass(frozen=True)
class Schedule:
    """A calendar, and when it last changed: also by a day that came into sight or went out."""

    calendar: Calendar
    changed: datetime


def draw(scope: Scope, *, now: datetime, base_url: str) -> Schedule:
    """What is public in ``scope``, from 90 days back to 12 months ahead."""
    public = notices.all_public(scope.series_ids)
    found = releases.calendar(
        now=now, series_ids=scope.series_ids, back=LOOK_BACK, ahead=LOOK_AHEAD
    )
    every = [*release_events(found, public, base_url), *notice_events(public, base_url)]
    if scope.ending is not None:
        every.append(scope.ending.event(base_url))
    turns = [horizon.turned(*days(event), now=now) for event in every]
    times = [event.last_modified for event in every] + [turn for turn in turns if turn]
    house = catalogue.organisation()
    name = "Releases and changes" if scope.path == "all" else scope.title
    return Schedule(
        Calendar(
            name=f"{name} – {house.name}" if house else name,
            description="When statistics come out and when they change. All times are London's.",
            url=page(base_url, *scope.page),
            events=tuple(event for event in every if in_sight(event, now)),
        ),
        changed=max(times, default=NOTHING_YET),
    )


def days(event: Event) -> tuple[date, date]:
    """Its first and last day in London."""
    first, last = (
        london_date(moment) if isinstance(moment, datetime) else moment
        for moment in (event.start, event.end or event.start)
    )
    return first, last


def in_sight(event: Event, now: datetime) -> bool:
    """A cancelled entry stays for 90 days after it was cancelled, however old its day is."""
    kept = event.status == "CANCELLED" and event.last_modified >= now - horizon.BACK
    return kept or horizon.shown(*days(event), now=now)


def release_events(
    found: Iterable[Release], public: Iterable[ChangeNotice], base_url: str
) -> Iterator[Event]:
    found = list(found)
    modified = changed.releases(found)
    carried: dict[int | None, list[ChangeNotice]] = {}
    for notice in public:
        carried.setdefault(notice.effect_release_id, []).append(notice)
    for release in found:
        span = when(release)
        changes = carried.get(release.id, [])
        if span is None:
            continue
        told = [n.first_public_at for n in changes if n.first_public_at]
        start, end, all_day = span
        yield Event(
            uid=uid(base_url, f"release-{release.id}"),
            sequence=release.sequence,
            last_modified=max([modified[release.id], *told]),
            summary=prefix(release) + release_prose.title(release),
            description=description(release, changes, base_url),
            url=page(base_url, "releases", release.id),
            start=start,
            end=end,
            all_day=all_day,
            status=status(release),
            categories=topics([release.series]),
        )


def when(release: Release) -> tuple[datetime | date, date | None, bool] | None:
    """(start, last day, all day), or None without any date.

    What was postponed without a date, once or more often, stays cancelled on the last day that was
    given up; also when it is cancelled for good.
    """
    day, precision = release.day, release.precision
    if day is None:
        given = [each for each in release.date_changes if each.from_date is not None]
        if given:
            day, precision = given[-1].from_date, given[-1].from_precision
    elif precision == "datetime" and release.at is not None:
        return release.at, None, False
    if day is None or precision == "tbc":
        return None
    first, last = window(day, precision)
    return first, last, True


def prefix(release: Release) -> str:
    if release.state in PREFIXES:
        return PREFIXES[release.state]
    return "At the latest: " if release.precision == "no_later_than" else ""


def status(release: Release) -> Status:
    if release.state in ("cancelled", "postponed_tbc"):
        return "CANCELLED"
    return "TENTATIVE" if release.state == "provisional" else "CONFIRMED"


def description(release: Release, changes: Iterable[ChangeNotice], base_url: str) -> str:
    lines = [release_prose.STATES[release.state]]
    if release.date_changes and release.state not in ("cancelled", "withdrawn"):
        lines.append(release_prose.move_summary(release.date_changes[-1]))
    for notice in changes:
        address = page(base_url, "changes", notice.reference)
        lines.append(f"Contains a change: {line(notice.headline).text} {address}")
    return "\n".join([*lines, page(base_url, "releases", release.id)])


def notice_events(public: Iterable[ChangeNotice], base_url: str) -> Iterator[Event]:
    """For each change the days of its effect, and the last day to comment on it."""
    public = list(public)
    modified = changed.notices(public)
    for notice in public:
        yield from effect_event(notice, modified, base_url)
        yield from closing_event(notice, modified, base_url)


def effect_event(
    notice: ChangeNotice, modified: Mapping[int, datetime], base_url: str
) -> Iterator[Event]:
    release, early = notice.effect_release, notice.took_effect_at
    day = release.day if release else notice.effect_date
    precision = release.precision if release else "date"
    if early is not None:
        day, precision = london_date(early), "date"
    if day is None:
        return
    first, last = window(day, precision)
    settled = notice.decision == "decided" and notice.state != "on_hold"
    settled = settled and (
        early is not None or release is None or release.state in ("confirmed", "released")
    )
    label = "takes_effect" if notice.decision == "decided" else "would_take_effect"
    opening = notice_prose.status(notice) or say(label, "en")
    yield Event(
        uid=uid(base_url, f"notice-{notice.reference}-effect"),
        # Follows its release: each move of the one is a move of the other.
        sequence=notice.sequence + (release.sequence if release else 0),
        last_modified=modified[notice.id],
        summary=f"{opening}: {line(notice.headline).text}",
        status=effect_status(notice, settled=settled),
        **shared(notice, base_url, first, last, notice_prose.summary(notice)),
    )


def effect_status(notice: ChangeNotice, *, settled: bool) -> Status:
    if notice_prose.will_not_happen(notice):
        return "CANCELLED"
    return "CONFIRMED" if settled else "TENTATIVE"


def closing_event(
    notice: ChangeNotice, modified: Mapping[int, datetime], base_url: str
) -> Iterator[Event]:
    closes = day_of(notice.consultation.get("closes"))
    if closes is None:
        return
    words = say("closes", "en", day=dates.full(closes))
    gone = notice.state in ENDED and notice.decision != "decided"
    opening = "Cancelled: " if gone else ""
    yield Event(
        uid=uid(base_url, f"notice-{notice.reference}-closes"),
        sequence=notice.sequence,
        last_modified=modified[notice.id],
        summary=f"{opening}Last day to have your say: {line(notice.headline).text}",
        status="CANCELLED" if gone else "CONFIRMED",
        **shared(notice, base_url, closes, closes, f"{words}."),
    )


def shared(
    notice: ChangeNotice, base_url: str, first: date, last: date, words: str
) -> dict[str, Any]:
    address = page(base_url, "changes", notice.reference)
    return {
        "description": f"{words}\n{address}",
        "url": address,
        "start": first,
        "end": last,
        "all_day": True,
        "categories": topics(notice.series),
    }


def topics(series: Iterable[Series]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(t.name for each in series for t in each.topics))
