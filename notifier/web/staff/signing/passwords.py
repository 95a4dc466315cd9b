"""Passwords: chosen by a one-time link, forgotten, changed; and asked again before what matters."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, request

from notifier.accounts import passwords, sign_in, tries
from notifier.accounts.letters import is_enough, tell
from notifier.accounts.people import by_email, hold_invited, invited, keep_password
from notifier.errors import Refused
from notifier.store.db import tried, unit
from notifier.store.history import SYSTEM, record
from notifier.web.guard import public
from notifier.web.network import network
from notifier.web.staff import door
from notifier.web.staff.frame import back, page, problem
from notifier.web.staff.security import now
from notifier.web.staff.signing.passkey_options import asking
from notifier.web.staff.signing.signing_in import too_often
from notifier.web.staff.who import address_key

blueprint = Blueprint("staff_passwords", __name__)


@blueprint.get("/staff/forgotten")
@public
def forgotten() -> Any:
    return page("forgotten", done_asking=False)


@blueprint.post("/staff/forgotten")
@public
def ask() -> Any:
    """Promise a link. The same page follows, in the same time, for every address."""
    email = request.form.get("email", "")
    if "@" not in email:
        errors = problem("email", "Enter the email address that you sign in with")
        return page("forgotten", 400, done_asking=False, errors=errors)
    try:
        with unit():
            promise(email)
    except tries.TooOften as refusal:
        errors = problem("email", refusal)
        return too_often(page("forgotten", 429, done_asking=False, errors=errors), refusal)
    return page("forgotten", done_asking=True)


def promise(email: str) -> None:
    tries.count("reset", address=address_key(email), network=network(), now=now())
    person = by_email(email)
    whom = person.id if person is not None else 0
    enough = is_enough(whom, "reset", now())
    # Who comes by single sign-on has no password here: leaving the directory must be enough.
    may = person is not None and person.active and person.identity is None
    # As much work for nobody, which is taken back.
    with tried(keep=may and not enough):
        record(f"staff:{whom}", "ask_for_reset", by=SYSTEM, now=now())
        tell(person, "reset", now=now())


@blueprint.get("/staff/password/<secret>")
@public
def choose(secret: str) -> Any:
    """The one-time link of an invitation or a forgotten password; to look at it changes nothing."""
    person = invited(secret, now=now())
    if person is None:
        return page("link_over", 404)
    return show(secret, person.password_hash is None, [])


def show(secret: str, first: bool, errors: list[Any], status: int = 200) -> Any:
    return page("password", status, secret=secret, first=first, errors=errors, chosen=False)


@blueprint.post("/staff/password/<secret>")
@public
def chosen(secret: str) -> Any:
    person = invited(secret, now=now())
    if person is None:
        return page("link_over", 404)
    first, password = person.password_hash is None, request.form.get("password", "")
    try:
        digest = passwords.digest(password, email=person.email)
    except Refused as refusal:
        return show(secret, first, problem("password", refusal), 400)
    with unit():
        person = hold_invited(secret, now=now())
        if person is not None:
            keep_password(person, digest, now=now())
    if person is None:
        return page("link_over", 404)
    return page("password", secret="", first=first, chosen=True)


@blueprint.get("/staff/password")
@door.member()
def change_form() -> Any:
    door.own_account()
    return show_change([])


def show_change(errors: list[Any], status: int = 200) -> Any:
    return page("change_password", status, errors=errors)


@blueprint.post("/staff/password")
@door.member()
def change() -> Any:
    """The password of now, then the new one. Every other session ends."""
    person = door.own_account()
    old, new = request.form.get("old", ""), request.form.get("password", "")
    if person.password_hash is not None and (refused := wrong_password(old, show_change, "old")):
        return refused
    try:
        digest = passwords.digest(new, email=person.email)
    except Refused as refusal:
        return show_change(problem("password", refusal), 400)
    with unit():
        keep_password(door.me(), digest, now=now(), but=door.at())
    return back("/staff/account", "Your password is changed. Every other session has ended.")


def wrong_password(password: str, again: Any, field: str) -> Any:
    """The page again when this is not the password of who is signed in; None when it is. A try
    counts like one at sign-in: a browser that was left open is no way to guess."""
    person = door.me()
    try:
        with unit():
            found = sign_in.attempt(
                person.email, address=address_key(person.email), network=network(), now=now()
            )
    except tries.TooOften as refusal:
        return too_often(again(problem(field, refusal), 429), refusal)
    if not passwords.matches(found.hashed, password):
        return again(problem(field, "This is not your password"), 400)
    with unit():
        tries.succeed(found.try_id)
    return None


@blueprint.get("/staff/prove")
@door.member()
def prove_form() -> Any:
    return show_prove([])


def show_prove(errors: list[Any], status: int = 200) -> Any:
    person = door.me()
    passkey = asking() if person.passkeys else ""
    return page(
        "prove",
        status,
        errors=errors,
        passkey=passkey,
        by_password=person.password_hash is not None,
    )


@blueprint.post("/staff/prove")
@door.member()
def prove() -> Any:
    """Give the password again before what guards the account changes."""
    if refused := wrong_password(request.form.get("password", ""), show_prove, "password"):
        return refused
    with unit():
        door.at().proved_at = now()
    return redirect(door.onward(), 303)
