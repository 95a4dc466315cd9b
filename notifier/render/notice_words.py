"""Sentences about a change that are made from its facts: size, comparability, notice given."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from notifier.clock import SEND_TIME, london_date, london_time
from notifier.notices.judge import FROM_DECISION
from notifier.notices.models import ChangeNotice
from notifier.render import dates
from notifier.render.passages import Passage, line, said
from notifier.render.phrases import say

EXACT = ("datetime", "date")  # precisions of one day

# "after" is the stage of what was recorded late; "after" the wording is that of T+30.
STAGES = {
    "announce": "announce",
    "T0": "day",
    "midpoint": "midpoint",
    "after": "late",
    "last-edition": "last_edition",
    "open": "open",
}
EVENTS = (
    "updated",
    "moved",
    "held",
    "resumed",
    "cancelled",
    "retracted",
    "superseded",
    "early",
    "outcome",
    "decision",
    "response",
    "impact",
)


def stage_words(stage: str, notice: ChangeNotice) -> str:
    """Which wording a stage has: announce | proposal | correction | before | day | after | late |
    midpoint | close | last_edition | open | impact_partly | one of EVENTS. ValueError for any
    other."""
    if stage == "announce" and notice.decision != "decided":
        return "proposal"
    if stage == "announce" and notice.type == "correction":
        return "correction"
    if stage == "impact" and notice.impact.get("known") == "partly":
        return "impact_partly"
    if stage in EVENTS:
        return stage
    for opening, words in (("T-", "before"), ("T+", "after"), ("close-", "close")):
        if stage.startswith(opening):
            return words
    if stage not in STAGES:
        raise ValueError(f"There are no words for the stage {stage!r} of a notice.")
    return STAGES[stage]


def effect_when(notice: ChangeNotice, lang: str, *, past: bool = False) -> str:
    """When it takes or took effect, as exactly as it is known; ``past`` gives a day without weekday
    and time."""
    if notice.took_effect_at is not None:
        return dates.past(london_date(notice.took_effect_at), lang)
    # Before its release: a cancelled one keeps the day that it gave up.
    if notice.effect_at is None:
        return dates.vague(notice.effect_date, "tbc", language=lang)
    release = notice.effect_release
    if past and (release is None or release.precision in EXACT):
        return dates.past(london_date(notice.effect_at), lang)
    if release is not None:
        return dates.vague(release.day, release.precision, wall=release.wall_time, language=lang)
    period = notice.scope.get("reference_from") if notice.scope else None
    if notice.effect_kind == "reference_period" and period:
        day = dates.full(london_date(notice.effect_at), lang)
        return say("with_data", lang, day=day, period=line(period).text)
    # 10:30 is when we say so, not when something happens: a date is meant.
    if london_time(notice.effect_at) == SEND_TIME:
        return dates.full(london_date(notice.effect_at), lang)
    return dates.moment(notice.effect_at, lang)


def lead(notice: ChangeNotice) -> int | None:
    """Days between first public and effect: as judged, or as they stand."""
    if notice.lead_days is not None:
        return notice.lead_days
    if notice.first_public_at is None or notice.effect_at is None:
        return None
    return (london_date(notice.effect_at) - london_date(notice.first_public_at)).days


def told(notice: ChangeNotice, lang: str) -> str:
    """ "Told 98 days ahead; 90 promised. We aim for 180."; empty when the effect has no date."""
    days = lead(notice)
    if days is None:
        return ""
    if days <= 0:
        after = days < 0 or notice.verdict == "after"
        return f"{say('told_after' if after else 'told_same_day', lang)}."
    words = say("told", lang, days=dates.days(days, lang))
    if notice.minimum_days:
        words += say("promised", lang, minimum=notice.minimum_days)
    words += "."
    if notice.minimum_days <= days < notice.target_days:
        words += " " + say("aim", lang, target=notice.target_days)
    return words


def impact(
    notice: ChangeNotice,
    lang: str,
    *,
    short: bool = False,
    today: date | None = None,
    over: bool = False,
) -> list[Passage]:
    """How big the change is; ``short`` gives one sentence.

    A promise to know more by a day is late after that day when ``today`` is given, and left out
    when the change is ``over``, that is in effect.
    """
    facts = notice.impact
    known = facts.get("known")
    if known == "not_applicable":
        return [Passage(say("impact_none", lang), lang)]
    found = [said(facts.get("text")) or _size(facts, lang)]
    if known == "no":
        found.append(Passage(say("impact_unknown", lang), lang))
    by = day_of(facts.get("known_by")) if known == "partly" and not over else None
    if by is not None:
        late = today is not None and by < today
        day = dates.past(by, lang) if late else dates.within(dates.full(by, lang))
        found.append(Passage(say("impact_late" if late else "impact_more", lang, day=day), lang))
    passages = [p for p in found if p is not None] or [Passage(say("impact_page", lang), lang)]
    return passages[:1] if short else passages


def _size(facts: dict[str, Any], lang: str) -> Passage | None:
    low, high = facts.get("size_low"), facts.get("size_high")
    if low is None and high is None:
        return None
    unit = line(facts.get("unit")).text
    ends = [f"{end}{'%' if unit.startswith('%') else ''}" for end in (low, high) if end is not None]
    size = say("range", lang, low=ends[0], high=ends[1]) if len(ends) == 2 else ends[0]
    direction = facts.get("direction")
    if direction in ("up", "down"):
        size = f"{say(direction, lang)} {size}"
    size = f"{size} {unit.removeprefix('%').strip()}".strip()
    return Passage(say("impact_size", lang, size=size), lang)


def decision(notice: ChangeNotice, lang: str, *, today: date | None = None) -> str:
    """ "Decided on 20 January 2027" where the day is known, else where the decision stands: open
    for comment only on the days on which it is, when ``today`` is given."""
    at = (notice.consultation or {}).get("decided_at")
    if notice.decision != "decided" or not at:
        shut = notice.decision == "consulting" and today is not None and not is_open(notice, today)
        return say("proposed" if shut else notice.decision, lang)
    day = dates.past(london_date(datetime.fromisoformat(str(at))), lang)
    return say("decided_on", lang, day=day)


def unconsulted(notice: ChangeNotice, stage: str) -> Passage | None:
    """Why nobody was asked before a statistic stops or is cut back, in the team's words; said where
    it is first told."""
    facts = notice.consultation or {}
    told = stage in ("announce", "proposal", "correction", "late")
    asked = notice.class_ != FROM_DECISION or facts.get("closes")
    return said(facts.get("reason")) if told and not asked else None


def is_open(notice: ChangeNotice, today: date) -> bool:
    """Whether its consultation takes answers on that day."""
    opens, closes = (day_of((notice.consultation or {}).get(key)) for key in ("opens", "closes"))
    return (opens is None or opens <= today) and (closes is None or today <= closes)


def comparability(notice: ChangeNotice, lang: str) -> list[Passage]:
    """Whether figures before and after can be compared."""
    facts = notice.comparability
    answer = str(facts.get("back_series", facts.get("back series", "")))
    found = []
    if notice.series_break == "yes":
        found.append(Passage(say("break", lang), lang))
    elif notice.series_break == "possible":
        found.append(Passage(say("break_possible", lang), lang))
    if answer == "yes" and facts.get("from"):
        words = say("compare_from", lang, start=line(facts["from"]).text)
        found.append(Passage(words, lang))
    elif answer in ("yes", "later", "no"):
        found.append(Passage(say(f"compare_{answer}", lang), lang))
    reason = said(facts.get("reason"))
    return [*found, reason] if reason else found


def day_of(value: object) -> date | None:
    """A date kept as ISO text, or None."""
    if isinstance(value, datetime):
        return london_date(value)
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value)) if value else None
    except ValueError:
        return None
