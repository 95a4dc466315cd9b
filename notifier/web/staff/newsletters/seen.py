"""A newsletter as one kind of reader would see it, and how many people read which of its words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import current_app, request
from markupsafe import Markup

from notifier.audience.headcount import WhoReads
from notifier.audience.rules import variant_words
from notifier.catalogue import queries as catalogue
from notifier.catalogue.rules import DEPTHS, LANGUAGES
from notifier.errors import Refused
from notifier.newsletters.items import Pool, below, pool
from notifier.newsletters.models import Newsletter
from notifier.newsletters.send import audience
from notifier.render import newsletter_view as letter
from notifier.render import slots
from notifier.render.fields import check_fields
from notifier.render.links import site_for
from notifier.render.sections import Section
from notifier.web.guard import settings
from notifier.web.public.shapes import Choice
from notifier.web.staff.newsletters.typed import Typed
from notifier.web.staff.security import now
from notifier.web.staff.sends.words import people

LANGUAGE_WORDS = {"en": "English", "cy": "Welsh", "both": "Welsh and English"}
DEPTH_WORDS = {"headline": "Headline", "detail": "Detail", "technical": "Technical"}
SAMPLE = "Cleo"  # stands where a reader's name would


@dataclass(frozen=True)
class Reader:
    """For whom it is shown; ``follows`` is the slug of a topic, or nothing for all of them."""

    kind: str
    depth: str
    language: str
    follows: str


@dataclass(frozen=True)
class Shown:
    """A piece of it, and what staff are told beside it."""

    block: str
    html: Markup
    only: str


def reader() -> Reader:
    """As the form, or the address, asks; what makes no sense is the first that does."""
    given = request.values
    kinds = [kind.slug for kind in catalogue.user_types()]

    def one_of(name: str, known: Sequence[str], otherwise: str) -> str:
        asked = given.get(name, "")
        return asked if asked in known else otherwise

    return Reader(
        kind=one_of("see_kind", kinds, ""),
        depth=one_of("see_depth", DEPTHS, "detail"),
        language=one_of("see_language", LANGUAGES, "en"),
        follows=one_of("see_follows", [topic.slug for topic in catalogue.topics()], ""),
    )


def choices(typed: Typed) -> dict[str, list[Choice]]:
    topics = {topic.slug: topic.name for topic in catalogue.topics()}
    return {
        "see_kinds": [
            Choice("", "Any kind of user"),
            *(Choice(kind.slug, kind.name) for kind in catalogue.user_types()),
        ],
        "see_depths": [Choice(depth, DEPTH_WORDS[depth]) for depth in DEPTHS],
        "see_languages": [Choice(each, LANGUAGE_WORDS[each]) for each in LANGUAGES],
        "see_follows": [
            Choice("", "All of its topics"),
            *(Choice(slug, topics[slug]) for slug in typed.topics if slug in topics),
        ],
    }


def draft(issue: Newsletter, typed: Typed) -> Newsletter:
    """The issue as it is typed; it is in no session and is not saved."""
    made = Newsletter(
        id=issue.id,
        slug=issue.slug,
        team_id=issue.team_id,
        title=" ".join(typed.title.split())[:300],
        body=typed.body,
        audience={
            "topics": [t.slug for t in catalogue.topics() if t.slug in typed.topics],
            "user_types": [k.slug for k in catalogue.user_types() if k.slug in typed.user_types],
            **({"segment": typed.segment} if typed.segment else {}),
        },
    )
    made.team = issue.team
    return made


def follows(found: Pool, topic: str) -> frozenset[int] | None:
    """The series of it that somebody follows who follows that topic; None for everything."""
    if not topic:
        return None
    ids = {each.id for each in below(catalogue.topic(topic))}
    return frozenset(s for s, above in found.above.items() if not above.isdisjoint(ids)) or None


def seen(issue: Newsletter, typed: Typed, who: Reader) -> dict[str, Any]:
    """For the preview: the view, or the sentence that says why there is none."""
    row = draft(issue, typed)
    site = replace(site_for(settings()), base_url="")
    lang = "cy" if who.language == "cy" else "en"
    try:
        check_fields(row.body, [kind.slug for kind in catalogue.user_types()])
        pieces = letter.pieces(row, site)
        counted = numbers(row)
    except Refused as refusal:
        return {"unseen": str(refusal)}
    found = pool(row, {piece.block for piece in pieces if piece.block}, now())
    shown = letter.shown_to(pieces, who.depth, who.kind)
    blocks = found.for_reader(follows(found, who.follows))
    view = letter.view(row, lang, shown, blocks, site=site, now=now())
    told: list[Shown] = []
    for at, piece in enumerate(shown):
        last = at + 1 == len(shown) or shown[at + 1].section is not piece.section
        only = note(piece.section, counted) if last else ""
        told.append(Shown(piece.block, for_sample(piece.html), only))
    return {"view": view, "pieces": told, "hidden": len(pieces) - len(shown), "unseen": ""}


def who_reads() -> WhoReads:
    found: WhoReads = current_app.extensions.setdefault("notifier.who_reads", WhoReads())
    return found


def numbers(row: Newsletter) -> dict[tuple[str, str], int]:
    """People by depth and kind of user (a slug)."""
    kinds = {kind.id: kind.slug for kind in catalogue.user_types()}
    found: dict[tuple[str, str], int] = {}
    if not row.audience.get("topics") and "segment" not in row.audience:
        return found
    for (number, kind), count in who_reads().of(audience(row, now=now()), now=now()).items():
        key = (variant_words(number)[0], kinds.get(kind, ""))
        found[key] = found.get(key, 0) + count
    return found


def note(section: Section, counted: Mapping[tuple[str, str], int]) -> str:
    """ "Technical readers only: 812 people"; nothing for what everybody reads."""
    if section.is_for_all:
        return ""
    who = letter.only_for(section).removeprefix("For ")
    reached = sum(count for key, count in counted.items() if section.shows(*key))
    return f"{who[:1].upper()}{who[1:]} only: {people(reached)}"


def for_sample(html: Markup) -> Markup:
    return Markup(slots.fill(html, {"name": SAMPLE}, slots.as_html))  # noqa: S704 (nh3 cleaned it)


def to_whom(issue: Newsletter, typed: Typed) -> dict[str, Any]:
    """ "People who follow Water and are academic or researcher": how many that are now."""
    row = draft(issue, typed)
    try:
        reached = sum(numbers(row).values())
    except Refused as refusal:
        return {"who_wrong": str(refusal), "reached": 0}
    topics = {topic.slug: topic.name for topic in catalogue.topics()}
    kinds = {kind.slug: kind.name for kind in catalogue.user_types()}
    return {
        "who_wrong": "",
        "reached": reached,
        "who_topics": or_list([topics[slug] for slug in row.audience["topics"]]),
        "who_kinds": or_list([lowered(kinds[slug]) for slug in row.audience["user_types"]]),
        "who_segment": typed.segment,
    }


def lowered(name: str) -> str:
    """A name within a sentence: "academic or researcher"."""
    return name[:1].lower() + name[1:]


def or_list(names: Sequence[str]) -> str:
    return " or ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))
