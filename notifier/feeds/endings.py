"""A topic that ends: its feeds and calendar say so once, and lead to what it becomes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from markupsafe import Markup

from notifier.catalogue import merge
from notifier.catalogue import queries as catalogue
from notifier.catalogue.models import Topic
from notifier.errors import NotFound
from notifier.feeds.addresses import page
from notifier.feeds.markup import anchor, paragraph, together
from notifier.feeds.words import word
from notifier.render import dates
from notifier.render.passages import in_language


@dataclass(frozen=True, kw_only=True)
class Ending:
    """``into`` (slug, name) is what the topic becomes, None for one that is given up; ``told_at``
    is when that was announced, ``day`` (London) when it happens."""

    slug: str
    name: str
    day: date
    told_at: datetime
    into: tuple[str, str] | None
    language: str = "en"

    @property
    def title(self) -> str:
        if self.into is None:
            return word("topic_is_over", self.language, name=self.name)
        return word("topic_becomes", self.language, name=self.name, into=self.into[1])

    @property
    def summary(self) -> str:
        """ "From Monday 7 December 2026. This feed then leads to that of Water by itself."."""
        when = dates.within(dates.full(self.day, self.language))
        if self.into is None:
            return word("feed_ends", self.language, day=when)
        return word("feed_leads", self.language, day=when, into=self.into[1])

    def content(self, base_url: str) -> Markup:
        label, to = (
            (self.into[1], page(base_url, "topics", self.into[0]))
            if self.into
            else (word("other_topics", self.language), page(base_url, "feeds"))
        )
        return together([paragraph(self.summary), paragraph(anchor(label, to))])


def ending(topic: Topic, language: str = "en") -> Ending | None:
    """What is announced of a topic's end, or None."""
    told_at = merge.announced_at(topic)
    if told_at is None:
        return None
    into = topic.merged_into
    return Ending(
        slug=topic.slug,
        name=in_language(topic.name, topic.cy, language).text,
        day=merge.last_day(topic),
        told_at=told_at,
        into=(into.slug, in_language(into.name, into.cy, language).text) if into else None,
        language=language,
    )


def leads_to(path: str, *, now: datetime) -> str | None:
    """The path of a feed or calendar, or of the one it leads to now; None when it has ended."""
    group, _, slug = path.partition("/")
    if group != "topics":
        return path
    try:
        topic = merge.successor(catalogue.topic(slug), now)
    except NotFound:
        return path  # which says itself that it is not there
    return f"topics/{topic.slug}" if topic is not None else None
