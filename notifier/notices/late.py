"""Recording a change that took effect without notice: the record is honest, and it counts."""

from __future__ import annotations

from datetime import datetime

from notifier.accounts import duty
from notifier.accounts.models import Staff
from notifier.clock import london_date
from notifier.errors import Refused
from notifier.notices.approve import deciders
from notifier.notices.derive import judged_by, policy_of
from notifier.notices.judge import judge_again
from notifier.notices.models import ChangeNotice, NoticeRevision
from notifier.notices.promises import tell
from notifier.notices.publish import snapshot
from notifier.notices.rules import NOTICE
from notifier.sends.models import Send
from notifier.store.db import session
from notifier.store.history import By
from notifier.store.moves import move


def record_late(
    notice: ChangeNotice,
    *,
    took_effect_at: datetime,
    reason: str,
    approved_by: Staff,
    by: By,
    now: datetime,
) -> Send:
    """Publish an approved notice of what has happened already: verdict "after", with the reason."""
    if took_effect_at > now:
        raise Refused("It has not happened yet; announce it with: bin/notifier notices publish.")
    if not reason.strip():
        raise Refused("Give a public reason: users are told why nobody told them before.")
    teams, today = deciders(notice), london_date(now)
    if approved_by.id == notice.author_id or not duty.acts_as_hop(approved_by, teams, today):
        raise Refused(
            "A Head of Profession who did not write it must agree (--approved-by): "
            f"{duty.ask(teams, today)}."
        )
    notice.effect_at = notice.took_effect_at = took_effect_at
    move(
        notice,
        "record_late",
        NOTICE,
        by=by,
        now=now,
        why=reason,
        approved_by=approved_by.id,
        basis=by.basis,
    )
    notice.first_public_at = notice.judged_from = notice.changed_at = now
    notice.short_notice_reason = reason.strip()
    judged_by(notice, policy_of(notice, london_date(now)))
    judge_again(notice)
    if notice.lead_days == 0:
        notice.verdict = "after"  # on the same day, but after it happened
    session.add(
        NoticeRevision(
            notice_id=notice.id,
            no=1,
            at=now,
            summary="Recorded after it happened.",
            words=snapshot(notice),
        )
    )
    session.flush()
    return tell(notice, "after", now=now, detail={"summary": notice.short_notice_reason})
