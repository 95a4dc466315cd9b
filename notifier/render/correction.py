"""The letter that corrects another: which one was wrong, and what is right in the team's words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from notifier.audience.rules import variant
from notifier.catalogue import queries as catalogue
from notifier.catalogue.models import Topic
from notifier.catalogue.rules import DEPTHS
from notifier.clock import london_date
from notifier.delivery.correct import corrected
from notifier.errors import NotFound
from notifier.newsletters import queries as newsletters
from notifier.notices import queries as notices
from notifier.releases import queries as releases
from notifier.render import dates, newsletter
from notifier.render.origin import origin_of, origin_of_notice
from notifier.render.passages import Passage, in_language, line, said
from notifier.render.phrases import say
from notifier.render.site import Site
from notifier.render.typeset import LANGUAGES, Origin, Part, Words, typeset
from notifier.sends.models import Send
from notifier.store.db import session


@dataclass(frozen=True)
class Thing:
    """What the wrong letter was about: its English and Welsh names, its page, whose letter."""

    name: str
    welsh: str
    url: str
    origin: Origin


@dataclass(frozen=True)
class View:
    """``right`` is None in the Welsh part beside the English letter that says it."""

    subject: str
    name: Passage
    lead: str
    right: Passage | None
    url: str


def write(send: Send, *, site: Site, now: datetime) -> dict[int, Words]:
    """The letters of every language, by variant; the depths are alike. Raises NotFound when what
    the wrong letter was about is gone."""
    wrong = corrected(send)
    thing = thing_of(wrong, site)

    def part(lang: str, *, beside: bool = False) -> Part:
        return Part(lang, view(send, wrong, thing, lang, beside=beside))

    both = (part("cy", beside="cy" not in send.context["words"]), part("en"))
    parts = {"en": (part("en"),), "cy": (part("cy"),), "both": both}
    written = {
        language: typeset("correction", parts[language], site=site, origin=thing.origin)
        for language in LANGUAGES
    }
    return {
        variant(depth, language): words for depth in DEPTHS for language, words in written.items()
    }


def view(send: Send, wrong: Send, thing: Thing, lang: str, *, beside: bool) -> View:
    texts = send.context["words"]
    spoken = "cy" if lang == "cy" and "cy" in texts else "en"
    day = london_date(wrong.frozen_at or wrong.due_at)
    name = in_language(thing.name, thing.welsh, lang)
    return View(
        subject=say("corrected_subject", lang, name=name.text),
        name=name,
        lead=say("corrected_lead", lang, day=dates.within(dates.full(day, lang))),
        right=None if beside else said(texts[spoken], spoken),
        url=thing.url,
    )


def thing_of(send: Send, site: Site) -> Thing:
    """What a Send was about."""
    if send.kind == "notice":
        found = notices.notice(send.about)
        url = site.url("changes", found.reference)
        return Thing(
            found.headline, found.cy.get("headline") or "", url, origin_of_notice(found, site)
        )
    if send.kind in ("release", "released"):
        release = releases.any_release(send.context["release"])
        url = site.url("releases", str(release.id))
        return Thing(release.title, release.cy_title, url, origin_of(release.series, site))
    if send.kind == "newsletter":
        issue = newsletters.issue(send.about.removeprefix("newsletter:"))
        url = site.url("newsletters", issue.slug)
        return Thing(issue.title, "", url, newsletter.origin_of(issue, site))
    if send.kind == "topic":
        return of_topic(send, site)
    week = site.url("week-ahead", send.about.removeprefix("week:"))
    words = (say("corrected_week", "en"), say("corrected_week", "cy"))
    return Thing(*words, week, of_house(site, "week-ahead", "Coming next week"))


def of_topic(send: Send, site: Site) -> Thing:
    topic = session.get(Topic, send.context["topic"])
    if topic is None:
        raise NotFound("This topic is no longer in the catalogue; there is nothing to correct.")
    live = topic.slug in {each.slug for each in catalogue.topics()}
    url = site.url("topics", topic.slug) if live else site.url()
    return Thing(topic.name, topic.cy, url, of_house(site, topic.slug, topic.name))


def of_house(site: Site, label: str, phrase: str) -> Origin:
    return Origin(
        from_name=line(site.organisation).text,
        reply_to=site.reply_to,
        list_phrase=line(phrase).text,
        list_label=label,
    )
