"""What part of everything a feed or a calendar is about, read from its address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from notifier.catalogue import queries as catalogue
from notifier.catalogue.merge import living
from notifier.catalogue.models import Topic
from notifier.errors import NotFound
from notifier.feeds.endings import Ending, ending
from notifier.releases.queries import of_topics

# "told" is what happened to a change after its announcement, "moved" what became of a date.
KINDS = frozenset({"announced", "in_effect", "told", "moved", "released", "issue"})
MAIN = {  # path: (title, steps of the page for people, kinds of entry)
    "all": ("Everything", (), KINDS),
    "changes": ("Changes", ("changes",), frozenset({"announced", "in_effect", "told"})),
    "releases": ("Releases", ("releases",), frozenset({"moved", "released"})),
    "newsletters": ("Newsletters", ("newsletters",), frozenset({"issue"})),
}


@dataclass(frozen=True, kw_only=True)
class Scope:
    """One feed's share. ``series_ids`` and ``topics`` (slugs, for newsletters) None: no limit.

    ``page`` are the steps of the page for people: ("topics", "air-quality").
    """

    path: str
    title: str
    page: tuple[str, ...] = ()
    kinds: frozenset[str] = KINDS
    series_ids: frozenset[int] | None = None
    topics: frozenset[str] | None = None
    user_type: str = ""
    depth: str = "detail"  # headline | detail | technical
    ending: Ending | None = None  # of a topic whose end is announced


def read(path: str) -> Scope:
    """The scope that ``path`` ("all", "topics/air-quality", "for/academic") names, or NotFound."""
    if path in MAIN:
        title, page, kinds = MAIN[path]
        return Scope(path=path, title=title, page=page, kinds=kinds)
    group, _, slug = path.partition("/")
    if group == "topics":
        return of_topic(slug)
    if group == "series":
        return of_series(slug)
    if group == "for":
        return for_user_type(slug)
    raise NotFound(
        f"There is no feed {path!r}; there are {', '.join(MAIN)}, topics/…, series/… and for/…."
    )


def of_topic(slug: str) -> Scope:
    """A topic covers itself and all topics below it."""
    topic = catalogue.topic(slug)
    family = below(topic)
    return Scope(
        path=f"topics/{slug}",
        title=topic.name,
        page=("topics", slug),
        series_ids=frozenset(of_topics([t.id for t in family])),
        topics=frozenset(t.slug for t in family),
        ending=ending(topic),
    )


def of_series(slug: str) -> Scope:
    series = catalogue.series(slug)
    return Scope(
        path=f"series/{slug}",
        title=series.name,
        page=("series", slug),
        kinds=KINDS - {"issue"},
        series_ids=frozenset({series.id}),
    )


def for_user_type(slug: str) -> Scope:
    """Everything, in the words that these users chose to read: headline, detail or technical."""
    kind = catalogue.user_type(slug)
    return Scope(
        path=f"for/{slug}", title=f"For you: {kind.name}", user_type=slug, depth=kind.depth
    )


def below(topic: Topic) -> list[Topic]:
    found = [topic]
    for child in topic.children:
        found += below(child)
    return found


def directory(now: datetime) -> list[tuple[str, list[tuple[str, str, tuple[str, ...]]]]]:
    """Every feed there is, in groups: (group, [(path, title, steps of its page)])."""
    return [
        ("All", [(path, title, page) for path, (title, page, _) in MAIN.items()]),
        ("Topics", [named("topics", t.slug, t.name) for t in living(now)]),
        ("Series", [named("series", s.slug, s.name) for s in catalogue.all_series()]),
        ("For what you do", [(f"for/{u.slug}", u.name, ()) for u in catalogue.user_types()]),
    ]


def named(group: str, slug: str, name: str) -> tuple[str, str, tuple[str, ...]]:
    return f"{group}/{slug}", name, (group, slug)
