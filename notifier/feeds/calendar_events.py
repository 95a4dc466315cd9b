"""Releases, effects of changes and last days to comment as entries of a calendar."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from notifier.catalogue.models import Series
from notifier.clock import london_date
from notifier.feeds import changed, notice_prose, release_prose
from notifier.feeds.addresses import page, uid
from notifier.feeds.calendar_words import word
from notifier.feeds.endings import Ending
from notifier.feeds.items import Event, Status
from notifier.notices.models import ChangeNotice
from notifier.releases.models import Release
from notifier.releases.rules import window
from notifier.render import dates
from notifier.render.event import ENDED
from notifier.render.notice_words import day_of
from notifier.render.passages import in_language
from notifier.render.phrases import say

PREFIXED = ("cancelled", "withdrawn", "postponed_tbc")


def release_events(
    found: Iterable[Release], public: Iterable[ChangeNotice], *, base_url: str, lang: str
) -> Iterator[Event]:
    """One entry for each release that has, or had, a date; ``public`` are the changes of which its
    description tells."""
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
            summary=prefix(release, lang) + release_prose.title(release, lang),
            description=description(release, changes, base_url, lang),
            url=page(base_url, "releases", release.id, language=lang),
            start=start,
            end=end,
            all_day=all_day,
            status=status(release),
            categories=topics([release.series], lang),
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


def prefix(release: Release, lang: str) -> str:
    if release.state in PREFIXED:
        return word(f"title_{release.state}", lang)
    return word("title_latest", lang) if release.precision == "no_later_than" else ""


def status(release: Release) -> Status:
    if release.state in ("cancelled", "postponed_tbc"):
        return "CANCELLED"
    return "TENTATIVE" if release.state == "provisional" else "CONFIRMED"


def description(release: Release, changes: Iterable[ChangeNotice], base_url: str, lang: str) -> str:
    lines = [word(release.state, lang)]
    if release.date_changes and release.state not in ("cancelled", "withdrawn"):
        lines.append(release_prose.move_summary(release.date_changes[-1], lang))
    for notice in changes:
        there = page(base_url, "changes", notice.reference, language=lang)
        lines.append(word("contains", lang, headline=headline(notice, lang), url=there))
    return "\n".join([*lines, page(base_url, "releases", release.id, language=lang)])


def notice_events(public: Iterable[ChangeNotice], *, base_url: str, lang: str) -> Iterator[Event]:
    """For each change the days of its effect, and the last day to comment on it."""
    public = list(public)
    modified = changed.notices(public)
    for notice in public:
        yield from effect_event(notice, modified, base_url, lang)
        yield from closing_event(notice, modified, base_url, lang)


def effect_event(
    notice: ChangeNotice, modified: Mapping[int, datetime], base_url: str, lang: str
) -> Iterator[Event]:
    release, early = notice.effect_release, notice.took_effect_at
    span = effect_days(notice)
    if span is None:
        return
    first, last = span
    settled = notice.decision == "decided" and notice.state != "on_hold"
    settled = settled and (
        early is not None or release is None or release.state in ("confirmed", "released")
    )
    label = "takes_effect" if notice.decision == "decided" else "would_take_effect"
    opening = notice_prose.status(notice, lang=lang) or say(label, lang)
    yield Event(
        uid=uid(base_url, f"notice-{notice.reference}-effect"),
        # It counts each move of its release, too. The release's own count is not added: that of
        # another one, which carries the change from now on, may be lower.
        sequence=notice.sequence,
        last_modified=modified[notice.id],
        summary=f"{opening}: {headline(notice, lang)}",
        status=effect_status(notice, settled=settled),
        **shared(notice, base_url, first, last, notice_prose.summary(notice, lang=lang), lang=lang),
    )


def effect_days(notice: ChangeNotice) -> tuple[date, date] | None:
    """First and last day on which it may take effect, or did; None without any."""
    release, day, precision = notice.effect_release, notice.effect_date, "date"
    if notice.took_effect_at is not None:
        day = london_date(notice.took_effect_at)
    elif release is not None:
        day, precision = release.day, release.precision
    return window(day, precision) if day is not None else None


def has_days(notice: ChangeNotice) -> bool:
    """Whether a calendar holds anything of it."""
    return effect_days(notice) is not None or bool(day_of(notice.consultation.get("closes")))


def effect_status(notice: ChangeNotice, *, settled: bool) -> Status:
    if notice_prose.will_not_happen(notice):
        return "CANCELLED"
    return "CONFIRMED" if settled else "TENTATIVE"


def closing_event(
    notice: ChangeNotice, modified: Mapping[int, datetime], base_url: str, lang: str
) -> Iterator[Event]:
    closes = day_of(notice.consultation.get("closes"))
    if closes is None:
        return
    words = say("closes", lang, day=dates.full(closes, lang))
    gone = notice.state in ENDED and notice.decision != "decided"
    opening = word("title_cancelled", lang) if gone else ""
    yield Event(
        uid=uid(base_url, f"notice-{notice.reference}-closes"),
        sequence=notice.sequence,
        last_modified=modified[notice.id],
        summary=opening + word("last_day", lang, headline=headline(notice, lang)),
        status="CANCELLED" if gone else "CONFIRMED",
        **shared(notice, base_url, closes, closes, f"{words}.", lang=lang),
    )


def shared(
    notice: ChangeNotice, base_url: str, first: date, last: date, words: str, *, lang: str
) -> dict[str, Any]:
    there = page(base_url, "changes", notice.reference, language=lang)
    return {
        "description": f"{words}\n{there}",
        "url": there,
        "start": first,
        "end": last,
        "all_day": True,
        "categories": topics(notice.series, lang),
    }


def ending_event(ending: Ending, *, base_url: str) -> Event:
    """An all-day entry of the topic's calendar on the day on which it ends."""
    lang, there = ending.language, page(base_url, "topics", ending.slug, language=ending.language)
    if ending.into is None:
        words = word("topic_over", lang)
    else:
        words = word("topic_leads", lang, into=ending.into[1])
    return Event(
        uid=uid(base_url, f"topic-{ending.slug}-ends"),
        sequence=0,
        last_modified=ending.told_at,
        summary=ending.title,
        description=f"{words}\n{there}",
        url=there,
        start=ending.day,
        end=ending.day,
        all_day=True,
        categories=(ending.name,),
    )


def headline(notice: ChangeNotice, lang: str) -> str:
    return in_language(notice.headline, notice.cy.get("headline"), lang).text


def topics(series: Iterable[Series], lang: str) -> tuple[str, ...]:
    names = (in_language(t.name, t.cy, lang).text for each in series for t in each.topics)
    return tuple(dict.fromkeys(names))
