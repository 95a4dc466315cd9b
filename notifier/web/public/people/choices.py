"""What the forms about a person's mail offer: topics with their publications, user types, names."""

from __future__ import annotations

from dataclasses import dataclass, field

from notifier.catalogue import merge
from notifier.catalogue import queries as catalogue
from notifier.catalogue.models import Series, Topic, UserType
from notifier.render import dates, followed
from notifier.render.passages import Passage, in_language
from notifier.web.language import gettext, language, ngettext
from notifier.web.language import gettext as _
from notifier.web.public.frame import now
from notifier.web.public.shapes import Choice, TopicChoice
from notifier.web.refusals import N_

# The user types with which an organisation begins; it may have others.
USUAL = (
    N_("Government policy or analyst"),
    N_("Local government"),
    N_("Parliament"),
    N_("Academic or researcher"),
    N_("Business"),
    N_("Media"),
    N_("Charity or community group"),
    N_("International body"),
    N_("Data re-user or developer"),
    N_("Student or teacher"),
    N_("Member of the public"),
    N_("Other"),
)


def tree() -> list[TopicChoice]:
    """The topics as a form offers them, each with its publications; a publication of two topics
    stands under the first."""
    seen: set[int] = set()
    return [branch(topic, seen) for topic in merge.living(now()) if topic.parent_id is None]


def branch(topic: Topic, seen: set[int]) -> TopicChoice:
    own = [series for series in topic.series if series.id not in seen]
    seen.update(series.id for series in own)
    living = [child for child in topic.children if not merge.is_gone(child, now())]
    children = [branch(child, seen) for child in living]
    named, lang = name(topic)
    return TopicChoice(topic.slug, named, "", children, [publication(s) for s in own], lang)


def publication(series: Series, hint: str = "") -> Choice:
    said = followed.name(series, language())
    return Choice(series.slug, said.text, hint, foreign(said.lang))


def name(topic: Topic) -> tuple[str, str]:
    """Its name and, where it is not the page's, the language of that; "Bathing (becomes part of
    Water on 7 December 2026)": who chooses it now must know."""
    said = followed.name(topic, language())
    if topic.retired_at is None:
        return said.text, foreign(said.lang)
    day, into = dates.past(merge.last_day(topic), language()), topic.merged_into
    if into is None:
        return _("%(topic)s (ends on %(day)s)", topic=said.text, day=day), ""
    other = followed.name(into, language()).text
    return _(
        "%(topic)s (becomes part of %(other)s on %(day)s)", topic=said.text, other=other, day=day
    ), ""


def foreign(lang: str) -> str:
    """The language of a passage as the page must mark it: "" for the page's own."""
    return "" if lang == language() else lang


def user_types() -> list[Choice]:
    found = []
    for kind in catalogue.user_types():
        said = user_type_name(kind)
        found.append(Choice(kind.slug, said.text, lang=foreign(said.lang)))
    return found


def user_type_name(kind: UserType) -> Passage:
    """As the catalogue has it; a usual name for which it has no Welsh, as it stands here."""
    return usual_name(kind.name, kind.cy)


def usual_name(name: str, cy: str) -> Passage:
    """As ``user_type_name``, of the words that a catalogue has."""
    welsh = cy or (gettext(name) if name in USUAL and language() == "cy" else "")
    return in_language(name, welsh, language())


@dataclass(frozen=True)
class Found:
    """What Find found, and a sentence that says so; slugs of ``series`` are ``only`` ones."""

    words: str
    topics: list[Choice] = field(default_factory=list)
    series: list[Choice] = field(default_factory=list)


def matches(words: str) -> Found:
    """Topics whose name, or the name of one of whose publications, holds the words, in English or
    Welsh; and those publications."""
    wanted = words.casefold()
    named, through, series = [], [], dict[str, Choice]()
    for topic in merge.living(now()):
        own = [one for one in topic.series if holds(one, wanted)]
        text, lang = name(topic)
        hint = ", ".join(one.name for one in own[:2])
        if holds(topic, wanted):
            named.append(Choice(topic.slug, text, hint, lang))
        elif own:
            through.append(Choice(topic.slug, text, hint, lang))
        for one in own:
            series.setdefault(one.slug, publication(one, text))
    topics = [*named, *through]
    return Found(in_words(words, len(topics), len(series)), topics, list(series.values()))


def holds(row: Topic | Series, wanted: str) -> bool:
    return wanted in row.name.casefold() or wanted in row.cy.casefold()


def in_words(words: str, topics: int, series: int) -> str:
    if not topics:
        return _(
            "Nothing matches “%(words)s”. Try another word, or choose from all topics.", words=words
        )
    if not series:
        return ngettext(
            "%(num)d topic matches “%(words)s”.",
            "%(num)d topics match “%(words)s”.",
            topics,
            words=words,
        )
    return _(
        "%(topics)s and %(publications)s match “%(words)s”.",
        topics=ngettext("%(num)d topic", "%(num)d topics", topics),
        publications=ngettext("%(num)d publication", "%(num)d publications", series),
        words=words,
    )
