"""Passkeys: add one, sign in with one, delete one. The browser answers in a hidden field."""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, redirect, request
from webauthn import (
    base64url_to_bytes,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException

from notifier.accounts import passkeys, tries
from notifier.accounts.models import Passkey, Staff
from notifier.errors import Refused
from notifier.store.db import session as database
from notifier.store.db import unit
from notifier.web.guard import public, settings
from notifier.web.network import network
from notifier.web.staff import door
from notifier.web.staff.frame import back, page, problem
from notifier.web.staff.security import now
from notifier.web.staff.signing.passkey_options import asked, offering, site_id
from notifier.web.staff.signing.signing_in import show, too_often

blueprint = Blueprint("staff_passkeys", __name__)

LARGEST = 20_000  # characters of an answer
UNKNOWN = "That passkey opens no account here. Use another one, or your password."
FAILED = "The passkey could not be added; try again."


@blueprint.get("/staff/passkeys")
@door.member(stages=("full", "set_up"), proved=True)
def form() -> Any:
    return offer([])


def offer(errors: list[Any], status: int = 200) -> Any:
    """Options are made anew each time: a challenge is good for one answer."""
    return page("passkey", status, errors=errors, passkey=offering(door.own_account()))


@blueprint.post("/staff/passkeys")
@door.member(stages=("full", "set_up"), proved=True)
def add() -> Any:
    """Keep the public key that the browser made for us."""
    challenge = asked()
    try:
        verified = verify_registration_response(
            credential=answer(),
            expected_challenge=challenge[0] if challenge else b"",
            expected_rp_id=site_id(),
            expected_origin=settings().base_url,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, TypeError, KeyError):
        return offer(problem("name", FAILED), 400)
    if challenge is None:
        return offer(problem("name", FAILED), 400)
    try:
        with unit():
            person = door.own_account()
            passkeys.add(
                person,
                name=request.form.get("name", ""),
                credential=bytes_to_base64url(verified.credential_id),
                public_key=bytes_to_base64url(verified.credential_public_key),
                sign_count=verified.sign_count,
                now=now(),
            )
            if door.at().stage == "set_up":
                door.enter(person, stage="full", how="password and passkey")
            door.end_others("a passkey was added")
    except Refused as refusal:
        return offer(problem("name", refusal), 400)
    return back("/staff/account", "The passkey is added. Every other session has ended.")


def answer() -> dict[str, Any]:
    """What the browser answered, as an object. ValueError for anything else."""
    found = json.loads(request.form.get("credential", "")[:LARGEST])
    if not isinstance(found, dict):
        raise ValueError("no object")
    return found


@blueprint.post("/staff/sign-in/passkey")
@public
def enter() -> Any:
    """Whoever holds the key and unlocked it has taken both steps."""
    try:
        with unit():
            # Nobody has said who they are: only where they come from can be counted.
            row, _ = tries.count("passkey", address=network(), network=network(), now=now())
    except tries.TooOften as refusal:
        return too_often(show("", problem("email", refusal), 429), refusal)
    found = opened()
    if found is None:
        return show("", problem("email", UNKNOWN), 400)
    key, sign_count, challenged = found
    try:
        with unit():
            person = database.get_one(Staff, key.staff_id)
            if not person.active:
                raise Refused(UNKNOWN)
            passkeys.use(key, sign_count=sign_count, challenged=challenged, now=now())
            tries.succeed(row.id)
            door.enter(person, stage="full", how="passkey")
    except Refused as refusal:
        return show("", problem("email", refusal), 400)
    return redirect(door.onward(), 303)


def opened() -> tuple[Passkey, int, int] | None:
    """The passkey that signed our challenge, how often it was used, and when we asked (µs)."""
    challenge = asked()
    if challenge is None:
        return None
    try:
        given = answer()
        key = passkeys.by_credential(str(given.get("id", "")))
        if key is None:
            return None
        verified = verify_authentication_response(
            credential=given,
            expected_challenge=challenge[0],
            expected_rp_id=site_id(),
            expected_origin=settings().base_url,
            credential_public_key=base64url_to_bytes(key.public_key),
            credential_current_sign_count=key.sign_count,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, TypeError, KeyError):
        return None
    return key, verified.new_sign_count, challenge[1]


@blueprint.post("/staff/passkeys/<int(max=2147483647):passkey_id>/delete")
@door.member(proved=True)
def delete(passkey_id: int) -> Any:
    with unit():
        passkeys.remove(door.me(), passkey_id, by=door.by(), now=now())
        door.end_others("a passkey was deleted")
    return back("/staff/account", "The passkey is deleted.")
