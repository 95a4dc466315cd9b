"""What follows from a release's dates: overdue to confirm, late, moved, punctual. Never kept.

Days are differences of London dates, of a vague date its first possible day.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from notifier.clock import at_london, london_date
from notifier.releases.models import Release
from notifier.releases.rules import window

PROMISED = 28  # days ahead that day and time are fixed: Code of Practice for Statistics, 3.1
NAGS = (42, 35, 28)  # days ahead at which the team is asked to confirm, DOMAIN.md section 3
TO_COME = ("provisional", "confirmed")


def confirm_by(release: Release) -> date | None:
    """The last day on which fixing the date keeps the promise; None when there is no date."""
    if release.at is None:
        return None
    return london_date(release.at) - timedelta(days=PROMISED)


def overdue_to_confirm(release: Release, today: date) -> bool:
    """Still provisional less than four weeks ahead, or after its day."""
    last = confirm_by(release)
    return release.state == "provisional" and last is not None and last < today


def nag(release: Release, today: date) -> str | None:
    """The newest of T-42, T-35 and T-28 that has come: a worker that was down sends that one only.

    None before the first, on the day itself and later, for a breach on record, and for what is not
    provisional.
    """
    if release.state != "provisional" or release.at is None or release.breached_on is not None:
        return None
    left = (london_date(release.at) - today).days
    if left <= 0:
        return None
    reached = [days for days in NAGS if left <= days]
    return f"T-{min(reached)}" if reached else None


def due_out(release: Release) -> datetime | None:
    """When it must be out: its own instant, or the end of the last day that a vague date means."""
    if release.at is None or release.day is None:
        return None
    if release.precision == "datetime":
        return release.at
    return at_london(window(release.day, release.precision)[1] + timedelta(days=1), time.min)


def late(release: Release, now: datetime) -> bool:
    """Past its instant and not out."""
    due = due_out(release)
    return release.state in TO_COME and due is not None and due <= now


def moved(release: Release) -> bool:
    """Whether users were given another day, or none, instead of one they had been told."""
    return any(change.direction != "firmer" for change in release.date_changes)


def brought_forward(release: Release) -> bool:
    """Whether its newest other day is earlier than the one before."""
    ways = [c.direction for c in release.date_changes if c.direction in ("earlier", "later")]
    return bool(ways) and ways[-1] == "earlier"


def punctuality(release: Release) -> int | None:
    """Days from the last announced date to the day on which it came out; negative: before it."""
    return off(release, release.day, release.precision)


def punctuality_from_first(release: Release) -> int | None:
    """The same against the date that was announced first."""
    changes = release.date_changes
    precision = changes[0].from_precision if changes else release.precision
    return off(release, release.first_announced_on, precision)


def off(release: Release, day: date | None, precision: str) -> int | None:
    """Days by which publication missed a date; any day that a vague one means is no miss."""
    if release.published_at is None or day is None:
        return None
    out, (first, last) = london_date(release.published_at), window(day, precision)
    return (out - last).days if out > last else min((out - first).days, 0)


def flags(release: Release, now: datetime) -> dict[str, Any]:
    """Every derived flag, as JSON takes it."""
    last, breached = confirm_by(release), release.breached_on
    return {
        "confirm_by": last.isoformat() if last and release.state == "provisional" else None,
        "overdue_to_confirm": overdue_to_confirm(release, london_date(now)),
        "late": late(release, now),
        "moved": moved(release),
        "brought_forward": brought_forward(release),
        "punctuality_days": punctuality(release),
        "punctuality_days_from_first": punctuality_from_first(release),
        "breached_on": breached.isoformat() if breached else None,
        "breach_reason": release.breach_reason or None,
    }
