"""The Monday letter to a Head of Profession: what needs them, what is owed next, and the head of
the history, which nobody can rewrite once it was mailed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from notifier.accounts.models import Staff
from notifier.clock import london_date
from notifier.insight.weekly import Weekly, weekly
from notifier.notices.models import ChangeNotice
from notifier.notices.owed import Owed
from notifier.releases.flags import confirm_by, due_out
from notifier.releases.models import Announcement, Release
from notifier.releases.queries import PUBLIC
from notifier.render import commands, dates
from notifier.render.confirm import from_us
from notifier.render.passages import line
from notifier.render.site import Site
from notifier.render.typeset import Part, Words, typeset
from notifier.sends.models import Send

MOST = 8  # of one section; the board has them all


@dataclass(frozen=True)
class Item:
    """One line: ``title`` links to the public page where there is one."""

    title: str
    detail: str
    url: str | None = None
    command: str = ""


@dataclass(frozen=True)
class Section:
    title: str
    intro: str
    items: list[Item]
    more: int  # how many are left out
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


@dataclass(frozen=True)
class Reader:
    """For whom the lines are written, and on which day."""

    email: str
    today: date
    site: Site


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
        board="bin/notifier notices owed",
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
    return (
        f"The head of the history at the end of {dates.past(found.head.day)}, over "
        f"{found.head.objects} objects. Keep this mail: bin/notifier check compares."
    )


def to_do(found: Weekly, reader: Reader) -> Iterable[Section]:
    """What has gone wrong already, gravest first."""
    yield section(
        "Withheld releases",
        "Approved and armed, but their page is not live. Nothing is sent before it is.",
        found.withheld,
        lambda row: withheld(row, reader),
    )
    yield section(
        "Releases that are not out",
        "Their instant has passed. Have them published, or tell users the new date.",
        found.late,
        lambda row: not_out(row, reader),
    )
    yield section(
        "Too late to keep the promise",
        "Announce now with a public reason that you agree to, or have the effect moved.",
        found.short,
        lambda row: short(row, reader),
    )
    yield section(
        "Dates not fixed four weeks ahead",
        "Have day and time confirmed or moved.",
        found.unconfirmed,
        lambda row: unconfirmed(row, reader),
    )
    yield section(
        "Reasons owed",
        "On record as fixed too late, without the public reason.",
        found.unexplained,
        lambda row: unexplained(row, reader),
    )
    yield section(
        "News overdue",
        "Users were promised news by a day that has come.",
        [*found.silent_releases, *found.silent_notices],
        lambda row: silent(row, reader),
    )
    yield section(
        "Responses overdue",
        "The consultation has closed and its response was due.",
        found.unanswered,
        lambda row: owed(row, reader),
    )
    yield section(
        "Outcomes overdue",
        "In effect for 30 days or more; nobody was told what became of it.",
        found.to_close,
        lambda row: to_close(row, reader),
    )


def to_know(found: Weekly, reader: Reader) -> Iterable[Section]:
    yield section(
        "Owed next",
        "What must still be said, soonest first, and who holds it.",
        found.owed,
        lambda row: owed(row, reader),
    )
    yield section(
        "Told late in the last seven days",
        "Announced with less notice than promised; it stands on the public record.",
        found.told_short,
        lambda row: told_short(row, reader),
    )
    yield section(
        "Calendars that do not reach a year ahead",
        "Have their next editions added: bin/notifier releases add --from FILE.yaml",
        found.without_a_year,
        lambda row: Item(line(row.name).text, line(row.team.name).text),
        most=2 * MOST,
        listed=True,
    )


def section(
    title: str,
    intro: str,
    rows: list[Any],
    item: Callable[[Any], Item],
    *,
    most: int = MOST,
    listed: bool = False,
) -> Section:
    items = [item(row) for row in rows[:most]]
    return Section(title, intro, items, max(0, len(rows) - most), listed)


def withheld(row: Announcement, reader: Reader) -> Item:
    why = line(row.check_result).text or "its page is not live"
    return release_item(row.release, why, commands.put_out, reader)


def not_out(row: Release, reader: Reader) -> Item:
    due = due_out(row)
    since = f"due {dates.past(london_date(due))}" if due is not None else ""
    command = commands.put_out if row.state == "confirmed" else commands.move
    return release_item(row, since, command, reader)


def unconfirmed(row: Release, reader: Reader) -> Item:
    last = confirm_by(row)
    words = dates.within(dates.vague(row.day, row.precision, wall=row.wall_time))
    detail = f"provisional for {words}; to be fixed by {dates.past(last or reader.today)}"
    return release_item(row, detail, commands.confirm, reader)


def unexplained(row: Release, reader: Reader) -> Item:
    detail = f"on record since {dates.past(row.breached_on or reader.today)}"
    return release_item(row, detail, commands.explain, reader)


def silent(row: Release | ChangeNotice, reader: Reader) -> Item:
    detail = f"news was promised by {dates.past(row.next_update_by or reader.today)}"
    if isinstance(row, Release):
        return release_item(row, detail, commands.confirm, reader)
    return notice_item(row, detail, commands.tell_more(row, reader.email), reader)


def to_close(row: ChangeNotice, reader: Reader) -> Item:
    took = row.took_effect_at or row.effect_at
    detail = f"took effect {dates.past(london_date(took))}" if took is not None else "in effect"
    return notice_item(row, detail, commands.close(row, reader.email), reader)


def told_short(row: ChangeNotice, reader: Reader) -> Item:
    given = dates.days(row.lead_days or 0)
    detail = (
        f"told {given} ahead, {row.minimum_days} promised: {line(row.short_notice_reason).text}"
    )
    return notice_item(row, detail, "", reader)


def short(row: Owed, reader: Reader) -> Item:
    """A notice that comes too late, or one that is not even written."""
    if row.notice is None:
        return owed(row, reader)
    ready = row.notice.state == "approved"
    by = commands.publish_short if ready else commands.step
    detail = f"{due(row)}. {line(row.holder).text}"
    return notice_item(row.notice, detail, by(row.notice, reader.email), reader)


def owed(row: Owed, reader: Reader) -> Item:
    detail = f"{due(row)}. {line(row.holder).text}"
    if row.notice is None:
        title = f"A change in {line(row.release.title).text if row.release else ''}"
        return Item(title, detail, None, commands.write_notice())
    command = ""
    if row.what == "announce" and row.notice.state == "in_review":
        command = commands.step(row.notice, reader.email)
    elif row.what == "response" and (row.days_left or 0) < 0:
        command = commands.decide(row.notice, reader.email)
    return notice_item(row.notice, detail, command, reader)


def due(row: Owed) -> str:
    """ "Public by 3 March 2027, 12 days left"."""
    if row.publish_by is None or row.days_left is None:
        return "No day yet"
    words = {"response": "Response", "outcome": "Outcome"}.get(row.what, "Public")
    if row.days_left < 0:
        missed = "should have been public" if words == "Public" else f"{words} was due"
        return f"{missed[0].upper()}{missed[1:]} by {dates.past(row.publish_by)}"
    left = "today" if row.days_left == 0 else f"{dates.days(row.days_left)} left"
    return f"{words} by {dates.past(row.publish_by)}, {left}"


def release_item(
    row: Release, detail: str, command: Callable[[Release, str], str], reader: Reader
) -> Item:
    url = reader.site.url("releases", str(row.id)) if row.state in PUBLIC else None
    team = line(row.series.team.name).text
    return Item(line(row.title).text, f"{team}: {detail}", url, command(row, reader.email))


def notice_item(row: ChangeNotice, detail: str, command: str, reader: Reader) -> Item:
    url = reader.site.url("changes", row.reference) if row.first_public_at else None
    return Item(f"{row.reference}: {line(row.headline).text}", detail, url, command)
