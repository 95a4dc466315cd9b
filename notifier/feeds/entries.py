"""One event as an entry of a feed: its id for ever, its words, its links."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import singledispatch
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from notifier.catalogue.models import Series, Topic
from notifier.feeds import changed, notice_entries, notice_prose, release_entries, release_prose
from notifier.feeds.addresses import entry_id
from notifier.feeds.desk import Desk, Row, desk, frame, label
from notifier.feeds.endings import ending
from notifier.feeds.happenings import NOTICE_NEWS, Happening
from notifier.feeds.items import Item
from notifier.feeds.scopes import Scope
from notifier.feeds.words import word
from notifier.newsletters.models import Newsletter
from notifier.notices.models import ChangeNotice
from notifier.releases.models import Release, ReleaseDateChange
from notifier.render.passages import line
from notifier.sends.models import Send
from notifier.store.db import session

MODELS: dict[str, type[Any]] = {
    "announced": ChangeNotice,
    "in_effect": ChangeNotice,
    "moved": ReleaseDateChange,
    "released": Release,
    "release_cancelled": Release,
    "release_withdrawn": Release,
    "issue": Newsletter,
    "topic_ends": Topic,
    "notice": ChangeNotice,
    "release": Release,
    **dict.fromkeys(NOTICE_NEWS, Send),
}


WITH_NOTICE = (
    selectinload(ChangeNotice.series).selectinload(Series.topics),
    selectinload(ChangeNotice.effect_release).selectinload(Release.date_changes),
)


class Written(NamedTuple):
    """Entries in the order given; and when one of them changed in a way that is no news: by the
    calendar alone, or by a release's page or Welsh title."""

    items: list[Item]
    turned: list[datetime]


def write(
    found: Sequence[Happening],
    scope: Scope,
    *,
    now: datetime,
    base_url: str,
    stood: Mapping[str, datetime] | None = None,
) -> Written:
    """``stood`` says when each notice and release last changed, for one entry for each of them."""
    rows = load(found)
    at = desk(rows.values(), scope, now=now, base_url=base_url, stood=stood)
    of_notices = {row for row in rows.values() if isinstance(row, ChangeNotice)}
    of_notices |= set(at.about.values())
    turns = [turn for notice in of_notices for turn in notice_prose.turns(notice) if turn <= now]
    turns += changed.described(out(list(rows.values()))).values()
    return Written([entry(rows[MODELS[each.kind], each.id], each, at) for each in found], turns)


def out(rows: Iterable[Row]) -> dict[int, datetime | None]:
    """When each release that the rows are about came out, by id."""
    moved = [row.release for row in rows if isinstance(row, ReleaseDateChange)]
    found = [row for row in rows if isinstance(row, Release)]
    return {release.id: release.published_at for release in (*moved, *found)}


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


entry.register(ChangeNotice)(notice_entries.of_change)
entry.register(Send)(notice_entries.of_message)
entry.register(ReleaseDateChange)(release_entries.of_move)
entry.register(Release)(release_entries.of_release)


@entry.register
def _(issue: Newsletter, it: Happening, desk: Desk) -> Item:
    content = release_prose.issue(
        issue,
        organisation=desk.site.organisation,
        base_url=desk.site.base_url,
        lang=desk.language,
    )
    return Item(
        **frame(it, [], issue.team, desk),
        url=desk.page("newsletters", issue.slug),
        title=line(issue.title).text,
        summary_text=word("issue_of", desk.language, team=line(issue.team.name).text),
        content_html=str(content),
        updated=it.at,
    )


@entry.register
def _(topic: Topic, it: Happening, desk: Desk) -> Item:
    lang = desk.language
    end = ending(topic, lang)
    if end is None:
        raise ValueError(f"The topic {topic.slug} does not end.")
    return Item(
        id=entry_id(desk.site.base_url, it.kind, it.key, language=lang),
        url=desk.page("topics", topic.slug),
        title=end.title,
        summary_text=end.summary,
        content_html=str(end.content(desk.site.base_url)),
        published=it.at,
        updated=it.at,
        language=lang,
        categories=((it.kind, label(it.kind, lang)), (topic.slug, end.name)),
    )
