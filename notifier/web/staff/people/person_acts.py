"""What staff do for one person: each act has a page that says what it does, and one button."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import Blueprint, request

from notifier.audience import pause as pausing
from notifier.audience import private_feed
from notifier.audience.hold import hold
from notifier.audience.models import Subscriber
from notifier.audience.stop import ask_again, lift, of_person, reason, stop
from notifier.errors import Refused
from notifier.mail.erase import erase as erase_files
from notifier.notices.erase import erase
from notifier.store.db import truncate_wal, unit
from notifier.store.history import record
from notifier.web.guard import settings
from notifier.web.public.shapes import Error
from notifier.web.staff import door
from notifier.web.staff.frame import back, page, problem
from notifier.web.staff.people.shared import (
    CHANGE,
    KEEP,
    ONE,
    PEOPLE,
    called,
    pepper,
    the_person,
    to_change,
    to_keep,
)
from notifier.web.staff.security import now

blueprint = Blueprint("staff_person_acts", __name__)

Do = Callable[[Subscriber, str], None]  # the person, and why
FORGET = f"{ONE}/forget"


@dataclass(frozen=True)
class Act:
    """``says`` what it does to the person; ``button``, ``done`` what was done. ``fields`` beside
    the reason: asked | until | sure. ``fits``: in which states it can be done."""

    title: str
    says: tuple[str, ...]
    button: str
    done: str
    do: Do
    fields: tuple[str, ...] = ()
    kind: str = "first"
    fits: tuple[str, ...] = ("active", "paused")


def a_day(text: str) -> date:
    """Raises Refused for what is none."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise Refused("Give the first day of mail, like 1 March 2027.", field="until") from None


def do_stop(person: Subscriber, why: str) -> None:
    who = request.form.get("asked", "")
    if who not in ("they", "we"):
        raise Refused("Say whose wish it is.", field="asked")
    stop(person, asked=who == "they", why=why, by=door.by(), now=now(), pepper=pepper())


def do_lift(person: Subscriber, why: str) -> None:
    lift(person, why=why, by=door.by(), now=now(), pepper=pepper())


def do_ask(person: Subscriber, why: str) -> None:
    ask_again(person, why=why, by=door.by(), now=now())


def do_pause(person: Subscriber, why: str) -> None:
    until, said = a_day(request.form.get("until", "")), reason(why)
    hold(person)
    pausing.pause(person, until, now=now(), by=door.by(), why=said)


def do_resume(person: Subscriber, why: str) -> None:
    reason(why)
    hold(person)
    pausing.resume(person, now=now(), by=door.by())


def do_feed(person: Subscriber, why: str) -> None:
    said = reason(why)
    hold(person)
    private_feed.end(person, now=now(), by=door.by(), why=said)


def do_forget(person: Subscriber, why: str) -> None:
    said = reason(why)
    if request.form.get("sure") != "yes":
        raise Refused("Tick that you know it is they who ask.", field="sure")
    record(f"subscriber:{person.id}", "asked_to_forget", by=door.by(), now=now(), why=said)
    erase(person, by=door.by(), now=now(), pepper=pepper())


