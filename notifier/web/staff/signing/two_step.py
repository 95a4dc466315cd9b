"""The second step: set up with an app, asked for at sign-in, and codes for a lost telephone."""

from __future__ import annotations

import contextlib
from typing import Any

import structlog
from flask import Blueprint, redirect, request, session

from notifier.accounts import sign_in, tries, two_step
from notifier.accounts.models import Staff
from notifier.errors import Refused
from notifier.store.db import unit
from notifier.web.network import network
from notifier.web.staff import door
from notifier.web.staff.frame import back, page, problem
from notifier.web.staff.security import DRIFT, codes, now
from notifier.web.staff.signing.passkey_options import asking
from notifier.web.staff.signing.signing_in import too_often
from notifier.web.staff.who import address_key

blueprint = Blueprint("staff_two_step", __name__)
log = structlog.get_logger()

SETTING_UP = "notifier.setting-up"  # the encrypted secret, until a code shows that the app has it
WRONG_CODE = "That code is not right, or was used before. Enter the one that the app shows now."
WRONG_RECOVERY = "That is none of your recovery codes, or it was used before."


def right(person: Staff, typed: str, secret: str) -> bool:
    """Whether the app shows this code now; inside a unit of work, it is used up by that."""
    digits = "".join(c for c in typed if c.isascii() and c.isdigit())
    who: Any = person  # Flask-Security asks it only for the counter of the last code
    try:
        return len(digits) == 6 and codes().verify_totp(digits, secret, user=who, window=DRIFT)
    except (KeyError, ValueError):  # encrypted under a key that was taken away
        log.warning("an authenticator's secret cannot be read", staff=person.id)
        return False


def count(person: Staff) -> tuple[int, bool]:
    """Keep one more try at the second step; its id, and whether it is the last for now."""
    row, last = tries.count(
        "code", address=address_key(f"staff:{person.id}"), network=network(), now=now()
    )
    return row.id, last


@blueprint.get("/staff/code")
@door.member(stages=("code",))
def ask() -> Any:
    return show([])


def show(errors: list[Any], status: int = 200) -> Any:
    person = door.me()
    return page(
        "code",
        status,
        errors=errors,
        app=two_step.is_on(person),
        passkey=asking() if person.passkeys else "",
    )


@blueprint.post("/staff/code")
@door.member(stages=("code",))
def prove() -> Any:
    return second_step(
        "code", lambda person, typed: right(person, typed, person.tf_totp_secret or ""), show
    )


@blueprint.get("/staff/recovery-code")
@door.member(stages=("code",))
def ask_recovery() -> Any:
    return page("recovery_code")


@blueprint.post("/staff/recovery-code")
@door.member(stages=("code",))
def recover() -> Any:
    return second_step(
        "recovery code",
        lambda person, typed: two_step.use_code(person, typed, now=now()),
        lambda errors, status: page("recovery_code", status, errors=errors),
    )


def second_step(how: str, proves: Any, again: Any) -> Any:
    """Count, compare and go on in one unit of work: the same code twice at once opens one door."""
    wrong = WRONG_CODE if how == "code" else WRONG_RECOVERY
    typed = request.form.get("code", "")[:100]
    if not typed.strip():
        return again(problem("code", "Enter the code"), 400)
    try:
        with unit():
            person = door.me()
            try_id, last = count(person)
            two_step.hold(person)
            known = two_step.is_on(person) or how != "code"
            entered = known and proves(person, typed)
            if entered:
                tries.succeed(try_id)
                renew(person)
                door.enter(person, stage="full", how=how)
            elif last:
                sign_in.lock(person, "code", now=now())
    except tries.TooOften as refusal:
        return too_often(again(problem("code", refusal), 429), refusal)
    return redirect(door.onward(), 303) if entered else again(problem("code", wrong), 400)


def renew(person: Staff) -> None:
    with contextlib.suppress(KeyError, ValueError):  # who came by a recovery code, of a lost key
        if person.tf_totp_secret is not None:
            person.tf_totp_secret = codes().renewed(person.tf_totp_secret)


@blueprint.get("/staff/two-step")
@door.member(stages=("full", "set_up"), proved=True)
def set_up() -> Any:
    """A new secret for the app, as a picture and as a key to type."""
    door.own_account()
    session[SETTING_UP] = codes().generate_totp_secret()
    return offer([])


def offer(errors: list[Any], status: int = 200) -> Any:
    person, secret = door.me(), session[SETTING_UP]
    return page(
        "two_step",
        status,
        errors=errors,
        picture=codes().generate_qrcode(person.email, secret),
        key=codes().get_totp_pretty_key(secret).replace("-", " "),
        owed=door.at().stage == "set_up",
        account=person.email,
    )


@blueprint.post("/staff/two-step")
@door.member(stages=("full", "set_up"), proved=True)
def turn_on() -> Any:
    """The app shows the right code: it is on. The recovery codes are shown this once."""
    secret = session.get(SETTING_UP)
    if not isinstance(secret, str):
        return redirect("/staff/two-step", 303)
    try:
        with unit():
            person = door.own_account()
            try_id, _ = count(person)
            before = person.totp_counter
            person.totp_counter = None  # of another secret
            works = right(person, request.form.get("code", ""), secret)
            if works:
                tries.succeed(try_id)
                made = switch(person, secret)
            else:
                person.totp_counter = before
    except tries.TooOften as refusal:
        return too_often(offer(problem("code", refusal), 429), refusal)
    if not works:
        return offer(problem("code", WRONG_CODE), 400)
    session.pop(SETTING_UP, None)
    return page("recovery_codes", codes=made, first=True, onward=door.onward())


def switch(person: Staff, secret: str) -> list[str]:
    """On, in a new session; every other one ends: it was opened without a second step."""
    made = two_step.turn_on(person, secret, counter=person.totp_counter, now=now())
    how = door.at().how
    door.enter(person, stage="full", how=f"{how} and code" if " and " not in how else how)
    door.end_others("two-step sign-in was turned on")
    return made


@blueprint.post("/staff/two-step/codes")
@door.member(proved=True)
def new_codes() -> Any:
    """New recovery codes; those of before end."""
    if not two_step.is_on(door.me()):
        return redirect("/staff/account", 303)
    with unit():
        made = two_step.make_codes(door.me(), now=now())
    return page("recovery_codes", codes=made, first=False, onward="/staff/account")


@blueprint.post("/staff/two-step/off")
@door.member(proved=True)
def turn_off() -> Any:
    person = door.me()
    owed = any(role.role in door.two_step_roles() for role in person.roles)
    if owed and not person.passkeys:
        raise Refused("Your role needs two-step sign-in. Add a passkey first, then turn it off.")
    with unit():
        two_step.turn_off(person, by=door.by(), now=now())
        door.end_others("two-step sign-in was turned off")
    return back("/staff/account", "Two-step sign-in is off.")
