"""Takes what is public from the rooms and gives it to the renderers: items of feeds, calendars."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from notifier.catalogue import queries as catalogue
from notifier.errors import NotFound
from notifier.feeds import entries, schedule
from notifier.feeds.addresses import NOTHING_YET, entry_id, feed, page
from notifier.feeds.happenings import happenings
from notifier.feeds.items import Calendar, Channel, Item, newest_first
from notifier.feeds.opml import Outline
from notifier.feeds.scopes import Scope, directory

PAGE = 50  # entries of an archive; the feed itself has up to twice as many
GENERATOR = "Notifier"


@dataclass(frozen=True, kw_only=True)
class Leaf:
    """One document of a feed: the current one (``number`` None) or an archive, 1 the oldest.

    ``archives`` is how many there are; ``changed`` when anything in the feed last could change.
    """

    items: list[Item]
    number: int | None
    archives: int
    changed: datetime


def items(scope: Scope, *, now: datetime, base_url: str) -> list[Item]:
    """Every entry that there ever was in ``scope``, newest first."""
    found = happenings(scope, now=now)
    return newest_first(entries.write(found, scope, now=now, base_url=base_url).items)


def leaf(scope: Scope, *, now: datetime, base_url: str, number: int | None = None) -> Leaf:
    """The current document, or an archive (RFC 5005 section 4): full, and the same for ever.

    Archives are cut from the oldest end, so each entry stands in exactly one document. Raises
    NotFound for an archive that does not exist.
    """
    found = happenings(scope, now=now)
    archives = max(0, len(found) // PAGE - 1)
    if number is not None and not 1 <= number <= archives:
        raise NotFound(f"The feed {scope.path} has {archives} older pages, not a page {number}.")
    start = (number - 1 if number else archives) * PAGE
    shown = found[start : start + PAGE] if number else found[start:]
    written = entries.write(shown, scope, now=now, base_url=base_url)
    times = [h.seen_at for h in found] + [item.updated for item in written.items] + written.turned
    return Leaf(
        items=newest_first(written.items),
        number=number,
        archives=archives,
        changed=max(times, default=NOTHING_YET),
    )


def channel(scope: Scope, found: Leaf, *, form: str, base_url: str) -> Channel:
    """What a document in ``form`` (atom, rss, json) says of itself."""
    house = catalogue.organisation()
    name = house.name if house else ""
    before = found.archives if found.number is None else found.number - 1
    after = found.number + 1 if found.number and found.number < found.archives else None
    return Channel(
        id=entry_id(base_url, "feed", scope.path),
        title=f"{scope.title} – {name}" if name else scope.title,
        subtitle="What will change, what changed, and what came out.",
        url=page(base_url, *scope.page),
        self_url=feed(base_url, scope.path, form, number=found.number),
        language="en",
        updated=max((item.updated for item in found.items), default=NOTHING_YET),
        generator=GENERATOR,
        prev_archive=feed(base_url, scope.path, form, number=before) if before else None,
        next_archive=feed(base_url, scope.path, form, number=after) if after else None,
        current=feed(base_url, scope.path, form) if found.number else None,
        licence=(house.licence_name, house.licence_url) if house and house.licence_url else None,
        authors=((name, None),) if name else (),
    )


def calendar(scope: Scope, *, now: datetime, base_url: str) -> Calendar:
    """Releases, effects and last days to comment: 90 days back, 12 months ahead."""
    return schedule.draw(scope, now=now, base_url=base_url).calendar


def outlines(*, now: datetime, base_url: str) -> list[Outline]:
    """Every feed, in folders, as Atom."""
    return [
        Outline(
            text=group,
            children=tuple(
                Outline(
                    text=title,
                    xml_url=feed(base_url, path, "atom"),
                    html_url=page(base_url, *steps),
                    language="en",
                )
                for path, title, steps in feeds
            ),
        )
        for group, feeds in directory(now)
        if feeds
    ]
