"""What the builder of a segment shows: the tree as a sentence of fields, with what is on offer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from sqlalchemy import select

from notifier.audience import kinds, segments_words
from notifier.catalogue import merge
from notifier.catalogue import queries as catalogue
from notifier.insight.subjects import subjects
from notifier.sends.models import Send
from notifier.store.db import session
from notifier.web.public.shapes import Choice, Error
from notifier.web.staff.people.person_topics import in_order
from notifier.web.staff.people.segment_tree import DEEPEST, MOST_VALUES, Group, Line
from notifier.web.staff.security import now

VERBS = {
    "topic": "follow the topic",
    "user_type": "are",
    "series": "follow the publication",
    "wants": "want",
    "frequency": "get",
    "depth": "read",
    "language": "read in",
    "organisation": "work at",
    "joined_after": "joined after",
    "joined_before": "joined before",
    "takes_part": "would take part in",
    "got": "got a message about",
    "acknowledged": "pressed “got it” for",
    "everyone": "are anybody",
}
TEXT = {"organisation": "text", "got": "about", "acknowledged": "about"}
DATES = ("joined_after", "joined_before")
SCOPES = [
    Choice("", "itself"),
    Choice("under", "or a topic under it"),
    Choice("above", "or a topic above it"),
    Choice("both", "or a topic under or above it"),
]
SERIES_SCOPES = [Choice("", "itself"), Choice("above", "or a topic above it")]
INDENT = "\u2003"
LATEST = 40  # things that were told of, as suggestions


@dataclass(frozen=True)
class Extra:
    """One more field of a line: a list of choices, or words."""

    name: str
    label: str
    chosen: str
    choices: list[Choice] = field(default_factory=list)


@dataclass(frozen=True)
class LineRow:
    """``form``: select | text | about | date | none. ``lead`` is "who", "and who", "or who"."""

    path: str
    lead: str
    turn: bool
    word: str
    form: str
    values: list[str]
    choices: list[Choice]
    before: list[Extra]
    after: list[Extra]
    more: bool
    wrong: str
    label: str


@dataclass(frozen=True)
class GroupRow:
    """``deeper``: whether a group may stand in it."""

    path: str
    lead: str
    turn: bool
    how: str
    items: list[LineRow | GroupRow]
    deeper: bool


class Offers:
    """What can be chosen for each word; read once for a page, and only what a line asks for."""

    @cached_property
    def user_types(self) -> list[Choice]:
        return [Choice(row.slug, row.name) for row in catalogue.user_types()]

    @cached_property
    def topics(self) -> list[Choice]:
        living = {topic.id for topic in merge.living(now())}
        rows = [row for row in in_order(catalogue.topics()) if row[0].id in living]
        return [Choice(topic.slug, INDENT * depth + topic.name) for topic, depth in rows]

    @cached_property
    def series(self) -> list[Choice]:
        return [Choice(row.slug, row.name) for row in catalogue.all_series()]

    @cached_property
    def told(self) -> list[Choice]:
        """The things that were told of last, by reference, with their names."""
        query = select(Send.about).where(Send.receivers.is_not(None), Send.frozen_at.is_not(None))
        last = list(session.scalars(query.order_by(Send.id.desc()).limit(10 * LATEST)))
        names = subjects(set(last))
        shown = [about for about in dict.fromkeys(last) if about in names]
        return [Choice(about, names[about]) for about in shown[:LATEST]]

    def of(self, word: str) -> list[Choice]:
        ask: dict[str, Callable[[], list[Choice]]] = {
            "user_type": lambda: self.user_types,
            "topic": lambda: self.topics,
            "series": lambda: self.series,
            "wants": lambda: worded(segments_words.KINDS),
            "frequency": lambda: worded(segments_words.RHYTHMS),
            "depth": lambda: worded(segments_words.DEPTHS),
            "language": lambda: worded(segments_words.LANGUAGES),
            "takes_part": lambda: worded(segments_words.TAKES_PART),
        }
        return ask[word]() if word in ask else []


def worded(words: Mapping[str, str]) -> list[Choice]:
    return [Choice(slug, said) for slug, said in words.items()]


def shown(tree: Group, errors: list[Error]) -> tuple[GroupRow, list[Choice]]:
    """(the whole as rows, suggestions for what was told of)."""
    offers = Offers()
    root = group(tree, "0", "", offers, {error.field for error in errors})
    asked = any_about(root)
    return root, offers.told if asked else []


def group(one: Group, path: str, lead: str, offers: Offers, wrong: set[str]) -> GroupRow:
    rows: list[LineRow | GroupRow] = []
    for place, item in enumerate(one.items):
        starts = "who" if place == 0 else f"{one.how} who"
        below = f"{path}-{place}"
        if isinstance(item, Group):
            rows.append(group(item, below, starts, offers, wrong))
        else:
            rows.append(line(item, below, starts, offers, wrong))
    return GroupRow(path, lead, one.turn, one.how, rows, path.count("-") < DEEPEST - 1)


def line(one: Line, path: str, lead: str, offers: Offers, wrong: set[str]) -> LineRow:
    form = "date" if one.word in DATES else TEXT.get(one.word, "select")
    form = "none" if one.word == "everyone" else form
    several = form == "select" and len(one.values) < MOST_VALUES
    id_ = f"v-{path}"
    choices = offers.of(one.word)
    known = {choice.slug for choice in choices}
    gone = [Choice(each, f"{each} (gone)") for each in one.values if each and each not in known]
    return LineRow(
        path=path,
        lead=lead,
        turn=one.turn,
        word=one.word,
        form=form,
        values=one.values or [""],
        choices=[*choices, *gone] if form == "select" else [],
        before=before(one),
        after=after(one),
        more=several and "" not in one.values,
        wrong=id_ if id_ in wrong else "",
        label=VERBS[one.word],
    )


def before(one: Line) -> list[Extra]:
    if one.word != "frequency":
        return []
    given = one.extra.get("kind") or "change"
    every = [Choice(kind, segments_words.KINDS[kind]) for kind in kinds.KINDS]
    return [Extra("kind", "Which kind", given, every)]


def after(one: Line) -> list[Extra]:
    scope = one.extra.get("scope", "")
    if one.word == "topic":
        return [Extra("scope", "How far", scope, SCOPES)]
    if one.word == "series":
        return [Extra("scope", "How far", scope, SERIES_SCOPES)]
    if one.word == "got":
        found = [Extra("stage", "Which message", one.extra.get("stage", ""))]
        return [*found, Extra("revision", "Which revision", one.extra.get("revision", ""))]
    return []


def any_about(one: GroupRow) -> bool:
    return any(
        any_about(each) if isinstance(each, GroupRow) else each.form == "about"
        for each in one.items
    )


def verbs() -> list[Choice]:
    return [Choice(word, said) for word, said in VERBS.items()]
