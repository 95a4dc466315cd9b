"""A release as the calendar says it: its day, its state, and the old day of one that moved."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from notifier.clock import london_date
from notifier.insight.time_to_tell import moves
from notifier.notices.models import ChangeNotice
from notifier.releases.models import Release, ReleaseDateChange
from notifier.render import dates
from notifier.web.public.releases.release_words import (
    EXACT,
    breach_words,
    date_became,
    fixed_words,
)
from notifier.web.public.shapes import Link, Month, Tag, When, by_month, dated, on_day

ENDED = ("cancelled", "withdrawn")


@dataclass(frozen=True)
class ReleaseRow:
    """parts/rows.html tells each attribute."""

    url: str
    title: str
    day: When | None
    tag: Tag
    quiet: bool
    reason: str
    moved: str
    breach: str
    changes: list[Link]


def title_of(release: Release) -> str:
    """The title with its series, unless it says it already."""
    if release.series.name.lower() in release.title.lower():
        return release.title
    return f"{release.series.name}: {release.title}"


def row(release: Release, today: date, changes: Iterable[ChangeNotice] = ()) -> ReleaseRow:
    """One edition at its present day."""
    links = [
        Link(notice.headline, f"/changes/{notice.reference}")
        for notice in changes
        if notice.effect_release_id == release.id
    ]
    day = dated(release.day, release.precision, release.wall_time, today)
    if day is not None and release.state == "cancelled":
        day = replace(day, clock="No release")
    return ReleaseRow(
        url=f"/releases/{release.id}",
        title=title_of(release),
        day=day,
        tag=tag(release, today),
        quiet=release.state == "cancelled",
        reason=release.end_reason if release.state in ENDED else "",
        moved=moved_words(release, today),
        breach=breach_words(release) if release.state in ("provisional", "confirmed") else "",
        changes=links,
    )


def moved_words(release: Release, today: date) -> str:
    """ "Was 4 March, now 25 March, because …" of the last move that users had to learn of."""
    told = [change for change in release.date_changes if moves(change)]
    return date_became(told[-1], today) if told and release.state not in ENDED else ""


def tag(release: Release, today: date) -> Tag:
    """The state in a word, with what stands beside it."""
    if release.state == "released":
        return Tag("Out", "pine")
    if release.state in ENDED:
        word = "Cancelled" if release.state == "cancelled" else "Withdrawn"
        return Tag(word, "brick", "Will not come out" if word == "Cancelled" else "")
    if release.state == "postponed_tbc":
        by = release.next_update_by
        return Tag("Postponed", "umber", f"next update by {dates.past(by)}" if by else "")
    if release.state == "confirmed" and release.day is not None:
        return Tag("Confirmed", "pine", dates.within(dates.ahead(release.day, today)))
    return Tag("Provisional", "open", fixed_words(release, today))


def old_day(change: ReleaseDateChange, release: Release, today: date) -> ReleaseRow:
    """The quiet row on the day that was given up: somebody may still be waiting on it."""
    shown = None
    if change.from_date is not None:
        shown = replace(on_day(change.from_date, today), clock="No release")
    told = dates.past(london_date(change.announced_at))
    why = f"{change.reason.rstrip('.')}. " if change.reason else ""
    return ReleaseRow(
        url=f"/releases/{release.id}",
        title=title_of(release),
        day=shown,
        tag=old_tag(release, today),
        quiet=True,
        reason=f"{why}We told users on {told}.",
        moved="",
        breach="",
        changes=[],
    )


def old_tag(release: Release, today: date) -> Tag:
    """Where the release of a given-up day is now: it may have moved more than once."""
    if release.state in ENDED:
        return tag(release, today)
    if release.state == "released":
        return Tag("Out", "pine", "came out earlier")
    new = dated(release.day, release.precision, release.wall_time, today)
    if new is None:
        return Tag("Postponed", "umber", "new date to come")
    words = dates.within(new.words.replace(" at ", ", "))
    return Tag("Moved", "umber", f"to {words}" if release.precision in EXACT else words)


def given_up(release: Release, today: date) -> list[ReleaseDateChange]:
    """Moves away from a day that is still to come and is not the day again."""
    return [
        change
        for change in release.date_changes
        if change.from_date is not None
        and change.from_date >= today
        and change.from_date != release.day
        and change.from_precision in EXACT
    ]


def months(
    releases: list[Release], today: date, changes: Iterable[ChangeNotice] = ()
) -> list[Month]:
    """The calendar: every edition at its day, and quiet rows at days that were given up."""
    notices = list(changes)
    rows: list[tuple[date | None, ReleaseRow]] = []
    for release in releases:
        rows.append((release.day, row(release, today, notices)))
        for change in given_up(release, today):
            rows.append((change.from_date, old_day(change, release, today)))
    rows.sort(key=lambda pair: place(pair[0], pair[1], today))
    return by_month([(day, shown) for day, shown in rows])


def place(day: date | None, shown: ReleaseRow, today: date) -> tuple[object, ...]:
    """By month, in it by day; what has no day yet stands at the end of its month."""
    if day is None:
        return (True, today, False, today)
    vague = shown.day is not None and len(shown.day.iso) < len(day.isoformat())
    return (False, day.replace(day=1), vague, day)


def coming(
    releases: list[Release], today: date, changes: Iterable[ChangeNotice] = (), *, most: int = 50
) -> list[ReleaseRow]:
    """The same rows without headings, soonest first."""
    rows = [r for month in months(releases, today, changes) for r in month.rows]
    return [r for r in rows if isinstance(r, ReleaseRow)][:most]
