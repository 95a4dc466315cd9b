"""The letter of a release that is out: first what changed in this edition, then its main points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from markupsafe import Markup

from notifier.audience.rules import variant
from notifier.catalogue import queries as catalogue
from notifier.catalogue.models import UserType
from notifier.catalogue.rules import DEPTHS
from notifier.clock import london_date
from notifier.notices.models import ChangeNotice
from notifier.releases import announce
from notifier.releases import queries as releases
from notifier.releases.models import Announcement, Release
from notifier.render import coming, dates
from notifier.render.markdown import as_html, parse
from notifier.render.notice_view import ToDo, passage, to_do
from notifier.render.origin import origin_of
from notifier.render.passages import Link, Passage, contact, in_language, line, link
from notifier.render.phrases import say
from notifier.render.plaintext import write as as_text
from notifier.render.site import Site
from notifier.render.typeset import LANGUAGES, Part, Words, typeset
from notifier.sends.models import Send
from notifier.store.db import session

# The words of a change at each depth; of "headline" the first that there is.
WORDS = {"headline": ("brief", "what"), "detail": ("what",), "technical": ("what", "technical")}


class Points(NamedTuple):
    """The main points at one depth, as HTML and as plain text."""

    html: Markup
    text: str
    lang: str


@dataclass(frozen=True)
class Changed:
    """A change that took effect with this edition, in the words that announced it."""

    announced: str  # As announced on 23 November 2026:
    headline: Passage
    words: Sequence[Passage]
    todo: Sequence[ToDo]
    url: str


@dataclass(frozen=True, kw_only=True)
class View:
    """A release in one language at one depth; ``beside`` its English letter the team's English is
    left out."""

    title: Passage
    series: Passage
    period: str
    out: str  # Published at 9:30am, Thursday 4 March 2027
    late: str  # how many days after the date that was last announced
    note: str
    changes: Sequence[Changed]
    points: Points | None
    read: Link | None  # the release itself
    url: str  # its page here
    following: coming.Edition | None
    team: str
    contact: Link | None
    beside: bool


def write(send: Send, *, site: Site, now: datetime) -> dict[int, Words]:
    """The letters of a release by variant. NotFound when it is gone."""
    release = releases.any_release(send.context["release"])
    words = announce.public([release.id]).get(release.id)
    notices = [session.get_one(ChangeNotice, each) for each in send.context.get("notices", [])]
    return letters(release, words, notices, site=site, now=now)


def letters(
    release: Release,
    words: Announcement | None,
    notices: Sequence[ChangeNotice],
    *,
    site: Site,
    now: datetime,
    only: tuple[str, str] | None = None,
) -> dict[int, Words]:
    """As ``write``, with these words; of an edition that is not out, as at its instant. ``only``
    one depth and language, where a page shows one: each takes 20 ms."""
    kinds = {kind.slug: kind for kind in catalogue.user_types()}

    def part(lang: str, depth: str, *, beside: bool) -> Part:
        it = view(
            release, words, notices, kinds, lang, depth=depth, site=site, now=now, beside=beside
        )
        return Part(lang, it)

    def parts(language: str, depth: str) -> list[Part]:
        both = len(LANGUAGES[language]) > 1
        return [part(lang, depth, beside=both and lang == "cy") for lang in LANGUAGES[language]]

    origin = origin_of(release.series, site)
    return {
        variant(depth, language): typeset(
            "released", parts(language, depth), site=site, origin=origin, depth=depth
        )
        for depth in DEPTHS
        for language in LANGUAGES
        if only in (None, (depth, language))
    }


def view(
    release: Release,
    words: Announcement | None,
    notices: Sequence[ChangeNotice],
    kinds: Mapping[str, UserType],
    lang: str,
    *,
    depth: str,
    site: Site,
    now: datetime,
    beside: bool = False,
) -> View:
    points = points_of(words, depth, lang, beside=beside)
    changes = [changed(notice, kinds, lang, depth=depth, site=site) for notice in notices]
    note = english_note(words, changes, depth, beside=beside) if lang == "cy" else ""
    series = release.series
    return View(
        title=in_language(release.title, release.cy_title, lang),
        series=in_language(series.name, series.cy, lang),
        period=line(release.period).text,
        out=dates.moment(out, lang) if (out := release.published_at or release.at) else "",
        late=late(release, lang),
        note=note,
        changes=[welsh_of(each) for each in changes if each.headline.lang == "cy"]
        if beside
        else changes,
        points=points,
        read=link(release.landing_url or series.landing_url, line(release.title).text),
        url=site.url("releases", str(release.id)),
        following=following(release, lang, site=site, now=now),
        team=line(series.team.name).text,
        contact=contact(release.contact or series.team.contact),
        beside=beside,
    )


def points_of(words: Announcement | None, depth: str, lang: str, *, beside: bool) -> Points | None:
    """The approved words at a depth; ``beside`` an English letter, only those in ``lang``."""
    source, found = announce.words_at(words, depth, lang) if words is not None else ("", "en")
    if not source or (beside and found != lang):
        return None
    tokens = parse(source)
    return Points(as_html(tokens), as_text(tokens), found)


def english_note(
    words: Announcement | None, changes: Sequence[Changed], depth: str, *, beside: bool
) -> str:
    """In Welsh: that what the team says at this depth, or a part of it, is in English (below)."""
    points = points_of(words, depth, "cy", beside=False)
    shown = [p.lang for p in (points,) if p]
    shown += [p.lang for each in changes for p in (each.headline, *each.words)]
    shown += [item.action.lang for each in changes for item in each.todo]
    if "en" not in shown:
        return ""
    if beside:
        return say("out_below", "cy")
    return say("words_some" if "cy" in shown else "out_english", "cy")


def welsh_of(change: Changed) -> Changed:
    """A change without what is only in English, which stands below."""
    return replace(change, words=[p for p in change.words if p.lang == "cy"], todo=[])


def changed(
    notice: ChangeNotice, kinds: Mapping[str, UserType], lang: str, *, depth: str, site: Site
) -> Changed:
    """In the future tense of its announcement, which is why that is named."""
    words = [passage(notice, name, lang, beside=False) for name in WORDS[depth]]
    if depth == "headline":
        words = [next((each for each in words if each), None)]
    first = notice.first_public_at
    day = dates.past(london_date(first), lang) if first else ""
    todo = [to_do(item, lang, kinds) for item in notice.what_to_do]
    return Changed(
        announced=say("out_announced", lang, day=day) if first else "",
        headline=in_language(notice.headline, notice.cy.get("headline"), lang),
        words=[each for each in words if each],
        todo=[item for item in todo if item.for_headline or depth != "headline"],
        url=site.url("changes", notice.reference),
    )


def late(release: Release, lang: str) -> str:
    """ "2 days late." against the date that was last announced; nothing when it is punctual."""
    if release.published_at is None or release.day is None:
        return ""
    days = (london_date(release.published_at) - release.day).days
    return say("out_late", lang, days=dates.days(days, lang)) if days > 0 else ""


def following(release: Release, lang: str, *, site: Site, now: datetime) -> coming.Edition | None:
    """The next edition of the series, if its date is public."""
    for each in releases.upcoming(now=now, series_ids=[release.series_id]):
        if each.id != release.id and each.day is not None:
            return coming.edition(each, lang, site=site)
    return None
