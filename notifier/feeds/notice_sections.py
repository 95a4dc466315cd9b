"""A change's words as the HTML of an entry: the sections of its letters, in their order."""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup

from notifier.feeds.markup import (
    anchor,
    bullets,
    headed,
    linked,
    paragraph,
    paragraphs,
    section,
    strong,
    table,
    together,
)
from notifier.feeds.notice_prose import WHOLE
from notifier.render import dates
from notifier.render.event import Event
from notifier.render.notice import FIRST_ROWS, MOST_ROWS
from notifier.render.notice_view import ToDo, View
from notifier.render.passages import Link
from notifier.render.phrases import say

EN = "en"
ABOUT_SIZE = ("impact", "impact_partly")  # their first words are the size


def content(it: View, *, depth: str, release: Link | None) -> Markup:
    """One entry at a depth: headline, detail or technical. What became of a change after it was
    announced has its news, what to do and where to read on."""
    whole, brief = it.stage in WHOLE, it.event.brief
    pieces = [opening(it.event), facts(it, release)]
    if depth == "headline":
        pieces += [] if brief else headlines(it)
    else:
        pieces.append(section(it.what_label, [it.what]))
        pieces += details(it) if whole and not brief else []
    if not brief:
        pieces += [to_do(it, full=depth != "headline"), instead(it)]
    if whole and not brief and depth != "headline":
        pieces += beyond(it, depth)
    return together([*pieces, links(it)])


def opening(found: Event) -> Markup:
    """What happened, in the frame's words and then in the team's."""
    other = found.successor
    return together(
        [
            strong(found.lead),
            paragraphs(found.words),
            paragraph(found.split),
            paragraph(anchor(other.headline.text, other.url)) if other else Markup(),
        ]
    )


def facts(it: View, release: Link | None) -> Markup:
    """What it is about, when, with what, how early that was told, and whether it is decided."""
    pieces = [paragraph(", ".join(s.text for s in it.series), label=say("about", EN).rstrip(":"))]
    if it.status and not (it.status_said and it.effect):
        pieces.append(strong(it.status))
    when = dates.within(it.effect) if it.status else it.effect
    pieces += [
        paragraph(when, label=it.effect_label),
        paragraph(it.was and f"{it.was}."),
        paragraph(it.next_update and f"{it.next_update}."),
        paragraph(linked(release), label=say("comes_with", EN)),
    ]
    if not it.event.brief:
        pieces += [
            paragraph(". ".join(it.consultation_days), label=it.consultation_label),
            paragraph(it.told, label=say("notice_given", EN)),
            paragraph(it.short_reason and it.short_reason.text, label=say("short_notice", EN)),
            paragraph(it.decision and f"{it.decision}."),
            paragraph(it.unconsulted and it.unconsulted.text, label=say("unconsulted", EN)),
        ]
    return together(pieces)


def headlines(it: View) -> Iterable[Markup]:
    """For who reads headlines: it in short, and one sentence about its size."""
    yield section(say("in_short", EN), [it.brief])
    if it.stage not in ABOUT_SIZE:
        yield section(say("impact", EN), it.impact_short)


def details(it: View) -> Iterable[Markup]:
    yield section(say("not_changing", EN), [it.not_changing])
    yield section(say("why", EN), [it.why])
    yield section(say("driver", EN), [it.driver])
    yield section(say("impact", EN), it.impact)
    yield section(say("compare", EN), it.comparability)


def beyond(it: View, depth: str) -> Iterable[Markup]:
    """Questions, codes and sources; scope and identifiers for who wants all of it."""
    yield headed(say("consultation", EN), bullets([q.text for q in it.questions]))
    rows = MOST_ROWS if depth == "technical" else FIRST_ROWS
    codes = [table((say("old", EN), say("new", EN)), it.mapping[:rows])]
    if more := it.mapping[rows:]:
        codes.append(paragraph(say("mapping_more", EN, count=len(more))))
    yield headed(say("mapping", EN), together(codes))
    if depth == "technical":
        yield section(say("technical", EN), [it.technical])
        scope = [f"{label}: {words.text}" for label, words in it.scope]
        yield headed(say("scope", EN), bullets(scope))
        yield headed(say("identifiers", EN), identifiers(it))
    yield headed(say("evidence", EN), bullets([linked(link) for link in it.evidence]))


def to_do(it: View, *, full: bool) -> Markup:
    """What readers should do; in headlines, that which concerns readers of headlines. Who is or
    will be asked for views is never told that there is nothing to do."""
    shown = [item for item in it.todo if full or item.for_headline]
    lines = [one_to_do(item) for item in shown]
    if not full and it.others:
        lines.append(paragraph(say("others_do", EN, who=it.others)))
    elif not it.todo and not it.comment_asked:
        lines.append(paragraph(say("nothing_to_do", EN)))
    elif not it.comment_asked and all(item.who for item in shown):
        lines.append(paragraph(say("nothing", EN), label=say("everyone_else", EN)))
    lines.append(paragraph(it.call))
    return headed(say("do", EN), together(lines))


def one_to_do(item: ToDo) -> Markup:
    who = ", ".join(each.text for each in item.who) or say("everyone", EN)
    words = f"{item.action.text} {item.by}." if item.by else item.action.text
    return paragraph(words, label=who)


def instead(it: View) -> Markup:
    found = [linked(each.link) if each.link else each.title.text for each in it.instead]
    return headed(say("instead", EN), bullets(found))


def identifiers(it: View) -> Markup:
    found = [
        Markup("{}: {}").format(scheme, anchor(value, link.url) if link else value)
        for scheme, value, link in it.identifiers
    ]
    return bullets([Markup("{}: {}").format(say("reference", EN), it.reference), *found])


def links(it: View) -> Markup:
    """Its page, and the team."""
    label = say("say_page" if it.comment and not it.event.brief else "read_notice", EN)
    pieces = [paragraph(anchor(label, it.url))]
    if it.contact:
        words = Markup("{}, {}").format(it.team, linked(it.contact))
        pieces.append(paragraph(words, label=say("ask", EN)))
    return together(pieces)
