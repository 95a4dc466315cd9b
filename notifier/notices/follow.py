"""Release verbs whose effect reaches notices: one act, one merged message, stages that move along.

Composed here because this is the highest room they touch. Each runs inside the door's unit of work.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select

from notifier.accounts.models import Staff
from notifier.accounts.people import has_role
from notifier.audience.receivers import Audience, about_series
from notifier.clock import at_london, london_date, working_day_after
from notifier.errors import Refused
from notifier.notices.approve import deciders
from notifier.notices.effect import take_effect
from notifier.notices.judge import judge_again, would_be_short
from notifier.notices.models import ChangeNotice
from notifier.notices.promises import replan
from notifier.notices.rules import NOTICE
from notifier.releases import change, end, guards
from notifier.releases.models import Release, ReleaseDateChange
from notifier.sends.models import Send
from notifier.sends.plan import plan
from notifier.sends.redate import drop, pause_unsaid, told
from notifier.store.db import session
from notifier.store.history import By
from notifier.store.moves import move as step

MORNING = time(8, 30)  # "no release today" is read before the hour at which one would look
NEWS_WITHIN = timedelta(days=28)


def anchored(release: Release) -> list[ChangeNotice]:
    """Public notices whose effect is this release and still lies ahead."""
    query = select(ChangeNotice).where(
        ChangeNotice.effect_release_id == release.id,
        ChangeNotice.state.in_(("announced", "on_hold")),
    )
    return list(session.scalars(query.order_by(ChangeNotice.id)))


def gate(release: Release) -> None:
    """A release that contains a change needs an announced notice that says so."""
    if release.contains_change and not anchored(release):
        raise Refused(
            "This release contains a change that is not announced; publish its notice first "
            "(bin/notifier notices publish), or say that it contains none."
        )


def confirm(
    release: Release, day: date, wall: time, *, person: Staff, by: By, now: datetime
) -> None:
    """Fix the date, through the gate; notices that wait for it are dated and go on. Who heard that
    it is postponed hears the new date."""
    gate(release)
    notices, postponed = anchored(release), release.state == "postponed_tbc"
    for notice in becomes_short(notices, at_london(day, wall)):
        raise Refused(
            f"On {day.isoformat()} {notice.reference} would have less notice than the "
            f"{notice.minimum_days} days promised; choose a later day, or move the release with "
            "a Head of Profession: bin/notifier releases move."
        )
    row = change.confirm(release, day, wall, person=person, by=by, now=now)
    for notice in notices:
        redate(notice, release, by=by, now=now, why="its release has a date")
    if postponed:
        tell(release, row, "moved", notices, before=None, now=now)


def becomes_short(notices: list[ChangeNotice], at: datetime) -> list[ChangeNotice]:
    """Those that keep their promise now and would not with an effect at ``at``."""
    return [n for n in notices if would_be_short(n, at) and not would_be_short(n, n.effect_at)]


def move(
    release: Release,
    day: date,
    wall: time | None,
    *,
    reason_code: str,
    reason: str,
    person: Staff,
    approved_by: Staff,
    by: By,
    now: datetime,
) -> Send:
    """Move a release; its notices follow, and one message tells both. Returns that message's Send.

    Brought forward below a notice's minimum it needs the Head of Profession, and the reason is
    published as the reason for the short notice.
    """
    notices = anchored(release)
    short = becomes_short(notices, at_london(day, wall or guards.standard_time()))
    for notice in short:
        if not has_role(approved_by, "hop", team_ids=deciders(notice)):
            raise Refused(
                f"On {day.isoformat()} {notice.reference} would have less notice than the "
                f"{notice.minimum_days} days promised; a Head of Profession must approve it."
            )
    before = release.at
    row = change.move(
        release,
        day,
        wall,
        reason_code=reason_code,
        reason=reason,
        person=person,
        approved_by=approved_by,
        by=by,
        now=now,
    )
    for notice in notices:
        if notice in short:
            notice.short_notice_reason = reason.strip()
        redate(notice, release, by=by, now=now, why="its release moved")
    return tell(release, row, "moved", notices, before=before, now=now)


def postpone(
    release: Release,
    *,
    reason_code: str,
    reason: str,
    next_update: date,
    person: Staff,
    approved_by: Staff,
    by: By,
    now: datetime,
) -> Send:
    """Take the date away; its notices wait on hold with the same day for news."""
    notices = anchored(release)
    before = release.at
    row = change.postpone(
        release,
        reason_code=reason_code,
        reason=reason,
        next_update=next_update,
        person=person,
        approved_by=approved_by,
        by=by,
        now=now,
    )
    for notice in notices:
        wait(notice, f"Its release is postponed. {reason.strip()}", next_update, by=by, now=now)
    return tell(release, row, "postponed", notices, before=before, now=now)


def cancel(
    release: Release, *, reason: str, person: Staff, approved_by: Staff, by: By, now: datetime
) -> Send:
    """Cancel a release; its notices wait on hold until somebody re-anchors or cancels them."""
    notices = anchored(release)
    before = release.at
    end.cancel(release, reason=reason, person=person, approved_by=approved_by, by=by, now=now)
    for notice in notices:
        news = working_day_after(london_date(now) + NEWS_WITHIN)
        wait(notice, f"Its release is cancelled. {reason.strip()}", news, by=by, now=now)
    return tell(release, None, "cancelled", notices, before=before, now=now)


def publish(release: Release, *, person: Staff, by: By, now: datetime) -> None:
    """Publish at its instant or later, through the gate; its changes take effect with it."""
    gate(release)
    end.publish(release, person=person, by=by, now=now)
    session.flush()
    take_effect(now=now)


def redate(notice: ChangeNotice, release: Release, *, by: By, now: datetime, why: str) -> None:
    """Take the effect from the release, judge again, move what is unsaid."""
    notice.effect_date, notice.effect_at = release.day, release.at
    if notice.state == "on_hold":
        step(notice, "resume", NOTICE, by=by, now=now, why=why)
        notice.hold_reason = ""
    judge_again(notice)
    notice.sequence += 1
    notice.changed_at = now
    session.flush()
    replan(notice, now=now, why=why)


def wait(notice: ChangeNotice, reason: str, news: date, *, by: By, now: datetime) -> None:
    """Put a notice on hold: no date, nothing more is said until there is one."""
    notice.effect_date = notice.effect_at = None
    if notice.state == "announced":
        step(notice, "hold", NOTICE, by=by, now=now, why=reason)
    notice.hold_reason, notice.next_update_by = reason, news
    judge_again(notice)
    notice.sequence += 1
    notice.changed_at = now
    session.flush()
    pause_unsaid(notice.reference, kind="notice", now=now, why=reason)


def tell(
    release: Release,
    row: ReleaseDateChange | None,
    stage: str,
    notices: list[ChangeNotice],
    *,
    before: datetime | None,
    now: datetime,
) -> Send:
    """One merged message at once to everybody who follows the series or got a stage of its
    notices; and "no release today" on the morning of the day that was given up, to the same people.
    """
    about = f"release:{release.id}"
    followers = about_series([release.series_id])
    prior = [send_id for notice in notices for send_id in told(notice.reference)]
    overtaken(about, release.day, now=now)
    number = len(release.date_changes) + (row is None)
    context = {
        "release": release.id,
        "change": row.id if row is not None else None,
        "notices": [notice.id for notice in notices],
    }
    message = plan(
        "release",
        about,
        stage=stage,
        due_at=now,
        now=now,
        revision=number,
        receivers=Audience(topics=followers.topics, series=followers.series, got=prior).as_dict(),
        team_id=release.series.team_id,
        context=context,
    )
    if before is not None and exact(row, release):
        no_release(release, message, number, london_date(before), context, now=now)
    return message


def no_release(
    release: Release,
    message: Send,
    number: int,
    old_day: date,
    context: dict[str, Any],
    *,
    now: datetime,
) -> None:
    """ "No release today", on the morning of the day that was given up, to whom the message about
    it went; nothing when it comes out on that day after all, or earlier."""
    morning = at_london(old_day, MORNING)
    gone = release.day is None or release.state == "cancelled"
    if morning <= now + timedelta(hours=1) or not (gone or (release.day or old_day) > old_day):
        return
    plan(
        "release",
        message.about,
        stage="no-release",
        due_at=morning,
        now=now,
        revision=number,
        wall=(old_day, MORNING),
        rule="on the morning of the day that was given up",
        receivers=Audience(got=[message.id]).as_dict(),
        team_id=release.series.team_id,
        lapses_at=at_london(old_day, time(12, 30)),
        context=context,
    )


def overtaken(about: str, new_day: date | None, *, now: datetime) -> None:
    """Unsaid messages about an older move are overtaken by this one. The mornings of days that were
    given up stay, for people still wait on them; unless the release is back on that very day."""
    query = select(Send).where(Send.about == about, Send.kind == "release", Send.state == "planned")
    for send in session.scalars(query):
        if send.stage != "no-release" or send.wall_date == new_day:
            drop(send, "cancel", "overtaken by a newer change of the date", now=now)


def exact(row: ReleaseDateChange | None, release: Release) -> bool:
    """Whether people expected it on a certain day: a vague date has no morning."""
    precision = row.from_precision if row is not None else release.precision
    return precision in ("datetime", "date")
