"""The calendar of a scope, or of one thing, as DOMAIN.md section 7 says."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import selectinload

from notifier.catalogue import queries as catalogue
from notifier.catalogue.models import Series
from notifier.clock import london_date
from notifier.errors import NotFound
from notifier.feeds import horizon
from notifier.feeds.addresses import NOTHING_YET, page
from notifier.feeds.calendar_events import ending_event, notice_events, release_events
from notifier.feeds.calendar_words import word
from notifier.feeds.items import Calendar, Event
from notifier.feeds.scopes import Scope
from notifier.notices import queries as notices
from notifier.notices.models import ChangeNotice
from notifier.releases import queries as releases
from notifier.releases.models import Release
from notifier.store.db import session

# Wider than the horizon: a cancelled entry and one of a whole quarter outlast their first day.
LOOK_BACK = timedelta(days=400)
LOOK_AHEAD = horizon.AHEAD + timedelta(days=2)


@dataclass(frozen=True)
class Schedule:
    """A calendar, and when it last changed: also by a day that came into sight or went out."""

    calendar: Calendar
    changed: datetime


@dataclass(frozen=True)
class Singles:
    """Changes and releases that somebody follows beside whole publications, by id."""

    notices: frozenset[int] = frozenset()
    releases: frozenset[int] = frozenset()


def draw(scope: Scope, *, now: datetime, base_url: str, also: Singles | None = None) -> Schedule:
    """What is public in ``scope``, from 90 days back to 12 months ahead; ``also`` beside it."""
    lang, single = scope.language, also or Singles()
    public = notices.all_public(scope.series_ids)
    found = releases.calendar(
        now=now, series_ids=scope.series_ids, back=LOOK_BACK, ahead=LOOK_AHEAD
    )
    public += changes_of(single.notices - {n.id for n in public})
    found += releases_of(single.releases - {r.id for r in found})
    said = unique(public + carried_by(single.releases))
    events: list[Event] = []
    if "released" in scope.kinds:
        events += release_events(found, said, base_url=base_url, lang=lang)
    if "announced" in scope.kinds:
        events += notice_events(public, base_url=base_url, lang=lang)
    events += [ending_event(end, base_url=base_url) for end in scope.endings]
    return together(
        [event for event in events if in_sight(event, now)],
        changed=last_change(events, now),
        name=word("all", lang) if scope.path == "all" and not scope.key else scope.title,
        url=page(base_url, *scope.page, language=lang),
        lang=lang,
    )


def of_release(release_id: int, *, base_url: str, lang: str = "en") -> Schedule:
    """One public release, however long ago. Raises NotFound, also for one that has no date yet."""
    release = releases.release(release_id)
    said = carried_by([release.id])
    events = list(release_events([release], said, base_url=base_url, lang=lang))
    if not events:
        raise NotFound(f"Release {release_id} has no date yet that a calendar could hold.")
    return single(events, lang=lang)


def of_notice(reference: str, *, base_url: str, lang: str = "en") -> Schedule:
    """The days of one public change: its effect, the last day to comment. Raises NotFound."""
    notice = notices.public_notice(reference)
    events = list(notice_events([notice], base_url=base_url, lang=lang))
    if not events:
        raise NotFound(f"{reference} has no date yet that a calendar could hold.")
    return single(events, lang=lang)


def single(events: list[Event], *, lang: str) -> Schedule:
    changed = max(event.last_modified for event in events)
    return together(events, changed=changed, name=events[0].summary, url=events[0].url, lang=lang)


def together(events: list[Event], *, changed: datetime, name: str, url: str, lang: str) -> Schedule:
    house = catalogue.organisation()
    calendar = Calendar(
        name=f"{name} – {house.name}" if house else name,
        description=word("caldesc", lang),
        url=url,
        events=tuple(events),
    )
    return Schedule(calendar, changed)


def changes_of(ids: Iterable[int]) -> list[ChangeNotice]:
    """Public changes by id; what is not public is left out."""
    query = notices.public().where(ChangeNotice.id.in_(list(ids)))
    query = query.options(selectinload(ChangeNotice.series).selectinload(Series.topics))
    return list(session.scalars(query))


def releases_of(ids: Iterable[int]) -> list[Release]:
    """Public releases by id; what is not public is left out."""
    return list(session.scalars(releases.public().where(Release.id.in_(list(ids)))))


def carried_by(release_ids: Iterable[int]) -> list[ChangeNotice]:
    """The public changes that these releases bring."""
    ids = list(release_ids)
    if not ids:
        return []
    return list(session.scalars(notices.public().where(ChangeNotice.effect_release_id.in_(ids))))


def unique(found: Iterable[ChangeNotice]) -> list[ChangeNotice]:
    return list({notice.id: notice for notice in found}.values())


def last_change(events: Iterable[Event], now: datetime) -> datetime:
    turns = [horizon.turned(*days(event), now=now) for event in events]
    times = [event.last_modified for event in events] + [turn for turn in turns if turn]
    return max(times, default=NOTHING_YET)


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
