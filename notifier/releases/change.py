"""The bare verbs on a date: confirm, move, postpone. What hangs on a date is notices.follow's."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from notifier.accounts.models import Staff
from notifier.clock import london_date
from notifier.errors import Refused
from notifier.releases import guards
from notifier.releases.dated import Dated, exact, how
from notifier.releases.decision import Decision
from notifier.releases.models import Release, ReleaseDateChange
from notifier.releases.rules import RELEASE, window
from notifier.store.db import session
from notifier.store.history import By
from notifier.store.moves import move as step
from notifier.store.moves import take


def pre_announce(release: Release, *, person: Staff, by: By, now: datetime) -> None:
    """A planned release becomes public as provisional (Code of Practice, Standard 3.1)."""
    guards.staff_of(release, person)
    if release.at is None or release.at <= now:
        raise Refused("Give the release a date that is still to come before it is made public.")
    step(release, "announce", RELEASE, by=by, now=now)
    release.first_announced_on = release.day
    release.changed_at = now


def confirm(
    release: Release,
    day: date,
    wall: time,
    *,
    person: Staff,
    by: By,
    now: datetime,
    approved_by: Staff | None = None,
) -> ReleaseDateChange | None:
    """Fix the exact date and time, within what users were told: another date is a move. The gate
    for releases with a change is notices.follow's. ``approved_by`` is the second person where the
    organisation asks for one.

    Returns the row of history when the date that was public changed by it.
    """
    take(release)
    guards.confirmers(release, by=person, approved_by=approved_by, now=now)
    to = exact(day, wall)
    may_be_fixed(release, to, now)
    lead = (day - london_date(now)).days
    breach = lead < 28 and release.confirmed_at is None
    second = approved_by or person
    row = None if release.state == "planned" else firmer(release, to, person, second, now)
    said: dict[str, Any] = {"approved_by": approved_by.id} if approved_by is not None else {}
    step(release, "confirm", RELEASE, by=by, now=now, lead_days=lead, late=breach, **said)
    redated(release, to, now)
    release.confirmed_at, release.confirmed_lead_days = now, lead
    return row


def may_be_fixed(release: Release, to: Dated, now: datetime) -> None:
    """Refuse a date on which it could not be confirmed, whoever does it."""
    guards.still_to_come(to, now)
    guards.a_proper_date(release.series, to)
    if release.state == "provisional":
        guards.as_was_said(release, to)
    RELEASE.after(release.state, "confirm")


def firmer(
    release: Release, to: Dated, person: Staff, second: Staff, now: datetime
) -> ReleaseDateChange | None:
    """A vague date that becomes exact is history too; the same date said again is not."""
    if release.day is not None and release.precision == "datetime":
        return None
    return changed(release, to, Decision(reason="", person=person, approved_by=second), now=now)


def move(
    release: Release, to: Dated, decision: Decision, *, by: By, now: datetime
) -> ReleaseDateChange:
    """Change the date; an event with recipients, never a field edit. Returns the row of history.

    What was postponed has a provisional date again. A confirmed date stays exact.
    """
    take(release)
    guards.decided(release, decision, now=now)
    if release.state == "confirmed" and to.wall is None:
        raise Refused(
            "A confirmed release needs an exact time; write it as 2027-03-25 09:30, or take its "
            f"date away until you know it: bin/notifier releases postpone {release.id}."
        )
    guards.a_proper_date(release.series, to)
    guards.still_to_come(to, now)
    if stands(release) == to:
        raise Refused("That is the date that stands already.")
    change = changed(release, to, decision, now=now)
    event = "announce" if release.state == "postponed_tbc" else "move"
    why, second = decision.reason, decision.approved_by.id
    step(release, event, RELEASE, by=by, now=now, why=why, approved_by=second)
    redated(release, to, now)
    return change


def postpone(
    release: Release, decision: Decision, *, next_update: date, by: By, now: datetime
) -> ReleaseDateChange:
    """Take the date away; says by when there will be news. Returns the row of history."""
    take(release)
    guards.decided(release, decision, now=now)
    if next_update <= london_date(now):
        raise Refused("The next update must lie ahead; give a day to come.")
    change = changed(release, None, decision, now=now)
    why, second = decision.reason, decision.approved_by.id
    step(release, "postpone", RELEASE, by=by, now=now, why=why, approved_by=second)
    redated(release, None, now)
    release.next_update_by = next_update
    return change


def stands(release: Release) -> Dated | None:
    """The date as it is now; None without one that was told."""
    if release.day is None or release.precision == "tbc":
        return None
    first = window(release.day, release.precision)[0]
    return Dated(first, release.wall_time, release.precision)


def changed(
    release: Release, to: Dated | None, decision: Decision, *, now: datetime
) -> ReleaseDateChange:
    was = stands(release)
    way = "firmer" if was is None else "vaguer"
    if was is not None and to is not None:
        way = how(was, to)
    row = ReleaseDateChange(
        release_id=release.id,
        from_date=release.day,
        from_time=release.wall_time,
        from_precision=release.precision,
        to_date=to.day if to else None,
        to_time=to.wall if to else None,
        to_precision=to.precision if to else "tbc",
        direction=way if to else "vaguer",
        reason_code=decision.reason_code,
        reason=decision.reason.strip(),
        decided_at=decision.decided_at or now,
        decided_by=decision.person.email,
        approved_by=decision.approved_by.email,
        announced_at=now,
    )
    session.add(row)
    session.flush()
    session.expire(release, ["date_changes"])
    return row


def redated(release: Release, to: Dated | None, now: datetime) -> None:
    release.day, release.wall_time = (to.day, to.wall) if to else (None, None)
    release.precision = to.precision if to else "tbc"
    release.at = to.earliest(guards.standard_time()) if to else None
    release.first_announced_on = release.first_announced_on or release.day
    release.next_update_by = None
    release.sequence += 1
    release.changed_at = now
