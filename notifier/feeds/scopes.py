"""What part of everything a feed or a calendar is about, read from its address."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from notifier.catalogue import queries as catalogue
from notifier.catalogue.merge import living
from notifier.catalogue.models import Topic
from notifier.errors import NotFound
from notifier.feeds.endings import Ending, ending
from notifier.feeds.words import word
from notifier.releases.queries import of_topics
from notifier.render.passages import in_language

# "told" is what happened to a change after its announcement, "moved" what became of a date.
KINDS = frozenset({"announced", "in_effect", "told", "moved", "released", "issue"})
MAIN = {  # path, also the key of its title: (steps of the page for people, kinds of entry)
    "all": ((), KINDS),
    "changes": (("changes",), frozenset({"announced", "in_effect", "told"})),
    "releases": (("releases",), frozenset({"moved", "released"})),
    "newsletters": (("newsletters",), frozenset({"issue"})),
}
SHOWN = 40  # characters of a wrong word, and names in a refusal


@dataclass(frozen=True, kw_only=True)
class Scope:
    """One feed's share. ``series_ids`` and ``topics`` (slugs, for newsletters) None: no limit.

    ``page`` are the steps of the page for people: ("topics", "air-quality"). ``language`` (en or
    cy) is that of the frame; a feed in another language has other ids. ``state`` asks for one entry
    a notice or release in place of one an event. ``key`` names what was asked for beyond the path,
    always the same for the same, and ``query`` is how it was asked for.
    """

    path: str
    title: str
    page: tuple[str, ...] = ()
    kinds: frozenset[str] = KINDS
    series_ids: frozenset[int] | None = None
    topics: frozenset[str] | None = None
    user_type: str = ""
    depth: str = "detail"  # headline | detail | technical
    endings: tuple[Ending, ...] = ()  # of topics whose end is announced
    language: str = "en"
    state: bool = False
    key: str = ""
    query: tuple[tuple[str, str], ...] = ()

    @property
    def ending(self) -> Ending | None:
        """That of a single topic."""
        return self.endings[0] if self.endings else None


def read(path: str, language: str = "en") -> Scope:
    """The scope that ``path`` ("all", "topics/air-quality", "for/academic") names, or NotFound."""
    if path in MAIN:
        page, kinds = MAIN[path]
        return Scope(
            path=path, title=word(path, language), page=page, kinds=kinds, language=language
        )
    group, _, slug = path.partition("/")
    if group not in GROUPS:
        raise NotFound(
            f"There is no feed {shown(path)}; there are {', '.join(MAIN)}, topics/…, series/… and "
            "for/…."
        )
    try:
        return GROUPS[group](slug, language)
    except NotFound:
        raise NotFound(f"There is no feed {shown(path)}; {there_are(slugs(group))}.") from None


def of_topic(slug: str, language: str = "en") -> Scope:
    """A topic covers itself and all topics below it."""
    topic = catalogue.topic(slug)
    family = below(topic)
    end = ending(topic, language)
    return Scope(
        path=f"topics/{slug}",
        title=in_language(topic.name, topic.cy, language).text,
        page=("topics", slug),
        series_ids=frozenset(of_topics([t.id for t in family])),
        topics=frozenset(t.slug for t in family),
        endings=(end,) if end is not None else (),
        language=language,
    )


def of_series(slug: str, language: str = "en") -> Scope:
    series = catalogue.series(slug)
    return Scope(
        path=f"series/{slug}",
        title=in_language(series.name, series.cy, language).text,
        page=("series", slug),
        kinds=KINDS - {"issue"},
        series_ids=frozenset({series.id}),
        language=language,
    )


def for_user_type(slug: str, language: str = "en") -> Scope:
    """Everything, in the words that these users chose to read: headline, detail or technical."""
    kind = catalogue.user_type(slug)
    name = in_language(kind.name, kind.cy, language).text
    return Scope(
        path=f"for/{slug}",
        title=word("for_you", language, name=name),
        user_type=slug,
        depth=kind.depth,
        language=language,
    )


def below(topic: Topic) -> list[Topic]:
    found = [topic]
    for child in topic.children:
        found += below(child)
    return found


GROUPS = {"topics": of_topic, "series": of_series, "for": for_user_type}


def slugs(group: str) -> list[str]:
    """Of every topic, series or user type."""
    if group == "topics":
        return [topic.slug for topic in catalogue.topics()]
    if group == "series":
        return [series.slug for series in catalogue.all_series()]
    return [kind.slug for kind in catalogue.user_types()]


def there_are(names: Sequence[str]) -> str:
    """ "there are: air-quality, water and 30 more"."""
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return f"there are: {', '.join(names[:SHOWN]) or 'none yet'}{more}"


def shown(text: str) -> str:
    """Somebody's word, in quotes and not too long."""
    return repr(text if len(text) <= SHOWN else f"{text[:SHOWN]}…")


Feeds = list[tuple[str, str, tuple[str, ...]]]


def directory(now: datetime, language: str = "en") -> list[tuple[str, Feeds]]:
    """Every feed there is, in groups: (group, [(path, title, steps of its page)])."""

    def named(group: str, slug: str, name: str, cy: str) -> tuple[str, str, tuple[str, ...]]:
        return f"{group}/{slug}", in_language(name, cy, language).text, (group, slug)

    kinds = catalogue.user_types()
    return [
        (
            word("group_main", language),
            [(path, word(path, language), page) for path, (page, _) in MAIN.items()],
        ),
        (
            word("group_topics", language),
            [named("topics", t.slug, t.name, t.cy) for t in living(now)],
        ),
        (
            word("group_series", language),
            [named("series", s.slug, s.name, s.cy) for s in catalogue.all_series()],
        ),
        (
            word("group_for", language),
            [(f"for/{u.slug}", in_language(u.name, u.cy, language).text, ()) for u in kinds],
        ),
    ]
