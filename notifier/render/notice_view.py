"""A change as its letters show it, in one language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from notifier.catalogue.models import Team, UserType
from notifier.clock import london_date
from notifier.notices.models import ChangeNotice
from notifier.notices.rules import OPEN
from notifier.render import dates, notice_words, since
from notifier.render.event import ENDED, PAST, REMINDS, Event, event
from notifier.render.notice_facts import Instead, identifiers, instead, scope
from notifier.render.notice_timing import consultation, opening, timing, what_label
from notifier.render.origin import main_series
from notifier.render.passages import (
    Link,
    Passage,
    contact,
    in_language,
    line,
    link,
    list_of,
    said,
)
from notifier.render.phrases import say
from notifier.render.site import Site

# Wordings of messages that may come again; "got it" ends their kind (DOMAIN.md section 4).
MAY_STOP = (
    "announce",
    "correction",
    "proposal",
    "before",
    "updated",
    "midpoint",
    "close",
    "last_edition",
    "open",
    "decision",
    "resumed",
    "impact",
    "impact_partly",
)

WORDS = ("headline", "brief", "what", "not_changing", "why", "driver", "technical")


@dataclass(frozen=True)
class ToDo:
    """What some readers, or with no ``who`` everybody, should do."""

    who: list[Passage]
    action: Passage
    by: str
    for_headline: bool  # concerns a user type that reads headlines


@dataclass(frozen=True, kw_only=True)
class View:
    """A change in one language at one stage; None and empty are left out of the letter."""

    stage: str
    event: Event
    beside: bool  # the English stands below: only what has Welsh words is shown
    got_it: bool  # whether one may say so and get no more reminders
    status: str  # On hold, Will not happen: in place of the days left
    status_said: bool  # by the kicker already
    left: str
    ahead: str
    opening: str  # of the subject: Change coming on 1 March 2027
    subject_headline: str
    headline: Passage | None
    series: list[Passage]
    effect_label: str
    effect: str
    was: str  # Was: 27 January 2027, of an effect that this message moves
    next_update: str
    release: Passage | None
    told: str
    short_reason: Passage | None
    decision: str
    unconsulted: Passage | None  # why no consultation was held
    note: str = ""  # what of it is in English
    english_event: bool  # whether the words about what happened are in English
    since: list[Passage]
    what_label: str
    brief: Passage | None
    what: Passage | None
    not_changing: Passage | None
    why: Passage | None
    driver: Passage | None
    technical: Passage | None
    impact: list[Passage]
    impact_short: list[Passage]
    comparability: list[Passage]
    todo: list[ToDo]
    others: str  # who has something to do that the headline letter does not show
    instead: list[Instead]
    mapping: list[tuple[str, str]]
    scope: list[tuple[str, Passage]]
    identifiers: list[tuple[str, str, Link | None]]
    evidence: list[Link]
    consultation: list[str]
    consultation_days: list[str]  # without the days left, for what is read on any day
    consultation_label: str
    closing: str
    call: str  # to answer, while it takes answers
    comment_asked: bool  # whether one is or will be asked, so that there is something to do
    questions: list[Passage]
    comment: bool  # whether one can still say something about it
    team: str
    contact: Link | None
    reference: str
    url: str
    date_url: str  # the day as a file for calendars, while it is to come
    counted: str

    @property
    def preheader(self) -> str:
        effect = f"{self.effect_label}: {self.effect}." if self.effect else ""
        status = f"{self.status}." if self.status and not self.status_said else ""
        return " ".join(p for p in (status, effect, self.next_update, self.left) if p)


def view(
    notice: ChangeNotice,
    lang: str,
    *,
    stage: str,
    summary: str,
    news: since.News | None,
    kinds: Mapping[str, UserType],
    site: Site,
    now: datetime,
    beside: bool = False,
    part: int | None = None,
    next_update: date | None = None,
    team: Team | None = None,
) -> View:
    """The change in ``lang``; ``beside`` a whole English letter, what has no Welsh is left out.

    ``summary``, ``part`` and ``next_update`` are what the message was promised with: what a
    revision changed, or a reason; the notice that was split off; when there is news. ``team``
    speaks for it, that of its main series where none is given.
    """
    today = london_date(now)
    found = event(notice, stage, lang, summary=summary, site=site, now=now, part=part)
    said_since: list[Passage] = []
    if news and not found.brief:
        # A letter with news of its own does not say that nothing has changed.
        or_nothing = stage in REMINDS or not (found.lead or found.words)
        said_since = since.passages(news, lang, or_nothing=or_nothing)
    when = timing(notice, lang, stage, found.status, today, next_update=next_update)
    asked = consultation(notice, lang, today)
    words: dict[str, Any] = {name: passage(notice, name, lang, beside=beside) for name in WORDS}
    team = team or main_series(notice).team
    decision = notice_words.decision(notice, lang, today=today)
    todo = [to_do(item, lang, kinds) for item in notice.what_to_do]
    hidden = [who for item in todo if not item.for_headline for who in item.who]
    return View(
        stage=stage,
        event=found.beside() if beside else found,
        beside=beside,
        got_it=stage in MAY_STOP and notice.state in OPEN,
        opening=opening(
            stage, lang, day=when.pop("subject_day"), ahead=when["ahead"], left=asked["closing"]
        ),
        **when,
        **words,
        subject_headline=(words["headline"] or line(notice.headline)).text,
        series=[in_language(s.name, s.cy, lang) for s in notice.series],
        told="" if stage == "correction" else notice_words.told(notice, lang),
        short_reason=said(notice.short_notice_reason) if stage != "late" else None,
        decision="" if stage == "correction" or found.lead == f"{decision}." else decision,
        unconsulted=notice_words.unconsulted(notice, stage) if not beside else None,
        english_event=found.english,
        since=said_since,
        what_label=say(what_label(notice, stage, brief=found.brief), lang),
        impact=notice_words.impact(notice, lang, today=today, over=stage in PAST),
        impact_short=notice_words.impact(notice, lang, short=True),
        comparability=notice_words.comparability(notice, lang),
        todo=todo,
        others=list_of(dict.fromkeys(hidden), lang),
        instead=instead(notice),
        mapping=mapping(notice),
        scope=scope(notice, lang, kinds),
        identifiers=identifiers(notice),
        evidence=evidence(notice),
        **asked,
        team=line(team.name).text,
        contact=contact(notice.contact or team.contact),
        reference=notice.reference,
        url=site.url("changes", notice.reference),
        date_url=date_url(notice, stage, lang, site),
        counted=dates.within(dates.full(today, lang)),
    )


def date_url(notice: ChangeNotice, stage: str, lang: str, site: Site) -> str:
    """Where the day of effect is for calendars: none without a day, or once it is over."""
    release = notice.effect_release
    day = release.day if release is not None else notice.effect_date
    if day is None or stage in (*PAST, *ENDED, "correction"):
        return ""
    return site.date_file("changes", notice.reference, lang)


def passage(notice: ChangeNotice, name: str, lang: str, *, beside: bool) -> Passage | None:
    """The words ``name`` of a notice in ``lang``, or the English where there is no Welsh."""
    if lang == "cy" and (welsh := said(notice.cy.get(name), "cy")):
        return welsh
    return None if beside else said(getattr(notice, name))


def to_do(item: Mapping[str, Any], lang: str, kinds: Mapping[str, UserType]) -> ToDo:
    found = [kinds[slug] for slug in item.get("user_types", []) if slug in kinds]
    by = notice_words.day_of(item.get("by"))
    return ToDo(
        who=[in_language(kind.name, kind.cy, lang) for kind in found],
        action=line(item.get("action")),
        by=say("do_by", lang, day=dates.within(dates.full(by, lang))) if by else "",
        for_headline=not found or any(kind.depth == "headline" for kind in found),
    )


def mapping(notice: ChangeNotice) -> list[tuple[str, str]]:
    return [(line(row.get("old")).text, line(row.get("new")).text) for row in notice.mapping]


def evidence(notice: ChangeNotice) -> list[Link]:
    found = [
        link(item.get("url"), item.get("title")) if isinstance(item, dict) else link(item)
        for item in notice.evidence
    ]
    return [each for each in found if each is not None]
