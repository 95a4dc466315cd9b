"""The Monday letter to a Head of Profession: what needs them, what is owed next, and the head of
the history, which nobody can rewrite once it was mailed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from notifier.accounts.models import Staff
from notifier.clock import london_date
from notifier.insight.weekly import Weekly, weekly
from notifier.render import commands, dates
from notifier.render import weekly_items as items
from notifier.render.confirm import from_us
from notifier.render.site import Site
from notifier.render.typeset import Part, Words, typeset
from notifier.render.weekly_items import Item, Reader
from notifier.sends.models import Send

MOST = 8  # of one section; the board has them all
FEW = 5  # of what stays the same for months
BOARD = f"{commands.PROGRAM} notices owed"
CALENDAR = f"{commands.PROGRAM} releases list"


@dataclass(frozen=True)
class Section:
    title: str
    intro: str
    items: list[Item]
    more: int  # how many are left out
    see: str  # the command that shows those
    listed: bool = False  # one line each


@dataclass(frozen=True, kw_only=True)
class View:
    subject: str
    title: str
    lead: str
    sections: list[Section]
    board: str
    head: str
    head_words: str
    why: str


def write(send: Send, *, site: Site, now: datetime, person: Staff) -> Words:
    """The letter as things stand at ``now``; the teams were chosen when it was planned."""
    found = weekly(send.context["teams"], now=now)
    reader = Reader(person.email, london_date(now), site)
    urgent = [s for s in to_do(found, reader) if s.items]
    count = sum(len(section.items) + section.more for section in urgent)
    rest = [s for s in to_know(found, reader) if s.items]
    day = dates.past(send.wall_date or reader.today)
    it = View(
        subject=f"Week of {day}: {things(count)}",
        title=f"Your week of {day}",
        lead=lead(urgent, count, rest),
        sections=[*urgent, *rest],
        board=BOARD,
        head=found.head.head if found.head else "",
        head_words=head_words(found),
        why="You get this because you are on duty as Head of Profession.",
    )
    return typeset("weekly", [Part("en", it)], site=site, origin=from_us(site))


def things(count: int) -> str:
    if count == 0:
        return "nothing is overdue"
    return f"{count} {'thing needs' if count == 1 else 'things need'} you"


def lead(urgent: list[Section], count: int, rest: list[Section]) -> str:
    """The first sentence: what to do."""
    if urgent:
        return f"Begin with “{urgent[0].title}”: {things(count)} this week, most urgent first."
    if rest:
        return "Nothing is overdue; look through what comes next."
    return "You need to do nothing: nothing is overdue, and nothing is owed."


def head_words(found: Weekly) -> str:
    if found.head is None:
        return ""
    count = found.head.objects
    over = {0: "before anything was recorded", 1: "over one object"}.get(
        count, f"over {count} objects"
    )
    return (
        f"The head of the history at the end of {dates.past(found.head.day)}, {over}. "
        "Keep this mail: bin/notifier check compares."
    )


def to_do(found: Weekly, reader: Reader) -> Iterable[Section]:
    """What has gone wrong already, gravest first."""
    yield section(
        "Withheld releases",
        "Approved and armed, but their page is not live. Nothing is sent before it is.",
        found.withheld,
        lambda row: items.withheld(row, reader),
    )
    yield section(
        "Releases that are not out",
        "Their instant has passed. Have them published, or tell users the new date.",
        found.late,
        lambda row: items.not_out(row, reader),
    )
    yield section(
        "Too late to keep the promise",
        "Announce now with a public reason that you agree to, or have the effect moved.",
        found.short,
        lambda row: items.short(row, reader),
    )
    yield section(
        "Dates not fixed four weeks ahead",
        "Have day and time confirmed or moved.",
        found.unconfirmed,
        lambda row: items.unconfirmed(row, reader),
    )
    yield section(
        "Reasons owed",
        "On record as fixed too late, without the public reason.",
        found.unexplained,
        lambda row: items.unexplained(row, reader),
    )
    yield section(
        "News overdue",
        "Users were promised news by a day that has come.",
        [*found.silent_releases, *found.silent_notices],
        lambda row: items.silent(row, reader),
    )
    yield section(
        "Responses overdue",
        "The consultation has closed and its response was due.",
        found.unanswered,
        lambda row: items.owed(row, reader),
    )
    yield section(
        "Outcomes overdue",
        "In effect for 30 days or more; nobody was told what became of it.",
        found.to_close,
        lambda row: items.to_close(row, reader),
    )


def to_know(found: Weekly, reader: Reader) -> Iterable[Section]:
    yield section(
        "Owed next",
        "What must still be said, soonest first, and who holds it.",
        found.owed,
        lambda row: items.owed(row, reader),
    )
    yield section(
        "Told late in the last seven days",
        "Announced with less notice than promised; it stands on the public record.",
        found.told_short,
        lambda row: items.told_short(row, reader),
    )
    yield section(
        "Calendars that do not reach a year ahead",
        f"{counted_series(len(found.without_a_year))} Have their next editions added: "
        "bin/notifier releases add --from FILE.yaml",
        found.without_a_year,
        lambda row: items.without_a_year(row, reader),
        most=FEW,
        see=CALENDAR,
        listed=True,
    )


def section(
    title: str,
    intro: str,
    rows: list[Any],
    item: Callable[[Any], Item],
    *,
    most: int = MOST,
    see: str = BOARD,
    listed: bool = False,
) -> Section:
    shown = [item(row) for row in rows[:most]]
    return Section(title, intro, shown, max(0, len(rows) - most), see, listed)


def counted_series(count: int) -> str:
    return "1 series." if count == 1 else f"{count} series."
