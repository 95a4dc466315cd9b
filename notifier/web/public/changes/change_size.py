"""How big a change is, whether one can still compare, and what old codes become: for its page."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

from markupsafe import Markup

from notifier.notices.models import ChangeNotice
from notifier.render import dates
from notifier.render.notice_words import comparability, day_of
from notifier.web.public.shapes import on_day


def impact(notice: ChangeNotice, today: date) -> SimpleNamespace:
    facts = notice.impact
    known = facts.get("known")
    by = day_of(facts.get("known_by")) if known == "partly" else None
    update = notice.next_update_by if known == "no" else None
    return SimpleNamespace(
        text=str(facts.get("text", "")),
        applies=known != "not_applicable",
        known_by=on_day(by, today) if by else None,
        next_update=on_day(update, today) if update else None,
        range=size_range(facts) if known != "no" else None,
    )


def size_range(facts: dict[str, Any]) -> SimpleNamespace | None:
    """Low and high against now, signed; None when the size is not a pair of numbers."""
    low, high = facts.get("size_low"), facts.get("size_high")
    numbers = (int, float)
    if not isinstance(low, numbers) or not isinstance(high, numbers) or isinstance(low, bool):
        return None
    sign = -1 if facts.get("direction") == "down" else 1
    ends = sorted((sign * float(low), sign * float(high)))
    unit = str(facts.get("unit", ""))
    percent = "%" if unit.startswith("%") else ""
    way = {"down": " lower", "up": " higher"}.get(str(facts.get("direction")), "")
    what = unit.removeprefix("%").removeprefix(" of ").strip()
    return SimpleNamespace(
        low=ends[0],
        high=ends[1],
        unit=percent or unit,
        label=f"{low:g}{percent} to {high:g}{percent}{way}",
        caption=f"Expected change{f' to {what}' if what else ''}, "
        "against the figures published now.",
    )


def comparable(notice: ChangeNotice) -> SimpleNamespace:
    sentences = [str(passage.text) for passage in comparability(notice, "en")]
    if not sentences and notice.series_break == "none":
        return SimpleNamespace(answer="Yes.", text="There is no break in the series.")
    return SimpleNamespace(answer="", text=" ".join(sentences))


def mapping(notice: ChangeNotice, today: date) -> SimpleNamespace | None:
    if not notice.mapping:
        return None
    since = dates.past(notice.effect_date) if notice.effect_date else "the change"
    rows = [
        [
            str(row.get("what", "")),
            Markup("<code>{}</code>").format(str(row.get("old", ""))),
            Markup("<code>{}</code>").format(str(row.get("new", ""))),
        ]
        for row in notice.mapping
    ]
    heads = ["Part of the table", "Until now", f"From {since}"]
    if not any(named for named, _, _ in rows):
        return SimpleNamespace(heads=heads[1:], rows=[row[1:] for row in rows])
    return SimpleNamespace(heads=heads, rows=rows)
