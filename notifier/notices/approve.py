"""Submitting a draft and approving it: the second person is never the author."""

from __future__ import annotations

from datetime import datetime

from notifier.accounts.models import Staff
from notifier.accounts.people import has_role
from notifier.catalogue.queries import body_teams, organisation
from notifier.errors import Refused
from notifier.notices.leadtime import PROMISES, Policy, policy
from notifier.notices.models import ChangeNotice
from notifier.notices.rules import NOTICE
from notifier.notices.write import classes_of
from notifier.store.history import By
from notifier.store.moves import move


def submit(notice: ChangeNotice, *, author: Staff, by: By, now: datetime) -> None:
    """Ask for approval. Who submits a loaded draft counts as its author."""
    teams = team_ids(notice)
    if not has_role(author, "author", "approver", "hop", "admin", team_ids=teams):
        raise Refused(f"{author.email} has no role in the team of {notice.reference}.")
    move(notice, "submit", NOTICE, by=by, now=now)
    if notice.author_id is None:
        notice.author_id = author.id
    notice.changed_at = now


def approve(notice: ChangeNotice, *, approver: Staff, by: By, now: datetime) -> None:
    """Approve a submitted notice.

    Raises Refused unless the approver holds the role that the class asks for (DOMAIN.md section 4)
    and is not the author, where the class or the organisation asks for a second person.
    """
    found = policy(classes_of(notice))
    second = second_person(notice, found)
    roles: tuple[str, ...] = ("hop",) if second == "hop" else ("approver", "hop")
    if second == "optional":
        roles = ("author", "approver", "hop", "admin")
    elif approver.id == notice.author_id:
        raise Refused(
            f"{approver.email} wrote {notice.reference}; "
            f"ask {'a Head of Profession' if second == 'hop' else 'an approver'} to approve it."
        )
    if not has_role(approver, *roles, team_ids=deciders(notice)):
        who = "a Head of Profession" if second == "hop" else "an approver"
        raise Refused(
            f"{notice.reference} is {words_of(found)}, so {who} must approve it; "
            f"{approver.email} is not one."
        )
    move(notice, "approve", NOTICE, by=by, now=now, basis=by.basis)
    notice.approver_id, notice.approved_at, notice.changed_at = approver.id, now, now


def second_person(notice: ChangeNotice, found: Policy) -> str:
    """hop, approver or optional; where the class leaves it open, the organisation may ask."""
    if found.class_ == "I" and notice.materiality == "major":
        return "hop"
    if found.second_person != "optional":
        return found.second_person
    house = organisation()
    asked = house is not None and bool(house.second_person.get(found.class_, False))
    return "approver" if asked else "optional"


def words_of(found: Policy) -> str:
    return PROMISES[found.class_].words


def team_ids(notice: ChangeNotice) -> set[int]:
    return {series.team_id for series in notice.series}


def deciders(notice: ChangeNotice) -> set[int]:
    """Teams of the bodies concerned: a Head of Profession acts for the whole body."""
    return body_teams(team_ids(notice))
