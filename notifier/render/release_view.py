"""A release whose date changed, as the letters about that show it in one language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from notifier.clock import london_date, london_time
from notifier.notices.models import ChangeNotice
from notifier.releases.models import Release, ReleaseDateChange
from notifier.render import coming, dates
from notifier.render.notice_words import EXACT
from notifier.render.passages import Link, Passage, contact, in_language, line, link, said
from notifier.render.phrases import say
from notifier.render.site import Site

WAYS = {"earlier": "forward", "vaguer": "vaguer", "firmer": "firmer"}  # the others: moved
WAS = {"no-release": "was_expected", "withdrawn": "came_out"}  # the phrase before the last date


class Facts(NamedTuple):
    """What the letter is about. A cancelled release keeps its date, so that has no ``change``."""

    stage: str  # moved | postponed | cancelled | no-release
    release: Release
    change: ReleaseDateChange | None
    notices: Sequence[ChangeNotice]


@dataclass(frozen=True, kw_only=True)
class View:
    """A release in one language; empty and None are left out of the letter."""

    kicker: str
    subject: str
    lead: str
    note: str
    beside: bool  # the English stands below: the reason stands there
    title: Passage
    series: Passage
    label: str
    days: str  # 98 days left; No date for now; Will not come out
    when: str
    was: str
    reason: Passage | None
    changes_label: str
    changes: list[coming.Change]
    dates: list[str]  # every date that was given before, oldest first
    identifiers: list[tuple[str, str, Link | None]]
    team: str
    contact: Link | None
    url: str
    date_url: str  # the date as a file for calendars, while it is to come
    counted: str


def view(facts: Facts, lang: str, *, site: Site, now: datetime, beside: bool = False) -> View:
    """The news in ``lang``; ``beside`` a whole English letter, the team's reason is left out."""
    release, today = facts.release, london_date(now)
    reason = said(facts.change.reason if facts.change else release.end_reason)
    key = kind(facts)
    label, days, when = now_is(facts, lang, today)
    return View(
        kicker=say(f"release_{key}_kicker", lang),
        subject=subject(facts, key, lang),
        lead=lead(facts, key, lang),
        note=say("reason_below" if beside else "reason_english", lang) if reason else "",
        beside=beside,
        title=in_language(release.title, release.cy_title, lang),
        series=in_language(release.series.name, release.series.cy, lang),
        label=label,
        days=days,
        when=when,
        was=was(facts, lang, today),
        reason=None if beside else reason,
        changes_label=say(changes_label(facts), lang),
        changes=[coming.change(notice, lang, site=site, now=now) for notice in facts.notices],
        dates=given(release, lang, today),
        identifiers=identifiers(release),
        team=line(release.series.team.name).text,
        contact=contact(release.series.team.contact),
        url=site.url("releases", str(release.id)),
        date_url=""
        if waits(facts) or release.day is None
        else site.date_file("releases", str(release.id), lang),
        counted=dates.within(dates.full(today, lang)),
    )


def kind(facts: Facts) -> str:
    """Which kicker and subject: the stage, but none on the old morning; a move by its way."""
    if facts.stage == "no-release":
        return "none"
    row = facts.change
    if facts.stage != "moved" or row is None or row.from_date is None:
        return facts.stage
    return WAYS.get(row.direction, facts.stage)


def lead(facts: Facts, key: str, lang: str) -> str:
    """The first sentence; a move between exact days says by how many."""
    row = facts.change
    if key == "moved" and row and row.from_date is None:
        return say("release_again_words", lang)
    if key in ("moved", "forward") and row and row.from_date and row.to_date:
        days = (row.to_date - row.from_date).days
        if days and {row.from_precision, row.to_precision} <= set(EXACT):
            way = "later" if days > 0 else "earlier"
            return say(f"release_{way}_words", lang, days=dates.days(abs(days), lang))
    return say(f"release_{key}_words", lang)


def subject(facts: Facts, key: str, lang: str) -> str:
    """ "Moved to 25 March 2027", "Now in March 2027", "Postponed", "No release today"."""
    row = facts.change
    if facts.stage != "moved" or row is None or row.to_date is None:
        return say(f"release_{key}_kicker", lang)
    day = dates.past(row.to_date, lang)
    if row.to_precision not in EXACT:
        vague = dates.vague(row.to_date, row.to_precision, language=lang)
        return say("release_now_subject", lang, when=dates.within(vague))
    if key == "firmer":
        return say("release_now_subject", lang, when=day)
    return say(f"release_{key}_subject", lang, day=day)


def waits(facts: Facts) -> bool:
    """Whether there is no new date. On the old morning that is asked of the release itself."""
    if facts.stage == "no-release":
        return facts.release.day is None or facts.release.state == "cancelled"
    return facts.stage in ("postponed", "cancelled", "withdrawn")


def changes_label(facts: Facts) -> str:
    """The phrase above the changes: they move, wait, or each fares in its own way."""
    if not waits(facts):
        return "changes_moved"
    held = all(notice.state == "on_hold" for notice in facts.notices)
    return "changes_waiting" if held else "changes_fare"


def now_is(facts: Facts, lang: str, today: date) -> tuple[str, str, str]:
    """Label, big words and small words of the date as it stands now."""
    release, change = facts.release, facts.change
    if facts.stage == "withdrawn":
        return "", say("release_withdrawn_kicker", lang), ""
    if facts.stage == "cancelled" or release.state == "cancelled":
        return "", say("will_not_come", lang), ""
    if waits(facts):
        news = release.next_update_by
        when = say("next_update", lang, day=dates.within(dates.full(news, lang))) if news else ""
        return "", say("no_date", lang), when
    day, wall, precision = release.day, release.wall_time, release.precision
    if facts.stage == "moved" and change is not None:
        day, wall, precision = change.to_date, change.to_time, change.to_precision
    left = dates.left(day, today, lang) if day and precision in EXACT else ""
    when = dates.vague(day, precision, wall=wall, language=lang)
    return say("comes_out", lang), left, when


def was(facts: Facts, lang: str, today: date) -> str:
    """ "Was: 9:30am, Thursday 4 March 2027": the last date that was given, also when it was
    postponed since."""
    release, change = facts.release, facts.change
    day, wall, precision = release.day, release.wall_time, release.precision
    if change is not None:
        day, wall, precision = change.from_date, change.from_time, change.from_precision
    if facts.stage == "withdrawn" and release.published_at is not None:
        # When it did come out: by hand that is later than the date it had.
        day, wall = london_date(release.published_at), london_time(release.published_at)
    if day is None:  # it was postponed before it was cancelled, or got a date again
        rows = release.date_changes
        before = [row for row in rows if row.from_date and (change is None or row.id < change.id)]
        if not before:
            return ""
        last = before[-1]
        day, wall, precision = last.from_date, last.from_time, last.from_precision
    label = say(WAS.get(facts.stage, "date_was"), lang)
    when = dates.vague(day, precision, wall=wall, language=lang, today=today)
    return f"{label}: {dates.within(when)}"


def given(release: Release, lang: str, today: date) -> list[str]:
    return [
        dates.vague(
            row.from_date, row.from_precision, wall=row.from_time, language=lang, today=today
        )
        for row in release.date_changes
        if row.from_date is not None
    ]


def identifiers(release: Release) -> list[tuple[str, str, Link | None]]:
    """Scheme, value and perhaps address of what the series is called elsewhere."""
    return [
        (line(found.get("scheme")).text, line(found.get("value")).text, link(found.get("url")))
        for found in release.series.identifiers
    ]
