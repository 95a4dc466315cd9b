"""A date that was not fixed four weeks ahead is on record for good, and owes a public reason."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from sqlalchemy import select

from notifier.accounts.models import Staff
from notifier.clock import at_london, london_date
from notifier.errors import Refused
from notifier.releases import guards
from notifier.releases.flags import PROMISED, confirm_by
from notifier.releases.models import Release
from notifier.store.db import session
from notifier.store.history import SYSTEM, By, record


def record_breaches(*, now: datetime) -> list[Release]:
    """Put on record each provisional release of which the last day to confirm is over; once only.

    The day on record is that last day, or the later one on which users were given a date so near.
    A release that was first entered after its last day is no breach: nobody could have confirmed it
    here, and how many days ahead it was confirmed is public all the same.
    """
    ends = at_london(london_date(now) + timedelta(days=PROMISED), time.min)
    query = select(Release).where(
        Release.state == "provisional", Release.at < ends, Release.breached_on.is_(None)
    )
    found = [each for each in session.scalars(query.order_by(Release.id)) if could_be(each)]
    for release in found:
        release.breached_on = max(confirm_by(release) or date.min, told_on(release))
        record(
            f"release:{release.id}",
            "breach",
            by=SYSTEM,
            now=now,
            why=f"The date was not fixed {PROMISED} days ahead.",
            day=release.breached_on,
        )
    return found


def could_be(release: Release) -> bool:
    """Whether it could have been confirmed in time, or was moved here to a date so near."""
    last, changes = confirm_by(release), release.date_changes
    if changes and changes[-1].announced_at >= release.created_at:
        return True
    return last is not None and london_date(release.created_at) <= last


def told_on(release: Release) -> date:
    """The day on which users were told the date that stands."""
    changes = release.date_changes
    return london_date(changes[-1].announced_at if changes else release.created_at)


def unexplained() -> list[Release]:
    """Breaches without a public reason, oldest first."""
    query = select(Release).where(Release.breached_on.is_not(None), Release.breach_reason == "")
    return list(session.scalars(query.order_by(Release.breached_on, Release.id)))


def explain(release: Release, reason: str, *, person: Staff, by: By, now: datetime) -> None:
    """Give the public reason for a breach; history keeps an earlier one.

    Raises Refused when there is no breach, no reason, or no role in the team.
    """
    guards.staff_of(release, person)
    if release.breached_on is None:
        raise Refused(
            f"The date of release {release.id} was not fixed too late; there is nothing to explain."
        )
    if not reason.strip():
        raise Refused("Say why the date was not fixed four weeks ahead; the reason is public.")
    release.breach_reason = reason.strip()
    release.changed_at = now
    record(f"release:{release.id}", "explain", by=by, now=now, why=release.breach_reason)
