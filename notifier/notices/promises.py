"""The Sends that a notice owes: its stages as they stand, and single messages about events."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import select

from notifier.audience.receivers import Audience
from notifier.clock import london_date
from notifier.notices.followers import followers
from notifier.notices.models import ChangeNotice
from notifier.notices.stages import LAST_EDITION, NEVER_DROPPED, TOO_CLOSE, Stage
from notifier.notices.stages import plan as plan_stages
from notifier.releases.models import Release
from notifier.sends.models import Send
from notifier.sends.plan import plan
from notifier.sends.redate import Due, is_held, redate, told, unsaid
from notifier.store.db import session
from notifier.store.history import of

# "Got it" stops reminders; it never stops these (DOMAIN.md section 4).
ALWAYS = ("announce", "T0")


def audience_of(notice: ChangeNotice, stage: str) -> Audience:
    """Who follows it, its series or their topics; reminders leave out who said "got it"."""
    found = followers(notice, stage)
    if stage in ALWAYS:
        return found
    return replace(found, not_acknowledged=notice.reference)


def stages_of(
    notice: ChangeNotice, *, announced_at: datetime, shifts: Mapping[str, int] | None = None
) -> list[Stage]:
    """The plan of a notice as it stands; ``shifts`` in place of those that staff chose."""
    consultation = notice.consultation or {}
    return plan_stages(
        notice.class_,
        effect_at=notice.effect_at,
        anchored_to_release=notice.effect_kind == "release",
        announced_at=announced_at,
        opens=as_date(consultation.get("opens")),
        closes=as_date(consultation.get("closes")),
        last_edition=last_edition(notice),
        shifts=notice.stage_shifts if shifts is None else shifts,
    )


def last_edition(notice: ChangeNotice) -> date | None:
    """The day of the last release of its series before the effect; None where it has no exact day
    or the effect has none."""
    if notice.effect_at is None:
        return None
    query = (
        select(Release.day)
        .where(
            Release.series_id.in_([series.id for series in notice.series]),
            Release.state.in_(("provisional", "confirmed", "released")),
            Release.precision.in_(("datetime", "date")),
            Release.day < london_date(notice.effect_at),
        )
        .order_by(Release.day.desc())
    )
    return session.scalars(query.limit(1)).first()


def as_date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def promise(notice: ChangeNotice, stage: Stage, *, now: datetime) -> Send:
    """Write the Send of one stage; the same again is the same Send."""
    wall = None
    if stage.wall_date is not None and stage.wall_time is not None:
        wall = (stage.wall_date, stage.wall_time)
    return plan(
        "notice",
        notice.reference,
        stage=stage.name,
        due_at=stage.due_at,
        now=now,
        revision=notice.revision,
        wall=wall,
        rule=stage.rule,
        receivers=audience_of(notice, stage.name).as_dict(),
        team_id=notice.series[0].team_id,
        context={"notice": notice.id},
        skipped=stage.skipped,
    )


def replan(notice: ChangeNotice, *, now: datetime, why: str) -> None:
    """Re-date what is unsaid to the effect as it stands. Nothing said is repeated, nothing is sent
    late, and a reminder within 48 hours after the message about the move itself is dropped."""
    first = notice.first_public_at or now
    dues = []
    for stage in stages_of(notice, announced_at=first):
        if stage.name == "announce":
            continue
        skipped = gone(stage, now)
        if not skipped and stage.name not in NEVER_DROPPED and stage.due_at - now <= TOO_CLOSE:
            skipped = "too close to the message about the new date"
        dues.append(
            Due(stage.name, stage.due_at, stage.wall_date, stage.wall_time, stage.rule, skipped)
        )
    for due in redate(notice.reference, dues, kind="notice", now=now, why=why):
        promise(notice, Stage(*due), now=now)
    for name, send in unsaid(notice.reference, kind="notice").items():
        send.receivers = audience_of(notice, name).as_dict()  # its series may be others now


def redate_last_editions(*, now: datetime) -> None:
    """A release moved, or there is a new one: what is said with the last edition before a change
    moves along, also where the change itself hangs on another day. Nothing else of it moves."""
    query = select(ChangeNotice).where(
        ChangeNotice.state == "announced", ChangeNotice.class_.in_(LAST_EDITION)
    )
    for notice in session.scalars(query.order_by(ChangeNotice.id)):
        first = notice.first_public_at or now
        stages = [s for s in stages_of(notice, announced_at=first) if s.name == "last-edition"]
        have = unsaid(notice.reference, kind="notice").get("last-edition")
        if [s.due_at for s in stages] == ([have.due_at] if have is not None else []):
            continue
        dues = [
            Due(s.name, s.due_at, s.wall_date, s.wall_time, s.rule, gone(s, now)) for s in stages
        ]
        about, why = notice.reference, "the last edition before it has another day"
        for due in redate(about, dues, kind="notice", now=now, why=why, only="last-edition"):
            promise(notice, Stage(*due), now=now)


def gone(stage: Stage, now: datetime) -> str:
    """Why a re-dated stage is not sent, or ""."""
    return "its time had passed when the date changed" if stage.due_at <= now else stage.skipped


def prior(notice: ChangeNotice) -> list[int]:
    """Ids of the Sends that told of it, by itself or with a release that carried it; of a part that
    was split off, also those that told of the whole until then."""
    found = [*told(notice.reference), *told_with_release(notice)]
    whole = session.get(ChangeNotice, notice.split_from_id) if notice.split_from_id else None
    if whole is not None:
        until_then = select(Send.id).where(
            Send.id.in_(told(whole.reference)), Send.created_at <= notice.created_at
        )
        found = [*session.scalars(until_then.order_by(Send.id)), *found]
    return list(dict.fromkeys(found))


def told_with_release(notice: ChangeNotice) -> list[int]:
    """Sends about the date of a release that told of it, too: one merged message."""
    moves = [row for row in of(f"notice:{notice.id}") if row.action == "redate"]
    left = {row.data.get("left") for row in moves}
    abouts = [f"release:{number}" for number in {notice.effect_release_id, *left} - {None}]
    query = select(Send).where(Send.about.in_(abouts), Send.frozen_at.is_not(None))
    every = session.scalars(query.order_by(Send.id))
    return [send.id for send in every if notice.id in send.context.get("notices", [])]


def tell_end(notice: ChangeNotice, stage: str, *, now: datetime, summary: str) -> Send:
    """Promise the message that it will not happen as announced: to those who got an earlier one,
    and to who follows now, for whoever joined late read of it in their welcome.

    Where no message told of it yet, only who follows this very change hears: nobody is mailed about
    the end of something that they never heard of."""
    before = [send_id for send_id in prior(notice) if not is_held(send_id)]
    found = replace(followers(notice), got=before)
    if not before:
        found = replace(found, topics=[], series=[], releases=[], notices=[notice.id])
    return tell(notice, stage, now=now, audience=found, detail={"summary": summary})


def tell(
    notice: ChangeNotice,
    stage: str,
    *,
    now: datetime,
    audience: Audience | None = None,
    revision: int | None = None,
    detail: Mapping[str, object] | None = None,
) -> Send:
    """Promise one message at once: to those who got an earlier one and to all who follow now, or to
    another ``audience``. ``revision`` tells apart an event that may happen again."""
    audience = audience or replace(followers(notice, stage), got=prior(notice))
    return plan(
        "notice",
        notice.reference,
        stage=stage,
        due_at=now,
        now=now,
        revision=revision or notice.revision,
        receivers=audience.as_dict(),
        team_id=notice.series[0].team_id,
        context={"notice": notice.id, **(detail or {})},
    )
