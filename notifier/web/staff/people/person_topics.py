"""Correcting what a person follows, at their request and in their name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, request

from notifier.audience.models import Subscriber
from notifier.audience.prefer import prefer
from notifier.audience.stop import reason
from notifier.catalogue import merge
from notifier.catalogue import queries as catalogue
from notifier.catalogue.models import Topic
from notifier.errors import Refused
from notifier.store.db import unit
from notifier.web.public.shapes import Error
from notifier.web.staff import door
from notifier.web.staff.frame import back, page, problem
from notifier.web.staff.people.person_words import follow
from notifier.web.staff.people.shared import CHANGE, ONE, PEOPLE, called, the_person, to_change
from notifier.web.staff.security import now

blueprint = Blueprint("staff_person_topics", __name__)

EMPTY = "Choose at least one thing. To end everything, stop all mail to them instead."
MEANWHILE = "What they follow was changed a moment ago. Look at what is ticked now, then save."


@dataclass(frozen=True)
class Box:
    """``depth``: how far in it stands, 0 to 3."""

    value: str
    name: str
    note: str
    ticked: bool
    depth: int


@blueprint.get(f"{ONE}/topics")
@door.member(*CHANGE)
def form(person_id: int) -> Any:
    person = to_change(person_id)
    if person.state not in ("active", "paused"):
        return back(f"{PEOPLE}/{person_id}", "They get no mail; there is nothing to correct.")
    return show(person, [])


@blueprint.post(f"{ONE}/topics")
@door.member(*CHANGE)
def save(person_id: int) -> Any:
    to_change(person_id)
    try:
        with unit():
            changed = correct(to_change(person_id))
    except Refused as refusal:
        person = the_person(person_id)
        stale = str(refusal) == MEANWHILE
        return show(person, problem(refusal.field or "topics", refusal), typed=not stale)
    return back(
        f"{PEOPLE}/{person_id}", "What they follow is corrected." if changed else "Nothing changed."
    )


def correct(person: Subscriber) -> bool:
    """Whether anything is different now. Raises Refused."""
    why = reason(request.form.get("why", ""))
    if request.form.get("was", "") != version(person):
        raise Refused(MEANWHILE, field="topics")
    wanted = catalogue.topics_named(request.form.getlist("topics"))
    kept = set(request.form.getlist("keeps"))
    live = [s for s in person.subscriptions if s.ended_at is None]
    drops = [s for s in live if s.topic_id is None and str(s.id) not in kept]
    had = {s.topic_id for s in live if s.topic_id is not None}
    alone = [s for s in live if s.topic_id is None]
    if not wanted and len(drops) == len(alone) and not person.week_ahead:
        raise Refused(EMPTY, field="topics")
    if {topic.id for topic in wanted} == had and not drops:
        return False
    prefer(
        person,
        topics=wanted,
        user_type=person.user_type,
        depth=person.depth,
        language=person.language,
        now=now(),
        drops=drops,
        by=door.by(),
        why=why,
    )
    return True


def version(person: Subscriber) -> str:
    """What they follow, as the form saw it."""
    return ".".join(str(s.id) for s in person.subscriptions if s.ended_at is None)


def show(person: Subscriber, errors: list[Error], *, typed: bool = False) -> Any:
    given = request.form if typed else None
    return page(
        "person_topics",
        400 if errors else 200,
        errors=errors,
        title=called(person),
        url=f"{PEOPLE}/{person.id}",
        was=version(person),
        topics=topics(person, set(given.getlist("topics")) if given is not None else None),
        singles=singles(person, set(given.getlist("keeps")) if given is not None else None),
        why=request.form.get("why", ""),
    )


def topics(person: Subscriber, ticked: set[str] | None) -> list[Box]:
    had = {s.topic_id for s in person.subscriptions if s.ended_at is None}
    living = {topic.id for topic in merge.living(now())}
    return [
        Box(
            topic.slug,
            topic.name,
            "",
            topic.slug in ticked if ticked is not None else topic.id in had,
            depth,
        )
        for topic, depth in in_order(catalogue.topics())
        if topic.id in living or topic.id in had
    ]


def in_order(every: list[Topic]) -> list[tuple[Topic, int]]:
    """Each with how deep it stands; children behind their parent."""
    under: dict[int | None, list[Topic]] = {}
    for topic in every:
        under.setdefault(topic.parent_id, []).append(topic)

    def below(parent: int | None, depth: int) -> list[tuple[Topic, int]]:
        found = []
        for topic in under.get(parent, []):
            found += [(topic, min(depth, 3)), *below(topic.id, depth + 1)]
        return found

    return below(None, 0)


def singles(person: Subscriber, kept: set[str] | None) -> list[Box]:
    """Publications, changes and releases that they follow by themselves."""
    rows = [s for s in person.subscriptions if s.ended_at is None and s.topic_id is None]
    return [
        Box(str(s.id), line.name, line.kind, str(s.id) in kept if kept is not None else True, 0)
        for s in rows
        for line in [follow(s)]
    ]
