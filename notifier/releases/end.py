"""The bare ends of a release: published at its instant, cancelled before, withdrawn after."""

from __future__ import annotations

from datetime import datetime

from notifier.accounts.models import Staff
from notifier.clock import LONDON
from notifier.errors import Refused
from notifier.releases import guards
from notifier.releases.models import Release
from notifier.releases.rules import RELEASE
from notifier.store.history import By
from notifier.store.moves import move as step
from notifier.store.moves import take


def publish(release: Release, *, by: By, now: datetime) -> None:
    """Say that it is out. Never before its instant."""
    take(release)
    if release.at is not None and now < release.at:
        at = release.at.astimezone(LONDON)
        raise Refused(
            f"It comes out at {at:%H:%M} on {at:%Y-%m-%d}; it cannot be published before."
        )
    step(release, "publish", RELEASE, by=by, now=now)
    release.published_at = release.changed_at = now
    release.sequence += 1


def cancel(
    release: Release, *, reason: str, person: Staff, approved_by: Staff, by: By, now: datetime
) -> None:
    """It will not come out; its place in calendar and page says so and why."""
    finish(release, "cancel", reason, person=person, approved_by=approved_by, by=by, now=now)


def withdraw(
    release: Release, *, reason: str, person: Staff, approved_by: Staff, by: By, now: datetime
) -> None:
    """It came out and is taken back; a tombstone stays."""
    finish(release, "withdraw", reason, person=person, approved_by=approved_by, by=by, now=now)


def finish(
    release: Release,
    event: str,
    reason: str,
    *,
    person: Staff,
    approved_by: Staff,
    by: By,
    now: datetime,
) -> None:
    take(release)
    guards.staff_of(release, person)
    guards.a_reason("other", reason)
    guards.second_person(release, by=person, approved_by=approved_by, now=now)
    step(release, event, RELEASE, by=by, now=now, why=reason, approved_by=approved_by.id)
    release.end_reason = reason.strip()
    release.sequence += 1
    release.changed_at = now
