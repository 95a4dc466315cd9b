"""One person: what they get and why, what they were sent, and what happened; each look is kept."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, request
from sqlalchemy import select

from notifier.audience import brought, private_feed
from notifier.audience.models import Complaint, Subscriber
from notifier.audience.stop import of_person
from notifier.clock import london_date, london_time
from notifier.delivery.had import Had, had
from notifier.delivery.models import Bounce
from notifier.insight.held import held
from notifier.render import dates
from notifier.store.db import session, unit
from notifier.store.history import newest, record
from notifier.store.once import reading
from notifier.web.public.shapes import Link, Tag
from notifier.web.staff import door
from notifier.web.staff.frame import page
from notifier.web.staff.people.person_words import (
    DEPTHS,
    LANGUAGES,
    VERDICTS,
    deed,
    follow,
    message_state,
    rhythms,
)
from notifier.web.staff.people.shared import (
    LOOK,
    ONE,
    PEOPLE,
    STOPPED,
    called,
    day,
    keeps,
    looked,
    may_change,
    pepper,
    state,
    the_person,
    to_keep,
)
from notifier.web.staff.security import now
from notifier.web.staff.sends import words as send_words
from notifier.web.staff.sends.shared import may_look, seen

blueprint = Blueprint("staff_person", __name__)

MESSAGES = 15  # on a page
DEEDS = 30
BASES = {"consent": "They agreed", "public_task": "As a public task"}
HOWS = {"form": "on the sign-up page", "import": "by a list", "invitation": "by an invitation"}


@dataclass(frozen=True)
class Message:
    """``url`` "" for what this member may not open."""

    title: str
    url: str
    when: str
    tag: Tag
    why: str


@dataclass(frozen=True)
class Agreed:
    words: str
    basis: str
    when: str


@blueprint.get(ONE)
@door.member(*LOOK)
def person(person_id: int) -> Any:
    one = the_person(person_id)
    looked(one)
    with reading():
        return show(one)


def show(one: Subscriber) -> Any:
    whole = keeps()
    sight = seen()
    number = page_number()
    rows, total = had(one.id, page=number, limit=MESSAGES, teams=sight.teams)
    url = f"{PEOPLE}/{one.id}"
    follows = [follow(each) for each in one.subscriptions]
    return page(
        "person",
        one=one,
        title=called(one),
        tag=state(one),
        sentence=sentence(one, sum(not each.until for each in follows)),
        stopped=stopped(one),
        facts=facts(one, whole=whole),
        rhythms=rhythms(one),
        now_follows=[each for each in follows if not each.until],
        followed=[each for each in follows if each.until],
        consents=consents(one) if whole else [],
        messages=messages(rows),
        total=total,
        newer=f"{url}?page={number - 1}#messages" if number > 1 else "",
        older=f"{url}?page={number + 1}#messages" if number * MESSAGES < total else "",
        bounces=bounces(one),
        deeds=[deed(row, me=door.by().name) for row in newest(f"subscriber:{one.id}", limit=DEEDS)],
        feed=private_feed.current(one) is not None,
        complaints=complaints(one) if whole else [],
        acts=acts(one),
        held=f"{url}/held.json" if whole else "",
    )


def page_number() -> int:
    given = request.args.get("page", "1")
    number = int(given) if given.isascii() and given.isdigit() and len(given) < 6 else 1
    return max(number, 1)


def sentence(one: Subscriber, follows: int) -> str:
    """The answer to "what do they get?"."""
    things = "one thing" if follows == 1 else f"{follows} things"
    if one.state == "active":
        return f"They follow {things} and get mail."
    if one.state == "paused":
        return f"They follow {things}; nothing is sent until the break is over."
    if one.state == "suppressed":
        return "Nothing is sent to them."
    if one.state == "pending":
        return "They asked for updates and have not confirmed yet. Nothing is sent to them."
    if one.state == "left":
        since = f" since {day(one.ended_at)}" if one.ended_at is not None else ""
        return f"They have been unsubscribed{since}. Nothing is sent to them."
    return "Their address and what they said of themselves are gone. What they were sent stays."


def stopped(one: Subscriber) -> str:
    """Why mail to them is stopped, and since when; "" when it is not."""
    row = of_person(one, pepper())
    if one.state != "suppressed" or row is None:
        return ""
    note = f" “{row.note}”" if row.note else ""
    return f"{STOPPED.get(row.reason, row.reason)}, since {day(row.at)}.{note}"


def facts(one: Subscriber, *, whole: bool) -> list[tuple[str, str]]:
    """What staff who answer them need; what people say of themselves is for few."""
    rows = [
        ("User type", one.user_type.name if one.state != "erased" else ""),
        ("Reads", DEPTHS[one.reads] if one.state != "erased" else ""),
        ("Language", LANGUAGES[one.language]),
        ("With us since", day(one.confirmed_at or one.created_at)),
    ]
    if whole:
        rows += [
            ("Name", one.name),
            ("Organisation", one.organisation),
            ("Uses it for", one.uses),
            ("Came by", one.source),
        ]
    return [(label, words) for label, words in rows if words]


def consents(one: Subscriber) -> list[Agreed]:
    return [
        Agreed(
            row["wording"],
            f"{BASES.get(row['basis'], row['basis'])}, {HOWS.get(row['how'], row['how'])}"
            + (f" ({row['source']})" if row["source"] else ""),
            day(row["at"]),
        )
        for row in brought.consents(one.id)
    ]


def messages(rows: list[Had]) -> list[Message]:
    titles = send_words.titles([row.send for row in rows])
    mine = seen()
    found = []
    for row in rows:
        tag, why = message_state(row)
        opens = may_look(row.send, mine)
        url = f"/staff/sends/{row.send.id}" if opens else ""
        at = f"{dates.short(london_date(row.at))} {london_date(row.at).year}"
        when = f"{at}, {london_time(row.at):%H:%M}"
        found.append(Message(titles[row.send.id], url, when, tag, why))
    return found


def bounces(one: Subscriber) -> list[tuple[str, str, str]]:
    """(what the server said, its codes, when), the newest first; at most ten."""
    query = select(Bounce).where(Bounce.subscriber_id == one.id).order_by(Bounce.at.desc())
    return [
        (
            VERDICTS.get(row.verdict, row.verdict.replace("_", " ")),
            " ".join(filter(None, (str(row.code or ""), row.status))),
            day(row.at),
        )
        for row in session.scalars(query.limit(10))
    ]


def complaints(one: Subscriber) -> list[Link]:
    query = select(Complaint).where(Complaint.subscriber_id == one.id).order_by(Complaint.id)
    return [
        Link(
            f"Complaint of {day(row.at)}{'' if row.answered_at else ', not answered yet'}",
            f"{PEOPLE}/complaints/{row.id}",
        )
        for row in session.scalars(query)
    ]


def acts(one: Subscriber) -> list[Link]:
    """What this member may do for them now, the gravest last."""
    url, found = f"{PEOPLE}/{one.id}", []
    if may_change(one):
        if one.state in ("active", "paused"):
            found.append(Link("Correct what they follow…", f"{url}/topics"))
            found.append(Link("Pause their mail…", f"{url}/pause"))
        if one.state == "paused":
            found.append(Link("End the break…", f"{url}/resume"))
        if private_feed.current(one) is not None:
            found.append(Link("End their private feed…", f"{url}/feed"))
        if one.state == "suppressed":
            row = of_person(one, pepper())
            by_staff = row is not None and row.reason == "staff"
            found.append(
                Link("Let mail go to them again…", f"{url}/lift")
                if by_staff
                else Link("Send them the link to confirm…", f"{url}/ask")
            )
        else:
            found.append(Link("Stop all mail to them…", f"{url}/stop"))
    if keeps() and one.state != "erased":
        found.append(Link("Erase them…", f"{url}/forget"))
    return found


@blueprint.get(f"{ONE}/held.json")
@door.member(*LOOK, proved=True)
def held_file(person_id: int) -> Response:
    """Everything that we hold about them, to be given to them; that it was taken is kept."""
    to_keep()
    one = the_person(person_id)
    with unit():
        record(f"subscriber:{one.id}", "held", by=door.by(), now=now())
    session.refresh(one)
    facts = {"made_at": now().strftime("%Y-%m-%dT%H:%M:%SZ"), **held(one)}
    body = json.dumps(facts, ensure_ascii=False, indent=2) + "\n"
    answer = Response(body, mimetype="application/json")
    answer.headers["Content-Disposition"] = f'attachment; filename="held-{one.id}.json"'
    answer.headers["Cache-Control"] = "no-store"
    return answer
