"""All that happened to a series in one list: changes, labels, moved dates, editions dropped."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from notifier.catalogue.models import Series
from notifier.clock import london_date
from notifier.feeds import changed
from notifier.insight.time_to_tell import moves
from notifier.notices import queries as notices
from notifier.notices.models import ChangeNotice
from notifier.notices.rules import OPEN
from notifier.releases import queries as releases
from notifier.releases.models import Release, ReleaseDateChange
from notifier.web.public.changes import change_rows
from notifier.web.public.changes.changes_list import ended_at
from notifier.web.public.releases.release_words import date_became, ended_words
from notifier.web.public.shapes import When, on_day


@dataclass(frozen=True)
class Entry:
    """``kind`` is a word or two: "Method changed", "Label changed", "Date moved"."""

    day: When
    kind: str
    title: str
    url: str
    words: str


def log(series: Series, now: datetime, today: date) -> list[Entry]:
    """Newest first."""
    found: list[tuple[datetime, Entry]] = [
        *changes(series, today),
        *moved(series, now, today),
        *dropped(series, today),
    ]
    found.sort(key=lambda pair: pair[0], reverse=True)
    return [entry for at, entry in found if at <= now]


def changes(series: Series, today: date) -> list[tuple[datetime, Entry]]:
    """Changes that took effect, were given up or replaced; a new label is one of them."""
    past = [n for n in notices.all_public([series.id]) if n.state not in OPEN]
    steps = changed.notice_steps(n.id for n in past)
    found = []
    for notice in past:
        at = ended_at(notice, steps.get(notice.id, {}))
        entry = Entry(
            day=on_day(london_date(at), today),
            kind=kind(notice),
            title=notice.headline,
            url=f"/changes/{notice.reference}",
            words=said(notice, london_date(at), today),
        )
        found.append((at, entry))
    return found


def kind(notice: ChangeNotice) -> str:
    if notice.state in ("cancelled", "retracted"):
        return "Change given up"
    if notice.state == "superseded":
        return "Notice replaced"
    return "Label changed" if notice.type == "designation" else "Change took effect"


def said(notice: ChangeNotice, ended: date, today: date) -> str:
    """How it ended, how early it was told, and any public reason."""
    row = change_rows.past_row(notice, ended, today)
    notes = [f"{tag.word}: {tag.note}" if tag.note else tag.word for tag in row.tags]
    return ". ".join(part.rstrip(".") for part in [row.kind, *notes, row.verdict] if part) + "."


def moved(series: Series, now: datetime, today: date) -> list[tuple[datetime, Entry]]:
    """Every date that users were told and that did not stay."""
    return [
        (change.announced_at, of_move(change, today))
        for change in releases.date_changes(now=now, series_ids=[series.id])
    ]


def of_move(change: ReleaseDateChange, today: date) -> Entry:
    release = change.release
    return Entry(
        day=on_day(london_date(change.announced_at), today),
        kind="Date moved" if moves(change) else "Date fixed",
        title=release.title,
        url=f"/releases/{release.id}",
        words=date_became(change, today),
    )


def dropped(series: Series, today: date) -> list[tuple[datetime, Entry]]:
    """Editions that were cancelled, or withdrawn after they were out."""
    ended = releases.ended([series.id])
    steps = changed.taken("release", (r.id for r in ended), {"cancel", "withdraw"})
    found = []
    for release in ended:
        at = max(steps.get(release.id, {}).values(), default=release.changed_at)
        found.append((at, of_end(release, at, today)))
    return found


def of_end(release: Release, at: datetime, today: date) -> Entry:
    return Entry(
        day=on_day(london_date(at), today),
        kind="Release cancelled" if release.state == "cancelled" else "Release withdrawn",
        title=release.title,
        url=f"/releases/{release.id}",
        words=ended_words(release),
    )
