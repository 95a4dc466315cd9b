"""How a notice ends: cancelled, closed with an outcome, early, superseded, taken back."""

from __future__ import annotations

from datetime import datetime

from notifier.accounts import duty
from notifier.accounts.models import Staff
from notifier.clock import london_date
from notifier.errors import Refused
from notifier.notices.agree import SHORT
from notifier.notices.approve import deciders
from notifier.notices.judge import judge_again
from notifier.notices.models import ChangeNotice
from notifier.notices.promises import tell, tell_end
from notifier.notices.rules import NOTICE, OPEN, OUTCOMES, state_words
from notifier.sends.models import Send
from notifier.sends.redate import cancel_all, cancel_unsaid
from notifier.store.db import session
from notifier.store.history import By
from notifier.store.moves import move


def a_second_person(
    notice: ChangeNotice, *, person: Staff, approved_by: Staff, now: datetime
) -> None:
    """An approver or Head of Profession who is not the one who acts."""
    if person.id == approved_by.id:
        raise Refused(f"{person.email} cannot approve it too; a second person must.")
    teams, today = deciders(notice), london_date(now)
    if not duty.may_approve(approved_by, teams, today):
        raise Refused(
            f"{approved_by.email} may not approve this; {duty.ask_approver(teams, today)}."
        )


def cancel(
    notice: ChangeNotice,
    *,
    reason: str,
    person: Staff,
    approved_by: Staff,
    by: By,
    now: datetime,
) -> Send:
    """The change will not happen: a tombstone, and a message to everybody who got any stage, or
    follows now."""
    need(reason, "Give a public reason: users are told why the change will not happen.")
    a_second_person(notice, person=person, approved_by=approved_by, now=now)
    return finish(notice, "cancel", reason, "cancelled", by=by, now=now)


def retract(
    notice: ChangeNotice,
    *,
    reason: str,
    person: Staff,
    approved_by: Staff,
    by: By,
    now: datetime,
) -> Send:
    """It was published in error: taken back, and everybody who got it is told."""
    need(reason, "Give a public reason: users are told why the notice is taken back.")
    a_second_person(notice, person=person, approved_by=approved_by, now=now)
    return finish(notice, "retract", reason, "retracted", by=by, now=now)


def supersede(notice: ChangeNotice, successor: ChangeNotice, *, by: By, now: datetime) -> Send:
    """Another public notice takes its place; its page says so and links there.

    Raises Refused for a successor that is not public, has ended, or shares no series.
    """
    may_succeed(successor, notice)
    notice.superseded_by_id = successor.id
    reason = f"{successor.reference} takes its place."
    return finish(notice, "supersede", reason, "superseded", by=by, now=now)


def may_succeed(successor: ChangeNotice, notice: ChangeNotice) -> None:
    """Refuse what cannot take the place of a notice. Only a standing notice may: so no chain of
    successors ever leads back."""
    if successor.id == notice.id:
        raise Refused("A notice cannot take its own place.")
    if successor.superseded_by_id is not None:
        last = session.get_one(ChangeNotice, successor.superseded_by_id)
        raise Refused(
            f"{successor.reference} is superseded itself, by {last.reference}; name the notice "
            "that stands."
        )
    if successor.first_public_at is None:
        raise Refused(f"{successor.reference} is not public yet; publish it first.")
    if successor.state not in (*OPEN, "in_effect"):
        raise Refused(
            f"{successor.reference} is {state_words(successor)}; name a notice that is announced, "
            "on hold or in effect."
        )
    if not {s.id for s in successor.series} & {s.id for s in notice.series}:
        raise Refused(
            f"{successor.reference} is about no series of {notice.reference}; name a notice that "
            "shares one, or cancel this one."
        )


def finish(
    notice: ChangeNotice, event: str, reason: str, stage: str, *, by: By, now: datetime
) -> Send:
    move(notice, event, NOTICE, by=by, now=now, why=reason)
    notice.end_reason = reason.strip()
    notice.sequence += 1
    notice.changed_at = now
    session.flush()
    cancel_all(notice.reference, kind="notice", now=now, why=f"the notice is {stage}")
    return tell_end(notice, stage, now=now, summary=notice.end_reason)


def early(notice: ChangeNotice, *, reason: str, by: By, now: datetime) -> Send:
    """It took effect before its day: urgent message, verdict frozen as it was, reminders stop.

    The reason is public; where the notice is short by it, it is the reason for the short notice.
    """
    need(reason, "Say why it took effect early; users are told.")
    if notice.effect_at is not None and notice.effect_at <= now:
        raise Refused(f"The effect of {notice.reference} was due already; it is not early.")
    notice.effect_at = notice.took_effect_at = now
    judge_again(notice)
    if notice.verdict in SHORT and not notice.short_notice_reason:
        notice.short_notice_reason = reason.strip()
    move(notice, "take_effect", NOTICE, by=by, now=now, why=reason, early=True)
    notice.end_reason = reason.strip()
    notice.sequence += 1
    notice.changed_at = now
    session.flush()
    cancel_unsaid(notice.reference, kind="notice", now=now, why="it took effect early")
    return tell(notice, "early", now=now, detail={"summary": notice.end_reason})


def close(notice: ChangeNotice, *, outcome: str, text: str, by: By, now: datetime) -> Send:
    """Say what became of it. A notice cannot be closed without an outcome."""
    if outcome not in OUTCOMES:
        raise Refused(f"The outcome must be one of {', '.join(OUTCOMES)}, not {outcome!r}.")
    need(text, "Say in a sentence what became of the change.")
    move(notice, "close", NOTICE, by=by, now=now, why=text, outcome=outcome)
    notice.outcome = {"word": outcome, "text": text.strip(), "at": now.isoformat()}
    notice.sequence += 1
    notice.changed_at = now
    session.flush()
    cancel_unsaid(notice.reference, kind="notice", now=now, why="the outcome is told")
    return tell(notice, "outcome", now=now, detail={"summary": text.strip()})


def need(text: str, sentence: str) -> None:
    if not text.strip():
        raise Refused(sentence)
