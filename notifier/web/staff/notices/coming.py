"""What comes next for a notice, in a few words, and how long there is."""

from __future__ import annotations

from datetime import date, timedelta

from notifier.clock import london_date
from notifier.insight.overdue import promised_by
from notifier.notices.derive import judged
from notifier.notices.models import ChangeNotice
from notifier.notices.owed import UNPUBLISHED
from notifier.render import dates
from notifier.web.staff.desk.need_words import day_words, left, tone
from notifier.web.staff.notices import words

CLOSE_WITHIN = timedelta(days=30)  # DOMAIN.md section 4: an outcome is overdue after that
DO = {"draft": "Finish it", "in_review": "Approve it", "approved": "Announce it"}
ENDED = {
    "cancelled": "It will not happen",
    "superseded": "Another notice took its place",
    "retracted": "It was published in error",
}


def next_for(notice: ChangeNotice, today: date) -> tuple[str, str, str]:
    """What is next, the days left in words, and their tone (bad, look, quiet)."""
    if notice.state in UNPUBLISHED:
        by = judged(notice, today).publish_by
        if by is None:
            return DO[notice.state], "", "quiet"
        days = (by - today).days
        return f"{DO[notice.state]} by {day_words(by)}", left(days), tone(days)
    if notice.state == "in_effect":
        began = london_date(notice.took_effect_at or notice.effect_at or notice.changed_at)
        by = began + CLOSE_WITHIN
        days = (by - today).days
        return f"Say by {day_words(by)} what came of it", left(days), tone(days)
    due = promised_by(notice, today)
    if due is not None:
        days = (due - today).days
        return f"Say more by {day_words(due)}", left(days), tone(days)
    if notice.state == "announced":
        return coming(notice, today), "", "quiet"
    return ENDED.get(notice.state) or outcome(notice), "", "quiet"


def coming(notice: ChangeNotice, today: date) -> str:
    if notice.effect_at is None:
        return "No date yet"
    day = london_date(notice.effect_at)
    return f"Takes effect {dates.within(dates.ahead(day, today)) or 'now'}"


def outcome(notice: ChangeNotice) -> str:
    kept = (notice.outcome or {}).get("word", "")
    return {choice.slug: choice.name for choice in words.OUTCOMES}.get(kept, "")
