"""A change in words for feeds and calendars, in the letters' words; they are read on any day, so
there are no days left in them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from notifier.catalogue.models import Team, UserType
from notifier.clock import at_london, london_date
from notifier.feeds.horizon import MIDNIGHT
from notifier.feeds.words import word
from notifier.notices.models import ChangeNotice
from notifier.notices.rules import OPEN
from notifier.releases.models import Release
from notifier.releases.queries import PUBLIC
from notifier.render import dates, event, notice_view, notice_words
from notifier.render.notice_timing import effect_label
from notifier.render.notice_view import View
from notifier.render.phrases import say
from notifier.render.site import Site

EN = "en"
# Messages that tell all of it.
WHOLE = ("announce", "proposal", "correction", "late", "day", "early")
SAID = (*event.ENDED, "held", "outcome")  # those whose first sentence says how it stands
Kinds = Mapping[str, UserType]


def is_not_done(notice: ChangeNotice) -> bool:
    """Whether it was closed because it did not happen: put off, or given up."""
    return bool(notice.outcome) and (notice.outcome or {}).get("word") in event.NOT_DONE


def standing(notice: ChangeNotice) -> str:
    """The wording of a change's own entry, one of ``notice_words.stage_words``: its announcement,
    as long as that holds. What took effect keeps it, for that is an entry of its own."""
    if notice.state in event.ENDED:
        return notice.state
    if is_not_done(notice):
        return "outcome"
    told, took = notice.first_public_at, notice.took_effect_at
    if told is not None and took is not None and took <= told:
        return "late"
    return notice_words.stage_words("announce", notice)


def opening(notice: ChangeNotice, lang: str = EN) -> str:
    """The first word of its entry's title. A decided proposal keeps its headline: "We propose…"."""
    stage = standing(notice)
    if stage == "proposal":
        return word("opening_proposed", lang)
    if stage != "announce":
        return say(f"stage_{stage}", lang)
    decided = (notice.consultation or {}).get("decided_at")
    return word("opening_decided" if decided else "opening_announced", lang)


def will_not_happen(notice: ChangeNotice) -> bool:
    """Whether it ended without taking effect, as far as this notice goes."""
    return notice.state in event.ENDED or is_not_done(notice)


def status(notice: ChangeNotice, stage: str = "", lang: str = EN) -> str:
    """The phrase that stands in place of the days left: On hold, Will not happen; or ""."""
    outcome = str((notice.outcome or {}).get("word", "")) if is_not_done(notice) else ""
    key = event.status(notice, stage or standing(notice), outcome)
    return say(f"status_{key}", lang) if key else ""


def announced(
    notice: ChangeNotice, *, kinds: Kinds, site: Site, now: datetime, team: Team, lang: str = EN
) -> View:
    """The whole notice as it stands, without what only its first day knew."""
    shared: dict[str, Any] = {"kinds": kinds, "site": site, "now": now, "team": team}
    found = written(notice, standing(notice), lang=lang, **shared)
    if notice.state == "on_hold":  # all its words stay, and why it waits stands above them
        held = event.event(notice, "held", lang, summary="", site=site, now=now)
        found = replace(found, event=replace(held, brief=False), status_said=True)
    if waits(notice):
        found = replace(found, next_update=promised(notice, london_date(now), lang))
    if notice.state not in OPEN:
        found = replace(found, impact=notice_words.impact(notice, lang, over=True))
    return found


def waits(notice: ChangeNotice) -> bool:
    """Whether news is promised beside its date: it is on hold, or its size is not known yet."""
    unknown = notice.impact.get("known") == "no" and notice.effect_at is not None
    return notice.state == "on_hold" or (notice.state == "announced" and unknown)


def written(
    notice: ChangeNotice,
    stage: str,
    *,
    kinds: Kinds,
    site: Site,
    now: datetime,
    team: Team,
    summary: str = "",
    part: int | None = None,
    next_update: date | None = None,
    lang: str = EN,
) -> View:
    """The letter of a stage as its templates get it, with the effect for readers of any day."""
    found = notice_view.view(
        notice,
        lang,
        stage=stage,
        summary=summary,
        news=None,
        kinds=kinds,
        site=site,
        now=now,
        part=part,
        next_update=next_update,
        team=team,
    )
    label, when = effect_fact(notice, stage, london_date(now), lang)
    if stage == "held" and notice.state != "on_hold":
        # It goes on since, perhaps on another day, or has ended.
        gone = since(notice, lang) if will_not_happen(notice) else ""
        return replace(found, effect="", next_update="", status=gone, status_said=not gone)
    found = replace(found, effect_label=label, effect=when)
    if stage in (*WHOLE, *SAID):
        return found
    if will_not_happen(notice):
        return overtaken(notice, found, lang)
    return replace(found, status=since(notice, lang)) if found.status else found


