"""Marks a release as containing a change before its notice is written, or takes the mark off."""

from __future__ import annotations

from datetime import datetime

from notifier.accounts.models import Staff
from notifier.errors import Refused
from notifier.notices.queries import carried_by
from notifier.releases import guards
from notifier.releases.models import Release
from notifier.store.history import By, record
from notifier.store.moves import take

TO_COME = ("planned", "provisional", "confirmed", "postponed_tbc")


def mark(release: Release, *, person: Staff, by: By, now: datetime) -> None:
    """It contains a change: from now on the gate keeps it back until a notice is announced, and the
    board says that one is owed. Raises Refused when it is out, over, or marked already."""
    may_change(release, person)
    if release.contains_change:
        raise Refused(f"Release {release.id} is marked already.")
    release.contains_change, release.changed_at = True, now
    record(f"release:{release.id}", "contains_change", by=by, now=now)


def unmark(
    release: Release, *, reason: str, person: Staff, approved_by: Staff, by: By, now: datetime
) -> None:
    """It contains none after all. The gate opens by this, so it needs a reason and a second person.

    Raises Refused, too, while a notice takes effect with it.
    """
    may_change(release, person)
    guards.another(release, by=person, approved_by=approved_by, now=now)
    if not release.contains_change:
        raise Refused(f"Release {release.id} is not marked as containing a change.")
    if not reason.strip():
        raise Refused("Say why it contains no change after all (--reason); it is kept.")
    if linked := carried_by(release.id):
        raise Refused(
            f"{', '.join(linked)} takes effect with this release; give it another effect first."
        )
    release.contains_change, release.changed_at = False, now
    record(
        f"release:{release.id}",
        "contains_no_change",
        by=by,
        now=now,
        why=reason.strip(),
        approved_by=approved_by.id,
    )


def may_change(release: Release, person: Staff) -> None:
    take(release)
    guards.staff_of(release, person)
    if release.state not in TO_COME:
        raise Refused(
            f"Release {release.id} is {release.state}; only one that is to come is marked."
        )
