"""What teams have let slip or are about to: the one list behind nags and the weekly mail."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from dateutil.relativedelta import relativedelta
from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from notifier.catalogue.models import Series
from notifier.clock import at_london
from notifier.notices.models import ChangeNotice, notice_series
from notifier.notices.owed import OUTCOME_WITHIN
from notifier.releases.flags import NAGS, TO_COME, due_out
from notifier.releases.models import Release
from notifier.releases.recur import PERIOD
from notifier.releases.rules import window
from notifier.store.db import session

LATE_AFTER = timedelta(hours=2)
ENDED = ("discontinuation", "suspension")
UNKNOWN = ("no", "partly")  # a size that is not wholly known
RARER = ("biennial", "triennial", "quinquennial", "irregular", "ad hoc")  # than once a year


def to_confirm(today: date) -> list[Release]:
    """Provisional releases whose first possible day is six weeks away or less, soonest first."""
    ends = at_london(today + timedelta(days=max(NAGS) + 1), time.min)
    query = select(Release).where(Release.state == "provisional", Release.at < ends)
    return list(session.scalars(query.order_by(Release.at, Release.id)))


def late(now: datetime) -> list[Release]:
    """Releases that should have been out two hours ago and are not."""
    limit = now - LATE_AFTER
    query = select(Release).where(Release.state.in_(TO_COME), Release.at <= limit)
    found = session.scalars(query.order_by(Release.at, Release.id))
    return [release for release in found if (due_out(release) or now) <= limit]


def silent_releases(today: date) -> list[Release]:
    """Postponed releases of which news was promised by now."""
    query = select(Release).where(Release.state == "postponed_tbc", Release.next_update_by <= today)
    return list(session.scalars(query.order_by(Release.next_update_by, Release.id)))


def silent_notices(today: date) -> list[ChangeNotice]:
    """Public changes of which news, or the size, was promised by now; the oldest promise first."""
    query = select(ChangeNotice).where(
        ChangeNotice.state.in_(("announced", "on_hold", "in_effect"))
    )
    query = query.options(selectinload(ChangeNotice.effect_release))
    found = [
        (due, notice.id, notice)
        for notice in session.scalars(query)
        if (due := promised_by(notice, today)) is not None
    ]
    return [notice for _, _, notice in sorted(found, key=lambda each: each[:2])]


def promised_by(notice: ChangeNotice, today: date) -> date | None:
    """The newest day that has come by which users were promised news, or the size of the change."""
    days = (news_by(notice), size_by(notice))
    return max((day for day in days if day is not None and day <= today), default=None)


def size_by(notice: ChangeNotice) -> date | None:
    """The day by which its size is promised, while that is not wholly known."""
    given = notice.impact.get("known_by")
    if not given or notice.impact.get("known") not in UNKNOWN:
        return None
    return date.fromisoformat(str(given)[:10])


def news_by(notice: ChangeNotice) -> date | None:
    """The day for the next news. None where it only waits for a postponed release with the same
    day for news: one reminder, never two, and the release's is the one."""
    release = notice.effect_release
    if notice.state == "in_effect" and notice.impact.get("known") not in UNKNOWN:
        return None
    if release is not None and release.state == "postponed_tbc":
        return None if release.next_update_by == notice.next_update_by else notice.next_update_by
    return notice.next_update_by


def to_close(today: date) -> list[ChangeNotice]:
    """Changes that took effect 30 days ago or more, without an outcome."""
    limit = at_london(today - OUTCOME_WITHIN + timedelta(days=1), time.min)
    took = func.coalesce(ChangeNotice.took_effect_at, ChangeNotice.effect_at)
    query = select(ChangeNotice).where(ChangeNotice.state == "in_effect", took < limit)
    return list(session.scalars(query.order_by(took, ChangeNotice.id)))


def without_a_year(today: date) -> list[Series]:
    """Series whose calendar does not reach 12 months ahead, less one edition.

    Not those that stop, or come out less than once a year. A monthly series needs an entry 11
    months ahead, a quarterly one 9; any other needs one at all.
    """
    last = last_days()
    query = select(Series).where(Series.id.not_in(stopping()), Series.frequency.not_in(RARER))
    query = query.order_by(Series.name)
    return [one for one in session.scalars(query) if last.get(one.id, date.min) < until(one, today)]


def until(series: Series, today: date) -> date:
    """The day that its calendar must reach."""
    reached: date = today + relativedelta(months=12 - PERIOD.get(series.frequency, 12))
    return reached


def last_days() -> dict[int, date]:
    """The last day on which an edition is announced, by series."""
    query = select(Release.series_id, Release.day, Release.precision).where(
        Release.state.in_(("provisional", "confirmed")), Release.day.is_not(None)
    )
    found: dict[int, date] = {}
    for series_id, day, precision in session.execute(query):
        if day is not None:
            end = window(day, precision)[1]
            found[series_id] = max(found.get(series_id, end), end)
    return found


def stopping() -> list[int]:
    """Series of which it is public that they stop."""
    query = (
        select(notice_series.c.series_id)
        .join(ChangeNotice, ChangeNotice.id == notice_series.c.notice_id)
        .where(
            ChangeNotice.type.in_(ENDED),
            ChangeNotice.state.in_(("announced", "in_effect", "closed")),
            ChangeNotice.decision == "decided",
        )
    )
    return list(session.scalars(query.distinct()))
