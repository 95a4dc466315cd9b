"""The words of a release mail before a second person: which version they read, and giving it back
to its author. Approving arms them, where changes are known (``notices.out.arm``)."""

from __future__ import annotations

from datetime import datetime

from notifier.accounts import duty, rulings
from notifier.accounts.models import Staff
from notifier.clock import london_date
from notifier.errors import Conflict, Refused
from notifier.releases import guards
from notifier.releases.models import Announcement
from notifier.releases.rules import ANNOUNCEMENT
from notifier.store.db import session
from notifier.store.history import By
from notifier.store.moves import move


def version(announcement: Announcement) -> str:
    """Which version of the words a page shows (``rulings.version``)."""
    return rulings.version(announcement.state, announcement.changed_at, announcement.words)


def hold(announcement: Announcement, seen: str | None) -> None:
    """Hold words that are about to be decided on, until this unit of work ends. Raises Conflict
    when somebody changed them since they were read, or since ``seen``."""
    was = announcement.changed_at, announcement.state
    session.flush()
    session.refresh(announcement, with_for_update=True)
    if (announcement.changed_at, announcement.state) != was:
        raise Conflict("Somebody else changed these words a moment ago; look again.")
    rulings.still(seen, version(announcement))


def kept(
    announcement: Announcement, answer: str, *, person: Staff, now: datetime, remark: str = ""
) -> None:
    """Keep an answer with the words as they stand."""
    about = f"announcement:{announcement.id}"
    rulings.keep(about, answer, announcement.words, person=person, now=now, remark=remark)


def give_back(
    announcement: Announcement,
    *,
    reason: str,
    person: Staff,
    by: By,
    now: datetime,
    read: str | None = None,
) -> None:
    """Ask their author to change the words; those that were armed are armed no more.

    Raises Refused without a reason, for who may not approve them, for their own author and for
    words that are out; Conflict when somebody else was first.
    """
    said = rulings.remark_of(reason)
    teams, today = guards.deciding_teams(announcement.release), london_date(now)
    if not duty.may_approve(person, teams, today):
        raise Refused(f"{person.email} may not return this; {duty.ask_approver(teams, today)}.")
    if person.id == announcement.author_id:
        raise Refused(f"{person.email} wrote the words; change them instead of returning them.")
    hold(announcement, read)
    event = "return" if announcement.state == "draft" else "disarm"
    ended = announcement.approver_id
    move(announcement, event, ANNOUNCEMENT, by=by, now=now, why=said, approval_void_of=ended)
    announcement.approver_id = announcement.approved_at = announcement.armed_at = None
    announcement.changed_at = now
    kept(announcement, rulings.RETURNED, person=person, now=now, remark=said)
