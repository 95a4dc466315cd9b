"""What a release may become, and which instant its date means. Pure."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from notifier.clock import RELEASE_TIME, at_london
from notifier.lifecycle import Lifecycle

PRECISIONS = ("datetime", "date", "week", "month", "quarter", "no_later_than", "tbc")
REASONS = (
    "data_late",
    "quality_issue",
    "staff_or_system",
    "coordination",
    "policy",
    "legal",
    "error",
    "brought_forward",
    "other",
)

RELEASE = Lifecycle(
    "release",
    {
        ("planned", "announce"): "provisional",
        ("planned", "confirm"): "confirmed",
        ("provisional", "confirm"): "confirmed",
        ("provisional", "move"): "provisional",
        ("confirmed", "move"): "confirmed",
        ("provisional", "postpone"): "postponed_tbc",
        ("confirmed", "postpone"): "postponed_tbc",
        ("postponed_tbc", "postpone"): "postponed_tbc",
        ("postponed_tbc", "announce"): "provisional",
        ("postponed_tbc", "confirm"): "confirmed",
        ("provisional", "cancel"): "cancelled",
        ("confirmed", "cancel"): "cancelled",
        ("postponed_tbc", "cancel"): "cancelled",
        ("confirmed", "publish"): "released",
        ("released", "withdraw"): "withdrawn",
    },
)

# The words of a release mail. Approving arms them; a change of them takes the approval away.
ANNOUNCEMENT = Lifecycle(
    "announcement",
    {
        ("draft", "edit"): "draft",
        ("draft", "return"): "draft",
        ("draft", "arm"): "armed",
        ("armed", "edit"): "draft",
        ("withheld", "edit"): "draft",
        ("armed", "disarm"): "draft",
        ("withheld", "disarm"): "draft",
        ("armed", "withhold"): "withheld",
        ("withheld", "wait"): "armed",
        ("armed", "announce"): "announced",
        ("withheld", "announce"): "announced",
    },
)


def window(day: date, precision: str) -> tuple[date, date]:
    """First and last day that a date of this precision may mean, both inclusive."""
    if precision == "week":
        first = day - timedelta(days=day.weekday())
        return first, first + timedelta(days=6)
    if precision in ("month", "quarter"):
        month = day.month if precision == "month" else day.month - (day.month - 1) % 3
        first = day.replace(month=month, day=1)
        months = 1 if precision == "month" else 3
        end = month + months
        after = date(day.year + (end > 12), end - 12 if end > 12 else end, 1)
        return first, after - timedelta(days=1)
    return day, day


def instant(day: date | None, wall: time | None, precision: str) -> datetime | None:
    """The earliest instant that the date allows; 09:30 London unless a time is given.

    None when there is no date (tbc). For ``no_later_than`` it is the last day itself: nothing
    earlier was promised.
    """
    if day is None or precision == "tbc":
        return None
    return at_london(window(day, precision)[0], wall or RELEASE_TIME)


def direction(before: tuple[date, str], after: tuple[date, str]) -> str:
    """How a date changed. Firmer is a part of what was said, vaguer is all of it and more; any
    other date is earlier or later, however exact: by the last day that it may mean."""
    if "tbc" in (before[1], after[1]):
        return "vaguer" if after[1] == "tbc" else "firmer"
    was, is_now = promised(*before), promised(*after)
    if before[1] != after[1]:
        if was == is_now:
            rank = PRECISIONS.index
            return "vaguer" if rank(after[1]) > rank(before[1]) else "firmer"
        if was[0] <= is_now[0] and is_now[1] <= was[1]:
            return "firmer"
        if is_now[0] <= was[0] and was[1] <= is_now[1]:
            return "vaguer"
    return "later" if is_now[1] > was[1] else "earlier"


def promised(day: date, precision: str) -> tuple[date, date]:
    """As ``window``; what comes no later than a day may come on any day before it."""
    first, last = window(day, precision)
    return (date.min if precision == "no_later_than" else first), last
