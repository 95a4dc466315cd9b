"""The week of a Head of Profession: what is owed, short, overdue and slipping, for some teams."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from notifier.audience import complain
from notifier.audience.models import Complaint
from notifier.catalogue.models import Series
from notifier.clock import london_date
from notifier.insight import overdue
from notifier.notices.models import ChangeNotice
from notifier.notices.owed import Owed, owed, withheld
from notifier.releases.breach import unexplained
from notifier.releases.flags import overdue_to_confirm
from notifier.releases.models import Announcement, Release
from notifier.store.db import session
from notifier.store.history import HistoryHead, last_head

SHORT = ("short", "same_day", "after")
WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Weekly:
    """Each list most urgent first. ``short`` can no longer keep its promise, ``told_short`` was
    announced so in the last seven days; ``head`` is the newest that is kept. A release stands in
    one of the lists only, the gravest: a reason that it owes, too, is asked for there. Complaints
    belong to no team: each Head of Profession has all that wait."""

    withheld: list[Announcement]
    late: list[Release]
    short: list[Owed]
    unconfirmed: list[Release]
    unexplained: list[Release]
    silent_releases: list[Release]
    silent_notices: list[ChangeNotice]
    to_close: list[ChangeNotice]
    complaints: list[Complaint]
    unanswered: list[Owed]
    owed: list[Owed]
    told_short: list[ChangeNotice]
    without_a_year: list[Series]
    head: HistoryHead | None


def weekly(team_ids: Collection[int], *, now: datetime) -> Weekly:
    """What concerns these teams at ``now``."""
    today, teams = london_date(now), set(team_ids)
    rows = [row for row in owed(now=now) if row.teams & teams and row.what != "release"]
    missed = [row for row in rows if row.days_left is not None and row.days_left < 0]
    kept_back = [a for a in withheld(now=now) if a.release.series.team_id in teams]
    held = {a.release_id for a in kept_back}
    late = [r for r in of(overdue.late(now), teams) if r.id not in held]
    slipping = of(unconfirmed(late, now), teams)
    silent = of(overdue.silent_releases(today), teams)
    once = held | {r.id for r in (*late, *slipping, *silent)}
    close = [n for n in overdue.to_close(today) if concerns(n, teams)]
    return Weekly(
        withheld=kept_back,
        late=late,
        short=[row for row in missed if row.what in ("announce", "notice")],
        unconfirmed=slipping,
        unexplained=[r for r in of(unexplained(), teams) if r.id not in once],
        silent_releases=silent,
        silent_notices=[n for n in overdue.silent_notices(today) if concerns(n, teams)],
        to_close=close,
        complaints=complain.log(waiting=True),
        unanswered=[row for row in missed if row.what == "response"],
        owed=[row for row in rows if row not in missed and row.notice not in close],
        told_short=[n for n in told_short(now) if concerns(n, teams)],
        without_a_year=[s for s in overdue.without_a_year(today) if s.team_id in teams],
        head=last_head(),
    )


def unconfirmed(late: Collection[Release], now: datetime) -> list[Release]:
    """Provisional less than four weeks ahead; what is late already is told as that."""
    today = london_date(now)
    near = [r for r in overdue.to_confirm(today) if overdue_to_confirm(r, today)]
    return [release for release in near if release not in late]


def of(releases: Iterable[Release], teams: set[int]) -> list[Release]:
    return [release for release in releases if release.series.team_id in teams]


def concerns(notice: ChangeNotice, teams: set[int]) -> bool:
    return any(series.team_id in teams for series in notice.series)


def told_short(now: datetime) -> list[ChangeNotice]:
    """Changes announced in the last seven days with less notice than promised, newest first."""
    query = select(ChangeNotice).where(
        ChangeNotice.first_public_at > now - WEEK, ChangeNotice.verdict.in_(SHORT)
    )
    return list(session.scalars(query.order_by(ChangeNotice.first_public_at.desc())))
