"""Sentences that several lists open with: how many changes are planned, and how soon."""

from __future__ import annotations

from datetime import date

from notifier.catalogue.models import Series
from notifier.clock import london_date
from notifier.notices.models import ChangeNotice
from notifier.render import dates

NUMBERS = "No One Two Three Four Five Six Seven Eight Nine Ten Eleven Twelve".split()  # noqa: SIM905
EACH = {
    "monthly": "each month",
    "quarterly": "each quarter",
    "biannual": "twice a year",
    "annual": "each year",
    "biennial": "every two years",
    "triennial": "every three years",
}


def counted(count: int) -> str:
    return NUMBERS[count] if count < len(NUMBERS) else str(count)


def part_of(count: int, total: int, noun: str) -> str:
    """ "Two of six changes", "None of six changes"."""
    some = counted(count) if count else "None"
    return f"{some} of {counted(total).lower()} {noun}{'' if total == 1 else 's'}"


def planned_words(count: int, of: str = "") -> str:
    """ "Six changes are planned to our statistics."."""
    noun = "change is" if count == 1 else "changes are"
    return f"{counted(count)} {noun} planned{of}."


def soonest_words(changes: list[ChangeNotice], day: date) -> str:
    """ "Two changes are planned, the next in 60 days."."""
    if not changes:
        return "No changes are announced."  # whether none is planned is for the team to state
    first = changes[0].effect_at
    words = planned_words(len(changes)).rstrip(".")
    if first is None:
        return f"{words}."
    when = dates.within(dates.ahead(london_date(first), day)) or "now due"
    return f"{words}, {'the next ' if len(changes) > 1 else ''}{when}."


def each(series: Series) -> str:
    return EACH.get(series.frequency, series.frequency)


def about(series: Series) -> str:
    """ "Accredited official statistics, each year"."""
    return ", ".join(filter(None, (series.designation, each(series))))
