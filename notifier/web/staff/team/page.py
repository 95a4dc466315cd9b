"""Who is on the staff and what they may do; an administrator adds people, changes roles and sees
leavers out. Everybody may look: one must know whom to ask.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, request

from notifier.accounts import duty, members, people, two_step
from notifier.accounts.models import ROLES, Staff
from notifier.audience.rules import address
from notifier.catalogue import queries as catalogue
from notifier.clock import london_date
from notifier.errors import Refused
from notifier.render import dates
from notifier.store.db import unit
from notifier.web.public.shapes import Choice
from notifier.web.staff import door
from notifier.web.staff.frame import ROLE_WORDS, back, page, problem, role_words, team_names
from notifier.web.staff.security import now
from notifier.web.staff.team.absences import days_away

blueprint = Blueprint("staff_team", __name__)

TEAM = "/staff/team"


@dataclass(frozen=True)
class Person:
    """A line of the list. ``state`` is a tag: how far they have come, or that they are away."""

    id: int
    name: str
    email: str
    roles: list[str]
    state: str
    tone: str


def is_admin() -> bool:
    return any(role.role == "admin" for role in door.me().roles)


@blueprint.get(TEAM)
@door.member()
def team() -> Any:
    return show([])


def show(errors: list[Any], status: int = 200, **typed: str) -> Any:
    teams = team_names()
    everybody = people.everybody()
    away = duty.absent(london_date(now()))
    return page(
        "team",
        status,
        errors=errors,
        typed=typed,
        admin=is_admin(),
        people=[line(p, teams, away) for p in everybody if p.active],
        gone=[line(p, teams, away) for p in everybody if not p.active],
        **choices(),
    )


def choices() -> dict[str, list[Choice]]:
    return {
        "role_choices": [Choice(role, ROLE_WORDS[role]) for role in ROLES],
        "team_choices": [
            Choice("", "Every team"),
            *(Choice(row.slug, row.name) for row in catalogue.teams()),
        ],
    }


def line(person: Staff, teams: dict[int, str], away: set[int]) -> Person:
    state, tone = standing(person, away)
    roles = [role_words(role, teams) for role in sorted(person.roles, key=lambda r: r.id)]
    return Person(person.id, person.name or person.email, person.email, roles, state, tone)


def standing(person: Staff, away: set[int]) -> tuple[str, str]:
    if not person.active:
        return "Has left", "neutral"
    if person.id in away:
        return "Away", "look"
    if person.last_sign_in_at is None:
        return "Has not signed in yet", "neutral"
    if two_step.is_owed(person, door.two_step_roles()):
        return "No second step", "look"
    return "", ""


@blueprint.post(f"{TEAM}/add")
@door.member("admin")
def add() -> Any:
    """Give a role; somebody new gets a letter in which they choose a password."""
    typed = {key: request.form.get(key, "") for key in ("email", "role", "team")}
    try:
        email = address(typed["email"]).lower()
        team_id = catalogue.team(typed["team"]).id if typed["team"] else None
        with unit():
            person = members.invite(email, typed["role"], team_id=team_id, by=door.by(), now=now())
            waits = person.password_hash is None
    except Refused as refusal:
        return show(problem(refusal.field or "email", refusal), 400, **typed)
    letter = " A letter with a link is on its way to them." if waits else ""
    return back(f"{TEAM}/{person.id}", f"{email} is {ROLE_WORDS[typed['role']]}.{letter}")


@blueprint.get(f"{TEAM}/<int(max=2147483647):staff_id>")
@door.member()
def member(staff_id: int) -> Any:
    return show_member(members.member(staff_id), [])


def show_member(person: Staff, errors: list[Any], status: int = 200, **typed: str) -> Any:
    """One member. What an administrator knows of sign-in is nobody else's business."""
    teams, today = team_names(), london_date(now())
    mine = person.id == door.me().id
    return page(
        "member",
        status,
        errors=errors,
        typed=typed,
        person=person,
        line=line(person, teams, duty.absent(today)),
        roles=[(role.id, role_words(role, teams)) for role in person.roles],
        admin=is_admin(),
        mine=mine,
        may_enter=mine or any(r.role in ("admin", "hop") for r in door.me().roles),
        away=[days_away(row) for row in duty.absences(person) if row.last_day >= today],
        two_step=two_step.is_on(person),
        last_seen=dates.within(dates.moment(person.last_sign_in_at))
        if person.last_sign_in_at
        else "",
        **choices(),
    )


ACTS = {
    "leave": (members.leave, "{name} has left: signed out everywhere."),
    "back": (members.take_back, "{name} is back. A letter with a link is on its way to them."),
    "two-step": (members.reset_two_step, "{name} sets up two-step sign-in anew."),
}


@blueprint.post(f"{TEAM}/<int(max=2147483647):staff_id>/<any(leave, back, 'two-step'):what>")
@door.member("admin", proved=True)
def change(staff_id: int, what: str) -> Any:
    person = members.member(staff_id)
    verb, words = ACTS[what]
    try:
        with unit():
            verb(members.member(staff_id), by=door.by(), now=now())
    except Refused as refusal:
        return show_member(person, problem("member", refusal), 400)
    return back(f"{TEAM}/{staff_id}", words.format(name=person.name or person.email))


@blueprint.post(f"{TEAM}/<int(max=2147483647):staff_id>/invite")
@door.member("admin")
def invite(staff_id: int) -> Any:
    with unit():
        sent = members.remind(members.member(staff_id), now=now())
    return back(
        f"{TEAM}/{staff_id}",
        "The invitation is on its way." if sent else "Enough was sent in the last hour.",
    )


@blueprint.post(f"{TEAM}/<int(max=2147483647):staff_id>/roles/<int(max=2147483647):role_id>/take")
@door.member("admin")
def take(staff_id: int, role_id: int) -> Any:
    person = members.member(staff_id)
    try:
        with unit():
            members.take_role(members.member(staff_id), role_id, by=door.by(), now=now())
    except Refused as refusal:
        return show_member(person, problem("roles", refusal), 400)
    return back(f"{TEAM}/{staff_id}", "That role is taken away.")
