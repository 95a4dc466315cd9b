"""Takes what is public from the rooms and gives it to the renderers: items of feeds, calendars."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from notifier.catalogue import queries as catalogue
from notifier.catalogue.models import CatalogueLoad, Topic
from notifier.errors import NotFound
from notifier.feeds import entries, schedule
from notifier.feeds.addresses import NOTHING_YET, entry_id, feed, page
from notifier.feeds.choosing import SUBJECTS, Choice, narrow, subjects
from notifier.feeds.happenings import happenings
from notifier.feeds.items import Calendar, Channel, Item, newest_first
from notifier.feeds.opml import Outline
from notifier.feeds.scopes import MAIN, Scope, directory
from notifier.feeds.standing import standing
from notifier.feeds.words import word
from notifier.store.db import session

PAGE = 50  # entries of an archive; the feed itself has up to twice as many
STATE_PAGE = 100  # entries of a page of the feed of what stands
GENERATOR = "Notifier"


@dataclass(frozen=True, kw_only=True)
class Leaf:
    """One document of a feed: the current one (``number`` None) or an archive, 1 the oldest.

    ``archives`` is how many there are; ``changed`` when anything in the feed last could change. Of
    the feed of what stands, ``number`` is the page, 1 the newest, and ``pages`` how many there are.
    """

    items: list[Item]
    number: int | None
    archives: int
    changed: datetime
    pages: int = 0


def items(scope: Scope, *, now: datetime, base_url: str) -> list[Item]:
    """Every entry that there ever was in ``scope``, newest first."""
    found = happenings(scope, now=now)
    return newest_first(entries.write(found, scope, now=now, base_url=base_url).items)


def leaf(scope: Scope, *, now: datetime, base_url: str, number: int | None = None) -> Leaf:
    """The current document, or an archive (RFC 5005 section 4): full, with the same entries in the
    same order for ever; the words of one may say what became of it since.

    Archives are cut from the oldest end, so each entry stands in exactly one document. Raises
    NotFound for an archive that does not exist.
    """
    if scope.state:
        return stood(scope, now=now, base_url=base_url, number=number)
    found = happenings(scope, now=now)
    archives = max(0, len(found) // PAGE - 1)
    if number is not None and not 1 <= number <= archives:
        raise NotFound(f"The feed {scope.path} has {archives} older pages, not a page {number}.")
    start = (number - 1 if number else archives) * PAGE
    shown = found[start : start + PAGE] if number else found[start:]
    written = entries.write(shown, scope, now=now, base_url=base_url)
    times = [h.seen_at for h in found] + [item.updated for item in written.items] + written.turned
    # In an archive by the place that each has for ever, and not by its last change.
    items = newest_first(written.items)
    if number:
        items.sort(key=lambda item: (item.place, item.id), reverse=True)
    return Leaf(
        items=items,
        number=number,
        archives=archives,
        changed=max(times, default=NOTHING_YET),
    )


def stood(scope: Scope, *, now: datetime, base_url: str, number: int | None) -> Leaf:
    """A page of the feed that has one entry a notice or release; NotFound beyond the last."""
    found = standing(scope, now=now)
    pages = max(1, -(-len(found) // STATE_PAGE))
    if number is not None and not 1 <= number <= pages:
        raise NotFound(f"The feed {scope.path} has {pages} pages, not a page {number}.")
    start = ((number or 1) - 1) * STATE_PAGE
    shown = found[start : start + STATE_PAGE]
    written = entries.write(
        [each.it for each in shown],
        scope,
        now=now,
        base_url=base_url,
        stood={each.it.key: each.changed for each in shown},
    )
    times = [each.changed for each in found] + written.turned
    return Leaf(
        items=newest_first(written.items),
        number=number,
        archives=0,
        changed=max(times, default=NOTHING_YET),
        pages=pages,
    )


def channel(
    scope: Scope, found: Leaf, *, form: str, base_url: str, hub: str | None = None
) -> Channel:
    """What a document in ``form`` (atom, rss, json) says of itself."""
    house = catalogue.organisation()
    name = house.name if house else ""
    archives = () if found.pages else range(1, found.archives + 1)
    before = found.archives if found.number is None else found.number - 1
    after = found.number + 1 if found.number else 0
    asked = [(name, value) for name, value in scope.query if name != "page"]

    def at(number: int | None) -> str:
        return feed(base_url, scope.path, form, number=number, query=asked)

    return Channel(
        id=entry_id(base_url, "feed", identity(scope), language=scope.language),
        title=f"{scope.title} – {name}" if name else scope.title,
        subtitle=word("subtitle", scope.language),
        url=page(base_url, *scope.page, language=scope.language),
        self_url=feed(base_url, scope.path, form, query=scope.query)
        if scope.query
        else at(found.number),
        language=scope.language,
        updated=max((item.updated for item in found.items), default=NOTHING_YET),
        generator=GENERATOR,
        hub=hub,
        prev_archive=at(before) if before in archives else None,
        next_archive=at(after) if after in archives else None,
        current=at(None) if found.number and not found.pages else None,
        pages=tuple((rel, at(number)) for rel, number in neighbours(found)),
        licence=(house.licence_name, house.licence_url) if house and house.licence_url else None,
        authors=((name, None),) if name else (),
    )


def identity(scope: Scope) -> str:
    """What the feed is about, in words that never change: its path and what narrows it."""
    return f"{scope.path}?{scope.key}" if scope.key else scope.path


def neighbours(found: Leaf) -> list[tuple[str, int | None]]:
    """The links of a paged feed (RFC 5005 section 3): (rel, number of the page, None the first)."""
    if found.pages < 2:
        return []
    number = found.number or 1
    links: list[tuple[str, int | None]] = [("first", None), ("last", found.pages)]
    if number > 1:
        links.append(("previous", number - 1 if number > 2 else None))
    if number < found.pages:
        links.append(("next", number + 1))
    return links


def calendar(scope: Scope, *, now: datetime, base_url: str) -> Calendar:
    """Releases, effects and last days to comment: 90 days back, 12 months ahead."""
    return schedule.draw(scope, now=now, base_url=base_url).calendar


def outlines(*, now: datetime, base_url: str, language: str = "en") -> list[Outline]:
    """Every feed, in folders, as Atom."""
    return [
        Outline(
            text=group,
            children=tuple(
                outline(path, title, steps, base_url=base_url, language=language)
                for path, title, steps in feeds
            ),
        )
        for group, feeds in directory(now, language)
        if feeds
    ]


def relisted(now: datetime) -> datetime:
    """When the list of feeds last changed: a catalogue was loaded, or a topic ended."""
    loaded = select(func.max(CatalogueLoad.at))
    over = select(func.max(Topic.retired_at)).where(Topic.retired_at <= now)
    times = [session.scalar(query) for query in (loaded, over)]
    return max((at for at in times if at is not None), default=NOTHING_YET)


def chosen(choice: Choice, *, now: datetime, base_url: str) -> list[Outline]:
    """A feed for each topic and series of a choice, or for each kind where it names neither, as
    narrow as the rest of the choice. Raises Refused for a word that names nothing."""
    narrow("all", choice, now=now)  # refuses what there is not
    picked = subjects(choice, now=now)
    rest = [(n, v) for n, v in choice.given if n not in (*SUBJECTS, "lang", "page")]
    found = [(one.path, one.title, one.page) for one in picked]
    if not found:
        paths = choice.kind or ("all",)
        rest = [(name, value) for name, value in rest if name != "kind"]
        found = [(path, word(path, choice.lang), MAIN[path][0]) for path in paths]
    feeds = tuple(
        outline(path, title, steps, base_url=base_url, language=choice.lang, query=rest)
        for path, title, steps in found
    )
    return [Outline(text=word("group_chosen", choice.lang), children=feeds)]


def outline(
    path: str,
    title: str,
    steps: tuple[str, ...],
    *,
    base_url: str,
    language: str,
    query: Sequence[tuple[str, str]] = (),
) -> Outline:
    asked = [*query, *([("lang", language)] if language != "en" else [])]
    return Outline(
        text=title,
        xml_url=feed(base_url, path, "atom", query=asked),
        html_url=page(base_url, *steps, language=language),
        language=language,
    )