ACTS: dict[str, Act] = {
    "stop": Act(
        "Stop all mail to them",
        ("Nothing goes to them any more, also what is on its way. What they follow is kept.",),
        "Stop all mail to them",
        "Nothing is sent to them any more.",
        do_stop,
        fields=("asked",),
        kind="stop",
        fits=("pending", "active", "paused", "left"),
    ),
    "lift": Act(
        "Let mail go to them again",
        ("They get again what they follow, from now on. What went out meanwhile is not sent.",),
        "Let mail go to them again",
        "Mail goes to them again.",
        do_lift,
        fits=("suppressed",),
    ),
    "ask": Act(
        "Send them the link to confirm",
        (
            "They are sent one mail with a link. Mail comes again when they have followed it and "
            "pressed the button: nobody else can lift this.",
            "Do it only if they ask for it. It can be done once in seven days.",
        ),
        "Send them the link",
        "The link is on its way to them.",
        do_ask,
        fits=("suppressed",),
    ),
    "pause": Act(
        "Pause their mail",
        ("They get nothing until the day that you give, and then one letter with what is new.",),
        "Pause their mail",
        "Their mail is on a break.",
        do_pause,
        fields=("until",),
    ),
    "resume": Act(
        "End the break",
        ("Mail comes again at once, and one letter with what they missed.",),
        "End the break",
        "Mail comes to them again.",
        do_resume,
        fits=("paused",),
    ),
    "feed": Act(
        "End their private feed",
        (
            "The address of their own feed and calendar stops working, wherever it was pasted. "
            "They can make a new one in their settings.",
        ),
        "End their private feed",
        "Their private feed has ended.",
        do_feed,
        fits=("active", "paused", "left", "suppressed"),
    ),
    "forget": Act(
        "Erase them",
        (
            "Their address and what they said of themselves go for good, here and in mail that is "
            "kept. Nobody can bring them back, you neither.",
            "What stays has no name: that somebody of this user type was sent these messages, and "
            "a code by which a list that still has the address is refused.",
            "Backups, files that were exported and the mail server's log are out of reach: delete "
            "the address there yourself.",
        ),
        "Erase them for good",
        "They are erased.",
        do_forget,
        fields=("sure",),
        kind="stop",
        fits=("pending", "active", "paused", "left", "suppressed"),
    ),
}


def chosen(person_id: int, act: str) -> tuple[Subscriber, Act]:
    if act == "forget":
        to_keep()
        return the_person(person_id), ACTS[act]
    return to_change(person_id), ACTS[act]


@door.member(*CHANGE)
def form(person_id: int, act: str) -> Any:
    """Says what the act does, and has its button."""
    return asked(person_id, act)


@door.member(*CHANGE)
def press(person_id: int, act: str) -> Any:
    return done(person_id, act)


@blueprint.get(FORGET)
@door.member(*KEEP, proved=True)
def ask_forget(person_id: int) -> Any:
    """The first step; the button on this page is the second."""
    return asked(person_id, "forget")


@blueprint.post(FORGET)
@door.member(*KEEP, proved=True)
def forget(person_id: int) -> Any:
    return done(person_id, "forget")


def asked(person_id: int, act: str) -> Any:
    person, found = chosen(person_id, act)
    if not is_fit(person, act):
        return back(f"{PEOPLE}/{person_id}", "That cannot be done now: look at how it stands.")
    return show(person, act, found, [])


def done(person_id: int, act: str) -> Any:
    person, found = chosen(person_id, act)
    email = person.email or ""
    if not is_fit(person, act):  # pressed twice, or somebody else was first
        return back(f"{PEOPLE}/{person_id}", "Nothing was changed: look at how it stands.")
    try:
        with unit():
            found.do(chosen(person_id, act)[0], request.form.get("why", ""))
    except Refused as refusal:
        return show(the_person(person_id), act, found, problem(refusal.field or "why", refusal))
    if act == "forget":
        truncate_wal()
        erase_files(settings(), email)
    return back(f"{PEOPLE}/{person_id}", found.done)


def is_fit(person: Subscriber, act: str) -> bool:
    if act == "feed":
        return private_feed.current(person) is not None
    if act == "lift":
        row = of_person(person, pepper())
        return person.state == "suppressed" and row is not None and row.reason == "staff"
    return person.state in ACTS[act].fits


def show(person: Subscriber, act: str, found: Act, errors: list[Error]) -> Any:
    return page(
        "person_act",
        400 if errors else 200,
        errors=errors,
        act=act,
        found=found,
        title=called(person),
        url=f"{PEOPLE}/{person.id}",
        typed={name: request.form.get(name, "") for name in ("why", "asked", "until", "sure")},
        soonest=soonest(now()),
    )


def soonest(moment: datetime) -> str:
    return f"Until {pausing.latest(moment.date()):%-d %B %Y} at the latest."


for each in ACTS:
    if each != "forget":
        path, which = f"{ONE}/{each}", {"act": each}
        blueprint.add_url_rule(path, f"ask_{each}", form, methods=["GET"], defaults=which)
        blueprint.add_url_rule(path, f"do_{each}", press, methods=["POST"], defaults=which)
