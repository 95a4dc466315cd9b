"""What an issue shows: its prose, and the blocks of what comes, changes and came out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from markdown_it.token import Token
from markupsafe import Markup

from notifier.catalogue import queries as catalogue
from notifier.clock import london_date
from notifier.newsletters.items import Blocks
from notifier.newsletters.models import Newsletter
from notifier.notices.consult import period
from notifier.notices.models import ChangeNotice
from notifier.render import coming, dates
from notifier.render.fields import fill, segments
from notifier.render.markdown import as_html, parse
from notifier.render.passages import Link, Passage, contact, in_language, line
from notifier.render.phrases import say
from notifier.render.plaintext import write as as_text
from notifier.render.reasons import listed
from notifier.render.sections import Section, split
from notifier.render.site import Site
from notifier.render.slots import scrub, slot

NOTHING = Markup()
EVERYBODY = Section("")


@dataclass(frozen=True)
class Piece:
    """A run of prose, or the name of the block that stands there; ``section`` is whom it is for."""

    block: str
    html: Markup = NOTHING
    text: str = ""
    section: Section = EVERYBODY


@dataclass(frozen=True)
class Asked:
    """A consultation that takes answers: ``until`` names its last day, ``left`` the days left."""

    headline: Passage
    url: str
    until: str
    left: str


@dataclass(frozen=True)
class Event:
    """Something in which one can take part: ``when`` names its first and last day."""

    headline: Passage
    url: str
    when: str


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
    events: Sequence[Event]
    contact: Link | None  # where to write when nothing is asked
    beside: bool


def pieces(issue: Newsletter, site: Site, *, body: str | None = None) -> list[Piece]:
    """The body (or words that are not saved) with its fields filled in, sections for some readers
    among them. Raises Refused for an unknown field or section."""
    values = {
        "name": slot("name"),
        "team": scrub(issue.team.name),
        "organisation": scrub(site.organisation),
    }
    found: list[Piece] = []
    for section in split(issue.body if body is None else body):
        tokens = parse(section.source, pictures=site.base_url)
        fill([t for run in segments(tokens) if not isinstance(run, str) for t in run], values)
        found += [replace(piece(run), section=section) for run in segments(tokens)]
    return found


def piece(run: list[Token] | str) -> Piece:
    return Piece(run) if isinstance(run, str) else Piece("", as_html(run), as_text(run))


def shown_to(found: Sequence[Piece], depth: str, user_type: str) -> list[Piece]:
    """What one reader sees of it; ``user_type`` is a slug, or nothing."""
    return [each for each in found if each.section.shows(depth, user_type)]


def only_for(section: Section) -> str:
    """ "For technical readers", "For academic or researcher": what stands above it where everybody
    may see it; nothing where it is for all."""
    if section.is_for_all:
        return ""
    names = {kind.slug: kind.name for kind in catalogue.user_types()}
    kinds = listed([names.get(slug, slug) for slug in section.user_types])
    depths = f"{listed(list(section.depths))} readers" if section.depths else ""
    return f"For {': '.join(filter(None, (depths, kinds)))}"


def view(
    issue: Newsletter,
    lang: str,
    shown: Sequence[Piece],
    blocks: Blocks,
    *,
    site: Site,
    now: datetime,
    beside: bool = False,
) -> View:
    rows = {name: [item.row for item in items] for name, items in blocks.items()}
    return View(
        title=line(issue.title).text,
        url=site.url("newsletters", issue.slug),
        pieces=shown,
        releases=[coming.edition(r, lang, site=site) for r in rows.get("upcoming_releases", ())],
        changes=[
            coming.change(each, lang, site=site, now=now)
            for each in rows.get("upcoming_changes", ())
        ],
        recent=[coming.edition(each, lang, site=site) for each in rows.get("recent", ())],
        asked=[asked(each, lang, site=site, now=now) for each in rows.get("feedback", ())],
        events=[event(each, lang, site=site) for each in rows.get("events", ())],
        contact=contact(issue.team.contact),
        beside=beside,
    )


def asked(notice: ChangeNotice, lang: str, *, site: Site, now: datetime) -> Asked:
    _, closes = period(notice)
    day = dates.full(closes, lang) if closes else ""
    return Asked(
        headline=in_language(notice.headline, notice.cy.get("headline"), lang),
        url=f"{site.url('changes', notice.reference)}#consultation",
        until=say("asked_until", lang, day=dates.within(day)),
        left=dates.left(closes, london_date(now), lang) if closes else "",
    )


def event(notice: ChangeNotice, lang: str, *, site: Site) -> Event:
    opens, closes = period(notice)
    first = dates.within(dates.full(opens, lang)) if opens else ""
    last = dates.within(dates.full(closes, lang)) if closes else ""
    key = "event_between" if last and last != first else "event_on"
    return Event(
        headline=in_language(notice.headline, notice.cy.get("headline"), lang),
        url=site.url("changes", notice.reference),
        when=say(key, lang, first=first, last=last),
    )
