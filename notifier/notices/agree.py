"""Less notice than promised: a public reason, and a Head of Profession who did not write it."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from notifier.accounts import duty
from notifier.accounts.models import Staff
from notifier.clock import london_date, working_day_after
from notifier.errors import Refused
from notifier.notices.approve import deciders
from notifier.notices.judge import least_lead
from notifier.notices.models import ChangeNotice

SHORT = ("short", "same_day", "after")


def agreed(
    notice: ChangeNotice,
    gap: str,
    *,
    reason: str,
    approved_by: Staff | None,
    now: datetime,
    earliest: date,
) -> None:
    """Refuse unless somebody takes it upon them. ``gap`` says what is promised and what is given;
    ``earliest`` is the first day of effect that would keep the promise."""
    teams, today = deciders(notice), london_date(now)
    if not reason.strip():
        raise Refused(
            f"{gap} Give a public reason (--short-notice-reason) and ask the Head of Profession "
            f"(--approved-by), or {way_out(notice, earliest)}."
        )
    if approved_by is None or not duty.acts_as_hop(approved_by, teams, today):
        raise Refused(
            f"{gap} The Head of Profession must agree: {duty.ask(teams, today)}, and name them "
            "with --approved-by."
        )
    if approved_by.id == notice.author_id:
        raise Refused(f"{gap} {approved_by.email} wrote it; another Head of Profession must agree.")


def way_out(notice: ChangeNotice, earliest: date) -> str:
    """To which day the effect, or the release that carries it, would have to move."""
    if notice.effect_release is None:
        return f"move the effect to {in_words(earliest)}"
    return f"move the release to {in_words(working_day_after(earliest))} or later"


def in_words(day: date) -> str:
    """ "9 March 2027"."""
    return f"{day.day} {day:%B %Y}"


def if_short(
    notice: ChangeNotice,
    was: str | None,
    *,
    reason: str,
    approved_by: Staff | None,
    now: datetime,
) -> None:
    """A public notice of which an act leaves less than promised needs what a late announcement
    needs; one that was short before has its reason. ``was`` is the verdict before the act."""
    if notice.verdict not in SHORT or was in SHORT:
        return
    gap = f"This leaves {least_lead(notice)} days; {notice.minimum_days} are promised."
    earliest = london_date(now) + timedelta(days=notice.minimum_days)
    agreed(notice, gap, reason=reason, approved_by=approved_by, now=now, earliest=earliest)
    notice.short_notice_reason = reason.strip()
