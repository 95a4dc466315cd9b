"""What happened to a change after its announcement: the first words of the letter about it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from notifier.clock import london_date
from notifier.notices.models import ChangeNotice
from notifier.render import coming, dates, notice_words
from notifier.render.passages import Passage, said
from notifier.render.phrases import say
from notifier.render.site import Site
from notifier.store.db import session

PAST = ("day", "after", "late", "early", "outcome")
REMINDS = ("before", "last_edition")
ENDED = ("cancelled", "retracted", "superseded")
NOT_DONE = ("deferred", "dropped")  # outcomes of what did not happen


@dataclass(frozen=True, kw_only=True)
class Event:
    """``lead`` is the frame's sentence, ``words`` are the team's. ``successor`` is the notice that
    takes its place or, after ``split`` (a phrase), the part that was split off.

    ``status`` (held | cancelled…: a phrase) stands in place of the days left; ``brief`` leaves out
    what to do about a change that does not happen as it was announced.
    """

    lead: str = ""
    words: tuple[Passage, ...] = ()
    status: str = ""
    brief: bool = False
    successor: coming.Change | None = None
    split: str = ""

    @property
    def english(self) -> bool:
        return any(passage.lang == "en" for passage in self.words)

    def beside(self) -> Event:
        """For a Welsh part above a whole English letter: without what is only in English."""
        return replace(self, words=tuple(p for p in self.words if p.lang == "cy"))


def event(
    notice: ChangeNotice,
    stage: str,
    lang: str,
    *,
    summary: str,
    site: Site,
    now: datetime,
    part: int | None = None,
) -> Event:
    """What the wording ``stage`` of ``notice_words.stage_words`` has to say first; empty for
    announcements and reminders. ``summary`` are the team's words as they were when the message was
    promised; ``part`` is the id of the notice that was split off."""
    other = notice.superseded_by_id if stage == "superseded" else part
    outcome = notice.outcome if stage in ("outcome", "after") else None
    word = str(outcome["word"]) if outcome else ""
    said_so = words(notice, stage, lang, summary=summary, today=london_date(now))
    return Event(
        lead=lead(notice, stage, lang, word=word) if said_so or stage != "updated" else "",
        words=said_so,
        status=status(notice, stage, word),
        brief=stage in (*ENDED, "held") or word in NOT_DONE,
        successor=named(other, lang, site=site, now=now),
        split=say("event_split", lang) if part else "",
    )


def lead(notice: ChangeNotice, stage: str, lang: str, *, word: str) -> str:
    if word:
        return say(f"outcome_{word}", lang)
    if stage in ("day", "after", "outcome"):
        figures = notice.effect_release_id is not None
        figures = figures and notice.impact.get("known") != "not_applicable"
        return say("after_words" if figures else "day_words", lang)
    if stage in REMINDS and (notice.consultation or {}).get("decided_at"):
        return f"{notice_words.decision(notice, lang)}."  # its headline may still say "We propose"
    if stage in ("late", "early"):
        return when(notice, stage, lang)
    if (stage in notice_words.EVENTS and stage != "moved") or stage == "impact_partly":
        return say(f"event_{stage}", lang)
    return ""


def when(notice: ChangeNotice, stage: str, lang: str) -> str:
    """That it took effect on another day than was told, and on which."""
    took = london_date(notice.took_effect_at) if notice.took_effect_at else None
    day = dates.past(took, lang) if took else notice_words.effect_when(notice, lang)
    words = say(f"event_{stage}", lang, day=dates.within(day))
    due = notice.effect_date
    if stage == "early" and took and due and due > took:
        words += " " + say("event_early_due", lang, day=dates.within(dates.full(due, lang)))
    return words


def words(
    notice: ChangeNotice, stage: str, lang: str, *, summary: str, today: date
) -> tuple[Passage, ...]:
    """The team's own words about it; they have no Welsh. What was promised without a ``summary``
    has those that stand in the notice."""
    if stage in ("impact", "impact_partly"):
        return tuple(notice_words.impact(notice, lang, today=today))
    outcome = (notice.outcome or {}).get("text")
    text = {
        "held": summary or notice.hold_reason,
        "cancelled": summary or notice.end_reason,
        "retracted": summary or notice.end_reason,
        "early": summary or notice.end_reason,
        "late": summary or notice.short_notice_reason,
        "updated": summary,
        **dict.fromkeys(("decision", "response"), notice.consultation.get("response") or summary),
        "outcome": summary or outcome,
        "after": outcome,
    }.get(stage)
    found = said(text)
    return (found,) if found else ()


def status(notice: ChangeNotice, stage: str, word: str) -> str:
    if stage in ENDED:
        return stage
    if stage == "held" or notice.state == "on_hold":
        return "held"
    return word if word in NOT_DONE else ""


def named(notice_id: int | None, lang: str, *, site: Site, now: datetime) -> coming.Change | None:
    """Another notice of which the message tells."""
    found = session.get(ChangeNotice, notice_id) if notice_id else None
    return coming.change(found, lang, site=site, now=now) if found is not None else None
