"""What stands beside a notice on its page: messages, facts, public versions, what was done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import case, select

from notifier.accounts.models import Staff
from notifier.catalogue.sight import sight
from notifier.clock import london_date
from notifier.insight.going import being_handed_over
from notifier.notices.derive import judged
from notifier.notices.followers import followers
from notifier.notices.models import ChangeNotice
from notifier.notices.owed import UNPUBLISHED
from notifier.notices.queries import revisions
from notifier.render import dates
from notifier.sends.models import Send
from notifier.store.db import session
from notifier.store.history import of
from notifier.web.public.shapes import Tag
from notifier.web.staff import door
from notifier.web.staff.notices import words
from notifier.web.staff.notices.shared import about, name, named
from notifier.web.staff.sends import words as send_words
from notifier.web.staff.sends.shared import sizes

SENDS = 60  # shown of one notice; it has as many as it has stages
LATEST = 12  # deeds of its history
DID = {
    "new": "Begun",
    "rewrite": "Edited",
    "submit": "Approval asked for",
    "return": "Taken back",
    "approve": "Approved",
    "announce": "Announced",
    "edit": "Wording changed",
    "revise": "Revised",
    "hold": "Put on hold",
    "resume": "Went on",
    "cancel": "Cancelled",
    "supersede": "Replaced",
    "retract": "Taken back from the public",
    "take_effect": "Took effect",
    "close": "Closed",
    "record_late": "Recorded late",
    "impact": "Size told",
    "decision": "Decided",
    "response": "Answered",
    "ask": "Second person asked",
    "agree": "Agreed",
    "turn_down": "Turned down",
    "accept_short": "Less notice agreed to",
    "emergency": "Published in an emergency",
}


@dataclass(frozen=True)
class Said:
    url: str
    title: str
    when: str
    tag: Tag
    people: str


@dataclass(frozen=True)
class Did:
    at: str
    words: str
    why: str


def sends(notice: ChangeNotice, moment: datetime) -> list[Said]:
    """Every message of it, those that went first; what is planned with how many would get it."""
    query = select(Send).where(
        Send.about == notice.reference, Send.kind == "notice", Send.receivers.is_not(None)
    )
    order = (case((Send.state == "planned", 1), else_=0), Send.due_at, Send.id)
    rows = list(session.scalars(query.order_by(*order).limit(SENDS)))
    planned = sizes().of(
        [row.receivers if row.frozen_at is None else None for row in rows], now=moment
    )
    busy = being_handed_over(rows)
    return [
        said(row, size, under_way=row.id in busy) for row, size in zip(rows, planned, strict=True)
    ]


def said(send: Send, size: int | None, *, under_way: bool) -> Said:
    at = send.frozen_at or send.due_at
    title = send_words.stage_words(send.stage)
    people = f"{send.accepted:,}" if send.frozen_at is not None else ""
    people = people or (f"{size:,}" if size is not None and send.state == "planned" else "")
    return Said(
        url=f"/staff/sends/{send.id}",
        title=title[0].upper() + title[1:],
        when=f"{dates.short(london_date(at))} {london_date(at).year}",
        tag=send_words.state(send, under_way=under_way),
        people=people,
    )


def facts(
    notice: ChangeNotice, moment: datetime, second: str, people: list[Staff]
) -> list[tuple[str, str]]:
    today = london_date(moment)
    found = judged(notice, today)
    rows = [("Publications", ", ".join(series.name for series in notice.series))]
    if notice.first_public_at is not None:
        rows.append(("Public since", dates.past(london_date(notice.first_public_at))))
    elif found.publish_by is not None:
        rows.append(("Public by", f"{dates.past(found.publish_by)}, for {found.minimum_days} days"))
    if notice.verdict and notice.lead_days is not None:
        given = words.VERDICTS[notice.verdict].word.lower()
        rows.append(("Notice given", f"{dates.days(max(notice.lead_days, 0))}: {given}"))
    if notice.short_notice_reason:
        rows.append(("Why it is short", notice.short_notice_reason))
    names = {"Written by": notice.author_id, "Approved by": notice.approver_id}
    for label, staff_id in names.items():
        if staff_id is not None:
            rows.append((label, name(session.get_one(Staff, staff_id))))
    if notice.state in UNPUBLISHED and second != "optional":
        rows.append(("Approver", named(people) or "Nobody holds the role"))
    seen = sight(door.me())
    if seen.sees({series.team_id for series in notice.series}):
        size = sizes().of([followers(notice).as_dict()], now=moment)[0]
        if size is not None:
            rows.append(("Follow it today", send_words.people(size)))
    return rows


def revised(notice: ChangeNotice, moment: datetime) -> list[dict[str, Any]]:
    """The public log, newest first."""
    return [
        {
            "no": row.no,
            "at": words.moment(row.at, moment),
            "summary": row.summary,
            "editorial": row.editorial,
        }
        for row in sorted(revisions(notice), key=lambda row: row.id, reverse=True)
    ]


def history(notice: ChangeNotice, moment: datetime) -> list[Did]:
    """The latest deeds, newest first."""
    me = door.me().id
    found = []
    for row in reversed(of(about(notice))[-LATEST:]):
        did = DID.get(row.action, row.action.replace("_", " ").capitalize())
        if row.action == "return" and row.by.get("staff") != notice.author_id:
            did = "Returned"  # the author takes it back; anybody else sends it back
        staff = session.get(Staff, row.by.get("staff") or 0)
        who = name(staff) if staff is not None else row.by.get("name") or "Notifier"
        by = "you" if row.by.get("staff") == me else who
        found.append(Did(words.moment(row.at, moment), f"{did} by {by}", row.why))
    return found
