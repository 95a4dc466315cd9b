"""Two weeks of what goes out, day by day, with how many people get mail on each."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from notifier.clock import london_date, london_time
from notifier.insight.sizes import Sizes
from notifier.insight.two_weeks import DAYS, Saying, monday
from notifier.render import dates
from notifier.sends.models import Send
from notifier.web.staff import ways
from notifier.web.staff.sends import words as send_words

EACH_DAY = 4  # items; what is more is counted


@dataclass(frozen=True)
class Item:
    """``mark``: release, notice, digest, or waits: it will not go as it stands."""

    title: str
    note: str
    mark: str
    url: str


@dataclass(frozen=True)
class Day:
    """``width`` of the bar in percent of the fullest day; ``people`` "" where nobody is counted."""

    name: str
    words: str
    people: str
    width: int
    items: list[Item]
    more: int
    url: str
    today: bool
    quiet: bool


def days(
    found: Collection[Saying], names: Mapping[str, str], sizes: Sizes, now: datetime
) -> list[Day]:
    """Fourteen of them, from this Monday on."""
    today = london_date(now)
    counted = counts(found, sizes, now)
    first = monday(today)
    week = [first + timedelta(days=number) for number in range(DAYS)]
    by_day = {day: [each for each in found if each.day == day] for day in week}
    totals = {
        day: sum(counted[id(each)] or 0 for each in by_day[day] if not each.why_not) for day in week
    }
    most = max([*totals.values(), 1])
    return [
        Day(
            name="Today" if day == today else short(day, first),
            words=dates.full(day),
            people=f"{totals[day]:,}" if totals[day] else "",
            width=max(round(100 * totals[day] / most), 1) if totals[day] else 0,
            items=[item(each, counted[id(each)], names, now) for each in by_day[day][:EACH_DAY]],
            more=max(len(by_day[day]) - EACH_DAY, 0),
            url=f"/staff/sends?day={day.isoformat()}",
            today=day == today,
            quiet=day < today or day.weekday() > 4,
        )
        for day in week
    ]


def counts(found: Collection[Saying], sizes: Sizes, now: datetime) -> dict[int, int | None]:
    """People of each: who was frozen, else whom it would reach today; None: not counted yet."""
    rest = [each for each in found if each.people is None and each.audience]
    people = sizes.of([each.audience for each in rest], now=now)
    counted = {id(each): each.people for each in found}
    counted.update({id(each): number for each, number in zip(rest, people, strict=True)})
    return counted


def short(day: date, first: date) -> str:
    """ "Mon 22"; the month where it is another one."""
    words = dates.short(day).split()
    return " ".join(words[:2] if day.day != 1 else words)


def item(each: Saying, people: int | None, names: Mapping[str, str], now: datetime) -> Item:
    name = send_words.title(each.send, names) if each.send is not None else unsaid(each, names)
    when = f"{london_time(each.at):%H:%M}" if each.timed else ""
    if each.send is not None and each.send.state == "sending":
        when = "now"
    told = "told" if each.send is not None and each.send.state == "done" else ""
    size = " ".join(filter(None, (f"{people:,}" if people is not None else "", told)))
    paused = "paused" if each.send is not None and each.send.state == "paused" else ""
    return Item(
        title=name,
        note=" · ".join(filter(None, (when, size, each.why_not or paused))),
        mark="waits" if each.why_not or paused else each.kind,
        url=way(each.send, each.about),
    )


def unsaid(each: Saying, names: Mapping[str, str]) -> str:
    name = names.get(each.about, each.about)
    if each.about.startswith("release:"):
        return f"{name}: released"
    return name if each.about.startswith("newsletter:") else f"{name}: last day to announce"


def way(send: Send | None, about: str) -> str:
    if send is not None:
        return ways.send(send.id)
    kind, _, number = about.partition(":")
    if kind == "release":
        return ways.release(int(number), public=True)
    if kind == "newsletter":
        return ways.newsletter(int(number), "", public=False)
    return ways.notice(about, public=False)
