"""One event as an entry of a feed: its id for ever, its words, its links."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import singledispatch
from typing import Any

from sqlalchemy import select

from notifier.catalogue import queries as catalogue
from notifier.catalogue.models import Series, Team, Topic, UserType
from notifier.feeds import changed, notice_prose, release_prose
from notifier.feeds.addresses import entry_id, page
from notifier.feeds.endings import ending
from notifier.feeds.happenings import Happening
from notifier.feeds.items import Author, Category, Item, Link
from notifier.feeds.scopes import Scope
from notifier.newsletters.models import Newsletter
from notifier.notices import queries as notices
from notifier.notices.models import ChangeNotice
from notifier.releases import announce
from notifier.releases.models import Announcement, Release, ReleaseDateChange
from notifier.render import notice_view
from notifier.render.passages import line
from notifier.render.passages import link as safe_link
from notifier.store.db import session

Row = ChangeNotice | ReleaseDateChange | Release | Newsletter | Topic
MODELS: dict[str, type[Any]] = {
    "announced": ChangeNotice,
    "in_effect": ChangeNotice,
    "moved": ReleaseDateChange,
    "released": Release,
    "issue": Newsletter,
    "topic_ends": Topic,
}
LABELS = {
    "announced": "Change announced",
    "in_effect": "Change in effect",
    "moved": "Release date changed",
    "released": "Release published",
    "issue": "Newsletter",
    "topic_ends": "Topic ends",
}


@dataclass(frozen=True, kw_only=True)
class Desk:
    """What it takes to write entries: whose words, how deep, where links begin."""

    base_url: str
    depth: str
    organisation: str
    kinds: Mapping[str, UserType]
    revised: Mapping[int, datetime]  # by notice id
    carried: Mapping[int, Sequence[ChangeNotice]]  # public notices by the id of their release
    words: Mapping[int, Announcement]  # main points by the id of their release


def write(found: Sequence[Happening], scope: Scope, *, base_url: str) -> list[Item]:
    """The entries, in the order given."""
    rows = load(found)
    of_notices = [row for row in rows.values() if isinstance(row, ChangeNotice)]
    house = catalogue.organisation()
    desk = Desk(
        base_url=base_url,
        depth=scope.depth,
        organisation=house.name if house else "",
        kinds={kind.slug: kind for kind in catalogue.user_types()},
        revised=changed.words(of_notices),
        carried=carried(rows.values()),
        words=announce.public([row.id for row in rows.values() if isinstance(row, Release)]),
    )
    return [entry(rows[MODELS[each.kind], each.id], each, desk) for each in found]


def load(found: Iterable[Happening]) -> dict[tuple[type[Any], int], Row]:
    """The rows that the happenings are about, by model and id."""
    ids: dict[type[Any], set[int]] = {}
    for each in found:
        ids.setdefault(MODELS[each.kind], set()).add(each.id)
    rows: dict[tuple[type[Any], int], Row] = {}
    for model, wanted in ids.items():
        for row in session.scalars(select(model).where(model.id.in_(wanted))):
            rows[model, row.id] = row
    return rows


def carried(rows: Iterable[Row]) -> dict[int, list[ChangeNotice]]:
    """The public notices of each release among the rows."""
    series = {row.series_id for row in rows if isinstance(row, Release)}
    by_release: dict[int, list[ChangeNotice]] = {}
    for notice in notices.all_public(series) if series else []:
        if notice.effect_release_id is not None:
            by_release.setdefault(notice.effect_release_id, []).append(notice)
    return by_release


@singledispatch
def entry(row: object, it: Happening, desk: Desk) -> Item:
    """The entry of a row's event. Raises TypeError for a row that has no words here."""
    raise TypeError(f"There are no words for {type(row).__name__}.")


@entry.register
def _(notice: ChangeNotice, it: Happening, desk: Desk) -> Item:
    if it.kind == "announced":
        opening = "Announced" if notice.decision == "decided" else "Proposed"
        content = notice_prose.announced(
            notice, depth=desk.depth, kinds=desk.kinds, base_url=desk.base_url
        )
    else:
        opening = "Now in effect"
        content = notice_prose.in_effect(notice, base_url=desk.base_url)
    return Item(
        **frame(it, notice.series, notice.series[0].team, desk),
        url=page(desk.base_url, "changes", notice.reference),
        title=f"{opening}: {line(notice.headline).text}",
        summary_text=notice_prose.summary(notice),
        content_html=str(content),
        updated=desk.revised[notice.id] if it.kind == "announced" else it.at,
        links=tuple(notice_links(notice, desk.base_url)),
    )


@entry.register
def _(move: ReleaseDateChange, it: Happening, desk: Desk) -> Item:
    release = move.release
    return Item(
        **frame(it, [release.series], release.series.team, desk),
        url=page(desk.base_url, "releases", release.id),
        title=release_prose.move_title(move),
        summary_text=release_prose.move_summary(move),
        content_html=str(release_prose.moved(move, base_url=desk.base_url)),
        updated=it.at,
    )


@entry.register
def _(release: Release, it: Happening, desk: Desk) -> Item:
    # Those told afterwards have entries of their own; this one stays as it was.
    changes = [
        n
        for n in desk.carried.get(release.id, [])
        if n.first_public_at is not None and n.first_public_at <= it.at
    ]
    words = desk.words.get(release.id)
    points = announce.words_at(words, desk.depth)[0] if words is not None else ""
    landing = release_prose.landing(release)
    return Item(
        **frame(it, [release.series], release.series.team, desk),
        url=page(desk.base_url, "releases", release.id),
        title=f"Published: {release_prose.title(release)}",
        summary_text=f"{release_prose.title(release)} is out.",
        content_html=str(release_prose.released(release, changes, points, base_url=desk.base_url)),
        updated=it.at,
        links=(Link(href=landing.url, title="The statistics"),) if landing else (),
    )


@entry.register
def _(issue: Newsletter, it: Happening, desk: Desk) -> Item:
    content = release_prose.issue(issue, organisation=desk.organisation, base_url=desk.base_url)
    return Item(
        **frame(it, [], issue.team, desk),
        url=page(desk.base_url, "newsletters", issue.slug),
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
        id=entry_id(desk.base_url, it.kind, it.key),
        url=page(desk.base_url, "topics", topic.slug),
        title=end.title,
        summary_text=end.summary,
        content_html=str(end.content(desk.base_url)),
        published=it.at,
        updated=it.at,
        language="en",
        categories=((it.kind, LABELS[it.kind]), (topic.slug, line(topic.name).text)),
    )


def frame(it: Happening, series: Iterable[Series], team: Team, desk: Desk) -> dict[str, Any]:
    """What entries of every kind have."""
    topics = {t.slug: t.name for each in series for t in each.topics}
    categories: list[Category] = [(it.kind, LABELS[it.kind]), *topics.items()]
    contact = team.contact.strip()
    author: Author = (line(team.name).text, contact if "@" in contact else None)
    return {
        "id": entry_id(desk.base_url, it.kind, it.key),
        "published": it.at,
        "language": "en",
        "authors": (author,),
        "categories": tuple(categories),
    }


def notice_links(notice: ChangeNotice, base_url: str) -> Iterable[Link]:
    """The notice as data, its evidence, where to comment."""
    yield Link(
        href=f"{page(base_url, 'notices', notice.reference)}.json",
        rel="related",
        type="application/json",
        title="This notice as data",
    )
    for source in notice_view.evidence(notice):
        yield Link(href=source.url, title=source.label)
    if answers := safe_link(notice.consultation.get("url"), "Have your say"):
        yield Link(href=answers.url, title=answers.label)
