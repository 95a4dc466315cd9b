"""Submitting a draft and approving it: the second person is never the author."""

from __future__ import annotations

from datetime import date, datetime

from notifier.accounts import rulings
from notifier.accounts.duty import acts_as_hop, ask, ask_approver, may_approve
from notifier.accounts.models import Staff
from notifier.accounts.people import has_role
from notifier.catalogue.queries import body_teams, both_languages, organisation
from notifier.clock import london_date
from notifier.errors import Refused
from notifier.notices import contents
from notifier.notices.consult_rules import asked_or_why
from notifier.notices.derive import lowered, policy_of
from notifier.notices.leadtime import PROMISES, Policy
from notifier.notices.models import ChangeNotice
from notifier.notices.rules import NOTICE
from notifier.store.history import By, of
from notifier.store.moves import move, take

# Words that readers get, and that an organisation may promise in both languages or in neither.
IN_WELSH = ("headline", "what", "why", "not_changing", "technical", "brief", "driver")


def submit(notice: ChangeNotice, *, author: Staff, by: By, now: datetime, note: str = "") -> None:
    """Ask for approval; a ``note`` tells the second person what to look at. Who submits a loaded
    draft counts as its author."""
    teams = team_ids(notice)
    if not has_role(author, "author", "approver", "hop", "admin", team_ids=teams):
        raise Refused(f"{author.email} has no role in the team of {notice.reference}.")
    asked_or_why(notice, where=notice.reference)
    move(notice, "submit", NOTICE, by=by, now=now, why=note.strip())
    rulings.answered(f"notice:{notice.id}", now=now)
    if notice.author_id is None:
        notice.author_id = author.id
    notice.changed_at = now


def approve(
    notice: ChangeNotice,
    *,
    approver: Staff,
    by: By,
    now: datetime,
    read: str | None = None,
    how: str = "",
) -> None:
    """Approve a submitted notice; the words as they stand are kept. ``read`` is the version that
    was read (``contents.version``), ``how`` says in words how the approver signed in.

    Raises Refused unless the approver holds the role that the class asks for (DOMAIN.md section 4)
    and wrote none of its words, where the class or the organisation asks for a second person; and
    when Welsh words are missing where the organisation promises both languages or neither. Raises
    Conflict when the words were edited meanwhile.
    """
    take(notice)
    rulings.still(read, contents.version(notice))
    today = london_date(now)
    found = policy_of(notice, today)
    second = second_person(notice, found, today)
    may_be_second(notice, found, second, approver, today)
    both_or_neither(notice)
    role = "hop" if acts_as_hop(approver, deciders(notice), today) else second
    words = contents.read(notice)
    kept = {"basis": by.basis, "role": role, "how": how, "words": rulings.digest(words)}
    move(notice, "approve", NOTICE, by=by, now=now, **kept)
    rulings.keep(f"notice:{notice.id}", rulings.APPROVED, words, person=approver, now=now)
    notice.approver_id, notice.approved_at, notice.changed_at = approver.id, now, now


def may_be_second(
    notice: ChangeNotice, found: Policy, second: str, approver: Staff, today: date
) -> None:
    """Refuse who may not be the ``second`` person (hop | approver | optional) for it."""
    teams = deciders(notice)
    asked = ask(teams, today) if second == "hop" else ask_approver(teams, today)
    who = "a Head of Profession" if second == "hop" else "an approver"
    if second == "optional":
        allowed = has_role(approver, "author", "admin", team_ids=teams)
        allowed = allowed or may_approve(approver, teams, today)
    elif approver.id == notice.author_id:
        raise Refused(f"{approver.email} wrote {notice.reference}; ask {who} to approve it.")
    elif approver.id in editors(notice):
        raise Refused(
            f"{approver.email} edited {notice.reference}; ask {who} who did not, or return it to "
            "its author instead of editing it."
        )
    elif second == "hop":
        allowed = acts_as_hop(approver, teams, today)
    else:
        allowed = may_approve(approver, teams, today)
    if not allowed:
        lowers = " (its class was chosen against the table)" if lowered(notice, today) else ""
        raise Refused(
            f"{notice.reference} is {words_of(found)}{lowers}, so {who} must approve it; "
            f"{approver.email} is not one: {asked}."
        )


def editors(notice: ChangeNotice) -> set[int]:
    """Ids of the staff who edited it before it was public: they are no second pair of eyes."""
    chain = of(f"notice:{notice.id}")
    return {int(row.by["staff"]) for row in chain if row.action == "rewrite" and row.by["staff"]}


def second_person(notice: ChangeNotice, found: Policy, today: date) -> str:
    """hop, approver or optional; where the class leaves it open, the organisation may ask."""
    if lowered(notice, today) or (found.class_ == "I" and notice.materiality == "major"):
        return "hop"
    if found.second_person != "optional":
        return found.second_person
    house = organisation()
    asked = house is not None and bool(house.second_person.get(found.class_, False))
    return "approver" if asked else "optional"


def both_or_neither(notice: ChangeNotice) -> None:
    """Refuse a notice without Welsh, or with half of it, where the organisation promises both."""
    if not both_languages("notice"):
        return
    missing = [n for n in IN_WELSH if getattr(notice, n) and not notice.cy.get(n)]
    if missing:
        raise Refused(
            f"{notice.reference} has no Welsh for {', '.join(missing).replace('_', ' ')}; add it "
            "under cy, for this organisation publishes notices in both languages or not at all."
        )


def words_of(found: Policy) -> str:
    return PROMISES[found.class_].words


def team_ids(notice: ChangeNotice) -> set[int]:
    return {series.team_id for series in notice.series}


def deciders(notice: ChangeNotice) -> set[int]:
    """Teams of the bodies concerned: a Head of Profession acts for the whole body."""
    return body_teams(team_ids(notice))
