"""Less notice, or a lighter promise: a public reason and a Head of Profession who did not write."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from notifier.accounts import duty
from notifier.accounts.models import Staff
from notifier.clock import london_date, working_day_after
from notifier.errors import Refused
from notifier.notices.approve import deciders
from notifier.notices.judge import FROM_DECISION, least_lead
from notifier.notices.models import ChangeNotice
from notifier.store.history import By

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
            f"(--approved-by), or {way_out(notice, earliest)}.",
            field="short_notice_reason",
        )
    if approved_by is None or not duty.acts_as_hop(approved_by, teams, today):
        raise Refused(
            f"{gap} The Head of Profession must agree: {duty.ask(teams, today)}, and name them "
            "with --approved-by.",
            field="approved_by",
        )
    if approved_by.id == notice.author_id:
        raise Refused(
            f"{gap} {approved_by.email} wrote it; another Head of Profession must agree.",
            field="approved_by",
        )


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
    lead: int | None = None,
) -> None:
    """A public notice of which an act leaves less than promised needs what a late announcement
    needs; one that was short before has its reason, until it gets shorter still. ``was`` and
    ``lead`` are the verdict and the days (``least_lead``) before the act."""
    left = least_lead(notice)
    shorter = lead is not None and left is not None and left < lead
    if notice.verdict not in SHORT or (was in SHORT and not shorter):
        return
    gap = f"This leaves {left} days; {notice.minimum_days} are promised."
    earliest = london_date(now) + timedelta(days=notice.minimum_days)
    agreed(notice, gap, reason=reason, approved_by=approved_by, now=now, earliest=earliest)
    notice.short_notice_reason = reason.strip()


def if_lighter(
    notice: ChangeNotice,
    was: tuple[str, int],
    *,
    approved_by: Staff | None,
    by: By,
    now: datetime,
    whole: ChangeNotice | None = None,
) -> str:
    """What the public log adds where a revision made the promise lighter; else empty.

    ``was`` is the class and the minimum in days before it, of ``whole`` where ``notice`` is a part
    that is split from it. A lighter promise betters the record, so a Head of Profession must agree
    who neither wrote the notice nor revises it. The same holds for a correction, which has no
    verdict, and for leaving class B, which is judged from its decision.
    """
    class_, promised = was
    left_class = notice.class_ != class_ and (notice.class_ == "I" or class_ == FROM_DECISION)
    if notice.minimum_days >= promised and not left_class:
        return ""
    teams, today = deciders(notice), london_date(now)
    before = whole or notice
    gap = (
        f"{before.reference} was announced with a promise of {promised} days (class {class_}); "
        f"this makes it {notice.minimum_days} (class {notice.class_})."
    )
    if approved_by is None or not duty.acts_as_hop(approved_by, teams, today):
        raise Refused(
            f"{gap} The Head of Profession must agree: {duty.ask(teams, today)}, and name them "
            "with --approved-by, or leave type, materiality and class as they were.",
            field="approved_by",
        )
    authors = (notice.author_id, before.author_id)
    if approved_by.id in (*authors, by.staff_id):
        did = "wrote it" if approved_by.id in authors else "revises it"
        raise Refused(
            f"{gap} {approved_by.email} {did}; another Head of Profession must agree.",
            field="approved_by",
        )
    return (
        f"It is judged by a promise of {notice.minimum_days} days since, before of {promised}; a "
        "Head of Profession agreed."
    )
