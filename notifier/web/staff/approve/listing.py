"""What waits for a decision: mine first, then what waits for others, and what I decided lately."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint

from notifier.accounts import people, rulings
from notifier.accounts.models import Ruling, Staff
from notifier.catalogue.sight import Sight, sight
from notifier.clock import london_date
from notifier.insight import needs
from notifier.insight.needs import Need
from notifier.newsletters.models import Newsletter
from notifier.notices.models import ChangeNotice
from notifier.notices.owed import owed
from notifier.releases.models import Announcement
from notifier.sends.models import Send
from notifier.store.db import session
from notifier.store.once import reading
from notifier.web.staff import door
from notifier.web.staff.approve.who import called, listed
from notifier.web.staff.desk import need_words
from notifier.web.staff.desk.desk_words import counted
from notifier.web.staff.desk.need_words import Reader, Row
from notifier.web.staff.frame import page
from notifier.web.staff.security import now
from notifier.web.staff.sends import words as send_words
from notifier.web.staff.stamped import stamped

blueprint = Blueprint("staff_approvals", __name__)

VERBS = ("Approve", "Agree")
DID = {
    rulings.APPROVED: "You approved it",
    rulings.RETURNED: "You returned it",
    rulings.SHORT: "You agreed to less notice",
}
LATELY = 8


@dataclass(frozen=True)
class Waiting:
    """A line of what waits for others: ``whom`` by name."""

    row: Row
    whom: str


@dataclass(frozen=True)
class Decided:
    title: str
    url: str
    did: str
    at: str


@blueprint.get("/staff/approvals")
@door.member()
def approvals() -> Any:
    moment, person = now(), door.me()
    with reading():
        seen = sight(person)
        found = [need for need in asked(moment) if may_see(need, seen, person)]
        mine = [need for need in found if person.id in need.people]
        others = [need for need in found if person.id not in need.people]
        known = {each.id: each for each in people.everybody()}
        names = {number: called(each) for number, each in known.items()}
        sends = [need.thing for need in found if isinstance(need.thing, Send)]
        reader = Reader(moment, names, send_words.titles(sends))
        return page(
            "approvals",
            sentence=sentence(len(mine), len(others)),
            mine=[need_words.row(need, reader) for need in mine],
            others=[Waiting(need_words.row(need, reader), whom(need, known)) for need in others],
            decided=[line for row in rulings.of(person, limit=LATELY) if (line := decided(row))],
        )


def asked(moment: datetime) -> list[Need]:
    """Everything that waits for a second person."""
    return [each for each in needs.needs(owed(now=moment), now=moment) if each.verb in VERBS]


def may_see(need: Need, seen: Sight, person: Staff) -> bool:
    return person.id in need.people or (seen.sees(need.teams) if need.teams else not seen.teams)


def whom(need: Need, known: dict[int, Staff]) -> str:
    return listed(called(known[number]) for number in sorted(need.people) if number in known)


def sentence(mine: int, others: int) -> tuple[str, str]:
    first = f"{counted(mine, 'decision waits', 'decisions wait').capitalize()} for you."
    first = first if mine else "Nothing waits for your decision."
    rest = f"{counted(others, 'waits', 'wait').capitalize()} for others." if others else ""
    return first, rest


def decided(row: Ruling) -> Decided | None:
    """One of my answers; None where what it was about is gone."""
    title, url = of_thing(row.about)
    at = stamped(row.at, london_date(now()))
    return Decided(title, url, DID[row.answer], at) if title else None


def of_thing(about: str) -> tuple[str, str]:
    """Title and page of what was decided on."""
    kind, _, number = about.partition(":")
    if kind == "notice" and (notice := session.get(ChangeNotice, int(number))):
        return notice.headline, f"/staff/notices/{notice.reference}/approve"
    if kind == "newsletter" and (issue := session.get(Newsletter, int(number))):
        return issue.title, f"/staff/newsletters/{issue.slug}/approve"
    if kind == "announcement" and (words := session.get(Announcement, int(number))):
        return words.release.title, f"/staff/releases/{words.release_id}/approve"
    return "", ""
