"""What every page of a newsletter begins with: which issue, whose it is, and what stands of it."""

from __future__ import annotations

from datetime import datetime

from flask import abort

from notifier.accounts import duty
from notifier.accounts.models import Staff
from notifier.accounts.people import has_role
from notifier.catalogue import queries as catalogue
from notifier.catalogue.models import Team
from notifier.catalogue.sight import sight
from notifier.clock import london_date, london_time
from notifier.errors import NotFound
from notifier.newsletters import queries
from notifier.newsletters.models import Newsletter
from notifier.render import dates
from notifier.store.db import session
from notifier.web.public.shapes import Tag
from notifier.web.staff import door
from notifier.web.staff.security import now

LIST = "/staff/newsletters"
ONE = f"{LIST}/<slug>"
ACTS = ("author", "approver", "hop", "deputy", "admin")


def path(issue: Newsletter, *steps: str) -> str:
    return "/".join([LIST, issue.slug, *steps])


def the_issue(slug: str) -> Newsletter:
    """404 for what there is not, and for another team's. A number leads there too."""
    try:
        issue = queries.issue(slug[:200])
    except NotFound:
        abort(404)
    if not sight(door.me(), *ACTS).owns(issue.team_id):
        abort(404)
    return issue


def teams_of(person: Staff) -> list[Team]:
    """The teams for which somebody may write."""
    return [team for team in catalogue.teams() if sight(person, *ACTS).owns(team.id)]


def second_person() -> bool:
    """Whether the organisation asks that somebody else approves a newsletter."""
    house = catalogue.organisation()
    return house is None or bool(house.second_person.get("newsletter", True))


def may_approve(issue: Newsletter, person: Staff) -> bool:
    teams = catalogue.body_teams({issue.team_id})
    return person.id != issue.author_id and has_role(person, "approver", "hop", team_ids=teams)


def approvers(issue: Newsletter) -> str:
    """ "Bob Okafor or Hana Price": whom one asks; "an approver" where there is none."""
    found = duty.approvers(catalogue.body_teams({issue.team_id}), london_date(now()))
    names = [name_of(person) for person in found if person.id != door.me().id]
    if len(names) > 2:
        return f"{names[0]}, {names[1]} or {len(names) - 2} more"
    return " or ".join(names) or "an approver"


def person_named(staff_id: int | None) -> str:
    person = session.get(Staff, staff_id) if staff_id is not None else None
    return name_of(person) if person is not None else ""


def name_of(person: Staff) -> str:
    return person.name or person.email


def is_out(issue: Newsletter, moment: datetime) -> bool:
    """Whether it was sent, and its time has come."""
    return issue.state == "sent" and issue.published_at is not None and issue.published_at <= moment


def tag(issue: Newsletter, moment: datetime) -> Tag:
    if issue.state == "sent" and not is_out(issue, moment):
        return Tag("On the calendar", "way")
    return {
        "draft": Tag("Draft", "neutral"),
        "in_review": Tag("Waits for approval", "look"),
        "approved": Tag("Approved", "way"),
        "sent": Tag("Sent", "good"),
        "cancelled": Tag("Given up", "neutral"),
    }[issue.state]


def when(at: datetime, moment: datetime) -> str:
    """ "today, Monday 23 November 2026, at 10:30", "tomorrow, …"; within a sentence."""
    day, today = london_date(at), london_date(moment)
    near = {0: "today, ", 1: "tomorrow, "}.get((day - today).days, "")
    return f"{near}{dates.within(dates.full(day))} at {london_time(at):%H:%M}"


def clock(at: datetime) -> str:
    return f"{london_time(at):%H:%M}"
