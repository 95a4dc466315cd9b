"""Whom a segment means, as a page says it: how many, by user type, and who is missing."""

from __future__ import annotations

from dataclasses import dataclass

from notifier.audience import segments_preview
from notifier.audience.models import Reach
from notifier.audience.receivers import Audience
from notifier.audience.segments_named import in_words, leaves
from notifier.audience.segments_read import Filter, read
from notifier.catalogue import queries as catalogue
from notifier.catalogue.models import Topic
from notifier.errors import Refused
from notifier.store.db import session
from notifier.web.staff.people.listing import Bar, bars
from notifier.web.staff.people.segment_tree import Group, to_filter

FEW = 15  # followers of a type that a topic is meant for, below which it is a gap


@dataclass(frozen=True)
class Counted:
    """Whom the sentence means: how many, by user type, and which intended types are missing."""

    people: int
    means: str
    types: list[Bar]
    gaps: list[tuple[str, str]]
    error: str


def counted(tree: Group) -> Counted:
    """How many it means now: of the one receivers query, as a Send to it would be."""
    try:
        found = read(to_filter(tree))
    except Refused as refusal:
        return Counted(0, "", [], [], plainly(refusal))
    audience = Audience(segment=found)
    by_type = segments_preview.grouped(audience, Reach.user_type_id)
    types = catalogue.user_types()
    named = {kind.name: by_type.get(kind.id, 0) for kind in types if by_type.get(kind.id)}
    most = dict(sorted(named.items(), key=lambda each: -each[1]))
    people = sum(by_type.values())
    return Counted(people, sentence(found), bars(most), gaps(found, by_type), "")


def gaps(found: Filter, by_type: dict[int, int]) -> list[tuple[str, str]]:
    """(user type, "no one" or "few") of those for whom a topic of it is meant, and who hardly stand
    in it."""
    slugs = {str(leaf["topic"]) for leaf in leaves(found) if "topic" in leaf}
    asked = {str(leaf["user_type"]) for leaf in leaves(found) if "user_type" in leaf}
    if not slugs or asked:  # who names the types leaves out the others on purpose
        return []
    meant = {}
    for topic in session.query(Topic).where(Topic.slug.in_(slugs)):
        meant.update({kind.id: kind for kind in topic.intended})
    few = [kind for kind in meant.values() if by_type.get(kind.id, 0) < FEW]
    few.sort(key=lambda kind: kind.position)
    return [(kind.name, "few" if by_type.get(kind.id) else "no one") for kind in few]


def plainly(refusal: Refused) -> str:
    """Without the place that the command line names."""
    said = str(refusal)
    return said.partition(": ")[2] if said.startswith("The filter") else said


def sentence(found: Filter) -> str:
    return capital(in_words(found))


def capital(words: str) -> str:
    return words[:1].upper() + words[1:]
