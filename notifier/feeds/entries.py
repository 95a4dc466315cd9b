"""One event as an entry of a feed: its id for ever, its words, its links."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import singledispatch
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from notifier.catalogue.models import Series, Topic
from notifier.feeds import items, notice_prose, notice_sections, release_prose
from notifier.feeds.addresses import entry_id, page
from notifier.feeds.desk import Desk, Row, desk, frame, label
from notifier.feeds.endings import ending
from notifier.feeds.happenings import NOTICE_NEWS, Happening
from notifier.feeds.items import Item
from notifier.feeds.scopes import Scope
from notifier.newsletters.models import Newsletter
from notifier.notices.models import ChangeNotice
from notifier.releases import announce
from notifier.releases.models import Release, ReleaseDateChange
from notifier.render import notice_view, notice_words, released
from notifier.render.notice_view import View
from notifier.render.passages import Link, line
from notifier.render.passages import link as safe_link
from notifier.render.phrases import say
from notifier.sends.models import Send
from notifier.store.db import session

EN = "en"
MODELS: dict[str, type[Any]] = {
    "announced": ChangeNotice,
    "in_effect": ChangeNotice,
    "moved": ReleaseDateChange,
    "released": Release,
    "release_cancelled": Release,
    "release_withdrawn": Release,
    "issue": Newsletter,
    "topic_ends": Topic,
    **dict.fromkeys(NOTICE_NEWS, Send),
}


WITH_NOTICE = (
    selectinload(ChangeNotice.series).selectinload(Series.topics),
    selectinload(ChangeNotice.effect_release).selectinload(Release.date_changes),
)


class Written(NamedTuple):
    """Entries in the order given, and when the last of them changed by the calendar alone."""

    items: list[Item]
    turned: list[datetime]


def write(found: Sequence[Happening], scope: Scope, *, now: datetime, base_url: str) -> Written:
    rows = load(found)
    at = desk(rows.values(), scope, now=now, base_url=base_url)
    of_notices = {row for row in rows.values() if isinstance(row, ChangeNotice)}
    of_notices |= set(at.about.values())
    turns = [turn for notice in of_notices for turn in notice_prose.turns(notice) if turn <= now]
    return Written([entry(rows[MODELS[each.kind], each.id], each, at) for each in found], turns)


def load(found: Iterable[Happening]) -> dict[tuple[type[Any], int], Row]:
    """The rows that the happenings are about, by model and id."""
    ids: dict[type[Any], set[int]] = {}
    for each in found:
        ids.setdefault(MODELS[each.kind], set()).add(each.id)
    rows: dict[tuple[type[Any], int], Row] = {}
    for model, wanted in ids.items():
        query = select(model).where(model.id.in_(wanted))
        if model is ChangeNotice:
            query = query.options(*WITH_NOTICE)
        for row in session.scalars(query):
            rows[model, row.id] = row
    return rows


@singledispatch
def entry(row: object, it: Happening, desk: Desk) -> Item:
    """The entry of a row's event. Raises TypeError for a row that has no words here."""
    raise TypeError(f"There are no words for {type(row).__name__}.")


@entry.register
def _(notice: ChangeNotice, it: Happening, desk: Desk) -> Item:
    if it.kind == "announced":
        words = notice_prose.announced(notice, **desk.letters(notice))
        opening = notice_prose.status(notice) or notice_prose.opening(notice)
        summary = notice_prose.news(words)
        if not words.event.lead:
            summary = notice_prose.summary(notice, desk.today, announced=True)
    else:
        stage = "early" if notice.took_effect_at is not None else "day"
        words = notice_prose.written(notice, stage, **desk.letters(notice))
        opening, summary = say(f"stage_{stage}", EN), notice_prose.news(words)
    return of_notice(
        notice,
        words,
        it,
        desk,
        title=f"{opening}: {line(notice.headline).text}",
        summary=summary,
        updated=desk.revised[notice.id] if it.kind == "announced" else it.at,
    )


@entry.register
def _(told: Send, it: Happening, desk: Desk) -> Item:
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
        title=f"{say(f'stage_{words.stage}', EN)}: {line(notice.headline).text}",
        summary=notice_prose.news(words),
        updated=it.at,
    )


