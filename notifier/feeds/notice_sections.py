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
    spoken,
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


def content(it: View, *, depth: str, release: Link | None, lang: str = EN) -> Markup:
    """One entry at a depth: headline, detail or technical. What became of a change after it was
    announced has its news, what to do and where to read on."""
    whole, brief = it.stage in WHOLE, it.event.brief
    pieces = [opening(it.event, lang), facts(it, release, lang)]
    if depth == "headline":
        pieces += [] if brief else headlines(it, lang)
    else:
        pieces.append(section(it.what_label, [it.what], lang))
        pieces += details(it, lang) if whole and not brief else []
    if not brief:
        pieces += [to_do(it, full=depth != "headline", lang=lang), instead(it, lang)]
    if whole and not brief and depth != "headline":
        pieces += beyond(it, depth, lang)
    return together([*pieces, links(it, lang)])


def opening(found: Event, lang: str) -> Markup:
    """What happened, in the frame's words and then in the team's."""
    other = found.successor
    return together(
        [
            strong(found.lead),
            paragraphs(found.words, lang),
            paragraph(found.split),
            paragraph(anchor(spoken(other.headline, lang), other.url)) if other else Markup(),
        ]
    )


def facts(it: View, release: Link | None, lang: str) -> Markup:
    """What it is about, when, with what, how early that was told, and whether it is decided."""
    about = Markup(", ").join(spoken(s, lang) for s in it.series)
    pieces = [paragraph(about, label=say("about", lang).rstrip(":"))]
    if it.status and not (it.status_said and it.effect):
        pieces.append(strong(it.status))
    when = dates.within(it.effect) if it.status else it.effect
    pieces += [
        paragraph(when, label=it.effect_label),
        paragraph(it.was and f"{it.was}."),
        paragraph(it.next_update and f"{it.next_update}."),
        paragraph(linked(release), label=say("comes_with", lang)),
    ]
    if not it.event.brief:
        pieces += [
            paragraph(". ".join(it.consultation_days), label=it.consultation_label),
            paragraph(it.told, label=say("notice_given", lang)),
            paragraph(spoken(it.short_reason, lang), label=say("short_notice", lang)),
            paragraph(it.decision and f"{it.decision}."),
            paragraph(spoken(it.unconsulted, lang), label=say("unconsulted", lang)),
        ]
    return together(pieces)


def headlines(it: View, lang: str) -> Iterable[Markup]:
    """For who reads headlines: it in short, and one sentence about its size."""
    yield section(say("in_short", lang), [it.brief], lang)
    if it.stage not in ABOUT_SIZE:
        yield section(say("impact", lang), it.impact_short, lang)


def details(it: View, lang: str) -> Iterable[Markup]:
    yield section(say("not_changing", lang), [it.not_changing], lang)
    yield section(say("why", lang), [it.why], lang)
    yield section(say("driver", lang), [it.driver], lang)
    yield section(say("impact", lang), it.impact, lang)
    yield section(say("compare", lang), it.comparability, lang)


def beyond(it: View, depth: str, lang: str) -> Iterable[Markup]:
    """Questions, codes and sources; scope and identifiers for who wants all of it."""
    yield headed(say("consultation", lang), bullets([spoken(q, lang) for q in it.questions]))
    rows = MOST_ROWS if depth == "technical" else FIRST_ROWS
    codes = [table((say("old", lang), say("new", lang)), it.mapping[:rows])]
    if more := it.mapping[rows:]:
        codes.append(paragraph(say("mapping_more", lang, count=len(more))))
    yield headed(say("mapping", lang), together(codes))
    if depth == "technical":
        yield section(say("technical", lang), [it.technical], lang)
        scope = [Markup("{}: {}").format(label, spoken(words, lang)) for label, words in it.scope]
        yield headed(say("scope", lang), bullets(scope))
        yield headed(say("identifiers", lang), identifiers(it, lang))
    yield headed(say("evidence", lang), bullets([linked(link) for link in it.evidence]))


def to_do(it: View, *, full: bool, lang: str) -> Markup:
    """What readers should do; in headlines, that which concerns readers of headlines. Who is or
    will be asked for views is never told that there is nothing to do."""
    shown = [item for item in it.todo if full or item.for_headline]
    lines = [one_to_do(item, lang) for item in shown]
    if not full and it.others:
        lines.append(paragraph(say("others_do", lang, who=it.others)))
    elif not it.todo and not it.comment_asked:
        lines.append(paragraph(say("nothing_to_do", lang)))
    elif not it.comment_asked and all(item.who for item in shown):
        lines.append(paragraph(say("nothing", lang), label=say("everyone_else", lang)))
    lines.append(paragraph(it.call))
    return headed(say("do", lang), together(lines))


def one_to_do(item: ToDo, lang: str = EN) -> Markup:
    who = ", ".join(each.text for each in item.who) or say("everyone", lang)
    words = spoken(item.action, lang)
    words = Markup("{} {}.").format(words, item.by) if item.by else words
    return paragraph(words, label=who)


def instead(it: View, lang: str) -> Markup:
    found = [linked(each.link) if each.link else spoken(each.title, lang) for each in it.instead]
    return headed(say("instead", lang), bullets(found))


def identifiers(it: View, lang: str) -> Markup:
    found = [
        Markup("{}: {}").format(scheme, anchor(value, link.url) if link else value)
        for scheme, value, link in it.identifiers
    ]
    return bullets([Markup("{}: {}").format(say("reference", lang), it.reference), *found])


def links(it: View, lang: str) -> Markup:
    """Its page, and the team."""
    label = say("say_page" if it.comment and not it.event.brief else "read_notice", lang)
    pieces = [paragraph(anchor(label, it.url))]
    if it.contact:
        words = Markup("{}, {}").format(it.team, linked(it.contact))
        pieces.append(paragraph(words, label=say("ask", lang)))
    return together(pieces)
