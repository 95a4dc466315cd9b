"""What happened lately: newsletters, consultations, moved dates, changes announced."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from notifier.clock import london_date
from notifier.newsletters import queries as newsletters
from notifier.notices import queries as notices
from notifier.notices.models import ChangeNotice
from notifier.releases import queries as releases
from notifier.render import dates
from notifier.render.notice_words import day_of
from notifier.web.public.releases.release_rows import title_of
from notifier.web.public.shapes import When, on_day

RECENT = timedelta(days=90)


@dataclass(frozen=True)
class News:
    kind: str
    day: When
    title: str
    url: str


def news(now: datetime, *, series_ids: Collection[int] | None = None, most: int = 3) -> list[News]:
    """The last things that were said, newest first, of all series or of some."""
    today = london_date(now)
    found: list[tuple[datetime, str, str, str]] = []
    if series_ids is None:
        for issue in newsletters.published(now):
            if issue.published_at is not None:
                at = issue.published_at
                found.append((at, "Newsletter", issue.title, f"/newsletters/{issue.slug}"))
    for notice in notices.all_public(series_ids):
        if notice.first_public_at is not None:
            kind, title = announced(notice)
            found.append((notice.first_public_at, kind, title, f"/changes/{notice.reference}"))
    for release in releases.calendar(now=now, series_ids=series_ids):
        for change in release.date_changes:
            to = dates.past(change.to_date) if change.to_date else "a date to come"
            title = f"{title_of(release)}: now {to}"
            found.append((change.announced_at, "Date moved", title, f"/releases/{release.id}"))
    found = [one for one in found if now - RECENT <= one[0] <= now]
    found.sort(key=lambda one: one[0], reverse=True)
    return [
        News(kind, on_day(london_date(at), today), title, url)
        for at, kind, title, url in found[:most]
    ]


def announced(notice: ChangeNotice) -> tuple[str, str]:
    closes = day_of(notice.consultation.get("closes"))
    if notice.decision == "consulting" and closes is not None:
        return "Have your say", f"{notice.headline}: tell us by {dates.past(closes)}"
    return "Change announced", notice.headline
