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
    listed: bool  # one line each


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


@dataclass(frozen=True)
class Kind:
    """A section before anything is in it: which rows of the week, and how one of them reads."""

    title: str
    intro: str
    rows: Callable[[Weekly], list[Any]]
    item: Callable[[Any, Reader], Item]
    most: int = MOST
    see: str = BOARD
    listed: bool = False


# What has gone wrong already, gravest first.
TO_DO = (
    Kind(
        "Withheld releases",
        "Approved and armed, but their page is not live, or a change keeps them back. Nothing is "
        "sent before that is seen to.",
        lambda found: found.withheld,
        items.withheld,
    ),
    Kind(
        "Releases that are not out",
        "Their instant has passed. Have them published, or tell users the new date.",
        lambda found: found.late,
        items.not_out,
    ),
    Kind(
        "Too late to keep the promise",
        "Announce now with a public reason that you agree to, or have the effect moved.",
        lambda found: found.short,
        items.short,
    ),
    Kind(
        "Dates not fixed four weeks ahead",
        "Have day and time confirmed or moved.",
        lambda found: found.unconfirmed,
        items.unconfirmed,
    ),
    Kind(
        "Reasons owed",
        "On record as fixed too late, without the public reason.",
        lambda found: found.unexplained,
        items.unexplained,
    ),
    Kind(
        "News overdue",
        "Users were promised news by a day that has come.",
        lambda found: [*found.silent_releases, *found.silent_notices],
        items.silent,
    ),
    Kind(
        "Responses overdue",
        "The consultation has closed and its response was due.",
        lambda found: found.unanswered,
        items.owed,
    ),
    Kind(
        "Complaints to answer",
        "About what we do with people's data. Write to them, then keep what you wrote; the law "
        "gives 30 days.",
        lambda found: found.complaints,
        items.complaint,
        see=f"{commands.PROGRAM} complaints list --waiting",
    ),
    Kind(
        "Outcomes overdue",
        "In effect for 30 days or more; nobody was told what became of it.",
        lambda found: found.to_close,
        items.to_close,
    ),
)
TO_KNOW = (
    Kind(
        "Owed next",
        "What must still be said, soonest first, and who holds it.",
        lambda found: found.owed,
        items.owed,
    ),
    Kind(
        "Told late in the last seven days",
        "Announced with less notice than promised; it stands on the public record.",
        lambda found: found.told_short,
        items.told_short,
    ),
    Kind(
        "Calendars that do not reach a year ahead",
        "{series} Have their next editions added: bin/notifier releases add --from FILE.yaml",
        lambda found: found.without_a_year,
        items.without_a_year,
        most=FEW,
        see=CALENDAR,
        listed=True,
    ),
)


def write(send: Send, *, site: Site, now: datetime, person: Staff) -> Words:
    """The letter as things stand at ``now``; the teams were chosen when it was planned."""
    found = weekly(send.context["teams"], now=now)
    reader = Reader(person.email, london_date(now), site)
    urgent = list(sections(found, TO_DO, reader))
    count = sum(len(section.items) + section.more for section in urgent)
    rest = list(sections(found, TO_KNOW, reader))
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


def sections(found: Weekly, kinds: Iterable[Kind], reader: Reader) -> Iterable[Section]:
    """Those of which there is something to say."""
    for kind in kinds:
        rows = kind.rows(found)
        if rows:
            yield Section(
                title=kind.title,
                intro=kind.intro.format(series=counted_series(len(rows))),
                items=[kind.item(row, reader) for row in rows[: kind.most]],
                more=max(0, len(rows) - kind.most),
                see=kind.see,
                listed=kind.listed,
            )


def counted_series(count: int) -> str:
    return "1 series." if count == 1 else f"{count} series."
