"""A change as its letters show it, in one language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from notifier.catalogue.models import UserType
from notifier.clock import london_date
from notifier.notices.models import ChangeNotice
from notifier.render import dates, notice_words, since
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
    beside: bool  # the English stands below: only what has Welsh words is shown
    left: str
    ahead: str
    subject_day: str
    subject_headline: str
    settled: bool
    headline: Passage | None
    series: list[Passage]
    effect_label: str
    effect: str
    release: Passage | None
    told: str
    short_reason: Passage | None
    decision: str
    note: str
    since: list[Passage]
    what: Passage | None
    not_changing: Passage | None
    why: Passage | None
    technical: Passage | None
    impact: list[Passage]
    impact_short: list[Passage]
    comparability: list[Passage]
    todo: list[ToDo]
    others: str  # who has something to do that the headline letter does not show
    mapping: list[tuple[str, str]]
    identifiers: list[tuple[str, str, Link | None]]
    evidence: list[Link]
    consultation: list[str]
    closing: str
    questions: list[Passage]
    team: str
    contact: Link | None
    reference: str
    url: str
    counted: str

    @property
    def preheader(self) -> str:
        return f"{self.effect_label}: {self.effect}. {self.left}".strip()


def complete(notice: ChangeNotice) -> bool:
    """Whether every passage that readers get has its Welsh."""
    return not any(
        getattr(notice, name) and not notice.cy.get(name)
        for name in ("headline", "what", "why", "not_changing", "technical")
    )


def view(
    notice: ChangeNotice,
    lang: str,
    *,
    stage: str,
    news: since.News | None,
    kinds: Mapping[str, UserType],
    site: Site,
    now: datetime,
    beside: bool = False,
) -> View:
    """The change in ``lang``; ``beside`` a whole English letter, what has no Welsh is left out."""
    today = london_date(now)
    words: dict[str, Any] = {
        name: passage(notice, name, lang, beside=beside)
        for name in ("headline", "what", "not_changing", "why", "technical")
    }
    todo = [to_do(item, lang, kinds) for item in notice.what_to_do]
    hidden = [who for item in todo if not item.for_headline for who in item.who]
    return View(
        stage=stage,
        beside=beside,
        **timing(notice, lang, stage, today),
        **words,
        subject_headline=(words["headline"] or line(notice.headline)).text,
        settled=notice.decision == "decided",
        series=[in_language(s.name, s.cy, lang) for s in notice.series],
        told=notice_words.told(notice, lang),
        short_reason=said(notice.short_notice_reason),
        decision=say(notice.decision, lang),
        note=note(notice, lang, beside=beside),
        since=since.passages(news, lang) if news else [],
        impact=notice_words.impact(notice, lang),
        impact_short=notice_words.impact(notice, lang, short=True),
        comparability=notice_words.comparability(notice, lang),
        todo=todo,
        others=list_of(dict.fromkeys(hidden), lang),
        mapping=mapping(notice),
        identifiers=identifiers(notice),
        evidence=evidence(notice),
        **consultation(notice, lang, today),
        team=line(notice.series[0].team.name).text,
        contact=contact(notice.series[0].team.contact),
        reference=notice.reference,
        url=site.url("changes", notice.reference),
        counted=dates.within(dates.full(today, lang)),
    )


def timing(notice: ChangeNotice, lang: str, stage: str, today: date) -> dict[str, Any]:
    """The facts about the effect, as days and words."""
    effect = london_date(notice.effect_at) if notice.effect_at else None
    if stage in ("day", "after"):
        label = "took_effect"
    else:
        label = "takes_effect" if notice.decision == "decided" else "would_take_effect"
    coming = effect is not None and stage not in ("day", "after")
    when = notice_words.effect_when(notice, lang)
    if notice.effect_at is None and notice.next_update_by:
        update = say("next_update", lang, day=dates.full(notice.next_update_by, lang))
        when = f"{when}. {update}"
    release = notice.effect_release
    return {
        "left": dates.left(effect, today, lang) if coming and effect else "",
        "ahead": dates.ahead(effect, today, lang) if coming and effect else "",
        "subject_day": dates.past(effect, lang) if effect else "",
        "effect_label": say(label, lang),
        "effect": when,
        "release": in_language(release.title, release.cy_title, lang) if release else None,
    }


def passage(notice: ChangeNotice, name: str, lang: str, *, beside: bool) -> Passage | None:
    """The words ``name`` of a notice in ``lang``, or the English where there is no Welsh."""
    if lang == "cy" and (welsh := said(notice.cy.get(name), "cy")):
        return welsh
    return None if beside else said(getattr(notice, name))


def note(notice: ChangeNotice, lang: str, *, beside: bool) -> str:
    """In Welsh: that the details are in English, and when the Welsh follows if that is known."""
    if lang != "cy" or complete(notice):
        return ""
    follows = notice_words.day_of(notice.cy.get("follows"))
    key = "details_below" if beside else "details_english"
    if follows is None:
        return say(key, lang)
    key = "details_below_follow" if beside else "details_follow"
    return say(key, lang, day=dates.within(dates.full(follows, lang)))


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


def identifiers(notice: ChangeNotice) -> list[tuple[str, str, Link | None]]:
    """Scheme, value and perhaps address of what the changed series are called elsewhere."""
    return [
        (line(found.get("scheme")).text, line(found.get("value")).text, link(found.get("url")))
        for series in notice.series
        for found in series.identifiers
    ]


def evidence(notice: ChangeNotice) -> list[Link]:
    found = [
        link(item.get("url"), item.get("title")) if isinstance(item, dict) else link(item)
        for item in notice.evidence
    ]
    return [each for each in found if each is not None]


def consultation(notice: ChangeNotice, lang: str, today: date) -> dict[str, Any]:
    """Its dates, the days left to comment, and its questions."""
    facts = notice.consultation
    opens, closes = (notice_words.day_of(facts.get(key)) for key in ("opens", "closes"))
    lines = []
    if opens and opens > today:
        lines.append(say("opens", lang, day=dates.within(dates.full(opens, lang))))
    left = dates.left(closes, today, lang) if closes else ""
    if closes:
        key = "closes" if closes >= today else "closed"
        when = say(key, lang, day=dates.within(dates.on(closes, today, lang)))
        lines.append(f"{when}. {left}".removesuffix(". ") if left else when)
    questions = [line(question) for question in facts.get("questions", [])]
    return {"consultation": lines, "closing": left, "questions": questions}
