"""One Send: how far it is, where and why it fails, and whether somebody got it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, make_response, render_template, request

from notifier.accounts.models import Staff
from notifier.audience.rules import address
from notifier.catalogue import queries as catalogue
from notifier.catalogue.models import Team
from notifier.clock import london_date, london_time
from notifier.delivery import breakdown, correcting
from notifier.delivery.breakdown import Domain
from notifier.delivery.correct import OF_WORDS
from notifier.delivery.looked_up import Got, got
from notifier.delivery.rules import WORDS
from notifier.errors import Refused
from notifier.insight.whom import whom
from notifier.render import dates
from notifier.sends.carry import carrier_of
from notifier.sends.models import Send
from notifier.sends.rules import State
from notifier.sends.stopped import why
from notifier.store.db import session, unit
from notifier.store.history import record
from notifier.web.public.shapes import Error, Tag
from notifier.web.staff import door
from notifier.web.staff.frame import page
from notifier.web.staff.security import now
from notifier.web.staff.sends import words as send_words
from notifier.web.staff.sends.bars import bars
from notifier.web.staff.sends.deeds import deeds
from notifier.web.staff.sends.failure_words import reasons
from notifier.web.staff.sends.live import Live, Part, live, parts
from notifier.web.staff.sends.shared import may_act, pace, sizes, the_send, to_act_on

blueprint = Blueprint("staff_send", __name__)

TONES = {
    State.ACCEPTED: "good",
    State.WAITING: "neutral",
    State.HELD: "neutral",
    State.RETRYING: "look",
    State.UNCERTAIN: "look",
    State.BOUNCED: "bad",
    State.FAILED: "bad",
    State.SKIPPED: "neutral",
}


@dataclass(frozen=True)
class Found:
    """What is known of one address."""

    tag: Tag | None
    at: str
    how: str
    why: str


@dataclass(frozen=True)
class Row:
    """A domain of the table."""

    name: str
    parts: list[Part]
    accepted: str
    waiting: str
    again: str
    failed: str
    share: str


@blueprint.get("/staff/sends/<int(max=2147483647):send_id>")
@door.member()
def send(send_id: int) -> Any:
    return show(the_send(send_id))


@blueprint.get("/staff/sends/<int(max=2147483647):send_id>/live")
@door.member()
def fragment(send_id: int) -> Response:
    """The block that a page which is open asks for each second, and what a screen reader says where
    another ten of a hundred are reached."""
    shown = shape(the_send(send_id))
    before = request.args.get("said", "")
    body = render_template(
        "parts/send_live.html",
        live=shown,
        send_id=send_id,
        title=titled(send_id),
        may_act=True,
        say=before.isdigit() and before != str(shown.said),
    )
    answer = make_response(body)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def titled(send_id: int) -> str:
    one = session.get_one(Send, send_id)
    return send_words.titles([one])[one.id]


def shape(send: Send) -> Live:
    return live(send, now=now(), pace=pace(), me=door.me().id)


@blueprint.post("/staff/sends/<int(max=2147483647):send_id>/look")
@door.member()
def look(send_id: int) -> Any:
    """By POST: an address in a page's address would stand in logs and histories."""
    one = to_act_on(send_id)
    typed = request.form.get("address", "")
    try:
        email = address(typed)
    except Refused as refusal:
        errors = [Error("address", str(refusal).rstrip("."))]
        return show(one, errors=errors, typed=typed, status=400)
    found = got(one, email)
    if found is not None:
        with unit():
            record(f"subscriber:{found.person}", "look", by=door.by(), now=now(), send=send_id)
        one = the_send(send_id)
    return show(one, typed=typed, found=words_of(found))


def words_of(found: Got | None) -> Found:
    if found is None:
        return Found(None, "", "", "This message was not for that address.")
    tries = {0: "not tried yet", 1: "first try", 2: "second try"}
    how = tries.get(found.tries, f"{found.tries} tries")
    if found.code >= REFUSED:
        how += f", the server said {found.code}"
    if found.again_at is not None:
        how += f"; tried again at {london_time(found.again_at):%H:%M}"
    reads = f"{found.depth.capitalize()} depth, {LANGUAGES[found.language]}." if found.depth else ""
    word = WORDS[found.state].capitalize()
    return Found(
        Tag(word, TONES[found.state]), at(found.at), how, f"{because(found.why)} {reads}".strip()
    )


REFUSED = 400  # replies from here on say no, or not now
LANGUAGES = {"en": "English", "cy": "Welsh", "both": "English and Welsh"}


def because(why: str) -> str:
    """ "They follow Air quality, they got an earlier message." of what the ledger says."""
    they = {"follows": "they follow", "asked": "they asked", "got": "they got"}
    parts = []
    for part in filter(None, why.split("; ")):
        first, _, rest = part.partition(" ")
        parts.append(f"{they.get(first, first)} {rest}".strip())
    words = ", ".join(parts)
    return f"{words[0].upper()}{words[1:]}." if words else ""


