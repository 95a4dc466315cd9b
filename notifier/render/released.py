"""The letter of a release that is out: first what changed in this edition, then its main points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
from notifier.render.notice import origin_of
from notifier.render.notice_view import ToDo, to_do
from notifier.render.passages import Link, Passage, contact, in_language, line, link, said
from notifier.render.phrases import say
from notifier.render.plaintext import write as as_text
from notifier.render.site import Site
from notifier.render.typeset import LANGUAGES, Part, Words, typeset
from notifier.sends.models import Send
from notifier.store.db import session


class Points(NamedTuple):
    """The main points at one depth, as HTML and as plain text."""

    html: Markup
    text: str
    lang: str


@dataclass(frozen=True)
class Changed:
    """A change that took effect with this edition; ``words`` by depth."""

    headline: Passage
    words: Mapping[str, Passage | None]
    todo: Sequence[ToDo]
    url: str


@dataclass(frozen=True, kw_only=True)
class View:
    """A release in one language; ``beside`` its English letter the team's English is left out."""

    title: Passage
    series: Passage
    period: str
    out: str  # Published at 9:30am, Thursday 4 March 2027
    late: str  # how many days after the date that was last announced
    note: str
    changes: Sequence[Changed]
    points: Mapping[str, Points | None]
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
    kinds = {kind.slug: kind for kind in catalogue.user_types()}

    def part(lang: str, *, beside: bool = False) -> Part:
        it = view(release, words, notices, kinds, lang, site=site, now=now, beside=beside)
        shown = [c.headline for c in it.changes] + [p for p in it.points.values() if p]
        english = any(each.lang != lang for each in shown)
        return Part(lang, it, english=lang == "cy" and english)

    english, welsh = part("en"), part("cy")
    parts = {"en": (english,), "cy": (welsh,), "both": (part("cy", beside=True), english)}
    origin = origin_of(release.series, site)
    return {
        variant(depth, language): typeset(
            "released", parts[language], site=site, origin=origin, depth=depth
        )
        for depth in DEPTHS
        for language in LANGUAGES
    }


def view(
    release: Release,
    words: Announcement | None,
    notices: Sequence[ChangeNotice],
    kinds: Mapping[str, UserType],
    lang: str,
    *,
    site: Site,
    now: datetime,
    beside: bool = False,
) -> View:
    points = {depth: points_of(words, depth, lang, beside=beside) for depth in DEPTHS}
    english = any(p is not None and p.lang != lang for p in points.values()) or (
        lang == "cy" and any(not notice.cy.get("headline") for notice in notices)
    )
    note = say("out_below" if beside else "out_english", lang) if lang == "cy" else ""
    series = release.series
    return View(
        title=in_language(release.title, release.cy_title, lang),
        series=in_language(series.name, series.cy, lang),
        period=line(release.period).text,
        out=dates.moment(release.published_at, lang) if release.published_at else "",
        late=late(release, lang),
        note=note if english else "",
        changes=[changed(notice, kinds, lang, site=site) for notice in notices],
        points=points,
        read=link(release.landing_url or series.landing_url, line(release.title).text),
        url=site.url("releases", str(release.id)),
        following=following(release, lang, now=now),
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


def changed(
    notice: ChangeNotice, kinds: Mapping[str, UserType], lang: str, *, site: Site
) -> Changed:
    def passage(name: str) -> Passage | None:
        welsh = said(notice.cy.get(name), "cy") if lang == "cy" else None
        return welsh or said(getattr(notice, name))

    what = passage("what")
    return Changed(
        headline=in_language(notice.headline, notice.cy.get("headline"), lang),
        words={
            "headline": passage("brief") or what,
            "detail": what,
            "technical": passage("technical") or what,
        },
        todo=[to_do(item, lang, kinds) for item in notice.what_to_do],
        url=site.url("changes", notice.reference),
    )


def late(release: Release, lang: str) -> str:
    """ "2 days late." against the date that was last announced; nothing when it is punctual."""
    if release.published_at is None or release.day is None:
        return ""
    days = (london_date(release.published_at) - release.day).days
    return say("out_late", lang, days=dates.days(days, lang)) if days > 0 else ""


def following(release: Release, lang: str, *, now: datetime) -> coming.Edition | None:
    """The next edition of the series, if its date is public."""
    for each in releases.upcoming(now=now, series_ids=[release.series_id]):
        if each.id != release.id and each.day is not None:
            return coming.edition(each, lang)
    return None
