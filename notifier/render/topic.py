"""The letter that tells a topic's followers that it ends: when, what becomes of it, what to do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from notifier.audience.rules import variant
from notifier.catalogue.models import Topic
from notifier.catalogue.rules import DEPTHS
from notifier.errors import NotFound
from notifier.render import dates
from notifier.render.followed import name
from notifier.render.passages import Passage, list_of
from notifier.render.phrases import say
from notifier.render.site import Site
from notifier.render.typeset import LANGUAGES, Origin, Part, Words, typeset
from notifier.sends.models import Send
from notifier.store.db import session


@dataclass(frozen=True, kw_only=True)
class View:
    """``above`` concerns those who follow what stands above it; ``others`` are the topics under
    which the statistics of one that was given up go on, with their pages."""

    subject: str
    title: str
    when: str
    happens: str
    you: str
    above: str
    others: list[tuple[Passage, str]]
    last: str
    feeds: str
    button: str
    url: str


def write(send: Send, *, site: Site, now: datetime) -> dict[int, Words]:
    """The letters of every language, by variant; the depths are alike. Raises NotFound when the
    topic is gone from the catalogue."""
    old, into = session.get(Topic, send.context["topic"]), send.context.get("into")
    if old is None:
        raise NotFound("This topic is no longer in the catalogue; there is nothing to tell.")
    new = session.get(Topic, into) if into is not None else None
    parts = {lang: Part(lang, view(send, old, new, lang, site=site)) for lang in ("en", "cy")}
    origin = Origin(
        from_name=site.organisation,
        reply_to=site.reply_to,
        list_phrase=name(old).text,
        list_label=old.slug,
    )
    written = {
        language: typeset("topic", [parts[lang] for lang in langs], site=site, origin=origin)
        for language, langs in LANGUAGES.items()
    }
    return {
        variant(depth, language): words for depth in DEPTHS for language, words in written.items()
    }


def view(send: Send, old: Topic, new: Topic | None, lang: str, *, site: Site) -> View:
    stage = "merged" if new is not None else "retired"
    day = date.fromisoformat(send.context["on"])
    names = {"old": name(old, lang).text}
    names |= {"new": name(new, lang).text} if new is not None else {}
    others = sorted(
        {t for one in old.series for t in one.topics if t != old and t.retired_at is None},
        key=lambda t: t.position,
    )
    when = dates.within(dates.full(day, lang))
    return View(
        subject=say(f"topic_{stage}_subject", lang, day=dates.past(day, lang), **names),
        title=say(f"topic_{stage}_title", lang, **names),
        when=say("topic_when" if new is not None else "topic_ends_when", lang, day=when),
        happens=say(f"topic_{stage}_happens", lang, **names),
        you=say(f"topic_{stage}_{you(send, old)}", lang, day=when, **names),
        above=above(send, old, new, lang),
        others=[(name(t, lang), site.url("topics", t.slug)) for t in others] if not new else [],
        last=say("topic_change" if new is not None else "topic_choose", lang),
        feeds=say("topic_feeds" if new is not None else "topic_feeds_end", lang, **names),
        button=say(f"topic_button_{stage}", lang, **names),
        url=site.url("topics", new.slug) if new is not None else site.url("subscribe"),
    )


def you(send: Send, old: Topic) -> str:
    """Which phrase says what follows: each receiver is known to follow the topic, or some follow
    one above it only."""
    return "you_follow" if (send.receivers or {}).get("topics") == [old.id] else "you"


def above(send: Send, old: Topic, new: Topic | None, lang: str) -> str:
    """For those who follow a topic above it, and lose these statistics."""
    ids = (send.receivers or {}).get("topics", [])
    found = [session.get(Topic, key) for key in ids if key not in (old.id, new.id if new else 0)]
    names = list_of([name(topic, lang) for topic in found if topic is not None], lang)
    if not names or new is None:
        return ""
    return say("topic_merged_above", lang, names=names, new=name(new, lang).text)
