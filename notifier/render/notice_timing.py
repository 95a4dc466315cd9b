"""When a change takes effect and until when one can comment, as the facts of its letters."""

from __future__ import annotations

from datetime import date
from typing import Any

from notifier.clock import london_date
from notifier.notices.models import ChangeNotice
from notifier.render import dates, notice_words, since
from notifier.render.event import PAST
from notifier.render.passages import in_language, line
from notifier.render.phrases import say


def timing(
    notice: ChangeNotice,
    lang: str,
    stage: str,
    status: str,
    today: date,
    *,
    next_update: date | None = None,
) -> dict[str, Any]:
    """The facts about the effect, as days and words."""
    effect = london_date(notice.effect_at) if notice.effect_at else None
    said = stage in PAST or (stage == "correction" and effect is not None and effect <= today)
    coming = effect if not said and not status else None
    over = effect is not None and (effect < today or (stage in PAST and not status))
    when = notice_words.effect_when(notice, lang, past=over)
    day = next_update or notice.next_update_by
    update = say("next_update", lang, day=dates.within(dates.full(day, lang))) if day else ""
    if effect is None:
        when = "" if status else f"{when}. {update}".removesuffix(". ")
    release = notice.effect_release if not status else None
    was = since.effect_was(notice) if stage == "updated" else None
    words = say(f"status_{status}", lang) if status else ""
    return {
        "status": words,
        "status_said": words == say(f"stage_{stage}", lang),
        "was": f"{say('date_was', lang)}: {dates.on(was, today, lang)}" if was else "",
        "next_update": update if status == "held" else "",
        "left": dates.left(coming, today, lang) if coming else "",
        "ahead": dates.ahead(coming, today, lang) if coming else "",
        "subject_day": dates.past(effect, lang) if effect else "",
        "effect_label": say(effect_label(notice, stage, status), lang),
        "effect": when,
        "release": in_language(release.title, release.cy_title, lang) if release else None,
    }


def opening(stage: str, lang: str, *, day: str, ahead: str, left: str) -> str:
    """How the subject of a message begins: which it is of its change, and how near that is."""
    if stage == "announce":
        return say("subject_announce", lang, day=day) if day else say("subject_undated", lang)
    if stage == "proposal":
        return say("subject_proposal", lang)
    if stage == "before" and ahead:
        return ahead
    if stage in ("midpoint", "close") and left:
        return say("subject_comment", lang, left=left)
    return say(f"stage_{stage}", lang)


def effect_label(notice: ChangeNotice, stage: str, status: str) -> str:
    """The phrase before the day of the effect."""
    if status:
        return "was_to_take_effect"
    if stage == "correction":
        return "corrected"
    if stage in PAST:
        return "took_effect"
    return "takes_effect" if notice.decision == "decided" else "would_take_effect"


def what_label(notice: ChangeNotice, stage: str, *, brief: bool) -> str:
    """The phrase above what the change is."""
    if brief:
        return "what_announced"
    if stage == "correction":
        return "what_corrected"
    if stage in PAST:
        return "what_past"
    return "what" if notice.decision == "decided" else "what_proposed"


def consultation(notice: ChangeNotice, lang: str, today: date) -> dict[str, Any]:
    """Its dates with and without the days left to comment, and its questions."""
    facts = notice.consultation
    opens, closes = (notice_words.day_of(facts.get(key)) for key in ("opens", "closes"))
    lines = []
    if opens and opens > today:
        lines.append(say("opens", lang, day=dates.within(dates.full(opens, lang))))
    left = dates.left(closes, today, lang) if closes else ""
    if closes:
        key = "closes" if closes >= today else "closed"
        lines.append(say(key, lang, day=dates.within(dates.on(closes, today, lang))))
    over = closes is not None and closes < today
    questions = [] if over else [line(question) for question in facts.get("questions", [])]
    comment = notice.decision != "decided" and not over
    asked = comment and closes is not None
    taken = asked and (opens is None or opens <= today)
    day = dates.within(dates.full(closes, lang)) if closes else ""
    return {
        "comment_asked": asked,
        "call": say("comment_do", lang, day=day) if taken else "",
        "consultation": [*lines[:-1], f"{lines[-1]}. {left}"] if left else lines,
        "consultation_days": lines,
        "consultation_label": say("consultation_over" if over else "consultation", lang),
        "closing": left,
        "questions": questions,
        "comment": comment,
    }
