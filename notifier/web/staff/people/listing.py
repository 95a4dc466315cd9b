"""The people: how many, of what type and topic, how that grew; and one by the whole address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, request

from notifier.audience.models import Suppression
from notifier.audience.rules import address, suppression_key
from notifier.audience.segments_preview import most_first
from notifier.errors import Refused
from notifier.insight import people as insight
from notifier.insight.people import Month, People
from notifier.store.db import session
from notifier.store.once import reading
from notifier.web.public.shapes import Error
from notifier.web.staff import door
from notifier.web.staff.frame import back, page, problem
from notifier.web.staff.people.shared import LOOK, PEOPLE, found, keeps, pepper, tabs
from notifier.web.staff.security import now

blueprint = Blueprint("staff_people", __name__)

BIGGEST = 12  # topics that are shown at once; the others are folded
STOPPED = "Nobody has this address. It stands on the list of stopped ones: nothing is sent to it"
NOBODY = "Nobody whom you may look at has this address. Type all of it"


@dataclass(frozen=True)
class Bar:
    """``width`` in whole percent of the longest; ``people`` in words for "no one"."""

    name: str
    people: int
    width: int


@dataclass(frozen=True)
class Growth:
    """One month: its bars have one scale over all months."""

    name: str
    came: int
    went: int
    came_width: int
    went_width: int


@blueprint.get(PEOPLE)
@door.member(*LOOK)
def overview() -> Any:
    return show([])


@blueprint.post(PEOPLE)
@door.member(*LOOK)
def look_up() -> Any:
    """By POST: an address in a page's address would stand in logs and histories. What follows is
    known by a number."""
    typed = request.form.get("address", "")[:1000]
    try:
        person = found(address(typed))
    except Refused as refusal:
        return show(problem("address", refusal), 400, typed=typed)
    if person is None:
        return show(problem("address", nobody(typed)), 400, typed=typed)
    return back(f"{PEOPLE}/{person.id}")


def nobody(typed: str) -> str:
    """Who answers for the whole list is told that an address is stopped which nobody has."""
    row = session.get(Suppression, suppression_key(address(typed), pepper())) if keeps() else None
    return NOBODY if row is None else STOPPED


def show(errors: list[Error], status: int = 200, *, typed: str = "") -> Any:
    with reading():
        picture = insight.people(now=now())
        return page(
            "people",
            status,
            errors=errors,
            typed=typed,
            tabs=tabs("Overview"),
            keeps=keeps(),
            picture=picture,
            sentence=sentence(picture),
            others=others(picture),
            types=bars(picture.types),
            topics=bars(most_first(picture.topics)),
            unfollowed=[name for name, people in picture.topics.items() if not people],
            biggest=BIGGEST,
            growth=growth(picture.months),
        )


def sentence(picture: People) -> str:
    """The answer in one line: how many, and what this month brought."""
    month = picture.months[-1]
    number = "One person gets" if picture.active == 1 else f"{picture.active:,} people get"
    return f"{number} mail. This month {month.came:,} came and {month.went:,} went."


def others(picture: People) -> str:
    """Who gets none, by why."""
    words = {
        "paused": "on a break",
        "pending": "not confirmed yet",
        "left": "unsubscribed",
        "suppressed": "stopped",
        "erased": "erased",
    }
    parts = [
        f"{picture.states[state]:,} {said}"
        for state, said in words.items()
        if picture.states.get(state)
    ]
    return f"Besides: {', '.join(parts)}." if parts else ""


def bars(counts: Mapping[str, int]) -> list[Bar]:
    longest = max(counts.values(), default=0) or 1
    return [Bar(name, people, share(people, longest)) for name, people in counts.items()]


def share(number: int, of: int) -> int:
    return max(1, round(100 * number / of)) if number else 0


def growth(months: list[Month]) -> list[Growth]:
    longest = max((max(m.came, m.went) for m in months), default=0) or 1
    return [
        Growth(
            f"{m.day:%B %Y}",
            m.came,
            m.went,
            share(m.came, longest),
            share(m.went, longest),
        )
        for m in months
    ]
