"""A list's filter: at most three selects in one GET form, and what was asked for in its address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from notifier.catalogue import queries as catalogue
from notifier.catalogue.merge import living
from notifier.catalogue.models import Series
from notifier.releases.queries import of_topics
from notifier.web.public.frame import now
from notifier.web.public.series.topic_page import below

LONGEST_SHOWN = 40  # characters of an unknown value that the page repeats


@dataclass(frozen=True)
class Option:
    value: str
    words: str
    chosen: bool = False


@dataclass(frozen=True)
class Select:
    """parts/filter.html shows it. The first option asks for everything."""

    name: str
    label: str
    options: list[Option]


@dataclass
class Filter:
    """Reads ``given`` (the address's query) one select after the other.

    A value that there is none of is left out, and ``unknown`` says so in a sentence: an old link
    still shows the list.
    """

    given: Mapping[str, str]
    selects: list[Select] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    chosen: dict[str, str] = field(default_factory=dict)

    def ask(
        self,
        name: str,
        label: str,
        *,
        every: str,
        choices: Mapping[str, str],
        noun: str = "",
        shown: bool = True,
    ) -> str:
        """The value asked for under ``name``, "" for everything; ``choices`` are slugs and words.

        One that is not ``shown`` has links of its own and is kept by the form.
        """
        value = self.given.get(name, "").strip()
        if value and value not in choices:
            what = noun or label.lower()
            self.unknown.append(f"We know no {what} “{value[:LONGEST_SHOWN]}”, so it is left out.")
            value = ""
        if value:
            self.chosen[name] = value
        if shown:
            options = [Option("", every, not value)]
            options += [Option(slug, words, slug == value) for slug, words in choices.items()]
            self.selects.append(Select(name, label, options))
        return value

    @property
    def kept(self) -> dict[str, str]:
        """What the form carries along although it has no select for it."""
        names = {select.name for select in self.selects}
        return {name: value for name, value in self.chosen.items() if name not in names}

    @property
    def narrowed(self) -> bool:
        """Whether anything is left out of the list; another list of the page is not narrower."""
        return any(name != "show" for name in self.chosen)

    def url(self, path: str, **changed: str) -> str:
        """The list's address with what is chosen; "" takes a choice away."""
        query = {**self.chosen, **changed}
        words = urlencode({name: value for name, value in query.items() if value})
        return f"{path}?{words}" if words else path


def chosen_series(asked: Filter) -> list[Series]:
    """The series of the topic (with what stands below it) and the team that are asked for."""
    every = catalogue.all_series()
    topics = {t.slug: t.name for t in living(now())}
    teams = sorted({(s.team.name, s.team.slug) for s in every})
    topic = asked.ask("topic", "Topic", every="All topics", choices=topics)
    team = asked.ask(
        "team", "Team", every="All teams", choices={slug: name for name, slug in teams}
    )
    if topic:
        ids = set(of_topics([t.id for t in below(catalogue.topic(topic))]))
        every = [s for s in every if s.id in ids]
    return [s for s in every if not team or s.team.slug == team]
