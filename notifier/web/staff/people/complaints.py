"""The log of complaints: who waits for an answer, how long, and the answer by a letter of ours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Blueprint, abort, request
from sqlalchemy import select

from notifier.accounts.models import Staff
from notifier.audience import complain, reply
from notifier.audience.complain import ACKNOWLEDGE_WITHIN
from notifier.audience.models import Complaint, Subscriber
from notifier.clock import london_date
from notifier.delivery.models import Bounce
from notifier.errors import Refused
from notifier.render import dates
from notifier.sends.models import Send
from notifier.store.db import session, unit
from notifier.web.public.shapes import Error, Link, Tag
from notifier.web.staff import door
from notifier.web.staff.frame import back, page, problem
from notifier.web.staff.people.shared import KEEP, PEOPLE, day, keep_look, pepper, tabs, to_keep
from notifier.web.staff.security import now
from notifier.web.staff.sends import words as send_words

blueprint = Blueprint("staff_complaints", __name__)

LIST = f"{PEOPLE}/complaints"
ONE = f"{LIST}/<int(max=2147483647):number>"
VIEWS = {"waiting": "Waiting", "answered": "Answered", "spam": "Reported as spam"}
PAGE = 50
LONG = timedelta(days=14)  # left: less is amber


@dataclass(frozen=True)
class Row:
    title: str
    url: str
    note: str
    tag: Tag


@blueprint.get(LIST)
@door.member(*KEEP)
def log() -> Any:
    to_keep()
    view = request.args.get("show", "waiting")
    view = view if view in VIEWS else "waiting"
    given = request.args.get("page", "1")
    number = max(int(given) if given.isascii() and given.isdigit() and len(given) < 6 else 1, 1)
    if view == "spam":
        keep_look("people:spam")
    rows = spam(number) if view == "spam" else written(view, number)
    waits = complain.log(waiting=True)
    return page(
        "complaints",
        tabs=tabs("Complaints"),
        sentence=sentence(waits),
        views=[Link(VIEWS[name], f"{LIST}?show={name}", active=name == view) for name in VIEWS],
        words=VIEWS[view],
        rows=rows[:PAGE],
        newer=f"{LIST}?show={view}&page={number - 1}" if number > 1 else "",
        older=f"{LIST}?show={view}&page={number + 1}" if len(rows) > PAGE else "",
    )


def sentence(waits: list[Complaint]) -> str:
    if not waits:
        return "No complaint waits for an answer."
    one = len(waits) == 1
    first = "It has waited" if one else "The first has waited"
    number = "One complaint waits" if one else f"{len(waits)} complaints wait"
    return f"{number} for an answer. {first} {waited(waits[0])}; the law gives 30 days."


def waited(row: Complaint) -> str:
    """How long until it was answered, or until now."""
    until = london_date(row.answered_at or now())
    days = (until - london_date(row.at)).days
    return dates.days(days) if days else "less than a day"


def written(view: str, number: int) -> list[Row]:
    """What people wrote to us; who waits longest first, what was answered last first."""
    query = select(Complaint).offset((number - 1) * PAGE).limit(PAGE + 1)
    if view == "waiting":
        query = query.where(Complaint.answered_at.is_(None)).order_by(Complaint.at, Complaint.id)
    else:
        query = query.where(Complaint.answered_at.is_not(None))
        query = query.order_by(Complaint.answered_at.desc(), Complaint.id.desc())
    return [
        Row(
            opening(row.words),
            f"{LIST}/{row.id}",
            f"Complaint {row.id} · came on {day(row.at)}",
            state(row),
        )
        for row in session.scalars(query)
    ]


def opening(words: str, longest: int = 90) -> str:
    line = " ".join(words.split())
    return line if len(line) <= longest else f"{line[:longest].rsplit(' ', 1)[0]}…"


def state(row: Complaint) -> Tag:
    if row.answered_at is not None:
        return Tag(f"Answered after {waited(row)}", "good")
    left = (london_date(row.at + ACKNOWLEDGE_WITHIN) - london_date(now())).days
    if left < 0:
        return Tag(f"{dates.days(-left)} late", "bad")
    return Tag(f"{dates.days(left)} left", "look" if left <= LONG.days else "neutral")


def spam(number: int) -> list[Row]:
    """What mail services tell us: somebody pressed “this is spam”. It ends their mail by itself."""
    query = (
        select(Bounce, Subscriber, Send)
        .outerjoin(Subscriber, Subscriber.id == Bounce.subscriber_id)
        .outerjoin(Send, Send.id == Bounce.send_id)
        .where(Bounce.verdict == "complaint")
        .order_by(Bounce.at.desc(), Bounce.id.desc())
        .offset((number - 1) * PAGE)
        .limit(PAGE + 1)
    )
    found = list(session.execute(query))
    titles = send_words.titles([send for _, _, send in found if send is not None])
    rows = []
    for row, person, send in found:
        who = (person.email if person is not None else None) or "Somebody who was erased"
        about = titles.get(send.id, "") if send is not None else "a message of long ago"
        stopped = person is not None and person.state == "suppressed"
        tag = Tag("All mail stopped", "neutral") if stopped else Tag("Stopped following", "neutral")
        url = f"{PEOPLE}/{person.id}" if person is not None else ""
        rows.append(Row(who, url, f"{day(row.at)} · {about}", tag))
    return rows


def the_complaint(number: int) -> Complaint:
    to_keep()
    row = session.get(Complaint, number)
    if row is None:
        abort(404)
    return row


@blueprint.get(ONE)
@door.member(*KEEP)
def one(number: int) -> Any:
    keep_look(f"complaint:{the_complaint(number).id}")
    return show(the_complaint(number), [])


def show(row: Complaint, errors: list[Error]) -> Any:
    to = reply.may_write(row, pepper=pepper())
    letters = reply.letters(row)
    return page(
        "complaint",
        400 if errors else 200,
        errors=errors,
        row=row,
        tag=state(row),
        came=came(row),
        due=day(row.at + ACKNOWLEDGE_WITHIN),
        to=to,
        person=f"{PEOPLE}/{row.subscriber_id}" if row.subscriber_id else "",
        answered=answered(row),
        letters=[letter(send) for send in letters],
        typed={
            "words": request.form.get("words", ""),
            "how": request.form.get("how", "mail" if to else "else"),
        },
        seen=row.answered_at.isoformat() if row.answered_at else "",
    )


def came(row: Complaint) -> str:
    so_far = "It was answered after" if row.answered_at else "It has waited"
    return f"It came on {day(row.at)}. {so_far} {waited(row)}."


def answered(row: Complaint) -> str:
    if row.answered_at is None:
        return ""
    person = session.get(Staff, row.answered_by or 0)
    by = f" by {person.name or person.email}" if person is not None else ""
    return f"Answered on {day(row.answered_at)}{by}"


def letter(send: Send) -> tuple[Tag, str]:
    """(how the letter stands, since when)."""
    when = day(send.finished_at or send.created_at)
    if send.bounced:
        return Tag("Came back", "bad"), when
    if send.failed:
        return Tag("Failed", "bad"), when
    if send.state == "done":
        return Tag("Accepted by their mail server", "good"), when
    if send.state in ("cancelled", "skipped"):
        return Tag(f"Not sent: {send.end_reason}", "look"), when
    return Tag("On its way", "way"), when


@blueprint.post(ONE)
@door.member(*KEEP)
def answer(number: int) -> Any:
    row = the_complaint(number)
    how = request.form.get("how", "")
    try:
        if how not in ("mail", "else"):
            raise Refused("Say how they are answered.", field="how")
        with unit():
            row = the_complaint(number)
            seen = row.answered_at.isoformat() if row.answered_at else ""
            if request.form.get("seen", "") != seen:  # pressed twice, or by two at once
                raise Refused("It was answered a moment ago: see below.", field="words")
            reply.reply(
                row,
                request.form.get("words", ""),
                by_mail=how == "mail",
                by=door.by(),
                now=now(),
                pepper=pepper(),
            )
    except Refused as refusal:
        return show(the_complaint(number), problem(refusal.field or "words", refusal))
    done = "The answer is on its way." if how == "mail" else "The answer is kept."
    return back(f"{LIST}/{number}", done)
