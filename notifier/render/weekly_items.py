"""One item each of the Monday letter: what it is about, since when, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from notifier.audience.complain import ACKNOWLEDGE_WITHIN
from notifier.audience.models import Complaint
from notifier.catalogue.models import Series
from notifier.clock import london_date
from notifier.insight.overdue import promised_by, size_by
from notifier.notices.models import ChangeNotice
from notifier.notices.owed import Owed, shut
from notifier.releases.flags import confirm_by, due_out
from notifier.releases.models import Announcement, Release
from notifier.releases.queries import PUBLIC
from notifier.render import commands, dates, opening
from notifier.render.passages import line
from notifier.render.site import Site


@dataclass(frozen=True)
class Item:
    """``title`` links to the public page where there is one; ``commands`` in the order of use."""

    title: str
    detail: str
    url: str | None = None
    commands: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reader:
    """For whom the items are written, and on which day."""

    email: str
    today: date
    site: Site


def withheld(row: Announcement, reader: Reader) -> Item:
    """Kept back by its page, or by a change: then what opens the gate, for nothing else would."""
    if refusal := shut(row.release):
        return release_item(row.release, line(refusal).text, reader, *opens(row.release, reader))
    why = line(row.check_result).text or "its page is not live"
    return release_item(row.release, why, reader, commands.put_out(row.release, reader.email))


def opens(row: Release, reader: Reader) -> list[str]:
    return [command for _, command in opening.lines(row, reader.email, reader.today)]


def not_out(row: Release, reader: Reader) -> Item:
    due = due_out(row)
    since = f"due {dates.past(london_date(due))}" if due is not None else "due"
    if row.state != "confirmed":
        move = commands.move(row, "EMAIL", approved_by=reader.email)
        return release_item(row, since, reader, move)
    if refusal := shut(row):
        return release_item(row, f"{since}. {line(refusal).text}", reader, *opens(row, reader))
    return release_item(row, since, reader, commands.put_out(row, reader.email))


def unconfirmed(row: Release, reader: Reader) -> Item:
    last = confirm_by(row)
    words = dates.within(dates.vague(row.day, row.precision, wall=row.wall_time))
    detail = f"{words}, provisional; to be fixed by {dates.past(last or reader.today)}"
    return release_item(row, detail, reader, commands.confirm(row, reader.email))


def unexplained(row: Release, reader: Reader) -> Item:
    return release_item(row, "fixed too late", reader)


def complaint(row: Complaint, reader: Reader) -> Item:
    """Neither its words nor an address: those stand in the log alone."""
    came, due = london_date(row.at), london_date(row.at + ACKNOWLEDGE_WITHIN)
    by = f"to be answered by {dates.past(due)}"
    return Item(
        title=f"Complaint {row.id}",
        detail=f"came on {dates.past(came)}, {by}{'; it is late' if due < reader.today else ''}",
        commands=(f"{commands.PROGRAM} complaints show {row.id}",),
    )


def silent(row: Release | ChangeNotice, reader: Reader) -> Item:
    if isinstance(row, Release):
        detail = f"news was promised by {dates.past(row.next_update_by or reader.today)}"
        still = commands.postpone(row, "EMAIL", approved_by=reader.email)
        return release_item(row, detail, reader, commands.confirm(row, reader.email), still)
    due = promised_by(row, reader.today) or reader.today
    detail = f"news was promised by {dates.past(due)}"
    size = size_by(row) == due
    command = commands.know_impact if size else commands.tell_more
    return notice_item(row, detail, reader, command(row, reader.email))


def to_close(row: ChangeNotice, reader: Reader) -> Item:
    took = row.took_effect_at or row.effect_at
    detail = f"took effect {dates.past(london_date(took))}" if took is not None else "in effect"
    return notice_item(row, detail, reader, commands.close(row, reader.email))


def told_short(row: ChangeNotice, reader: Reader) -> Item:
    given = dates.days(row.lead_days or 0)
    detail = (
        f"told {given} ahead, {row.minimum_days} promised: {line(row.short_notice_reason).text}"
    )
    return notice_item(row, detail, reader)


def short(row: Owed, reader: Reader) -> Item:
    """A notice that comes too late, or one that is not even written."""
    if row.notice is None:
        return owed(row, reader)
    ready = row.notice.state == "approved"
    command = commands.publish_short(row.notice, reader.email) if ready else step(row, reader)
    return notice_item(row.notice, f"{due(row)}. {line(row.holder).text}", reader, command)


def owed(row: Owed, reader: Reader) -> Item:
    detail = f"{due(row)}. {line(row.holder).text}"
    if row.notice is None:
        title = f"A change in {line(row.release.title).text if row.release else ''}"
        return Item(title, detail, None, (commands.write_notice(),))
    if row.what == "announce" and row.notice.state == "in_review":
        return notice_item(row.notice, detail, reader, step(row, reader))
    if row.what == "response" and (row.days_left or 0) < 0:
        return notice_item(row.notice, detail, reader, commands.decide(row.notice, reader.email))
    return notice_item(row.notice, detail, reader)


def without_a_year(row: Series, reader: Reader) -> Item:
    return Item(line(row.name).text, line(row.team.name).text)


def step(row: Owed, reader: Reader) -> str:
    """The next act on a notice; a draft is submitted by an author, never by who must approve it."""
    if row.notice is None:
        return commands.write_notice()
    return commands.step(row.notice, commands.acts(row.notice, reader.email, reader.today))


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


def release_item(row: Release, detail: str, reader: Reader, *lines: str) -> Item:
    """A release stands once in the letter: the reason that it owes is asked for there, too."""
    url = reader.site.url("releases", str(row.id)) if row.state in PUBLIC else None
    team = line(row.series.team.name).text
    if row.breached_on is not None and not row.breach_reason:
        detail += f"; on record since {dates.past(row.breached_on)}, without the public reason"
        lines = (*lines, commands.explain(row, reader.email))
    return Item(line(row.title).text, f"{team}: {detail}", url, lines)


def notice_item(row: ChangeNotice, detail: str, reader: Reader, *lines: str) -> Item:
    url = reader.site.url("changes", row.reference) if row.first_public_at else None
    return Item(f"{row.reference}: {line(row.headline).text}", detail, url, lines)
