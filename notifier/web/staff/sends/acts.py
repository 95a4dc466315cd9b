"""What one does to a Send: pause, resume, cancel with a reason, try again, correct."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, redirect, request

from notifier.delivery import correcting, stop
from notifier.delivery.again import again
from notifier.delivery.correct import may_be_corrected
from notifier.delivery.wind_up import wind_up
from notifier.errors import Conflict, Refused
from notifier.sends.carry import carrier_of
from notifier.sends.models import Send
from notifier.store.db import session, unit
from notifier.web.public.shapes import Error
from notifier.web.staff import door
from notifier.web.staff.frame import back, page
from notifier.web.staff.security import now
from notifier.web.staff.sends import words as send_words
from notifier.web.staff.sends.page import show, titled
from notifier.web.staff.sends.shared import to_act_on

blueprint = Blueprint("staff_send_acts", __name__)

ONE = "/staff/sends/<int(max=2147483647):send_id>"
PAUSED_HERE = "paused at the desk"


def path(send_id: int) -> str:
    return f"/staff/sends/{send_id}"


def tried(send_id: int, act: Callable[[Send], str]) -> Any:
    """Do it in a unit of work and go back to the page; a refusal stands above it."""
    to_act_on(send_id)
    try:
        with unit():
            done = act(to_act_on(send_id))
    except (Refused, Conflict) as refusal:
        return show(to_act_on(send_id), errors=[Error("acts", said(refusal))], status=400)
    return back(path(send_id), done)


def said(refusal: Exception) -> str:
    return str(refusal).rstrip(".")


@blueprint.post(f"{ONE}/pause")
@door.member()
def pause(send_id: int) -> Any:
    """At once, with one press: who sees something go wrong has no time for a form."""

    def act(send: Send) -> str:
        reason = request.form.get("reason", "").strip() or PAUSED_HERE
        stop.pause(send, reason[:1000], by=door.by(), now=now())
        return "It is paused. Nobody gets it until somebody lets it go on."

    return tried(send_id, act)


@blueprint.post(f"{ONE}/resume")
@door.member()
def resume(send_id: int) -> Any:
    def act(send: Send) -> str:
        stop.resume(send, by=door.by(), now=now())
        return "It goes on." if send.state == "sending" else "It is planned again."

    return tried(send_id, act)


@blueprint.post(f"{ONE}/retry")
@door.member()
def retry(send_id: int) -> Any:
    def act(send: Send) -> str:
        people = again(send, by=door.by(), now=now())
        return f"{send_words.people(people)} will be tried again."

    return tried(send_id, act)


@blueprint.get(f"{ONE}/cancel")
@door.member()
def ask_to_cancel(send_id: int) -> Any:
    return cancel_form(to_act_on(send_id), [])


def cancel_form(send: Send, errors: list[Error], status: int = 200, reason: str = "") -> Any:
    """Says what it does to people before it is done."""
    return page(
        "send_cancel",
        status,
        send=send,
        title=titled(send.id),
        errors=errors,
        reason=reason,
        untold=send.pending if send.frozen_at is not None else None,
        got=send.accepted,
    )


@blueprint.post(f"{ONE}/cancel")
@door.member()
def cancel(send_id: int) -> Any:
    """Two units of work: what is in flight when it stops is counted as what became of it."""
    reason = request.form.get("reason", "")
    one = to_act_on(send_id)
    if not reason.strip():
        errors = [Error("reason", "Say why it is cancelled")]
        return cancel_form(one, errors, 400)
    if len(reason) > 1000:
        errors = [Error("reason", "Shorten the reason to 1,000 characters")]
        return cancel_form(one, errors, 400, reason)
    try:
        with unit():
            stop.cancel(to_act_on(send_id), reason, by=door.by(), now=now())
        with unit():
            send = to_act_on(send_id)
            settled = send.finished_at is not None or wind_up(send, now=now())
    except (Refused, Conflict) as refusal:
        return cancel_form(to_act_on(send_id), [Error("reason", said(refusal))], 400, reason)
    rest = "" if settled else " What is in flight at this moment is counted within a minute."
    return back(path(send_id), f"It is cancelled.{rest}")


@blueprint.get(f"{ONE}/correct")
@door.member()
def ask_to_correct(send_id: int) -> Any:
    send = to_act_on(send_id)
    kept = correcting.asked(send).get("words", {})
    return correct_form(send, [], text=kept.get("en", ""), welsh=kept.get("cy", ""))


def correct_form(send: Send, errors: list[Error], status: int = 200, **typed: str) -> Any:
    whole = session.get_one(Send, carrier_of(send) or send.id)
    try:
        may_be_corrected(whole)
    except Refused as refusal:
        return show(send, errors=[Error("acts", said(refusal))], status=400)
    title = titled(send.id)
    return page(
        "send_correct",
        status,
        send=send,
        title=title,
        errors=errors,
        people=whole.accepted,
        **typed,
    )


@blueprint.post(f"{ONE}/correct")
@door.member()
def correct(send_id: int) -> Any:
    text, welsh = request.form.get("text", ""), request.form.get("welsh", "")
    one = to_act_on(send_id)
    if not text.strip():
        errors = [Error("text", "Say what was wrong and what is right")]
        return correct_form(one, errors, 400, text=text, welsh=welsh)
    try:
        with unit():
            send = to_act_on(send_id)
            correcting.ask(send, text, welsh=welsh, person=door.me(), by=door.by(), now=now())
    except (Refused, Conflict) as refusal:
        errors = [Error(getattr(refusal, "field", None) or "text", said(refusal))]
        return correct_form(to_act_on(send_id), errors, 400, text=text, welsh=welsh)
    return back(path(send_id), "The correction waits for a second person to approve it.")


@blueprint.post(f"{ONE}/correct/approve")
@door.member()
def agree(send_id: int) -> Any:
    to_act_on(send_id)
    read = request.form.get("read", "")
    if not (read.isascii() and read.isdigit() and len(read) < 12):
        abort(400)
    made: list[int] = []
    try:
        with unit():
            send = correcting.agree(
                to_act_on(send_id), approver=door.me(), by=door.by(), now=now(), read=int(read)
            )
            made.append(send.id)
    except (Refused, Conflict) as refusal:
        return show(to_act_on(send_id), errors=[Error("acts", said(refusal))], status=400)
    return redirect(path(made[0]), 303)


@blueprint.post(f"{ONE}/correct/return")
@door.member()
def turn_down(send_id: int) -> Any:
    def act(send: Send) -> str:
        reason = request.form.get("reason", "")[:1000]
        correcting.turn_down(send, reason, by=door.by(), now=now())
        return "No correction goes out."

    return tried(send_id, act)
