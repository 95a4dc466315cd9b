"""Friday's letter about the week to come: the same words for every depth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from notifier.audience.rules import variant
from notifier.catalogue.rules import DEPTHS
from notifier.clock import london_date
from notifier.errors import NotFound
from notifier.notices import week as weeks
from notifier.notices.week import Ahead, Week
from notifier.releases.models import Release, ReleaseDateChange
from notifier.render import coming, dates
from notifier.render.passages import Passage, in_language, line, said
from notifier.render.phrases import say
from notifier.render.site import Site
from notifier.render.typeset import LANGUAGES, Origin, Part, Words, typeset
from notifier.sends.models import Send


@dataclass(frozen=True)
class Named:
    """Something with its page."""

    title: Passage
    url: str


@dataclass(frozen=True)
class Edition(Named):
    when: str  # "9:30am", or the vague date
    state: str  # Confirmed; Provisional
    contains: Sequence[Named]


@dataclass(frozen=True)
class Away(Named):
    """A release whose day in the week was given up."""

    was: str
    now_is: str  # "Now: 9:30am, Wednesday 20 January 2027", "Will not come out"
    reason: Passage | None


@dataclass(frozen=True)
class Closing(Named):
    closes: str


@dataclass(frozen=True, kw_only=True)
class View:
    """The week in one language."""

    title: str
    counts: Sequence[str]
    days: Sequence[tuple[str, Sequence[Edition]]]
    changes: Sequence[coming.Change]
    closing: Sequence[Closing]
    away: Sequence[Away]
    url: str
    counted: str


def write(send: Send, *, site: Site, now: datetime) -> dict[int, Words]:
    """The letter by variant. NotFound when the Send is about no week."""
    week = weeks.named(send.about.removeprefix("week:"))
    if week is None:
        raise NotFound(f"There is no week {send.about!r}.")
    found = weeks.ahead(week)
    english, welsh = (Part(lang, view(found, lang, site=site, now=now)) for lang in ("en", "cy"))
    parts = {"en": (english,), "cy": (english_too(welsh),), "both": (welsh, english)}
    by_language = {
        language: typeset("week_ahead", parts[language], site=site, origin=origin_of(site))
        for language in LANGUAGES
    }
    return {
        variant(depth, language): words
        for depth in DEPTHS
        for language, words in by_language.items()
    }


def english_too(part: Part) -> Part:
    """A Welsh letter has titles that are in English only."""
    return Part(part.lang, part.it, english=True)


def origin_of(site: Site) -> Origin:
    """It belongs to no series: the organisation's own list."""
    return Origin(
        from_name=line(site.organisation).text,
        reply_to=site.reply_to,
        list_phrase="Coming next week",
        list_label="week-ahead",
    )


def view(found: Ahead, lang: str, *, site: Site, now: datetime) -> View:
    """The week's facts in ``lang``."""
    changes = [coming.change(each, lang, site=site, now=now) for each in found.effects]
    return View(
        title=say("week_title", lang, span=span(found.week, lang)),
        counts=counts(found, lang),
        days=days(found, lang, site),
        changes=changes,
        closing=[
            Closing(
                in_language(notice.headline, notice.cy.get("headline"), lang),
                site.url("changes", notice.reference),
                say("closes", lang, day=dates.within(dates.full(day, lang))),
            )
            for day, notice in found.closing
        ],
        away=[away(release, change, day, lang, site) for day, release, change in found.away],
        url=site.url("week-ahead", found.week.name),
        counted=dates.within(dates.full(london_date(now), lang)),
    )


def span(week: Week, lang: str = "en") -> str:
    """ "30 November to 6 December 2026": month and year are said once where they are the same."""
    first, last = dates.past(week.monday, lang).split(), dates.past(week.last, lang)
    if week.monday.year == week.last.year:
        first = first[:1] if week.monday.month == week.last.month else first[:2]
    return say("week_span", lang, first=" ".join(first), last=last)


def counts(found: Ahead, lang: str) -> list[str]:
    """ "Releases: 3", "Changes: 1"; what there is none of is left out."""
    numbers = {
        "releases": len(found.releases) + len(found.vague),
        "changes": len(found.effects),
        "closing": len(found.closing),
        "away": len(found.away),
    }
    return [
        say("week_count", lang, what=say(f"week_{what}_count", lang), count=count)
        for what, count in numbers.items()
        if count
    ]


def days(found: Ahead, lang: str, site: Site) -> list[tuple[str, list[Edition]]]:
    """Each day on which something comes out, with its editions; those without a day last."""
    shown: list[tuple[str, list[Edition]]] = []
    for day in found.week.days:
        here = [r for r in found.releases if r.day == day]
        if here:
            shown.append((dates.full(day, lang), [edition(r, found, lang, site) for r in here]))
    if found.vague:
        vague = [edition(release, found, lang, site) for release in found.vague]
        shown.append((say("week_vague", lang), vague))
    return shown


def title(release: Release, lang: str) -> Passage:
    """With its series before it, unless it says it already."""
    series = release.series.name
    named = release.title if series.lower() in release.title.lower() else None
    welsh = f"{release.series.cy or series}: {release.cy_title}" if release.cy_title else None
    return in_language(named or f"{series}: {release.title}", welsh, lang)


def edition(release: Release, found: Ahead, lang: str, site: Site) -> Edition:
    exact = release.precision in weeks.EXACT
    clock = dates.clock(release.wall_time, lang) if exact and release.wall_time else ""
    vague = dates.vague(release.day, release.precision, language=lang)
    known = release.state in ("confirmed", "provisional")
    return Edition(
        title=title(release, lang),
        url=site.url("releases", str(release.id)),
        when=clock if exact else vague,
        state=say(release.state, lang) if known else "",
        contains=[
            Named(
                in_language(notice.headline, notice.cy.get("headline"), lang),
                site.url("changes", notice.reference),
            )
            for notice in found.effects
            if notice.effect_release_id == release.id
        ],
    )


def away(
    release: Release, change: ReleaseDateChange | None, day: date, lang: str, site: Site
) -> Away:
    """Where it is now, and why; the team's reason is in English."""
    new = dates.vague(release.day, release.precision, wall=release.wall_time, language=lang)
    if release.day is None:
        new = say("no_date", lang)
    now_is = f"{say('week_now', lang)}: {dates.within(new)}"
    if change is None:
        now_is = say("will_not_come", lang)
    reason = said(change.reason if change else release.end_reason)
    return Away(
        title=title(release, lang),
        url=site.url("releases", str(release.id)),
        was=dates.full(day, lang),
        now_is=now_is,
        reason=reason if lang == "en" else None,
    )
