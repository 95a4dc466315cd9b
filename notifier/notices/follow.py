"""Release verbs whose effect reaches notices: one act, one merged message, stages that move along.

Composed here because this is the highest room they touch. Each runs inside the door's unit of work.
"""

from __future__ import annotations

from datetime import date, datetime, time

from notifier.accounts import duty
from notifier.accounts.models import Staff
from notifier.clock import at_london, london_date
from notifier.errors import Refused
from notifier.notices.approve import deciders
from notifier.notices.judge import judge_again, would_be_short
from notifier.notices.models import ChangeNotice
from notifier.notices.out import anchored, gate, wait_again
from notifier.notices.promises import redate_last_editions, replan
from notifier.notices.release_news import drop_mornings, tell
from notifier.notices.rules import NOTICE
from notifier.releases import change, guards
from notifier.releases.dated import Dated
from notifier.releases.decision import Decision
from notifier.releases.models import Release
from notifier.sends.models import Send
from notifier.sends.redate import pause_unsaid
from notifier.store import history
from notifier.store.db import session
from notifier.store.history import By
from notifier.store.moves import move as step

RELEASE = "release"  # in the history of a hold: why the notice waits


def confirm(
    release: Release,
    day: date,
    wall: time,
    *,
    person: Staff,
    by: By,
    now: datetime,
    approved_by: Staff | None = None,
) -> None:
    """Fix the date, through the gate; notices that wait for it are dated and go on. Who heard that
    it is postponed hears the new date."""
    notices, postponed = may_be_confirmed(release, day, wall), release.state == "postponed_tbc"
    row = change.confirm(release, day, wall, person=person, approved_by=approved_by, by=by, now=now)
    for notice in notices:
        redate(notice, release, by=by, now=now, why="its release has a date")
    redate_last_editions(now=now)
    wait_again(release, by=by, now=now)
    drop_mornings(release, now=now)
    if postponed:
        tell(release, row, "moved", notices, before=None, now=now)


def may_be_confirmed(release: Release, day: date, wall: time) -> list[ChangeNotice]:
    """The notices that hang on it. Raises Refused where the gate is shut, or one would be short."""
    gate(release)
    notices = anchored(release)
    for notice in becomes_short(notices, at_london(day, wall)):
        raise Refused(
            f"On {day.isoformat()} {notice.reference} would have less notice than the "
            f"{notice.minimum_days} days promised; choose a later day, or move the release with "
            "a Head of Profession: bin/notifier releases move."
        )
    return notices


def becomes_short(notices: list[ChangeNotice], at: datetime) -> list[ChangeNotice]:
    """Those that would not keep their promise with an effect at ``at``: because of it, or because
    they are short already and it is sooner still."""
    return [
        n
        for n in notices
        if would_be_short(n, at)
        and (
            not would_be_short(n, n.effect_at)
            or (n.effect_at is not None and london_date(at) < london_date(n.effect_at))
        )
    ]


def move(release: Release, to: Dated, decision: Decision, *, by: By, now: datetime) -> Send:
    """Move a release; its notices follow, and one message tells both. Returns that message's Send.

    Brought forward below a notice's minimum it needs the Head of Profession, and the reason is
    published as the reason for the short notice. How soon users are told after the decision is on
    record.
    """
    notices = anchored(release)
    short = becomes_short(notices, to.earliest(guards.standard_time()))
    for notice in short:
        teams = deciders(notice)
        if not duty.acts_as_hop(decision.approved_by, teams, london_date(now)):
            raise Refused(
                f"On {to.day.isoformat()} {notice.reference} would have less notice than the "
                f"{notice.minimum_days} days promised, so a Head of Profession must approve it; "
                f"{duty.ask(teams, london_date(now))}."
            )
    before = release.at
    row = change.move(release, to, decision, by=by, now=now)
    for notice in notices:
        if notice in short:
            notice.short_notice_reason = decision.reason.strip()
        redate(notice, release, by=by, now=now, why="its release moved")
    redate_last_editions(now=now)
    wait_again(release, by=by, now=now)
    return tell(release, row, "moved", notices, before=before, now=now)


def postpone(
    release: Release, decision: Decision, *, next_update: date, by: By, now: datetime
) -> Send:
    """Take the date away; its notices wait on hold with the same day for news."""
    notices = anchored(release)
    before = release.at
    row = change.postpone(release, decision, next_update=next_update, by=by, now=now)
    why = f"Its release is postponed. {decision.reason.strip()}"
    for notice in notices:
        wait(notice, why, next_update, by=by, now=now)
    redate_last_editions(now=now)
    wait_again(release, by=by, now=now)
    return tell(release, row, "postponed", notices, before=before, now=now)


def redate(
    notice: ChangeNotice,
    release: Release,
    *,
    by: By,
    now: datetime,
    why: str,
    left: Release | None = None,
) -> None:
    """Take the effect from the release, judge again, move what is unsaid. What the team holds for a
    reason of its own stays on hold until it is resumed. ``left`` is what carried it before."""
    was = notice.effect_at
    notice.effect_date, notice.effect_at = release.day, release.at
    if left is not None or was != release.at:
        history.record(
            f"notice:{notice.id}",
            "redate",
            by=by,
            now=now,
            why=why,
            effect_was=was.isoformat() if was else None,
            effect_is=release.at.isoformat() if release.at else None,
            release=release.id,
            left=left.id if left else None,
            short_notice_reason=notice.short_notice_reason,
        )
    if waits_for_release(notice):
        step(notice, "resume", NOTICE, by=by, now=now, why=why)
        notice.hold_reason = ""
    judge_again(notice)
    notice.sequence += 1
    notice.changed_at = now
    session.flush()
    if notice.state == "announced":
        replan(notice, now=now, why=why)


def wait(notice: ChangeNotice, reason: str, news: date, *, by: By, now: datetime) -> None:
    """Put a notice on hold: no date, nothing more is said until there is one. What was on hold
    before keeps the team's own reason."""
    was = notice.effect_at
    notice.effect_date = notice.effect_at = None
    if notice.state == "announced":
        step(notice, "hold", NOTICE, by=by, now=now, why=reason, cause=RELEASE)
    elif was is not None:
        about, day = f"notice:{notice.id}", was.isoformat()
        history.record(about, "lose_date", by=by, now=now, why=reason, effect_was=day)
    if waits_for_release(notice):
        notice.hold_reason, notice.next_update_by = reason, news
    judge_again(notice)
    notice.sequence += 1
    notice.changed_at = now
    session.flush()
    pause_unsaid(notice.reference, kind="notice", now=now, why=reason)


def waits_for_release(notice: ChangeNotice) -> bool:
    """Whether it is on hold for want of its release's date, and not by the team's own word."""
    if notice.state != "on_hold":
        return False
    holds = [row for row in history.of(f"notice:{notice.id}") if row.action == "hold"]
    return bool(holds) and holds[-1].data.get("cause") == RELEASE
