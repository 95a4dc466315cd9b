"""Rows of the board of what is owed, with their line on one scale for all of them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from notifier.clock import london_date
from notifier.notices.derive import judged
from notifier.notices.owed import Owed
from notifier.render import dates
from notifier.web.staff.desk.need_words import (
    CLASSES,
    Reader,
    day_words,
    left,
    notice_way,
    release_way,
    tone,
)

BEFORE = timedelta(days=10)  # of the scale lies before today
SHORTEST = timedelta(days=60)
STATES = {"draft": "draft", "in_review": "to approve", "approved": "to announce"}
STEPS = {"notice": "to write", "response": "to answer", "outcome": "to close", "release": "to mend"}


@dataclass(frozen=True)
class Line:
    """Places in percent of one scale: today, the notice it must have, and the effect."""

    today: float
    start: float
    width: float
    effect: float
    label: str
    anchor: str


@dataclass(frozen=True)
class Row:
    """``days`` is 0 or more; ``unit`` says of what. ``tone``: bad, look, quiet."""

    days: str
    unit: str
    tone: str
    title: str
    series: str
    url: str
    line: Line | None
    by: str
    why: str
    holder: str
    state: str
    act: str


@dataclass(frozen=True)
class Scale:
    first: date
    last: date

    def at(self, day: date) -> float:
        """Percent of the way, inside the picture."""
        share = (day - self.first).days / max((self.last - self.first).days, 1)
        return round(min(max(share, 0.0), 1.0) * 96 + 2, 1)  # room for the dots at both ends


def rows(owed: Collection[Owed], reader: Reader) -> list[Row]:
    scale = scale_of(owed, reader.today)
    return [row(each, scale, reader) for each in owed]


def scale_of(owed: Collection[Owed], today: date) -> Scale:
    days = [day for row in owed if (day := effect(row)) is not None]
    return Scale(today - BEFORE, max([today + SHORTEST, *days]))


def row(owed: Owed, scale: Scale, reader: Reader) -> Row:
    days = owed.days_left
    title, series, url = named(owed)
    late = owed.what == "announce" and days is not None and days < 0
    return Row(
        days="–" if days is None else str(abs(days)),
        unit="no date yet" if days is None else unit(days),
        tone=tone(days),
        title=title,
        series=series,
        url=url,
        line=line(owed, scale, reader.today),
        by=day_words(owed.publish_by) if owed.publish_by else "",
        why=reason(owed, reader.today),
        holder=holder(owed, reader),
        state=state(owed, late=late),
        act="Give a reason" if late else "Open",
    )


def unit(days: int) -> str:
    """What follows the number: "days left", "day late"."""
    return left(days).split(" ", 1)[1] if days else "days left: today"


def named(owed: Owed) -> tuple[str, str, str]:
    if owed.notice is not None:
        series = owed.notice.series[0].name if owed.notice.series else ""
        return owed.notice.headline, series, notice_way(owed.notice)
    release = owed.release
    if release is None:
        return "", "", ""
    return f"A change in {release.title}", release.series.name, release_way(release)


def effect(owed: Owed) -> date | None:
    """The day on which it takes effect, or comes out."""
    if owed.release is not None and owed.release.at is not None:
        return london_date(owed.release.at)
    at = owed.notice.effect_at if owed.notice is not None else None
    return london_date(at) if at is not None else None


def line(owed: Owed, scale: Scale, today: date) -> Line | None:
    """None for what has no day, and for what is after its effect."""
    day = effect(owed)
    if day is None or owed.publish_by is None or owed.what not in ("announce", "notice"):
        return None
    start, end = scale.at(owed.publish_by), scale.at(day)
    anchor = "start" if end < 12 else "end" if end > 88 else "middle"
    label = " ".join(dates.short(day).split()[1:])
    return Line(scale.at(today), start, round(max(end - start, 0.5), 1), end, label, anchor)


def reason(owed: Owed, today: date) -> str:
    """ "moderate change: 42 days"; what it is that must be public, where no promise counts."""
    if owed.what == "announce" and owed.notice is not None:
        found = judged(owed.notice, today)
        return f"{CLASSES[found.class_]}: {dates.days(found.minimum_days)}"
    return {
        "notice": "its notice",
        "release": "the release",
        "response": "the response",
        "outcome": "the outcome",
    }.get(owed.what, "")


def holder(owed: Owed, reader: Reader) -> str:
    names = [reader.name(person.id) or person.email for person in owed.people]
    if not names:
        return "Nobody"
    return names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more"


def state(owed: Owed, *, late: bool) -> str:
    if late and owed.notice is not None and owed.notice.state == "draft":
        return "needs a reason"
    if owed.notice is not None and owed.what == "announce":
        return STATES[owed.notice.state]
    return STEPS.get(owed.what, "")
