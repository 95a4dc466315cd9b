"""What a team states about a series: that nothing is planned, or an exemption from the rules."""

from __future__ import annotations

from datetime import date, datetime

from notifier.catalogue.document import wall
from notifier.catalogue.models import Series
from notifier.errors import Refused
from notifier.store.history import By, record


def nothing_planned(series: Series, *, on: date, by: By, now: datetime) -> None:
    """A dated public statement; a later announcement does not delete it, it overtakes it."""
    series.nothing_planned_on = on
    record(f"series:{series.id}", "nothing_planned", by=by, now=now, on=on.isoformat())


def exempt(
    series: Series, *, time: str | None, days_off: bool, reason: str, by: By, now: datetime
) -> None:
    """Record an exemption (Standard 3.1 asks for a reason). Refused for a time that is none."""
    if not reason.strip():
        raise Refused("Give the reason for the exemption; it is public.")
    if time is not None:
        try:
            time = f"{wall(time):%H:%M}"
        except (ValueError, TypeError):
            raise Refused(f"{time!r} is no time of day; write 07:00.") from None
    series.exemption = {"time": time, "days_off": days_off, "reason": reason.strip()}
    record(f"series:{series.id}", "exempt", by=by, now=now, why=reason, time=time)


def check_landing(series: Series, asked: bool, *, by: By, now: datetime) -> None:
    """Whether the landing page must answer before an armed release goes out."""
    series.checks_landing = asked
    record(f"series:{series.id}", "check_landing", by=by, now=now, asked=asked)
