"""Giving an issue back to its author before it is sent: what was agreed to counts no more."""

from __future__ import annotations

from datetime import datetime

from notifier.accounts import rulings
from notifier.accounts.models import Staff
from notifier.accounts.people import has_role
from notifier.catalogue.queries import body_teams
from notifier.errors import Refused
from notifier.newsletters import contents
from notifier.newsletters.models import Newsletter
from notifier.newsletters.rules import NEWSLETTER
from notifier.store.history import By
from notifier.store.moves import move


def give_back(
    issue: Newsletter,
    *,
    reason: str,
    person: Staff,
    by: By,
    now: datetime,
    read: str | None = None,
) -> None:
    """Back to a draft, also after an approval, which is void then. Of a second person the reason
    is a remark, kept with the words that they had read.

    Raises Refused without a reason, for who neither writes nor approves for its team, and for what
    is not in review or approved; Conflict when somebody else was first.
    """
    said = rulings.remark_of(reason)
    mine = person.id == issue.author_id
    roles = ("author", "approver", "hop", "deputy", "admin")
    if not mine and not has_role(person, *roles, team_ids=body_teams({issue.team_id})):
        raise Refused(
            f"{person.email} may not return this newsletter: that is for its author and for who "
            f"approves for the team {issue.team.name}."
        )
    contents.hold(issue, read)
    void(issue, said, by=by, now=now)
    if not mine:
        about, words = f"newsletter:{issue.id}", contents.read(issue)
        rulings.keep(about, rulings.RETURNED, words, person=person, now=now, remark=said)


def void(issue: Newsletter, why: str, *, by: By, now: datetime) -> None:
    """Take it back to a draft; history keeps whose approval ended with it."""
    ended = issue.approver_id
    move(issue, "return", NEWSLETTER, by=by, now=now, why=why, approval_void_of=ended)
    issue.approver_id, issue.changed_at = None, now
