"""The letters of a digest: what many messages have to say, as one, once for each group of people.

Each thing is put into words once per depth and language; a letter puts those together.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from notifier.audience.rules import variant_words
from notifier.catalogue import queries as catalogue
from notifier.clock import london_date
from notifier.delivery.digests import Group
from notifier.render import dates
from notifier.render.digest_entries import SECTIONS, Entry, Reading, entry
from notifier.render.passages import Passage, line
from notifier.render.phrases import say
from notifier.render.site import Site
from notifier.render.typeset import LANGUAGES, Origin, Part, Words, typeset
from notifier.sends.models import Send
from notifier.store.db import session

FULL = 10  # entries with sentences; of the others the headline, the day and the link


@dataclass(frozen=True, kw_only=True)
class View:
    """A digest in one language: its entries under their section and topic."""

    subject: str
    kicker: str
    title: str
    note: str
    sections: Sequence[tuple[str, Sequence[tuple[Passage, Sequence[Entry]]]]]
    rhythm: str
    counted: str

    @property
    def entries(self) -> list[Entry]:
        return [each for _, topics in self.sections for _, some in topics for each in some]


def write(
    groups: Iterable[Group], *, site: Site, now: datetime, early: bool = False
) -> dict[Group, Words]:
    """The letter of each group; ``early`` on a day on which no weekly digest is due, so that those
    who have one are told what cannot wait for it."""
    writer = Writer(site, now, early)
    return {group: writer.letter(group) for group in groups}


class Writer:
    """Keeps what it has put into words: thousands of letters are made of a few dozen entries."""

    def __init__(self, site: Site, now: datetime, early: bool) -> None:
        self.site, self.now, self.early = site, now, early
        self.kinds = {kind.slug: kind for kind in catalogue.user_types()}
        self.sends: dict[int, Send] = {}
        self.known: dict[tuple[tuple[int, ...], Reading], Entry] = {}

    def letter(self, group: Group) -> Words:
        depth, language = variant_words(group.reads)
        things = self.things(group.items)
        parts = []
        for lang in LANGUAGES[language]:
            beside = language == "both" and lang == "cy"
            how = Reading(lang=lang, depth=depth, beside=beside)
            found = [self.entry(told, how) for told in things]
            english = lang == "cy" and any(each.english for each in found)
            it = view(
                found,
                how,
                group,
                english=english,
                early=self.early,
                site=self.site,
                now=self.now,
            )
            parts.append(Part(lang, it, english=english))
        words = typeset("digest", parts, site=self.site, origin=origin_of(group, self.site))
        return replace(words, frame={**words.frame, "reads": language})

    def things(self, items: Iterable[int]) -> list[tuple[Send, ...]]:
        """The Sends of a letter by what they are about: it is told once."""
        found: dict[str, list[Send]] = {}
        for item in items:
            send = self.sends.setdefault(item, session.get_one(Send, item))
            found.setdefault(send.about, []).append(send)
        return [tuple(sends) for sends in found.values()]

    def entry(self, told: Sequence[Send], how: Reading) -> Entry:
        key = tuple(send.id for send in told), how
        if key not in self.known:
            self.known[key] = entry(told, how, kinds=self.kinds, site=self.site, now=self.now)
        return self.known[key]


def origin_of(group: Group, site: Site) -> Origin:
    """The organisation's own list: one for those who have a letter a day, one for a week."""
    label = "weekly" if group.weekly else "daily"
    name = line(site.organisation).text
    return Origin(
        from_name=name,
        reply_to=site.reply_to,
        list_phrase=say(f"digest_{label}_from", "en", organisation=name),
        list_label=label,
    )


def view(
    found: Sequence[Entry],
    how: Reading,
    group: Group,
    *,
    english: bool,
    early: bool,
    site: Site,
    now: datetime,
) -> View:
    label = "weekly" if group.weekly else "daily"
    early = early and group.weekly
    lang, today = how.lang, dates.full(london_date(now), how.lang)
    note = say("digest_below" if how.beside else "digest_english", lang) if english else ""
    ordered = sorted(found, key=lambda each: (SECTIONS.index(each.section), each.rank))
    count, lead = len(found), ordered[0]
    first = lead.headline.text if count > 1 and lead.first_told else lead.subject
    # Mail programs clip a letter at 102 KB, and the way to unsubscribe with it.
    ordered = [each if place < FULL else each.brief() for place, each in enumerate(ordered)]
    title = say("digest_title_one" if count == 1 else "digest_title", lang, count=count)
    return View(
        subject=first if count == 1 else say("digest_subject", lang, count=count, headline=first),
        kicker=say(
            "digest_kicker",
            lang,
            digest=say("digest_early" if early else f"digest_{label}", lang),
            day=dates.within(today),
        ),
        title=title,
        note=note,
        sections=[
            (say(f"digest_{name}", lang), by_topic(e for e in ordered if e.section == name))
            for name in SECTIONS
            if any(e.section == name for e in ordered)
        ],
        rhythm=say("digest_note_early" if early else f"digest_note_{label}", lang),
        counted=dates.within(today),
    )


def by_topic(entries: Iterable[Entry]) -> list[tuple[Passage, list[Entry]]]:
    """Topics in the order of their first entry."""
    found: dict[Passage, list[Entry]] = {}
    for each in entries:
        found.setdefault(each.topic, []).append(each)
    return list(found.items())
