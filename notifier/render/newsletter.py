"""The letters of an issue of a newsletter: its Markdown, and blocks of what comes and came out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from markdown_it.token import Token
from markupsafe import Markup

from notifier.audience.rules import variant
from notifier.catalogue import queries as catalogue
from notifier.catalogue.models import Topic
from notifier.catalogue.rules import DEPTHS
from notifier.clock import london_date
from notifier.newsletters import queries as newsletters
from notifier.newsletters.models import Newsletter
from notifier.notices import answered
from notifier.notices import queries as notices
from notifier.notices.consult import period
from notifier.notices.models import ChangeNotice
from notifier.releases import queries as releases
from notifier.render import coming, dates
from notifier.render.fields import check_fields, fill, segments
from notifier.render.markdown import as_html, parse
from notifier.render.passages import Link, Passage, contact, in_language, line
from notifier.render.phrases import say
from notifier.render.plaintext import write as as_text
from notifier.render.site import Site
from notifier.render.slots import scrub, slot
from notifier.render.typeset import LANGUAGES, Origin, Part, Words, typeset
from notifier.sends.models import Send

__all__ = ["check_fields", "write"]

RECENT = timedelta(days=90)
MOST = 12  # entries of a block
NOTHING = Markup()


@dataclass(frozen=True)
class Piece:
    """A run of prose, or the name of the block that stands there."""

    block: str
    html: Markup = NOTHING
    text: str = ""


@dataclass(frozen=True)
class Asked:
    """A consultation that takes answers: ``until`` names its last day, ``left`` the days left."""

    headline: Passage
    url: str
    until: str
    left: str


@dataclass(frozen=True)
class View:
    """An issue in one language's frame; ``beside`` its whole English letter only the frame's words
    are shown."""

    title: str
    url: str
    pieces: Sequence[Piece]
    releases: Sequence[coming.Edition]
    changes: Sequence[coming.Change]
    recent: Sequence[coming.Edition]
    asked: Sequence[Asked]
    contact: Link | None  # where to write when nothing is asked
    beside: bool


def write(send: Send, *, site: Site, now: datetime) -> dict[int, Words]:
    """The letters of one issue by variant; the depths read the same words."""
    issue = newsletters.issue(send.about.removeprefix("newsletter:"))
    shown = pieces(issue, site)
    english = Part("en", view(issue, "en", shown, site=site, now=now))
    welsh = Part("cy", view(issue, "cy", shown, site=site, now=now), english=True)
    beside = Part("cy", view(issue, "cy", shown, site=site, now=now, beside=True))
    by_language = {
        language: typeset("newsletter", parts, site=site, origin=origin_of(issue, site))
        for language, parts in zip(
            LANGUAGES, ((english,), (welsh,), (beside, english)), strict=True
        )
    }
    return {
        variant(depth, language): words
        for depth in DEPTHS
        for language, words in by_language.items()
    }


def origin_of(issue: Newsletter, site: Site) -> Origin:
    team = issue.team
    return Origin(
        from_name=line(team.name).text,
        reply_to=team.contact if "@" in team.contact else site.reply_to,
        list_phrase=line(f"{team.name}: newsletter").text,
        list_label=f"newsletter-{team.slug}",
    )


def pieces(issue: Newsletter, site: Site) -> list[Piece]:
    """The body with its words filled in. Raises Refused for an unknown field."""
    tokens = parse(issue.body)
    values = {
        "name": slot("name"),
        "team": scrub(issue.team.name),
        "organisation": scrub(site.organisation),
    }
    fill([t for run in segments(tokens) if not isinstance(run, str) for t in run], values)
    return [piece(run) for run in segments(tokens)]


def piece(run: list[Token] | str) -> Piece:
    return Piece(run) if isinstance(run, str) else Piece("", as_html(run), as_text(run))


def view(
    issue: Newsletter,
    lang: str,
    shown: Sequence[Piece],
    *,
    site: Site,
    now: datetime,
    beside: bool = False,
) -> View:
    series = [s.id for s in catalogue.all_series() if s.team_id == issue.team_id]
    out = releases.calendar(now=now, series_ids=series, back=RECENT, ahead=timedelta(0))
    recent = [r for r in reversed(out) if r.state == "released"][:MOST]
    upcoming = releases.upcoming(now=now, series_ids=series)[:MOST]
    changes = notices.open_changes(series)[:MOST]
    return View(
        title=line(issue.title).text,
        url=site.url("newsletters", issue.slug),
        pieces=shown,
        releases=[coming.edition(each, lang, site=site) for each in upcoming],
        changes=[coming.change(each, lang, site=site, now=now) for each in changes],
        recent=[coming.edition(each, lang, site=site) for each in recent],
        asked=[asked(each, lang, site=site, now=now) for each in asking(issue, now)[:MOST]],
        contact=contact(issue.team.contact),
        beside=beside,
    )


def asking(issue: Newsletter, now: datetime) -> list[ChangeNotice]:
    """Open consultations of its team, and about what its readers follow."""
    topics = catalogue.topics_named(issue.audience.get("topics", []))
    covered = releases.of_topics([each.id for topic in topics for each in below(topic)])
    return answered.open_consultations(now, series_ids=covered, team_id=issue.team_id)


def below(topic: Topic) -> list[Topic]:
    """A topic and all topics under it."""
    return [topic, *(found for child in topic.children for found in below(child))]


def asked(notice: ChangeNotice, lang: str, *, site: Site, now: datetime) -> Asked:
    _, closes = period(notice)
    day = dates.full(closes, lang) if closes else ""
    return Asked(
        headline=in_language(notice.headline, notice.cy.get("headline"), lang),
        url=f"{site.url('changes', notice.reference)}#consultation",
        until=say("asked_until", lang, day=dates.within(day)),
        left=dates.left(closes, london_date(now), lang) if closes else "",
    )
