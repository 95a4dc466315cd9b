"""In an emergency a Head of Profession publishes what gives little or no notice, at once and on
their word alone: it is said loudly, in the history, on the desk and in public."""

from __future__ import annotations

from datetime import datetime

from notifier.accounts import rulings
from notifier.accounts.models import Staff
from notifier.errors import Refused
from notifier.notices import contents, short
from notifier.notices.approve import approve
from notifier.notices.late import record_late
from notifier.notices.models import ChangeNotice
from notifier.notices.publish import publish, refresh_effect
from notifier.notices.rules import NOTICE
from notifier.store.history import By, record
from notifier.store.moves import take


def emergency(
    notice: ChangeNotice,
    *,
    reason: str,
    person: Staff,
    by: By,
    now: datetime,
    read: str | None = None,
) -> None:
    """Approve what was submitted, and announce it or, when its effect is past, record it.

    ``reason`` is public. Raises Refused unless a Head of Profession on duty does it who wrote none
    of it; for a draft, which nobody has finished; and where the promised notice is given, for then
    nothing forbids the usual way.
    """
    said = " ".join(reason.split())
    if not said:
        raise Refused("Give the reason that users will read.", field="reason")
    take(notice)
    rulings.still(read, contents.version(notice))
    short.may_accept(notice, person, now=now)
    if notice.state not in ("in_review", "approved"):
        NOTICE.after(notice.state, "approve")
    missing = short.shortfall(notice, now=now)
    if missing is None:
        raise Refused(
            f"{notice.reference} gives the notice that is promised; approve it and publish it in "
            "the usual way."
        )
    if notice.state == "in_review":
        approve(notice, approver=person, by=by, now=now, how="in an emergency")
    about, facts = f"notice:{notice.id}", {"days": missing.days, "needed": missing.needed}
    record(about, "emergency", by=by, now=now, why=said, **facts)
    if not missing.past:
        publish(notice, by=by, now=now, short_notice_reason=said, approved_by=person)
        return
    refresh_effect(notice)
    record_late(
        notice,
        took_effect_at=notice.effect_at or now,
        reason=said,
        approved_by=person,
        by=by,
        now=now,
    )
