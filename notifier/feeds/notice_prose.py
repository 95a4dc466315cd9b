"""A change in words for feeds and calendars; they are read on any day, so no days left in them."""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup

from notifier.catalogue.models import UserType
from notifier.feeds.addresses import page
from notifier.feeds.markup import (
    anchor,
    bullets,
    headed,
    linked,
    paragraph,
    section,
    table,
    together,
)
from notifier.notices.models import ChangeNotice
from notifier.releases.models import Release
from notifier.releases.queries import PUBLIC
from notifier.render import dates, notice_facts, notice_view, notice_words
from notifier.render.passages import contact, line, said
from notifier.render.phrases import say

EN = "en"


def announced(
    notice: ChangeNotice, *, depth: str, kinds: Mapping[str, UserType], base_url: str
) -> Markup:
    """The whole notice at a depth: headline, detail or technical."""
    full = depth != "headline"
    pieces = [facts(notice, base_url), promise(notice)]
    if full:
        pieces.append(section(what_label(notice), [said(notice.what)]))
        pieces.append(section(say("not_changing", EN), [said(notice.not_changing)]))
        pieces.append(section(say("why", EN), [said(notice.why)]))
    pieces.append(section(say("impact", EN), notice_words.impact(notice, EN, short=not full)))
    if full:
        pieces.append(section(say("compare", EN), notice_words.comparability(notice, EN)))
    pieces.append(headed(say("do", EN), to_do(notice, kinds, full=full)))
    if full:
        pieces.append(consultation(notice))
        rows = table((say("old", EN), say("new", EN)), notice_view.mapping(notice))
        pieces.append(headed(say("mapping", EN), rows))
    if depth == "technical":
        pieces.append(section(say("technical", EN), [said(notice.technical)]))
        pieces.append(headed(say("identifiers", EN), identifiers(notice)))
    if full:
        sources = bullets([linked(link) for link in notice_view.evidence(notice)])
        pieces.append(headed(say("evidence", EN), sources))
    return together([*pieces, links(notice, base_url)])


def in_effect(notice: ChangeNotice, *, base_url: str) -> Markup:
    """The message of the day: what now holds, and how early that was said."""
    words = paragraph(say("after_words", EN))
    what = section(what_label(notice), [said(notice.what)])
    told = paragraph(notice_words.told(notice, EN), label=say("notice_given", EN))
    return together([words, told, what, links(notice, base_url)])


def effect(notice: ChangeNotice) -> str:
    """ "Takes effect: 9:30am, Friday 26 February 2027"."""
    label = "takes_effect" if notice.decision == "decided" else "would_take_effect"
    words = f"{say(label, EN)}: {dates.within(notice_words.effect_when(notice, EN))}"
    if notice.next_update_by and (notice.effect_at is None or notice.impact.get("known") == "no"):
        update = say("next_update", EN, day=dates.full(notice.next_update_by, EN))
        words = f"{words}. {update}"
    return words


def public_release(notice: ChangeNotice) -> Release | None:
    """The release that carries the change, once people may know of it."""
    release = notice.effect_release
    return release if release is not None and release.state in PUBLIC else None


def facts(notice: ChangeNotice, base_url: str) -> Markup:
    label, _, when = effect(notice).partition(": ")
    pieces = [
        paragraph(", ".join(line(s.name).text for s in notice.series), label="About"),
        paragraph(when, label=label),
    ]
    if release := public_release(notice):
        address = page(base_url, "releases", release.id)
        pieces.append(
            paragraph(anchor(line(release.title).text, address), label=say("comes_with", EN))
        )
    return together(pieces)


def promise(notice: ChangeNotice) -> Markup:
    """How early it was told, why not earlier, and whether it is decided."""
    return together(
        [
            paragraph(notice_words.told(notice, EN), label=say("notice_given", EN)),
            paragraph(line(notice.short_notice_reason).text, label=say("short_notice", EN)),
            paragraph(say(notice.decision, EN), label=say("decision", EN)),
        ]
    )


def what_label(notice: ChangeNotice) -> str:
    return say("what" if notice.decision == "decided" else "what_proposed", EN)


def to_do(notice: ChangeNotice, kinds: Mapping[str, UserType], *, full: bool) -> Markup:
    """What readers should do; in headlines, that which concerns readers of headlines."""
    items = [notice_view.to_do(item, EN, kinds) for item in notice.what_to_do]
    shown = [item for item in items if full or item.for_headline]
    lines = [
        paragraph(
            f"{item.action.text} {item.by}.".strip() if item.by else item.action.text,
            label=", ".join(who.text for who in item.who) or say("everyone", EN),
        )
        for item in shown
    ]
    others = [who.text for item in items if item not in shown for who in item.who]
    if others:
        lines.append(paragraph(say("others_do", EN, who=", ".join(dict.fromkeys(others)))))
    elif not items:
        lines.append(paragraph(say("nothing_to_do", EN)))
    elif all(item.who for item in items):
        lines.append(paragraph(say("nothing", EN), label=say("everyone_else", EN)))
    return together(lines)


def consultation(notice: ChangeNotice) -> Markup:
    """When it is open, and its questions."""
    days = []
    for key in ("opens", "closes"):
        if day := notice_words.day_of(notice.consultation.get(key)):
            days.append(say(key, EN, day=dates.within(dates.full(day, EN))))
    asked = bullets([line(q).text for q in notice.consultation.get("questions", [])])
    return headed(
        say("consultation", EN), together([paragraph(" ".join(f"{day}." for day in days)), asked])
    )


def identifiers(notice: ChangeNotice) -> Markup:
    found = [
        Markup("{}: {}").format(scheme, anchor(value, link.url) if link else value)
        for scheme, value, link in notice_facts.identifiers(notice)
    ]
    return bullets([Markup("{}: {}").format(say("reference", EN), notice.reference), *found])


def links(notice: ChangeNotice, base_url: str) -> Markup:
    label = say("read_notice" if notice.decision == "decided" else "say_page", EN)
    pieces = [paragraph(anchor(label, page(base_url, "changes", notice.reference)))]
    team = notice.series[0].team
    if address := contact(team.contact):
        words = Markup("{}, {}").format(line(team.name).text, linked(address))
        pieces.append(paragraph(words, label=say("ask", EN)))
    return together(pieces)


def summary(notice: ChangeNotice) -> str:
    """One or two sentences of plain text."""
    told = notice_words.told(notice, EN)
    return f"{effect(notice)}. {told}".strip()
