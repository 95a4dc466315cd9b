"""Reminders to staff about a release: confirm its date, say why it is late, put it out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time

from notifier.accounts.models import Staff
from notifier.notices import queries as notices
from notifier.notices.models import ChangeNotice
from notifier.notices.owed import shut
from notifier.releases.flags import PROMISED, confirm_by
from notifier.releases.models import Release
from notifier.render import commands, dates, opening
from notifier.render.nag_asked import Asked, Said, day, news_due
from notifier.render.passages import line
from notifier.store.db import session


def comes_out(release: Release) -> str:
    words = dates.vague(release.day, release.precision, wall=release.wall_time)
    return f"{words}, {release.state.replace('_tbc', '')}"


def to_confirm(asked: Asked, release: Release) -> Said:
    last = confirm_by(release) or asked.today
    left = (last - asked.today).days
    if left < 0:
        kicker = "Date overdue"
        lead = f"Confirm day and time now: they should have been fixed by {dates.past(last)}."
    elif left == 0:
        kicker, lead = "Last day to fix a date", "Confirm day and time today: it is the last day."
    else:
        kicker = "Date to confirm"
        is_left = "1 day is left" if left == 1 else f"{dates.days(left)} are left"
        lead = f"Confirm day and time by {day(last)}: {is_left}."
    return (
        kicker,
        lead,
        [("Comes out", comes_out(release)), ("Fix its date by", day(last))],
        [
            ("If the date stands", commands.confirm(release, asked.by)),
            ("If it does not", commands.move(release, **asked.pair)),
        ],
        f"Users are promised the exact date and time {PROMISED} days ahead. A date that is not "
        "fixed by then stays on the public record, with the reason.",
    )


def breach(asked: Asked, release: Release) -> Said:
    facts = [
        ("Comes out", comes_out(release)),
        ("Should have been fixed by", day(confirm_by(release))),
        ("On record since", day(release.breached_on)),
    ]
    lines = [("The reason, which is public", commands.explain(release, asked.by))]
    if release.state == "provisional":
        lines.insert(0, ("Fix the date", commands.confirm(release, asked.by)))
        lead = "Fix its date now, and say why that was not done four weeks ahead."
    else:
        lead = "Say why its date was not fixed four weeks ahead."
    note = "The page of the release says that its date came late; your reason will stand beside it."
    return "Date not fixed in time", lead, facts, lines, note


def release_update(asked: Asked, release: Release) -> Said:
    facts = [("News was promised by", day(release.next_update_by)), ("Comes out", "no date yet")]
    lines = [
        ("Give it a date again", commands.confirm(release, asked.by)),
        (
            "If there is still no date, say why and when there will be news",
            commands.postpone(release, **asked.pair),
        ),
    ]
    note = "Users read on its page that there would be news by that day."
    if changes_with(release):
        note += " Its changes wait with it."
    return news_due(asked), "Tell users when it comes out: news is due.", facts, lines, note


def late(asked: Asked, release: Release) -> Said:
    facts = [("Should be out since", comes_out(release))]
    lines = [("If it comes later", commands.move(release, **asked.pair))]
    lead = "Its date has passed unconfirmed: tell users when it comes out."
    if release.state == "confirmed":
        lines.insert(0, ("If it is out", commands.put_out(release, asked.by)))
        lead = "Publish it, or tell users when it comes out."
    note = "Who waits for it has heard nothing."
    if changes_with(release):
        note += " Messages about its changes wait until it is out."
    return "Not out", lead, facts, lines, note


def withheld(asked: Asked, release: Release) -> Said:
    facts = [("Should be out since", comes_out(release))]
    if refusal := shut(release):
        facts.append(("What keeps it back", line(refusal).text))
        steps = opening.lines(release, asked.by, asked.today)
        return "Withheld", opening.LEAD, facts, steps, opening.NOTE
    facts.append(("Its page", line(asked.send.context.get("why", "")).text or "is not live"))
    lines = [("To publish it all the same", commands.put_out(release, asked.by))]
    note = "The page is asked again each minute. Once it answers, the release goes out by itself."
    return "Withheld", "Put its page on line: nothing is sent before that.", facts, lines, note


def agree(asked: Asked, release: Release) -> Said:
    """Somebody asks for a second person: what for, and why."""
    given = asked.send.context
    facts = [("As users know it", comes_out(release))]
    if to := given["given"].get("day"):
        wanted = given["given"]
        wall = time.fromisoformat(wanted["wall"]) if wanted.get("wall") else None
        words = dates.vague(date.fromisoformat(to), wanted["precision"], wall=wall)
        facts.append(("Asked for", words))
    if news := given["given"].get("next_update"):
        facts.append(("News promised by", day(date.fromisoformat(news))))
    if reason := given["given"].get("reason"):
        facts.append(("The public reason", line(reason).text))
    lines = [("Who is told, and your answer", f"{asked.desk}/releases/{release.id}")]
    who = line(asker(given["asked_by"])).text
    lead = f"Look at what {who} asks you to agree to: {TO[given['act']]}."
    return "To agree", lead, facts, lines, "Nothing happens until a second person agrees."


TO = {
    "move": "another date",
    "postpone": "taking its date away",
    "confirm": "confirming its date",
    "cancel": "cancelling it",
    "withdraw": "taking it back",
    "unmark": "the word that it contains no change",
}


def asker(staff_id: int) -> str:
    person = session.get(Staff, staff_id)
    return (person.name or person.email) if person is not None else "Somebody"


def changes_with(release: Release) -> list[ChangeNotice]:
    """Public changes that are to come with it."""
    return [n for n in notices.open_changes() if n.effect_release_id == release.id]


ABOUT_RELEASE: dict[str, Callable[[Asked, Release], Said]] = {
    "T": to_confirm,
    "breach": breach,
    "update-due": release_update,
    "update-overdue": release_update,
    "late": late,
    "withheld": withheld,
    "ask": agree,
}
