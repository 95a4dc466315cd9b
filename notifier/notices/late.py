"""Recording a change that took effect without notice: the record is honest, and it counts."""

from __future__ import annotations

from datetime import datetime

from notifier.accounts.models import Staff
from notifier.accounts.people import has_role
from notifier.errors import Refused
from notifier.notices.approve import deciders
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
    if approved_by.id == notice.author_id or not has_role(
        approved_by, "hop", team_ids=deciders(notice)
    ):
        raise Refused("A Head of Profession who did not write it must agree (--approved-by).")
    notice.effect_at = notice.took_effect_at = took_effect_at
    move(notice, "record_late", NOTICE, by=by, now=now, why=reason, approved_by=approved_by.id)
    notice.first_public_at = notice.judged_from = notice.changed_at = now
    notice.short_notice_reason = reason.strip()
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
    return tell(notice, "after", now=now)
