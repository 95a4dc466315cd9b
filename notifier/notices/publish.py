"""Announcing a change: the lead time is judged and kept, and the stages are promised."""

from __future__ import annotations

from datetime import datetime, timedelta

from notifier.accounts.models import Staff
from notifier.accounts.people import must_belong
from notifier.clock import london_date
from notifier.errors import Refused
from notifier.notices import short
from notifier.notices.agree import agreed, in_words
from notifier.notices.approve import deciders, words_of
from notifier.notices.derive import classes_of, judged_by, policy_of
from notifier.notices.judge import judge_again
from notifier.notices.leadtime import Policy, lead_days, publish_by
from notifier.notices.models import ChangeNotice, NoticeRevision
from notifier.notices.promises import promise, stages_of
from notifier.notices.rules import NOTICE
from notifier.store.db import session
from notifier.store.history import By
from notifier.store.moves import move


def publish(
    notice: ChangeNotice,
    *,
    by: By,
    now: datetime,
    short_notice_reason: str = "",
    approved_by: Staff | None = None,
) -> None:
    """Announce an approved notice: public at this commit, its stages promised as Sends.

    Raises Refused when the effect is past or the lead is below the minimum without a public reason
    and a Head of Profession (DOMAIN.md section 4), given here or agreed to before
    (``short.accept``); nothing is changed then.
    """
    must_belong(by, team_ids=deciders(notice), what=notice.reference)
    found = policy_of(notice, london_date(now))
    refresh_effect(notice)
    hidden(notice)
    reason = short_notice_reason.strip()
    if not reason and approved_by is None and (held := short.accepted(notice, now=now)):
        reason, approved_by = held.reason, held.person
        days: int | None = held.days
    else:
        days = judge(notice, found, now, reason, approved_by)
    move(
        notice,
        "announce",
        NOTICE,
        by=by,
        now=now,
        why=reason,
        lead_days=days,
        short=days is not None and days < found.minimum_days,
        approved_by=approved_by.id if approved_by else None,
        basis=by.basis,
    )
    judged_by(notice, found)
    if notice.first_public_at is None:
        notice.first_public_at = notice.judged_from = now
    judge_again(notice)
    if notice.verdict in ("short", "same_day"):
        notice.short_notice_reason = reason
    notice.changed_at = now
    session.add(
        NoticeRevision(
            notice_id=notice.id, no=1, at=now, summary="First announced.", words=snapshot(notice)
        )
    )
    for stage in stages_of(notice, announced_at=now):
        promise(notice, stage, now=now)


def judge(
    notice: ChangeNotice,
    found: Policy,
    now: datetime,
    reason: str,
    approved_by: Staff | None,
) -> int | None:
    """The lead in days (None: effect not fixed), or a refusal naming the rule and the way out."""
    if notice.effect_at is None or found.class_ == "I":
        return None  # a correction is told at once: its record is time to tell, not notice
    effect = london_date(notice.effect_at)
    today = london_date(now)
    days = lead_days(today, effect)
    if notice.effect_at <= now:
        raise Refused(
            f"{notice.reference} takes effect on {effect.isoformat()}, which is past; "
            "correct the effect before announcing it."
        )
    if days >= found.minimum_days:
        return days
    gap = (
        f"Publishing today gives {days} days; {words_of(found)} (class {found.class_}) needs "
        f"{found.minimum_days}. It should have been public by "
        f"{in_words(publish_by(effect, found.minimum_days))}."
    )
    earliest = today + timedelta(days=found.minimum_days)
    agreed(notice, gap, reason=reason, approved_by=approved_by, now=now, earliest=earliest)
    return days


def hidden(notice: ChangeNotice) -> None:
    """A notice would tell the date of a release that nobody has announced yet."""
    release = notice.effect_release
    if release is not None and release.state == "planned":
        raise Refused(
            f"{notice.reference} takes effect with release {release.id}, which is not public yet; "
            f"make it public first: bin/notifier releases pre-announce {release.id}."
        )


def refresh_effect(notice: ChangeNotice) -> None:
    """Take the effect from the release to which it is anchored."""
    if notice.effect_release is not None:
        notice.effect_date, notice.effect_at = notice.effect_release.day, notice.effect_release.at


SHOWN = (
    "headline",
    "brief",
    "what",
    "not_changing",
    "why",
    "driver",
    "technical",
    "impact",
    "what_to_do",
    "mapping",
    "scope",
    "alternatives",
    "contact",
    "override",
    "override_reason",
    "decision",
    "consultation",
    "comparability",
    "evidence",
    "cy",
)


def snapshot(notice: ChangeNotice) -> dict[str, object]:
    """The public words of a revision, for the history of the notice."""
    return {
        **{name: getattr(notice, name) for name in SHOWN},
        "series": sorted(series.slug for series in notice.series),
        "class": notice.class_,
        "effect": notice.effect_date.isoformat() if notice.effect_date else None,
        "judged": judgement(notice),
    }


def judgement(notice: ChangeNotice) -> dict[str, object]:
    """By what it is judged as of this revision: the record of an earlier day is counted from it."""
    return {
        "from": notice.judged_from.isoformat() if notice.judged_from else None,
        "effect_at": notice.effect_at.isoformat() if notice.effect_at else None,
        "minimum": notice.minimum_days,
        "target": notice.target_days,
        "rule": (notice.policy or {}).get("rule", ""),
        "fits": classes_of(notice),
        "reason": notice.short_notice_reason,
    }
