"""The bare verbs on a date: confirm, move, postpone. What hangs on a date is notices.follow's."""

from __future__ import annotations

from datetime import date, datetime, time

from notifier.accounts.models import Staff
from notifier.clock import at_london, london_date
from notifier.errors import Refused
from notifier.releases import guards
from notifier.releases.models import Release, ReleaseDateChange
from notifier.releases.rules import RELEASE, direction
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
    release: Release, day: date, wall: time, *, person: Staff, by: By, now: datetime
) -> ReleaseDateChange | None:
    """Fix the exact date and time. The gate for releases with a change is notices.follow's.

    Returns the row of history when the date that was public changed by it.
    """
    take(release)
    guards.staff_of(release, person)
    at = at_london(day, wall)
    guards.still_to_come(at, now)
    guards.a_proper_moment(release.series, day, wall)
    lead = (day - london_date(now)).days
    breach = lead < 28 and release.confirmed_at is None
    row = None if release.state == "planned" else firmer(release, day, wall, person, now)
    step(release, "confirm", RELEASE, by=by, now=now, lead_days=lead, late=breach)
    redated(release, day, wall, now)
    release.precision, release.confirmed_at, release.confirmed_lead_days = "datetime", now, lead
    release.next_update_by = None
    return row


def firmer(
    release: Release, day: date, wall: time, person: Staff, now: datetime
) -> ReleaseDateChange | None:
    """A vague date that becomes exact is history too; the same date said again is not."""
    if (release.day, release.wall_time, release.precision) == (day, wall, "datetime"):
        return None
    if release.day is not None and release.precision == "datetime":
        return None
    return changed(
        release,
        (day, wall, "datetime"),
        reason_code="other",
        reason="",
        person=person,
        approved_by=person,
        now=now,
    )


def move(
    release: Release,
    day: date,
    wall: time | None,
    *,
    reason_code: str,
    reason: str,
    person: Staff,
    approved_by: Staff,
    by: By,
    now: datetime,
    decided_at: datetime | None = None,
) -> ReleaseDateChange:
    """Change the date; an event with recipients, never a field edit. Returns the row of history."""
    take(release)
    guards.staff_of(release, person)
    guards.a_reason(reason_code, reason)
    guards.second_person(release, by=person, approved_by=approved_by, now=now)
    if release.state == "confirmed" and wall is None:
        raise Refused("A confirmed release needs an exact time; write it as 2027-03-25 09:30.")
    if wall is not None:
        guards.a_proper_moment(release.series, day, wall)
    guards.still_to_come(at_london(day, wall or guards.standard_time()), now)
    if (day, wall) == (release.day, release.wall_time):
        raise Refused("That is the date that stands already.")
    precision = "datetime" if wall is not None else "date"
    change = changed(
        release,
        (day, wall, precision),
        reason_code=reason_code,
        reason=reason,
        person=person,
        approved_by=approved_by,
        now=now,
        decided_at=decided_at,
    )
    step(release, "move", RELEASE, by=by, now=now, why=reason, approved_by=approved_by.id)
    redated(release, day, wall, now)
    release.precision = precision
    return change


def postpone(
    release: Release,
    *,
    reason_code: str,
    reason: str,
    next_update: date,
    person: Staff,
    approved_by: Staff,
    by: By,
    now: datetime,
    decided_at: datetime | None = None,
) -> ReleaseDateChange:
    """Take the date away; says by when there will be news. Returns the row of history."""
    take(release)
    guards.staff_of(release, person)
    guards.a_reason(reason_code, reason)
    guards.second_person(release, by=person, approved_by=approved_by, now=now)
    if next_update <= london_date(now):
        raise Refused("The next update must lie ahead; give a day to come.")
    change = changed(
        release,
        (None, None, "tbc"),
        reason_code=reason_code,
        reason=reason,
        person=person,
        approved_by=approved_by,
        now=now,
        decided_at=decided_at,
    )
    step(release, "postpone", RELEASE, by=by, now=now, why=reason, approved_by=approved_by.id)
    redated(release, None, None, now)
    release.precision, release.next_update_by = "tbc", next_update
    return change


def changed(
    release: Release,
    to: tuple[date | None, time | None, str],
    *,
    reason_code: str,
    reason: str,
    person: Staff,
    approved_by: Staff,
    now: datetime,
    decided_at: datetime | None = None,
) -> ReleaseDateChange:
    day, wall, precision = to
    if decided_at is not None and decided_at > now:
        raise Refused("It cannot have been decided later than now; correct --decided.")
    way = "vaguer"
    if day is not None and release.day is not None:
        way = direction((release.day, release.precision), (day, precision))
        if day == release.day and precision == release.precision:
            was = release.wall_time or time.min
            way = "later" if (wall or time.min) > was else "earlier"
    elif day is not None:
        way = "firmer"
    row = ReleaseDateChange(
        release_id=release.id,
        from_date=release.day,
        from_time=release.wall_time,
        from_precision=release.precision,
        to_date=day,
        to_time=wall,
        to_precision=precision,
        direction=way,
        reason_code=reason_code,
        reason=reason.strip(),
        decided_at=decided_at or now,
        decided_by=person.email,
        approved_by=approved_by.email,
        announced_at=now,
    )
    session.add(row)
    session.flush()
    session.expire(release, ["date_changes"])
    return row


def redated(release: Release, day: date | None, wall: time | None, now: datetime) -> None:
    release.day, release.wall_time = day, wall
    release.at = at_london(day, wall or guards.standard_time()) if day is not None else None
    release.first_announced_on = release.first_announced_on or day
    release.sequence += 1
    release.changed_at = now