def show(send: Send, *, errors: Any = (), status: int = 200, **given: Any) -> Any:
    """The page in every state. ``given`` may hold what was typed, and what was found."""
    whole = session.get_one(Send, carrier_of(send) or send.id)
    shown, moment, acts = shape(whole), now(), may_act(send)
    begun = whole.frozen_at is not None and whole.audience > 0 and not whole.to_one
    failed = whole.bounced + whole.failed
    return page(
        "send",
        status,
        errors=list(errors),
        send=send,
        title=titled(send.id),
        kind=send_words.kind(send),
        subtitle=subtitle(send),
        live=shown,
        carrier=whole if whole.id != send.id else None,
        may_act=acts,
        domains=[domain_row(each) for each in breakdown.domains(whole)] if begun else [],
        slow=slow(whole) if begun else "",
        reasons=reasons(breakdown.failures(whole)) if begun and failed else [],
        failed=failed,
        pace=bars(whole, now=moment) if begun else None,
        facts=facts(send),
        deeds=deeds(send, door.me().id),
        as_of=f"{london_time(moment):%H:%M:%S}",
        correctable=correctable(whole) and acts,
        correction=correction(whole) if acts else None,
        typed=given.get("typed", ""),
        found=given.get("found"),
        pending=whole.pending,
        retriable=whole.failed if whole.state in ("sending", "paused") else 0,
    )


def subtitle(send: Send) -> str:
    """To whom it goes, and why it stands where it stands."""
    if send.to_one:
        return "To one person."
    parts = [send_words.to_whom(whom(send), send.kind), size(send)]
    if send.state == "paused" and why(send):
        parts.append(why(send))
    elif send.end_reason:
        parts.append(f"{send.end_reason[0].upper()}{send.end_reason[1:]}.")
    return " ".join(filter(None, parts)).replace("..", ".")


def size(send: Send) -> str:
    """How many it would reach today, before it has begun."""
    if send.frozen_at is not None or send.kind == "digest":
        return ""
    people = sizes().of([send.receivers], now=now())[0]
    return f"Today that is {send_words.people(people)}." if people is not None else ""


def domain_row(each: Domain) -> Row:
    name = f"{each.others:,} other domains" if each.others else each.name
    share = 100 * each.accepted / each.people if each.people else 0
    return Row(
        name=name,
        parts=parts(each.accepted, each.again, each.failed, each.waiting, each.people),
        accepted=f"{each.accepted:,} of {each.people:,}",
        waiting=f"{each.waiting:,}",
        again=f"{each.again:,}",
        failed=f"{each.failed:,}",
        share="100%" if each.accepted == each.people else f"{min(share, 99.9):.1f}%",
    )


def slow(send: Send) -> str:
    """One sentence about those who are tried again."""
    number, first = breakdown.tried_again_at(send)
    if not number or first is None or send.state not in ("sending", "paused"):
        return ""
    at = f"{london_time(first):%H:%M}"
    if send.state == "paused":
        return f"{send_words.people(number)} wait for another try, once it goes on."
    are = "is" if number == 1 else "are"
    return f"{send_words.people(number)} {are} put off by their servers, and tried again from {at}."


def facts(send: Send) -> list[tuple[str, str]]:
    """What is on record about it."""
    found = [("Planned for", at(send.due_at)), ("Rule", send_words.rule_words(send.rule))]
    if send.frozen_at is not None:
        found.append(("Begun", at(send.frozen_at)))
    team = session.get(Team, send.team_id) if send.team_id is not None else None
    house = catalogue.organisation()
    whose = team.name if team is not None else (house.name if house is not None else "")
    return [*found, ("Whose", whose), ("Number", str(send.id))]


def at(instant: datetime) -> str:
    """ "10:02:10, Tue 23 Feb 2027"."""
    day = london_date(instant)
    return f"{london_time(instant):%H:%M:%S}, {dates.short(day)} {day.year}"


def correctable(send: Send) -> bool:
    over = send.state in ("done", "cancelled", "skipped") and send.finished_at is not None
    return over and send.kind in OF_WORDS and not send.to_one and send.accepted > 0


def correction(send: Send) -> dict[str, Any] | None:
    """What waits for a second person: the words, whose they are, whether this member may agree."""
    kept = correcting.asked(send)
    if not kept:
        return None
    person = door.me()
    author = session.get(Staff, kept["staff"])
    return {
        "words": kept["words"],
        "by": "you"
        if kept["staff"] == person.id
        else (author.name or author.email if author else ""),
        "at": kept["at"],
        "mine": kept["staff"] == person.id,
        "may_agree": correcting.may_agree(send, person, now=now()),
        "people": send.accepted,
    }
