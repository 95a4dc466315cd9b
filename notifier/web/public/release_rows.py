"""A release as the calendar says it: its day, its state, and the old day of one that moved."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from notifier.clock import london_date
from notifier.notices.models import ChangeNotice
from notifier.releases.models import Release, ReleaseDateChange
from notifier.releases.rules import window
from notifier.render import dates
from notifier.web.public.shapes import Link, Month, Tag, When, by_month, dated

WEEKS = "one two three four five six seven eight nine ten eleven twelve".split()  # noqa: SIM905
CONFIRM_DAYS = 28  # a date is fixed four weeks ahead, Standard 3.1


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
    last = release.date_changes[-1] if release.date_changes else None
    return ReleaseRow(
        url=f"/releases/{release.id}",
        title=title_of(release),
        day=dated(release.day, release.precision, release.wall_time, today),
        tag=tag(release, today),
        quiet=release.state == "cancelled",
        reason=release.end_reason,
        moved=moved_from(last, release) if last and release.state != "cancelled" else "",
        changes=links,
    )


def tag(release: Release, today: date) -> Tag:
    """The state in a word, with what stands beside it."""
    if release.state == "released":
        return Tag("Out", "pine")
    if release.state in ("cancelled", "withdrawn"):
        word = "Cancelled" if release.state == "cancelled" else "Withdrawn"
        return Tag(word, "brick", "Will not come out" if word == "Cancelled" else "")
    if release.state == "postponed_tbc":
        return Tag("Postponed", "umber", "No new date yet")
    if release.state == "confirmed" and release.day is not None:
        return Tag("Confirmed", "pine", dates.within(dates.ahead(release.day, today)))
    if release.day is None:
        return Tag("Provisional", "open")
    first = window(release.day, release.precision)[0]
    fixed = first - timedelta(days=CONFIRM_DAYS)
    note = f"fixed by {dates.past(fixed)}" if fixed >= today else "date not fixed yet"
    return Tag("Provisional", "open", note)


def moved_from(change: ReleaseDateChange, release: Release) -> str:
    """ "Moved from Friday 18 December 2026, three weeks later."."""
    if change.from_date is None:
        return ""
    words = f"Moved from {dates.full(change.from_date)}"
    if change.to_date is None:
        return words + "."
    days = (change.to_date - change.from_date).days
    if days == 0:
        return words + "."
    return f"{words}, {span(abs(days))} {'later' if days > 0 else 'earlier'}."


def span(days: int) -> str:
    """ "three weeks", "1 day": whole weeks up to twelve in words."""
    count, rest = divmod(days, 7)
    weeks = WEEKS[count - 1] if not rest and 1 <= count <= len(WEEKS) else ""
    if weeks:
        return f"{weeks} week{'' if weeks == 'one' else 's'}"
    return dates.days(days)


def old_day(change: ReleaseDateChange, release: Release, today: date) -> ReleaseRow:
    """The quiet row on the day that was given up: somebody may still be waiting on it."""
    old = dated(change.from_date, "date", None, today)
    new = dated(change.to_date, change.to_precision, change.to_time, today)
    shown = When(old.iso, old.words, old.short, "No release") if old else None
    told = dates.past(london_date(change.announced_at))
    return ReleaseRow(
        url=f"/releases/{release.id}",
        title=title_of(release),
        day=shown,
        tag=Tag(
            "Moved", "umber", f"to {new.words.replace(' at ', ', ')}" if new else "new date to come"
        ),
        quiet=True,
        reason=f"{change.reason.rstrip('.')}. We told users on {told}.",
        moved="",
        changes=[],
    )


def months(
    releases: list[Release], today: date, changes: Iterable[ChangeNotice] = ()
) -> list[Month]:
    """The calendar: every edition at its day, and quiet rows at days that were given up."""
    notices = list(changes)
    rows: list[tuple[date | None, object]] = []
    for release in releases:
        rows.append((release.day, row(release, today, notices)))
        for change in release.date_changes:
            if change.from_date is not None and change.from_date >= today:
                rows.append((change.from_date, old_day(change, release, today)))
    rows.sort(key=lambda pair: (pair[0] is None, pair[0] or today))
    return by_month(rows)


def coming(
    releases: list[Release], today: date, changes: Iterable[ChangeNotice] = (), *, most: int = 50
) -> list[ReleaseRow]:
    """The same rows without headings, soonest first."""
    rows = [r for month in months(releases, today, changes) for r in month.rows]
    return [r for r in rows if isinstance(r, ReleaseRow)][:most]
