"""One box over everything. Words stand in the address of the answer, a person's address never."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, redirect, request

from notifier.audience.models import Subscriber
from notifier.clock import london_date
from notifier.delivery.ledger import sent_to
from notifier.insight.find import LONGEST, Hit, find, too_short
from notifier.lifecycle import standing
from notifier.render import dates
from notifier.sends import queries as sends
from notifier.web.staff import door, ways
from notifier.web.staff.frame import page
from notifier.web.staff.notices import words as notice_words
from notifier.web.staff.people.shared import PEOPLE, found, looked
from notifier.web.staff.releases import words as release_words
from notifier.web.staff.sends import words as send_words
from notifier.web.staff.sends.shared import ACTS, seen

blueprint = Blueprint("staff_search", __name__)

SEARCH = "/staff/search"
HEADS = {
    "notice": "Notices",
    "release": "Releases",
    "newsletter": "Newsletters",
    "series": "Publications",
    "topic": "Topics",
    "send": "Sends",
}
STATES = {
    "notice": notice_words.STATES,
    "release": release_words.STATES,
    "send": send_words.STATES,
}
KINDS = {**send_words.TO_ONE, **send_words.KINDS}
LATEST = 5  # messages of a person


@dataclass(frozen=True)
class Row:
    title: str
    url: str
    note: str
    state: str


@dataclass(frozen=True)
class Person:
    """Whom somebody asked for by their whole address."""

    email: str
    url: str
    state: str
    facts: list[tuple[str, str]]
    sends: list[Row]


@blueprint.post(SEARCH)
@door.member()
def ask() -> Any:
    """Words lead to a page with an address of its own, which one can keep. A person's address is
    answered here: it must not stand in logs, histories and links."""
    asked = request.form.get("q", "").strip()[:LONGEST]
    if "@" not in asked:
        return redirect(f"{SEARCH}?{urlencode({'q': asked})}", 303)
    return show(asked, somebody=look_up(asked))


@blueprint.get(SEARCH)
@door.member()
def search() -> Any:
    return show(request.args.get("q", "").strip()[:LONGEST])


def look_up(email: str) -> Person | None:
    """Only for who holds a role, among the readers of their teams; history keeps who looked."""
    person = found(email) if may_look() else None
    if person is None:
        return None
    looked(person)
    return shown(person)


def may_look() -> bool:
    return any(role.role in ACTS for role in door.me().roles)


def shown(person: Subscriber) -> Person:
    since = person.confirmed_at or person.created_at
    facts = [
        ("User type", person.user_type.name),
        ("Since", dates.past(london_date(since))),
        ("Depth", person.reads),
    ]
    if person.end_reason:
        facts.append(("Why", person.end_reason.replace("_", " ")))
    url = f"{PEOPLE}/{person.id}"
    return Person(person.email or "", url, standing(person.state), facts, messages(person.id))


def messages(subscriber_id: int) -> list[Row]:
    """What they were sent last."""
    latest = sent_to(subscriber_id)[-LATEST:]
    return [
        Row(
            f"{KINDS.get(each['kind'], each['kind'])}, {send_words.stage_words(each['stage'])}",
            "",
            dates.past(london_date(each["at"])),
            each["state"],
        )
        for each in reversed(latest)
    ]


def show(asked: str, *, somebody: Person | None = None) -> Any:
    """``asked`` with an @ looks for a person alone."""
    by_person = "@" in asked
    hits = find("" if by_person else asked, seen())
    names = titles_of([hit for hit in hits.found if hit.kind == "send"])
    groups = {
        HEADS[kind]: [row(hit, names) for hit in hits.found if hit.kind == kind]
        for kind in HEADS
        if any(hit.kind == kind for hit in hits.found)
    }
    return page(
        "search",
        asked=asked,
        person=somebody,
        by_person=by_person,
        may_look=may_look(),
        groups=groups,
        more=[HEADS[kind] for kind in HEADS if kind in hits.more],
        number=len(hits.found),
        short=bool(asked) and not by_person and too_short(asked),
    )


def titles_of(hits: list[Hit]) -> dict[str, str]:
    names = send_words.titles([sends.send(int(hit.slug)) for hit in hits])
    return {str(number): title for number, title in names.items()}


def row(hit: Hit, names: dict[str, str]) -> Row:
    day = dates.past(london_date(hit.at)) if hit.at is not None else ""
    url = {
        "notice": lambda: ways.notice(hit.slug, public=hit.public, own=hit.own),
        "release": lambda: ways.release(int(hit.slug), public=hit.public, own=hit.own),
        "newsletter": lambda: ways.newsletter(hit.number, hit.slug, public=hit.public, own=hit.own),
        "series": lambda: f"/series/{hit.slug}",
        "topic": lambda: f"/topics/{hit.slug}",
        "send": lambda: ways.send(int(hit.slug)),
    }[hit.kind]()
    title = names[hit.slug] if hit.kind == "send" else hit.title
    state = state_words(hit)
    note = "" if hit.kind == "send" else hit.note
    return Row(title, url, " · ".join(filter(None, (note, day))), state)


def state_words(hit: Hit) -> str:
    """As the room of the thing has it in its own lists."""
    tag = STATES.get(hit.kind, {}).get(hit.state)
    if tag is not None:
        return tag.word
    return standing(hit.state).removeprefix("a ").capitalize() if hit.state else ""
