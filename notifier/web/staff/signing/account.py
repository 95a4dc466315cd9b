"""One's own account: name, password, second step, passkeys, and where one is signed in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, request

from notifier.accounts import members, sessions, two_step
from notifier.accounts.models import Staff, StaffSession
from notifier.errors import NotFound, Refused
from notifier.render import dates
from notifier.store.db import unit
from notifier.web.staff import door
from notifier.web.staff.frame import back, page, problem, role_words, team_names
from notifier.web.staff.security import now
from notifier.web.staff.signing.passkey_options import site_id

blueprint = Blueprint("staff_account", __name__)

ACCOUNT = "/staff/account"


@dataclass(frozen=True)
class Row:
    """A line of a list: ``what`` it is, ``note`` below it, ``own`` for the one in use now."""

    id: int
    what: str
    note: str
    own: bool = False


@blueprint.get(ACCOUNT)
@door.member()
def account() -> Any:
    return show([])


def show(errors: list[Any], status: int = 200, *, name: str | None = None) -> Any:
    person, moment = door.me(), now()
    teams = team_names()
    return page(
        "account",
        status,
        errors=errors,
        person=person,
        name=person.name if name is None else name,
        password=password_words(person),
        two_step=two_step.is_on(person),
        codes_left=len(person.mf_recovery_codes),
        owed=any(r.role in door.two_step_roles() for r in person.roles) and not person.passkeys,
        passkeys=passkeys(person),
        passkeys_work=bool(site_id()),
        sessions=[session_row(row) for row in sessions.mine(person, now=moment)],
        roles=[role_words(role, teams) for role in sorted(person.roles, key=lambda r: r.id)],
    )


def password_words(person: Staff) -> str:
    if person.identity is not None:
        return "None here: your organisation signs you in."
    if person.password_hash is None:
        return "None: you sign in another way."
    if person.password_at is None:
        return "Set."
    return f"Chosen on {dates.past(person.password_at.date())}."


def passkeys(person: Staff) -> list[Row]:
    return [
        Row(
            row.id,
            row.name,
            f"Added {dates.past(row.created_at.date())}, "
            + (f"last used {when(row.used_at)}" if row.used_at else "not used yet"),
        )
        for row in person.passkeys
    ]


def session_row(row: StaffSession) -> Row:
    own = row.id == door.at().id
    seen = "in use now" if own else f"last seen {when(row.seen_at)}"
    note = f"By {row.how} from {row.network}, {when(row.begun_at)}; {seen}"
    return Row(row.id, row.browser, note, own)


def when(instant: datetime) -> str:
    return dates.within(dates.moment(instant))


@blueprint.post("/staff/account/name")
@door.member()
def rename() -> Any:
    name = request.form.get("name", "")
    try:
        with unit():
            members.rename(door.me(), name, by=door.by(), now=now())
    except Refused as refusal:
        return show(problem("name", refusal), 400, name=name)
    return back(ACCOUNT, "Your name is saved.")


@blueprint.post("/staff/sessions/<int(max=2147483647):session_id>/end")
@door.member()
def end(session_id: int) -> Any:
    """Another browser is out at its next request; ending one's own is signing out."""
    if session_id == door.at().id:
        with unit():
            door.depart()
        return back(door.SIGN_IN, "You are signed out.")
    try:
        with unit():
            sessions.end_one(door.me(), session_id, by=door.by(), now=now())
    except NotFound as refusal:
        return show(problem("sessions", refusal), 404)
    return back(ACCOUNT, "That session has ended.")


@blueprint.post("/staff/sessions/end")
@door.member()
def end_others() -> Any:
    with unit():
        ended = sessions.end_all(
            door.me(), "ended by themselves", by=door.by(), now=now(), but=door.at()
        )
    words = {0: "There was no other session.", 1: "One other session has ended."}
    return back(ACCOUNT, words.get(ended, f"{ended} other sessions have ended."))
