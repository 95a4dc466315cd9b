"""The Sends that a notice owes: its stages as they stand, and single messages about events."""

from __future__ import annotations

from datetime import date, datetime

from notifier.audience.receivers import Audience, about_series
from notifier.notices.models import ChangeNotice
from notifier.notices.stages import TOO_CLOSE, Stage
from notifier.notices.stages import plan as plan_stages
from notifier.sends.models import Send
from notifier.sends.plan import plan
from notifier.sends.redate import Due, redate, told

# "Got it" stops reminders; it never stops these (DOMAIN.md section 4).
ALWAYS = ("announce", "T0")


def audience_of(notice: ChangeNotice, stage: str) -> Audience:
    """Who follows its series or their topics; reminders leave out who said "got it"."""
    found = about_series([series.id for series in notice.series])
    if stage in ALWAYS:
        return found
    return Audience(topics=found.topics, series=found.series, not_acknowledged=notice.reference)


def stages_of(notice: ChangeNotice, *, announced_at: datetime) -> list[Stage]:
    """The plan of a notice as it stands."""
    consultation = notice.consultation or {}
    return plan_stages(
        notice.class_,
        effect_at=notice.effect_at,
        anchored_to_release=notice.effect_kind == "release",
        announced_at=announced_at,
        opens=as_date(consultation.get("opens")),
        closes=as_date(consultation.get("closes")),
    )


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
        skipped = stage.skipped
        if stage.due_at <= now:
            skipped = "its time had passed when the date changed"
        elif stage.name not in ("T-1", "T0", "close-1") and stage.due_at - now <= TOO_CLOSE:
            skipped = "too close to the message about the new date"
        dues.append(
            Due(stage.name, stage.due_at, stage.wall_date, stage.wall_time, stage.rule, skipped)
        )
    for due in redate(notice.reference, dues, kind="notice", now=now, why=why):
        promise(notice, Stage(*due), now=now)


def tell(
    notice: ChangeNotice,
    stage: str,
    *,
    now: datetime,
    prior_only: bool = False,
    revision: int | None = None,
    detail: dict[str, object] | None = None,
) -> Send:
    """Promise one message at once: to those who got an earlier one and, unless ``prior_only``, to
    those who follow now. ``revision`` tells apart an event that may happen again."""
    prior = told(notice.reference)
    followers = about_series([series.id for series in notice.series])
    audience = (
        Audience(got=prior)
        if prior_only
        else Audience(topics=followers.topics, series=followers.series, got=prior)
    )
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
