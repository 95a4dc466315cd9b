"""A line of the desk about what was published with less notice than promised."""

from __future__ import annotations

from dataclasses import dataclass

from notifier.accounts.models import Staff
from notifier.insight.loud import Loud
from notifier.render import dates
from notifier.store.db import session
from notifier.web.staff import ways
from notifier.web.staff.approve.who import called


@dataclass(frozen=True)
class Line:
    title: str
    url: str
    words: str
    reason: str


def line(found: Loud) -> Line:
    """ "In an emergency Hana Price published with 6 days of notice instead of 90." """
    notice = found.notice
    staff_id = found.act.data.get("approved_by") or found.act.by.get("staff")
    who = called(session.get(Staff, staff_id)) if staff_id else "Somebody"
    days = notice.lead_days if notice.lead_days is not None else 0
    if notice.verdict == "after":
        gave = "after the change, without notice"
    else:
        gave = f"with {dates.days(days)} of notice instead of {notice.minimum_days}"
    if found.emergency:
        words = f"In an emergency {who} published {gave}."
    else:
        words = f"Published {gave}; {who} agreed to it."
    url = ways.notice(notice.reference, public=True)
    return Line(notice.headline, url, words, notice.short_notice_reason)
