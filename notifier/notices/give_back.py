"""Giving a notice back to its author before it is public: what was agreed to counts no more."""

from __future__ import annotations

from datetime import datetime

from notifier.accounts import rulings
from notifier.accounts.duty import ask_approver, may_approve
from notifier.accounts.models import Staff
from notifier.accounts.people import has_role
from notifier.clock import london_date
from notifier.errors import Refused
from notifier.notices import contents
from notifier.notices.approve import deciders, team_ids
from notifier.notices.models import ChangeNotice
from notifier.notices.rules import NOTICE
from notifier.sends.staff import nag
from notifier.store.history import By
from notifier.store.moves import move, take


def give_back(
    notice: ChangeNotice,
    *,
    reason: str,
    person: Staff,
    by: By,
    now: datetime,
    read: str | None = None,
) -> None:
    """Back to a draft, also after an approval, which is void then; its author hears why by mail.
    Of a second person the reason is a remark, kept with the words that they had read.

    Raises Refused without a reason, for who is neither author nor approver of it, and for what is
    not in review or approved; Conflict when somebody else was first.
    """
    said = rulings.remark_of(reason)
    may_give_back(notice, person, now)
    take(notice)
    rulings.still(read, contents.version(notice))
    void(notice, said, by=by, now=now)
    if person.id != notice.author_id:
        about, words = f"notice:{notice.id}", contents.read(notice)
        rulings.keep(about, rulings.RETURNED, words, person=person, now=now, remark=said)
    tell_author(notice, said, person=person, now=now)


def may_give_back(notice: ChangeNotice, person: Staff, now: datetime) -> None:
    teams, today = deciders(notice), london_date(now)
    writes = has_role(person, "author", "admin", team_ids=team_ids(notice))
    if person.id == notice.author_id or writes or may_approve(person, teams, today):
        return
    raise Refused(
        f"{person.email} may not return {notice.reference}: that is for its authors and for who "
        f"approves it; {ask_approver(teams, today)}."
    )


def void(notice: ChangeNotice, why: str, *, by: By, now: datetime) -> None:
    """Take it back to a draft; history keeps whose approval ended with it."""
    approved_by = notice.approver_id
    move(notice, "return", NOTICE, by=by, now=now, why=why, approval_void_of=approved_by)
    notice.approver_id = notice.approved_at = None
    notice.changed_at = now


def tell_author(notice: ChangeNotice, why: str, *, person: Staff, now: datetime) -> None:
    """One mail to its author; none to somebody who does it themselves."""
    author = notice.author_id
    if author is None or author == person.id:
        return
    nag(
        notice.reference,
        stage="returned",
        to=[author],
        mark=now.isoformat(),
        team_id=notice.series[0].team_id,
        now=now,
        who=person.email,
        why=why,
    )
