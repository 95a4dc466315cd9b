"""The letters of an issue of a newsletter: one for each depth, language, kind of user and choice of
what they follow that its words know, and no more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import NamedTuple

from notifier.audience.receivers import Audience
from notifier.audience.rules import VARIANTS, variant_words
from notifier.catalogue import queries as catalogue
from notifier.catalogue.rules import DEPTHS
from notifier.delivery.by_reader import Asks, ByReader, Reader, readers
from notifier.newsletters import queries as newsletters
from notifier.newsletters.items import Blocks, Pool, pool
from notifier.newsletters.models import Newsletter
from notifier.render.fields import check_fields
from notifier.render.newsletter_view import Piece, pieces, shown_to, view
from notifier.render.passages import line
from notifier.render.site import Site
from notifier.render.typeset import Origin, Part, Words, typeset
from notifier.sends.models import Send

__all__ = ["check_fields", "write"]

GROUPS = 64  # kinds of readers with a letter of their own; all others read the whole


class Group(NamedTuple):
    """Readers who see the same sections for kinds of user (a slug, or nothing), and the same
    things; ``follows`` is one choice of series that shows them, None for all."""

    user_type: str
    follows: frozenset[int] | None


def write(send: Send, *, site: Site, now: datetime) -> Mapping[int, Words]:
    """The letters of one issue by variant."""
    issue = newsletters.issue(send.about.removeprefix("newsletter:"))
    text = Text(issue, site=site, now=now)
    if not text.kinds and not any(text.pool.blocks.values()):
        return {number: text.letter(number, Group("", None)) for number in range(VARIANTS)}
    return Letters(text, Audience.of(send.receivers or {}))


class Text:
    """An issue, read and looked up once for all of its letters."""

    def __init__(
        self, issue: Newsletter, *, site: Site, now: datetime, trial: bool = False
    ) -> None:
        self.issue, self.site, self.now, self.trial = issue, site, now, trial
        self.pieces = pieces(issue, site)
        self.pool: Pool = pool(issue, {p.block for p in self.pieces if p.block}, now)
        named = {slug for each in self.pieces for slug in each.section.user_types}
        self.kinds = {k.id: k.slug for k in catalogue.user_types() if k.slug in named}
        self.by_depth = any(each.section.depths for each in self.pieces)
        self._made: dict[tuple[str, str, Group], Words] = {}

    @cached_property
    def origin(self) -> Origin:
        return origin_of(self.issue, self.site, one_off=self.trial)

    def letter(self, number: int, group: Group) -> Words:
        depth, language = variant_words(number)
        key = (depth if self.by_depth else DEPTHS[0], language, group)
        if key not in self._made:
            shown = shown_to(self.pieces, depth, group.user_type)
            self._made[key] = self.typeset(language, shown, self.pool.for_reader(group.follows))
        return self._made[key]

    def typeset(self, language: str, shown: Sequence[Piece], blocks: Blocks) -> Words:
        def part(lang: str, *, beside: bool = False, english: bool = False) -> Part:
            it = view(self.issue, lang, shown, blocks, site=self.site, now=self.now, beside=beside)
            return Part(lang, it, english=english)

        parts = {
            "en": lambda: [part("en")],
            "cy": lambda: [part("cy", english=True)],
            "both": lambda: [part("cy", beside=True), part("en")],
        }
        kind = "newsletter_test" if self.trial else "newsletter"
        return typeset(kind, parts[language](), site=self.site, origin=self.origin)


class Letters(ByReader[Words]):
    """The letters of an issue whose words depend on who reads them."""

    def __init__(self, text: Text, audience: Audience) -> None:
        self.text = text
        self.asks = Asks(frozenset(text.kinds), text.pool.above)
        self.seen: dict[tuple[str, tuple[str, ...]], int] = {}
        self.groups: list[Group] = []
        for slug in ("", *sorted(text.kinds.values())):
            self.add(slug, None)
        counted = Counter(reader for _, reader, _ in readers(audience, self.asks))
        sizes: Counter[tuple[str, tuple[str, ...]]] = Counter()
        example: dict[tuple[str, tuple[str, ...]], Reader] = {}
        for reader, people in counted.items():
            key = self.key(reader)
            sizes[key] += people
            example.setdefault(key, reader)
        for key, _ in sizes.most_common(GROUPS):
            self.add(key[0], example[key].follows)

    def add(self, slug: str, follows: frozenset[int] | None) -> None:
        key = (slug, self.things(follows))
        if key not in self.seen:
            self.seen[key] = len(self.groups)
            self.groups.append(Group(slug, follows))

    def things(self, follows: frozenset[int] | None) -> tuple[str, ...]:
        blocks = self.text.pool.for_reader(follows)
        return tuple(f"{name}:{item.key}" for name, items in blocks.items() for item in items)

    def key(self, reader: Reader) -> tuple[str, tuple[str, ...]]:
        return self.text.kinds.get(reader.user_type, ""), self.things(reader.follows)

    def number(self, reader: Reader) -> int:
        key = self.key(reader)
        group = self.seen.get(key)
        if group is None:  # more kinds of readers than letters: they read the whole
            group = self.seen[key[0], self.things(None)]
        return reader.variant + VARIANTS * group

    def __getitem__(self, number: int) -> Words:
        if not 0 <= number < len(self):
            raise KeyError(number)
        return self.text.letter(number, self.groups[number // VARIANTS])

    def __iter__(self) -> Iterator[int]:
        return iter(range(len(self)))

    def __len__(self) -> int:
        return VARIANTS * len(self.groups)


def origin_of(issue: Newsletter, site: Site, *, one_off: bool = False) -> Origin:
    team = issue.team
    return Origin(
        from_name=line(team.name).text,
        reply_to=team.contact if "@" in team.contact else site.reply_to,
        list_phrase="" if one_off else line(f"{team.name}: newsletter").text,
        list_label="" if one_off else f"newsletter-{team.slug}",
        one_off=one_off,
    )