def since(notice: ChangeNotice, lang: str) -> str:
    """How it stands by now, beside news that is older."""
    words = status(notice, lang=lang)
    return word("now", lang, status=words[:1].lower() + words[1:])


def overtaken(notice: ChangeNotice, it: View, lang: str) -> View:
    """Earlier news about what ended: it stays as news, and does not say that the change comes."""
    return replace(
        it,
        event=replace(it.event, brief=True),
        status=since(notice, lang),
        status_said=False,
        effect_label=say("was_to_take_effect", lang),
        next_update="",
        what_label=say("what_announced", lang),
    )


def effect_fact(notice: ChangeNotice, stage: str, today: date, lang: str = EN) -> tuple[str, str]:
    """Label and words of the effect; no words where it has no day and does not go on."""
    ended = status(notice, stage, lang)
    label = effect_label(notice, stage, ended)
    if notice.took_effect_at is not None and not ended:
        label = "took_effect"
    when = notice_words.effect_when(notice, lang, past=stage in event.PAST and not ended)
    if notice.effect_at is None:
        update = promised(notice, today, lang)
        when = "" if ended else f"{when}. {update}".removesuffix(". ")
    return say(label, lang), when


def promised(notice: ChangeNotice, today: date, lang: str = EN) -> str:
    """ "Next update by Friday 4 December 2026", while that day has not passed."""
    day = notice.next_update_by
    if day is None or day < today:
        return ""
    return say("next_update", lang, day=dates.within(dates.full(day, lang)))


def effect(notice: ChangeNotice, today: date = date.min, *, stage: str = "", lang: str = EN) -> str:
    """ "Takes effect: 9:30am, Friday 26 February 2027", or what stands in its place; a promise of
    news that was to be kept before ``today`` is left out."""
    stage = stage or ("day" if notice.state in ("in_effect", "closed") else standing(notice))
    label, when = effect_fact(notice, stage, today, lang)
    found = [
        status(notice, stage, lang),
        f"{label}: {dates.within(when)}" if when else "",
        promised(notice, today, lang) if waits(notice) else "",
    ]
    return ". ".join(piece for piece in found if piece)


def summary(
    notice: ChangeNotice, today: date = date.min, *, announced: bool = False, lang: str = EN
) -> str:
    """One or two sentences of plain text about how it stands, or as it was ``announced``."""
    apart = status(notice) or standing(notice) == "correction"  # its promise is no notice
    told = "" if apart else notice_words.told(notice, lang)
    when = effect(notice, today, stage=standing(notice) if announced else "", lang=lang)
    return f"{when}. {told}".strip()


def news(it: View, lang: str = EN) -> str:
    """What happened, in plain text: the frame's sentence, the team's words, the day."""
    words = [" ".join(passage.paragraphs) for passage in it.event.words]
    other = [f"{it.event.successor.headline.text}."] if it.event.successor else []
    older = it.status.startswith(word("now", lang, status=""))
    status = it.status if older else ""  # else the first sentence says it
    when = f"{it.effect_label}: {dates.within(it.effect)}" if it.effect else ""
    rest = [f"{piece}." for piece in (status, it.next_update, when) if piece]
    return " ".join(p for p in (it.event.lead, *words, *other, *rest) if p)


def public_release(notice: ChangeNotice) -> Release | None:
    """The release that carries the change, once people may know of it."""
    release = notice.effect_release
    return release if release is not None and release.state in PUBLIC else None


def turns(notice: ChangeNotice) -> list[datetime]:
    """The instants at which the words of its entry change by themselves: a consultation opens or
    closes, a promise of news is late."""
    facts = notice.consultation or {}
    opens, closes = (notice_words.day_of(facts.get(key)) for key in ("opens", "closes"))
    known = notice_words.day_of(notice.impact.get("known_by"))
    over = [day + timedelta(days=1) for day in (closes, known, notice.next_update_by) if day]
    return [at_london(day, MIDNIGHT) for day in (*over, *([opens] if opens else []))]
