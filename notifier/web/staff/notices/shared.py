"""What every page of a notice begins with: which one it is, whose, and who decides on it today."""

from __future__ import annotations

from flask import abort

from notifier.accounts import duty
from notifier.accounts.models import Staff
from notifier.catalogue import queries as catalogue
from notifier.catalogue.models import Series
from notifier.catalogue.sight import sight
from notifier.clock import london_date
from notifier.notices import queries
from notifier.notices.approve import deciders, editors, second_person, team_ids
from notifier.notices.derive import policy_of
from notifier.notices.models import ChangeNotice
from notifier.web.staff import door
from notifier.web.staff.security import now

NOTICES = "/staff/notices"
ONE = f"{NOTICES}/<reference>"
ACTS = ("author", "approver", "hop", "deputy", "admin")
NEW = "notice:new"  # what is typed of a notice that is not saved yet


def path(notice: ChangeNotice, page: str = "") -> str:
    return f"{NOTICES}/{notice.reference}" + (f"/{page}" if page else "")


def about(notice: ChangeNotice) -> str:
    """Its name in history, and of what is typed about it."""
    return f"notice:{notice.id}"


def the_notice(reference: str) -> ChangeNotice:
    """404 for what there is not, and for another team's."""
    found = queries.notice(reference)
    if found.reference != reference or not sight(door.me(), *ACTS).sees(team_ids(found)):
        abort(404)
    return found


def mine() -> list[Series]:
    """The series about which this member may write."""
    seen = sight(door.me(), *ACTS)
    return [series for series in catalogue.all_series() if seen.owns(series.team_id)]


def name(person: Staff) -> str:
    return person.name or person.email


def named(people: list[Staff], *, most: int = 2) -> str:
    """ "Hana Price", "Hana Price or Ivan Reid", "Hana Price, Ivan Reid or another"."""
    found = [name(person) for person in people]
    if len(found) > most:
        return f"{', '.join(found[:most])} or another"
    return " or ".join(found)


def approvers(notice: ChangeNotice) -> tuple[str, list[Staff]]:
    """hop, approver or optional; and who can approve it today, without who wrote in it."""
    today = london_date(now())
    second = second_person(notice, policy_of(notice, today), today)
    teams = deciders(notice)
    asked = duty.on_duty if second == "hop" else duty.approvers
    wrote = editors(notice) | {notice.author_id, door.me().id if second != "optional" else None}
    found = [person for person in asked(teams, today) if person.id not in wrote]
    return second, found
