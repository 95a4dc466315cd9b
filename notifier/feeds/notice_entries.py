"""A change, and what happened to it since, as entries of a feed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from notifier.feeds import items, notice_prose, notice_sections
from notifier.feeds.addresses import page
from notifier.feeds.desk import Desk, frame
from notifier.feeds.happenings import Happening
from notifier.feeds.items import Item
from notifier.feeds.words import kind_word, word
from notifier.notices.models import ChangeNotice
from notifier.render import notice_view, notice_words
from notifier.render.notice_view import View
from notifier.render.passages import Link, in_language
from notifier.render.passages import link as safe_link
from notifier.render.phrases import say
from notifier.sends.models import Send


def of_change(notice: ChangeNotice, it: Happening, desk: Desk) -> Item:
    lang, letters = desk.language, desk.letters(notice)
    if it.kind == "announced" or (it.kind == "notice" and not has_come(notice)):
        words = notice_prose.announced(notice, **letters)
        opening = notice_prose.status(notice, lang=lang) or notice_prose.opening(notice, lang)
        summary = notice_prose.news(words, lang)
        if not words.event.lead:
            summary = notice_prose.summary(notice, desk.today, announced=True, lang=lang)
    else:
        stage = "early" if notice.took_effect_at is not None else "day"
        words = notice_prose.written(notice, stage, **letters)
        opening, summary = say(f"stage_{stage}", lang), notice_prose.news(words, lang)
    updated = {"announced": desk.revised.get(notice.id, it.at), "notice": desk.stood.get(it.key)}
    return of_notice(
        notice,
        words,
        it,
        desk,
        opening=opening,
        summary=summary,
        updated=updated.get(it.kind) or it.at,
    )


def has_come(notice: ChangeNotice) -> bool:
    """Whether it took effect after it was announced: its entry then says so first."""
    in_effect = notice.state in ("in_effect", "closed") and not notice_prose.is_not_done(notice)
    return in_effect and notice_prose.standing(notice) != "late"


def of_message(told: Send, it: Happening, desk: Desk) -> Item:
    """What happened to a change, in the words of the letter about it."""
    notice = desk.about[told.about]
    words = notice_prose.written(
        notice,
        notice_words.stage_words(told.stage, notice),
        **desk.letters(notice),
        summary=str(told.context.get("summary", "")),
        part=told.context.get("part"),
        next_update=notice_words.day_of(told.context.get("next_update")),
    )
    return of_notice(
        notice,
        words,
        it,
        desk,
        opening=say(f"stage_{words.stage}", desk.language),
        summary=notice_prose.news(words, desk.language),
        updated=it.at,
    )


def of_notice(
    notice: ChangeNotice,
    words: View,
    it: Happening,
    desk: Desk,
    *,
    opening: str,
    summary: str,
    updated: datetime,
) -> Item:
    lang = desk.language
    carrier = None if words.status else notice_prose.public_release(notice)
    release = None
    if carrier is not None:
        name = in_language(carrier.title, carrier.cy_title, lang).text
        release = Link(name, desk.page("releases", carrier.id))
    headline = in_language(notice.headline, notice.cy.get("headline"), lang).text
    content = notice_sections.content(words, depth=desk.depth, release=release, lang=lang)
    facts = frame(it, notice.series, desk.main[notice.id].team, desk)
    facts["categories"] += tuple(classified(notice, desk))
    return Item(
        **facts,
        url=words.url,
        title=f"{opening}: {headline}",
        summary_text=summary,
        content_html=str(content),
        updated=updated,
        links=tuple(notice_links(notice, desk.site.base_url, lang)),
    )


def classified(notice: ChangeNotice, desk: Desk) -> Iterable[items.Category]:
    """Its type, its class, and which user types it concerns."""
    yield notice.type, kind_word(notice.type, desk.language)
    yield f"class-{notice.class_}", word("class", desk.language, letter=notice.class_)
    for slug in concerned(notice):
        if kind := desk.kinds.get(slug):
            yield slug, in_language(kind.name, kind.cy, desk.language).text


def concerned(notice: ChangeNotice) -> list[str]:
    """Slugs of the user types that its scope names, or that have something to do."""
    named = list((notice.scope or {}).get("user_types", []))
    named += [slug for item in notice.what_to_do for slug in item.get("user_types", [])]
    return list(dict.fromkeys(named))


def notice_links(notice: ChangeNotice, base_url: str, lang: str) -> Iterable[items.Link]:
    """The notice as data, its old and new codes, its evidence, where to comment."""
    yield items.Link(
        href=f"{page(base_url, 'notices', notice.reference)}.json",
        rel="related",
        type="application/json",
        title=word("as_data", lang),
    )
    if notice.mapping:
        yield items.Link(
            href=page(base_url, "changes", notice.reference, "mapping.csv"),
            rel="related",
            type="text/csv",
            title=word("as_mapping", lang),
        )
    for source in notice_view.evidence(notice):
        yield items.Link(href=source.url, title=source.label)
    if answers := safe_link(notice.consultation.get("url"), word("have_your_say", lang)):
        yield items.Link(href=answers.url, title=answers.label)
