"""Sign-in by password, and sign-out. One answer, in the same time, for every wrong try."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, request, session

from notifier.accounts import passwords, sign_in
from notifier.accounts.tries import TooOften
from notifier.store.db import unit
from notifier.web.guard import public, settings
from notifier.web.network import network
from notifier.web.public.shapes import Error
from notifier.web.staff import door
from notifier.web.staff.frame import back, page, problem
from notifier.web.staff.security import now
from notifier.web.staff.signing.passkey_options import asking
from notifier.web.staff.who import address_key

blueprint = Blueprint("staff_sign_in", __name__)

WRONG = "That email address and password do not belong together."


@blueprint.get("/staff/sign-in")
@public
def form() -> Any:
    if door.here() is not None:
        return redirect(door.HOME, 303)
    if "next" in request.args:
        session["next"] = door.safe_next(request.args["next"])
    return show("", [])


def show(email: str, errors: list[Error], status: int = 200) -> Any:
    return page(
        "sign_in",
        status,
        email=email,
        errors=errors,
        passkey=asking(),
        single=bool(settings().oidc_issuer),
    )


@blueprint.post("/staff/sign-in")
@public
def enter() -> Any:
    email, password = request.form.get("email", ""), request.form.get("password", "")
    if not email.strip() or not password:
        return show(email, missing(email, password), 400)
    try:
        with unit():
            found = sign_in.attempt(email, address=address_key(email), network=network(), now=now())
    except TooOften as refusal:
        return too_often(show(email, problem("email", refusal), 429), refusal)
    # argon2 takes its 50 ms outside the unit of work: nobody else could write meanwhile.
    if not passwords.matches(found.hashed, password):
        return show(email, problem("email", WRONG), 400)
    with unit():
        person = sign_in.passed(found, password, now=now())
        if person is not None:
            stage = sign_in.stage(person, door.two_step_roles())
            door.enter(person, stage=stage, how="password")
    if person is None:
        return show(email, problem("email", WRONG), 400)
    return redirect(door.STAGES[stage] if stage in door.STAGES else door.onward(), 303)


def missing(email: str, password: str) -> list[Error]:
    errors = [] if email.strip() else problem("email", "Enter your email address")
    return errors if password else errors + problem("password", "Enter your password")


def too_often(answer: Any, refusal: TooOften) -> Any:
    answer.headers["Retry-After"] = str(int(refusal.after.total_seconds()))
    return answer


@blueprint.post("/staff/sign-out")
@door.member(stages=("full", "code", "set_up"))
def leave() -> Any:
    with unit():
        door.depart()
    return back(door.SIGN_IN, "You are signed out.")
