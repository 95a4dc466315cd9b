"""A release will not come out: what becomes of each change that was to come with it is chosen."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from notifier.accounts.models import Staff
from notifier.audience.reach import follow_too
from notifier.clock import london_date, working_day_after
from notifier.errors import Refused
from notifier.notices.follow import becomes_short, redate, wait
from notifier.notices.models import ChangeNotice
from notifier.notices.out import anchored, wait_again
from notifier.notices.promises import redate_last_editions
from notifier.notices.release_news import tell
from notifier.notices.rules import NOTICE
from notifier.releases import end
from notifier.releases.models import Release
from notifier.sends.models import Send
from notifier.sends.redate import cancel_all
from notifier.store.db import session
from notifier.store.history import By, record
from notifier.store.moves import move as step

NEWS_WITHIN = timedelta(days=28)

Choice = Release | str  # the release that carries the change now, "hold" or "cancel"


def cancel(
    release: Release,
    *,
    reason: str,
    person: Staff,
    approved_by: Staff,
    by: By,
    now: datetime,
    choices: Mapping[str, Choice] | None = None,
) -> Send:
    """Cancel a release. ``choices`` says by reference what becomes of its notices: another release
    carries the change, it waits on hold (what happens where nothing is said), or it is cancelled.

    One message tells all of it. Raises Refused for a notice that does not hang on this release, and
    for a new release that would break the promise of a notice.
    """
    notices, chosen = anchored(release), dict(choices or {})
    known = {notice.reference: notice for notice in notices}
    for reference, choice in chosen.items():
        if reference not in known:
            raise Refused(f"{reference} does not hang on release {release.id}; leave it out.")
        if isinstance(choice, Release):
            may_carry(choice, known[reference])
    before = release.at
    end.cancel(release, reason=reason, person=person, approved_by=approved_by, by=by, now=now)
    for notice in notices:
        settle(notice, chosen.get(notice.reference, "hold"), reason, by=by, now=now)
    redate_last_editions(now=now)
    wait_again(release, by=by, now=now)
    return tell(release, None, "cancelled", notices, before=before, now=now)


def may_carry(other: Release, notice: ChangeNotice) -> None:
    """Refuse a release that cannot carry the change."""
    if other.series_id not in {series.id for series in notice.series}:
        raise Refused(f"Release {other.id} is of no series that {notice.reference} is about.")
    if other.state not in ("provisional", "confirmed") or other.at is None:
        raise Refused(f"Release {other.id} has no date to come; choose one that has.")
    if becomes_short([notice], other.at):
        raise Refused(
            f"With release {other.id} {notice.reference} would have less notice than the "
            f"{notice.minimum_days} days promised; choose a later one, or hold it."
        )


def go_on_with(left: Release, release: Release, *, by: By, now: datetime) -> None:
    """Who follows a release for the change in it follows the one that carries it now, too; the old
    one until its last message is said."""
    count = follow_too(left.id, release.id, now=now)
    if count:
        name = f"release:{release.id}"
        record(name, "followed_on", by=by, now=now, left=left.id, subscriptions=count)


def settle(notice: ChangeNotice, choice: Choice, reason: str, *, by: By, now: datetime) -> None:
    """Carry out what was chosen for one notice; the merged message tells it."""
    if isinstance(choice, Release):
        left, notice.effect_release = notice.effect_release, choice
        session.flush()
        redate(notice, choice, by=by, now=now, why="another release carries it", left=left)
        if left is not None:
            go_on_with(left, choice, by=by, now=now)
    elif choice == "cancel":
        step(notice, "cancel", NOTICE, by=by, now=now, why=reason)
        notice.end_reason = reason.strip()
        notice.sequence += 1
        notice.changed_at = now
        session.flush()
        cancel_all(notice.reference, kind="notice", now=now, why="the notice is cancelled")
    else:
        news = working_day_after(london_date(now) + NEWS_WITHIN)
        wait(notice, f"Its release is cancelled. {reason.strip()}", news, by=by, now=now)
