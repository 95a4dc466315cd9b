"""The year strip: today, the months to come, and a dot for each change."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace

from notifier.clock import london_date
from notifier.notices.models import ChangeNotice
from notifier.render import dates
from notifier.web.public.changes.change_rows import is_exact

LEAST_DAYS = 200


def strip(changes: list[ChangeNotice], today: date) -> SimpleNamespace:
    """Dots and months as percent of the way from today to the last change, at least 200 days."""
    days = [(london_date(n.effect_at), n) for n in changes if n.effect_at is not None]
    days = [(day, n) for day, n in days if day >= today]
    span = max([LEAST_DAYS, *((day - today).days for day, _ in days)]) * 1.06
    months, first = [], next_month(today)
    while (first - today).days < span:
        name = dates.MONTHS["en"].split()[first.month - 1]
        months.append(SimpleNamespace(at=place(first, today, span), name=name))
        last, first = first, next_month(first)
    end = f"{months[-1].name} {last.year}" if months else ""
    return SimpleNamespace(
        dots=[
            SimpleNamespace(
                at=place(day, today, span),
                label=f"{day.day} {dates.SHORT_MONTHS['en'].split()[day.month - 1]}",
                settled=n.decision == "decided" and is_exact(n.effect_release),
            )
            for day, n in days
        ],
        months=months,
        end=end,
    )


def place(day: date, today: date, span: float) -> float:
    return round(100 * (day - today).days / span, 2)


def next_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)
