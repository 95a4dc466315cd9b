"""A release as an entry of a feed: moved, out, ended, or as it stands."""

from __future__ import annotations

from typing import Any

from notifier.feeds import items, notice_prose, release_prose
from notifier.feeds.desk import Desk, frame
from notifier.feeds.happenings import Happening
from notifier.feeds.items import Item
from notifier.feeds.words import word
from notifier.releases import announce
from notifier.releases.models import Release, ReleaseDateChange
from notifier.render import released
from notifier.render.passages import Passage


def of_move(move: ReleaseDateChange, it: Happening, desk: Desk) -> Item:
    release, lang = move.release, desk.language
    changes = desk.with_move.get(move.id, [])
    content = release_prose.moved(
        move, changes, base_url=desk.site.base_url, site=desk.site, lang=lang
    )
    return Item(
        **frame(it, [release.series], release.series.team, desk),
        url=desk.page("releases", release.id),
        title=release_prose.move_title(move, lang),
        summary_text=release_prose.move_summary(move, lang),
        content_html=str(content),
        updated=it.at,
    )


def of_release(release: Release, it: Happening, desk: Desk) -> Item:
    frame_of = frame(it, [release.series], release.series.team, desk)
    url, lang = desk.page("releases", release.id), desk.language
    event = what_became(release, it, desk)
    updated = desk.withdrawn.get(release.id, it.at) if it.kind == "released" else it.at
    updated = desk.stood[it.key] if it.kind == "release" else updated
    if event == "released":
        return Item(**frame_of, url=url, **out(release, it, desk), updated=updated)
    if event == "expected":
        return Item(**frame_of, url=url, **to_come(release, desk), updated=updated)
    changes = desk.with_end.get(release.id, []) if event == "cancelled" else []
    content = release_prose.ended(
        release, changes, event, base_url=desk.site.base_url, site=desk.site, lang=lang
    )
    return Item(
        **frame_of,
        url=url,
        title=release_prose.end_title(release, event, lang),
        summary_text=release_prose.end_summary(release, event, lang),
        content_html=str(content),
        updated=updated,
    )


def what_became(release: Release, it: Happening, desk: Desk) -> str:
    """Which words its entry has: released | expected | cancelled | withdrawn."""
    if it.kind == "release":
        ends = ("released", "cancelled", "withdrawn")
        return release.state if release.state in ends else "expected"
    if it.kind == "released":
        return "withdrawn" if release.id in desk.withdrawn else "released"
    return it.kind.removeprefix("release_")


def to_come(release: Release, desk: Desk) -> dict[str, Any]:
    """Title, summary and content of a release that is not out yet."""
    changes = [
        notice for notice in desk.carried.get(release.id, []) if not notice_prose.status(notice)
    ]
    content = release_prose.expected(
        release, changes, base_url=desk.site.base_url, site=desk.site, lang=desk.language
    )
    return {
        "title": release_prose.expected_title(release, desk.language),
        "summary_text": release_prose.expected_summary(release, desk.language),
        "content_html": str(content),
    }


def out(release: Release, it: Happening, desk: Desk) -> dict[str, Any]:
    """Title, summary, content and links of a release that is out."""
    lang = desk.language
    # Those told afterwards have entries of their own; this one stays as it was.
    changes = [
        released.changed(n, desk.kinds, lang, depth=desk.depth, site=desk.site)
        for n in desk.carried.get(release.id, [])
        if n.first_public_at is not None
        and n.first_public_at <= (release.published_at or it.at)
        and not notice_prose.status(n)
    ]
    words = desk.words.get(release.id)
    points = announce.words_at(words, desk.depth, lang) if words is not None else ("", lang)
    landing = release_prose.landing(release, lang)
    content = release_prose.released(
        release, changes, Passage(*points), base_url=desk.site.base_url, lang=lang
    )
    name = release_prose.title(release, lang)
    return {
        "title": f"{word('published', lang)}: {name}",
        "summary_text": word("is_out", lang, title=name),
        "content_html": str(content),
        "links": (items.Link(href=landing.url, title=landing.label),) if landing else (),
    }
