"""What opens the gate of a release that a change of its keeps back: command lines for staff."""

from __future__ import annotations

from datetime import date

from notifier.notices import queries as notices
from notifier.notices.models import ChangeNotice
from notifier.releases.models import Release
from notifier.render import commands

LEAD = "See to the change that keeps it back: nothing is sent before that."
NOTE = "It is looked at each minute. Once that is done and its page is live, it goes out by itself."
VERBS = {"draft": "Submit", "in_review": "Approve", "approved": "Publish"}


def lines(release: Release, reader: str, today: date) -> list[tuple[str, str]]:
    """Words and a command line for each change that keeps it back; where none is written, how to
    write it."""
    linked = [notices.notice(reference) for reference in notices.references_of(release.id)]
    found = [step for notice in linked if (step := next_step(notice, reader, today))]
    return found or [("Write its notice, then announce it", commands.write_notice())]


def next_step(notice: ChangeNotice, reader: str, today: date) -> tuple[str, str] | None:
    """The next act on one change, None where it keeps nothing back."""
    if notice.state in VERBS:
        who = commands.acts(notice, reader, today)
        return f"{VERBS[notice.state]} {notice.reference}", commands.step(notice, who)
    if notice.state == "on_hold":
        return f"Let {notice.reference} go on", commands.tell_more(notice, reader)
    if notice.state == "announced" and notice.decision != "decided":
        return f"Decide {notice.reference}", commands.decide(notice, reader)
    return None
