"""What a feed's address asks for by ``?topic=a&kind=changes&for=academic``: a choice of one's own.

Topics and series are joined, the other filters narrow; any scope takes them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlencode

from notifier.catalogue import queries as catalogue
from notifier.catalogue.merge import living
from notifier.catalogue.models import UserType
from notifier.errors import NotFound, Refused
from notifier.feeds import scopes
from notifier.feeds.endings import leads_to
from notifier.feeds.scopes import MAIN, Scope, shown, there_are
from notifier.feeds.words import word
from notifier.render.passages import in_language

Pairs = Sequence[tuple[str, str]]
SUBJECTS = {"topic": "topics", "series": "series"}
KINDS = tuple(path for path in MAIN if path != "all")
ONCE = {"for", "lang", "state", "page"}  # names of which one value counts
NAMES = (*SUBJECTS, "kind", "for", "lang", "state", "page")
LANGUAGES = ("en", "cy")
MOST = 60  # subjects in one address


@dataclass(frozen=True, kw_only=True)
class Choice:
    """An address' query, read: slugs of ``topic`` and ``series``, words of ``kind``, one user type
    (``for_``), a language, ``state``, and the ``page`` (None: the newest); as it was ``given``."""

    topic: tuple[str, ...] = ()
    series: tuple[str, ...] = ()
    kind: tuple[str, ...] = ()
    for_: str = ""
    lang: str = "en"
    state: bool = False
    page: int | None = None
    given: tuple[tuple[str, str], ...] = ()

    @property
    def key(self) -> str:
        """The same for every order in which the same is asked for."""
        pairs = [("topic", t) for t in sorted(self.topic)]
        pairs += [("series", s) for s in sorted(self.series)]
        pairs += [("kind", k) for k in sorted(self.kind)]
        pairs += [("for", self.for_)] if self.for_ else []
        pairs += [("state", "1")] if self.state else []
        return urlencode(pairs)


def read(pairs: Pairs) -> Choice:
    """Raises Refused, and NotFound for a page that is no number; a filter without a word asks for
    nothing."""
    given: dict[str, list[str]] = {}
    for name, value in pairs:
        if name not in NAMES:
            raise refusal(f"There is no filter {shown(name)}", NAMES)
        if value and value not in given.setdefault(name, []):
            given[name].append(value)
    for name in ONCE & given.keys():
        if len(given[name]) > 1:
            raise Refused(f"{name} takes one word, not {len(given[name])}; leave the others out.")
    if sum(len(given.get(name, ())) for name in SUBJECTS) > MOST:
        raise Refused(f"A feed joins {MOST} topics and series at most; follow /feeds/all instead.")
    lang = one(given, "lang") or "en"
    if lang not in LANGUAGES:
        raise refusal(f"There is no language {shown(lang)}", LANGUAGES)
    if (state := one(given, "state")) not in ("", "0", "1"):
        raise refusal(f"state is 1 or left out, not {shown(state)}", ("0", "1"))
    for kind in given.get("kind", ()):
        if kind not in KINDS:
            raise refusal(f"There is no kind {shown(kind)}", KINDS)
    return Choice(
        topic=tuple(given.get("topic", ())),
        series=tuple(given.get("series", ())),
        kind=tuple(given.get("kind", ())),
        for_=one(given, "for"),
        lang=lang,
        state=state == "1",
        page=number(one(given, "page")),
        given=tuple(pairs),
    )


def narrow(path: str, choice: Choice, *, now: datetime) -> Scope:
    """The scope of ``path`` with the choice applied.

    Raises NotFound for a path that is no feed, Refused for a word that names nothing.
    """
    scope = scopes.read(path, choice.lang)
    picked = subjects(choice, now=now)
    if picked:
        scope = within(scope, picked)
    if choice.kind:
        wanted = frozenset[str]().union(*(MAIN[kind][1] for kind in choice.kind))
        scope = replace(scope, kinds=scope.kinds & wanted)
    if choice.for_:
        kind = user_type(choice.for_)
        scope = replace(scope, user_type=kind.slug, depth=kind.depth)
    if choice.state and not scope.kinds & {"announced", "released"}:
        raise Refused("Newsletters do not change once they are out; leave state out.")
    return replace(
        scope,
        title=title(scope, picked, choice),
        state=choice.state,
        key=choice.key,
        query=choice.given,
    )


def subjects(choice: Choice, *, now: datetime) -> list[Scope]:
    """Each topic and series that was chosen, as a scope of its own."""
    known = {
        "topic": {topic.slug for topic in living(now)} if choice.topic else set(),
        "series": {one.slug for one in catalogue.all_series()} if choice.series else set(),
    }
    found = []
    for name, group in SUBJECTS.items():
        for slug in getattr(choice, name):
            if slug not in known[name]:
                raise refusal(f"There is no {name} {shown(slug)}", sorted(known[name]))
            found.append(scopes.read(f"{group}/{slug}", choice.lang))
    return found


def within(scope: Scope, picked: Sequence[Scope]) -> Scope:
    """What belongs to the scope and to one of the subjects."""
    ids = frozenset[int]().union(*(one.series_ids or () for one in picked))
    topics = frozenset[str]().union(*(one.topics or () for one in picked))
    kinds = frozenset[str]().union(*(one.kinds for one in picked))
    return replace(
        scope,
        series_ids=ids if scope.series_ids is None else ids & scope.series_ids,
        topics=topics if scope.topics is None else topics & scope.topics,
        kinds=scope.kinds & kinds,
        endings=tuple(
            dict.fromkeys((*scope.endings, *(end for one in picked for end in one.endings)))
        ),
        page=picked[0].page if len(picked) == 1 and scope.path == "all" else scope.page,
    )


def title(scope: Scope, picked: Sequence[Scope], choice: Choice) -> str:
    """ "Air quality, Water: Changes – Academic or researcher"."""
    subject = ", ".join(one.title for one in picked)
    if picked and scope.path != "all":
        subject = f"{scope.title}: {subject}"
    kinds = ", ".join(word(kind, choice.lang) for kind in choice.kind)
    if choice.kind and (picked or scope.path != "all"):
        kinds = f"{subject or scope.title}: {kinds}"
    words = kinds or subject or scope.title
    if choice.for_:
        kind = user_type(choice.for_)
        words = f"{words} – {in_language(kind.name, kind.cy, choice.lang).text}"
    return word("state", choice.lang, title=words) if choice.state else words


def user_type(slug: str) -> UserType:
    kinds = {kind.slug: kind for kind in catalogue.user_types()}
    if slug not in kinds:
        raise refusal(f"There is no user type {shown(slug)}", tuple(kinds))
    return kinds[slug]


def current(pairs: Pairs, *, now: datetime) -> list[tuple[str, str]]:
    """The query with what each ended topic has become. Raises Ended for one that became nothing."""
    found: list[tuple[str, str]] = []
    for name, value in pairs:
        pair = (name, value)
        if name == "topic" and value:
            to = leads_to(f"topics/{value}", now=now)
            if to is None:
                raise Ended(f"The topic {shown(value)} has ended; leave it out of the address.")
            pair = (name, to.removeprefix("topics/"))
        if name in ONCE or pair not in found:
            found.append(pair)
    return found


class Ended(Refused):
    """Something that was there, and nothing has taken its place."""


def number(word_: str) -> int | None:
    if not word_:
        return None
    if not (word_.isascii() and word_.isdigit() and len(word_) < 8):
        raise NotFound(f"There is no page {shown(word_)}; ?page= takes a number.")
    return int(word_)


def one(given: Mapping[str, Sequence[str]], name: str) -> str:
    return next(iter(given.get(name, ())), "")


def refusal(sentence: str, known: Collection[str]) -> Refused:
    return Refused(f"{sentence}; {there_are(list(known))}.")