def of_notice(
    notice: ChangeNotice,
    words: View,
    it: Happening,
    desk: Desk,
    *,
    title: str,
    summary: str,
    updated: datetime,
) -> Item:
    carrier = None if words.status else notice_prose.public_release(notice)
    address = desk.site.url("releases", str(carrier.id)) if carrier else ""
    release = Link(line(carrier.title).text, address) if carrier else None
    return Item(
        **frame(it, notice.series, desk.main[notice.id].team, desk),
        url=words.url,
        title=title,
        summary_text=summary,
        content_html=str(notice_sections.content(words, depth=desk.depth, release=release)),
        updated=updated,
        links=tuple(notice_links(notice, desk.site.base_url)),
    )


@entry.register
def _(move: ReleaseDateChange, it: Happening, desk: Desk) -> Item:
    release, base_url = move.release, desk.site.base_url
    changes = desk.with_move.get(move.id, [])
    return Item(
        **frame(it, [release.series], release.series.team, desk),
        url=page(base_url, "releases", release.id),
        title=release_prose.move_title(move),
        summary_text=release_prose.move_summary(move),
        content_html=str(release_prose.moved(move, changes, base_url=base_url, site=desk.site)),
        updated=it.at,
    )


@entry.register
def _(release: Release, it: Happening, desk: Desk) -> Item:
    frame_of = frame(it, [release.series], release.series.team, desk)
    url = page(desk.site.base_url, "releases", release.id)
    if it.kind == "released" and release.id not in desk.withdrawn:
        return Item(**frame_of, url=url, **out(release, it, desk), updated=it.at)
    event = it.kind.removeprefix("release_") if it.kind != "released" else "withdrawn"
    changes = desk.with_end.get(release.id, []) if event == "cancelled" else []
    content = release_prose.ended(
        release, changes, event, base_url=desk.site.base_url, site=desk.site
    )
    return Item(
        **frame_of,
        url=url,
        title=release_prose.end_title(release, event),
        summary_text=release_prose.end_summary(release, event),
        content_html=str(content),
        updated=desk.withdrawn[release.id] if it.kind == "released" else it.at,
    )


def out(release: Release, it: Happening, desk: Desk) -> dict[str, Any]:
    """Title, summary, content and links of a release that is out."""
    # Those told afterwards have entries of their own; this one stays as it was.
    changes = [
        released.changed(n, desk.kinds, EN, depth=desk.depth, site=desk.site)
        for n in desk.carried.get(release.id, [])
        if n.first_public_at is not None
        and n.first_public_at <= it.at
        and not notice_prose.status(n)
    ]
    words = desk.words.get(release.id)
    points = announce.words_at(words, desk.depth)[0] if words is not None else ""
    landing = release_prose.landing(release)
    content = release_prose.released(release, changes, points, base_url=desk.site.base_url)
    return {
        "title": f"Published: {release_prose.title(release)}",
        "summary_text": f"{release_prose.title(release)} is out.",
        "content_html": str(content),
        "links": (related(landing),) if landing else (),
    }


@entry.register
def _(issue: Newsletter, it: Happening, desk: Desk) -> Item:
    content = release_prose.issue(
        issue, organisation=desk.site.organisation, base_url=desk.site.base_url
    )
    return Item(
        **frame(it, [], issue.team, desk),
        url=page(desk.site.base_url, "newsletters", issue.slug),
        title=line(issue.title).text,
        summary_text=f"Newsletter of {line(issue.team.name).text}.",
        content_html=str(content),
        updated=it.at,
    )


@entry.register
def _(topic: Topic, it: Happening, desk: Desk) -> Item:
    end = ending(topic)
    if end is None:
        raise ValueError(f"The topic {topic.slug} does not end.")
    return Item(
        id=entry_id(desk.site.base_url, it.kind, it.key),
        url=page(desk.site.base_url, "topics", topic.slug),
        title=end.title,
        summary_text=end.summary,
        content_html=str(end.content(desk.site.base_url)),
        published=it.at,
        updated=it.at,
        language="en",
        categories=((it.kind, label(it.kind)), (topic.slug, line(topic.name).text)),
    )


def notice_links(notice: ChangeNotice, base_url: str) -> Iterable[items.Link]:
    """The notice as data, its evidence, where to comment."""
    yield items.Link(
        href=f"{page(base_url, 'notices', notice.reference)}.json",
        rel="related",
        type="application/json",
        title="This notice as data",
    )
    for source in notice_view.evidence(notice):
        yield related(source)
    if answers := safe_link(notice.consultation.get("url"), "Have your say"):
        yield related(answers)


def related(link: Link) -> items.Link:
    return items.Link(href=link.url, title=link.label)
