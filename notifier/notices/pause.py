"""Holding a notice and letting it go on."""

from __future__ import annotations

from datetime import date, datetime

from notifier.clock import london_date
from notifier.errors import Refused
from notifier.notices.judge import judge_again
from notifier.notices.models import ChangeNotice
from notifier.notices.promises import replan, tell
from notifier.notices.publish import refresh_effect
from notifier.notices.rules import NOTICE
from notifier.sends.models import Send
from notifier.sends.redate import pause_unsaid
from notifier.store.db import session
from notifier.store.history import By
from notifier.store.moves import move


def hold(notice: ChangeNotice, *, reason: str, next_update: date, by: By, now: datetime) -> Send:
    """Stop the clock on a public change; who was told hears it, and by when there is news.

    Raises Refused without a reason or a day to come for the next update.
    """
    if not reason.strip():
        raise Refused("Give a public reason: users are told why the change waits.")
    if next_update <= london_date(now):
        raise Refused("The next update must lie ahead; give a day to come.")
    move(notice, "hold", NOTICE, by=by, now=now, why=reason)
    notice.hold_reason, notice.next_update_by = reason.strip(), next_update
    notice.sequence += 1
    notice.changed_at = now
    session.flush()
    pause_unsaid(notice.reference, kind="notice", now=now, why="on hold")
    # The words and the day are frozen: going on at once must not empty what is still to be said.
    words = {"summary": notice.hold_reason, "next_update": next_update.isoformat()}
    return tell(notice, "held", now=now, revision=notice.sequence, detail=words)


def resume(notice: ChangeNotice, *, by: By, now: datetime) -> Send:
    """Go on: the effect as it stands, its stages dated anew."""
    refresh_effect(notice)
    if notice.effect_at is None:
        raise Refused(
            f"{notice.reference} has no date to go on with; give its release a date first."
        )
    if notice.effect_at <= now:
        raise Refused(f"The effect of {notice.reference} is past; move it before going on.")
    move(notice, "resume", NOTICE, by=by, now=now)
    notice.hold_reason, notice.next_update_by = "", None
    judge_again(notice)
    notice.sequence += 1
    notice.changed_at = now
    session.flush()
    replan(notice, now=now, why="it goes on")
    return tell(notice, "resumed", now=now, revision=notice.sequence)
