"""A topic that ends: its feeds and calendar say so once, and lead to what it becomes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from markupsafe import Markup

from notifier.catalogue import merge
from notifier.catalogue import queries as catalogue
from notifier.catalogue.models import Topic
from notifier.errors import NotFound
from notifier.feeds.addresses import page, uid
from notifier.feeds.items import Event
from notifier.feeds.markup import anchor, paragraph, together
from notifier.render import dates
from notifier.render.passages import line


@dataclass(frozen=True, kw_only=True)
class Ending:
    """``into`` (slug, name) is what the topic becomes, None for one that is given up; ``told_at``
    is when that was announced, ``day`` (London) when it happens."""

    slug: str
    name: str
    day: date
    told_at: datetime
    into: tuple[str, str] | None

    @property
    def title(self) -> str:
        return f"{self.name} becomes part of {self.into[1]}" if self.into else f"{self.name} ends"

    @property
    def summary(self) -> str:
        """ "From Monday 7 December 2026. This feed then leads to that of Water by itself."."""
        when = dates.within(dates.full(self.day))
        if self.into is None:
            return f"On {when}. This feed ends then."
        return f"From {when}. This feed then leads to that of {self.into[1]} by itself."

    def content(self, base_url: str) -> Markup:
        label, to = (
            (self.into[1], page(base_url, "topics", self.into[0]))
            if self.into
            else ("Other topics", page(base_url, "feeds"))
        )
        return together([paragraph(self.summary), paragraph(anchor(label, to))])

    def event(self, base_url: str) -> Event:
        """An all-day entry of the topic's calendar on the day itself."""
        address = page(base_url, "topics", self.slug)
        then = f"leads to that of {self.into[1]} by itself" if self.into else "ends"
        return Event(
            uid=uid(base_url, f"topic-{self.slug}-ends"),
            sequence=0,
            last_modified=self.told_at,
            summary=self.title,
            description=f"This calendar {then} from this day on.\n{address}",
            url=address,
            start=self.day,
            end=self.day,
            all_day=True,
            categories=(self.name,),
        )


def ending(topic: Topic) -> Ending | None:
    """What is announced of a topic's end, or None."""
    told_at = merge.announced_at(topic)
    if told_at is None:
        return None
    into = topic.merged_into
    return Ending(
        slug=topic.slug,
        name=line(topic.name).text,
        day=merge.last_day(topic),
        told_at=told_at,
        into=(into.slug, line(into.name).text) if into is not None else None,
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
