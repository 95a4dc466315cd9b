"""What every page of the desk is given: who is here, where one can go, what has just been done."""

from __future__ import annotations

from typing import Any

from flask import Response, make_response, redirect, render_template, request, session

from notifier.accounts.models import ROLES, Role, Staff
from notifier.catalogue import queries as catalogue
from notifier.catalogue.sight import sight
from notifier.insight.going import under_way
from notifier.web.public.shapes import Error, Link
from notifier.web.staff.door import here

# What is built, in the order of the side navigation: words, path, and who sees it (all: nobody
# named). A page that is added adds its line.
NAV: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("Desk", "/staff/", ()),
    ("Notices", "/staff/notices", ()),
    ("Releases", "/staff/releases", ()),
    ("Newsletters", "/staff/newsletters", ()),
    ("Approvals", "/staff/approvals", ()),
    ("Sends", "/staff/sends", ()),
    ("People", "/staff/people", ROLES),
    ("Reach", "/staff/reach", ()),
    ("Insight", "/staff/insight", ()),
    ("Team", "/staff/team", ()),
    ("History", "/staff/history", ()),
    ("Your account", "/staff/account", ()),
)
ROLE_WORDS = {
    "author": "Author",
    "approver": "Approver",
    "hop": "Head of Profession",
    "deputy": "Deputy Head of Profession",
    "admin": "Administrator",
}


def page(template: str, status: int = 200, **given: Any) -> Response:
    """A page of the desk; nobody keeps a copy of it."""
    found = here()
    person = found.row if found is not None and found.at.stage == "full" else None
    given.setdefault("errors", [])
    body = render_template(
        f"pages/staff/{template}.html",
        me=person,
        my_name=(person.name or person.email) if person else "",
        my_roles=brief(person) if person else "",
        side=navigation(person) if person else [],
        badges=badges(person) if person else {},
        done=session.pop("done", ""),
        **given,
    )
    answer = make_response(body, status)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def navigation(person: Staff) -> list[Link]:
    held = {role.role for role in person.roles}
    # Approving something is work of the approvals, whatever the thing is.
    at = "/staff/approvals" if request.path.endswith("/approve") else request.path
    return [
        Link(label, path, active=at == path or at.startswith(f"{path}/"))
        for label, path, roles in NAV
        if not roles or held & set(roles)
    ]


def back(path: str, done: str = "") -> Any:
    """To a page by GET; it says once what was done."""
    if done:
        session["done"] = done
    return redirect(path, 303)


def problem(field: str, sentence: object) -> list[Error]:
    """One error beside a field."""
    return [Error(field, str(sentence).rstrip("."))]


def badges(person: Staff) -> dict[str, str]:
    """What stands beside a line of the side navigation, by its path."""
    going = len(under_way(sight(person)))
    return {"/staff/sends": f"{going} now"} if going else {}


def role_words(role: Role, teams: dict[int, str]) -> str:
    """ "Author, Waste"; a role in every team needs no more words."""
    words = ROLE_WORDS[role.role]
    return words if role.team_id is None else f"{words}, {teams.get(role.team_id, '')}"


def brief(person: Staff) -> str:
    """For the corner of the page: "Author and approver, Waste" would be long; two roles at most."""
    teams = team_names()
    words = [role_words(role, teams) for role in sorted(person.roles, key=lambda r: r.id)]
    more = f" and {len(words) - 2} more" if len(words) > 2 else ""
    return "; ".join(words[:2]) + more


def team_names() -> dict[int, str]:
    return {team.id: team.name for team in catalogue.teams()}
