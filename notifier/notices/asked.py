"""What one person asks to do to a notice waits until a second one agrees.

The verbs take both people at once, as the command line gives them; a page knows one at a time.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from notifier.accounts import duty
from notifier.accounts.models import Staff
from notifier.accounts.sessions import own
from notifier.clock import london_date
from notifier.errors import Conflict, Refused
from notifier.notices import end, late, learn, revise
from notifier.notices.approve import deciders
from notifier.notices.models import ChangeNotice, NoticeRequest
from notifier.sends.staff import nag
from notifier.store.db import session
from notifier.store.history import By, record
from notifier.store.moves import take

# Who agrees to each: an approver is enough, or it must be who acts as Head of Profession. To less
# notice of what is not public yet somebody agrees in ``short``.
SECOND = {
    "cancel": "approver",
    "retract": "approver",
    "revise": "hop",
    "decide": "hop",
    "record-late": "hop",
}
LAPSED = "The notice was changed since; ask again if it still stands."


def ask(
    notice: ChangeNotice,
    verb: str,
    given: Mapping[str, Any],
    *,
    person: Staff,
    by: By,
    now: datetime,
) -> NoticeRequest:
    """Keep what is asked for; nothing happens to the notice until somebody else agrees.

    ``given`` is what the verb needs, as JSON. Asking again takes the place of one's own earlier
    request. Raises Refused while somebody else's waits.
    """
    take(notice)
    before = waiting(notice)
    if before is not None and before.asked_by != person.id:
        raise Refused("Somebody asked for something already; settle that first.")
    if before is not None:
        settle(before, "asked again", now=now)
    row = NoticeRequest(
        notice_id=notice.id,
        verb=verb,
        given=dict(given),
        version=notice.changed_at,
        asked_by=person.id,
        asked_at=now,
        outcome="",
    )
    session.add(row)
    session.flush()
    why = str(given.get("reason") or given.get("summary") or "")
    record(f"notice:{notice.id}", "ask", by=by, now=now, why=why, verb=verb)
    tell_seconds(row, notice, person, why, now)
    return row


def tell_seconds(
    row: NoticeRequest, notice: ChangeNotice, person: Staff, why: str, now: datetime
) -> None:
    """One mail to each who can agree today."""
    nag(
        notice.reference,
        stage="asked",
        to=[each.id for each in seconds(row.verb, notice, london_date(now), but={person.id})],
        mark=str(row.id),
        team_id=notice.series[0].team_id,
        now=now,
        verb=row.verb,
        who=person.email,
        why=why,
    )


def agree(row: NoticeRequest, *, approver: Staff, by: By, now: datetime) -> None:
    """Do what was asked for, at once. History says who asked and who agreed.

    Raises Refused for whoever asked, for who may not be the second person, and for a notice that
    was changed since; Conflict when it was settled meanwhile.
    """
    notice = session.get_one(ChangeNotice, row.notice_id)
    hold(row, notice)
    asker = session.get_one(Staff, row.asked_by)
    if not may_agree(row, notice, approver, london_date(now)):
        raise Refused(f"{approver.email} may not agree to it; {whom(row, notice, now)}.")
    record(f"notice:{notice.id}", "agree", by=by, now=now, verb=row.verb, asked_by=asker.id)
    settle(row, "agreed", now=now)
    perform(row, notice, asker, approver, now)


def hold(row: NoticeRequest, notice: ChangeNotice) -> None:
    """Both rows, until this unit of work ends, as they were when it was asked."""
    take(notice)
    session.refresh(row, with_for_update=True)
    if row.outcome:
        raise Conflict("Somebody settled this a moment ago; look again.")
    if lapsed(row, notice):
        raise Refused(LAPSED)


def perform(
    row: NoticeRequest, notice: ChangeNotice, asker: Staff, approver: Staff, now: datetime
) -> None:
    """The verb itself, by who asked, with the second person beside them."""
    given, by = row.given, own(asker)
    short = {"short_notice_reason": given.get("reason", ""), "approved_by": approver}
    if row.verb in ("cancel", "retract"):
        verb = end.cancel if row.verb == "cancel" else end.retract
        verb(notice, reason=given["reason"], person=asker, approved_by=approver, by=by, now=now)
    elif row.verb == "decide":
        learn.decide(notice, summary=given["summary"], by=by, now=now, **short)
    elif row.verb == "revise":
        revise.revise(
            notice,
            given["entry"],
            summary=given["summary"],
            editorial=False,
            by=by,
            now=now,
            **short,
        )
    else:
        late.record_late(
            notice,
            took_effect_at=datetime.fromisoformat(given["took_effect_at"]),
            reason=given["reason"],
            approved_by=approver,
            by=by,
            now=now,
        )


def turn_down(row: NoticeRequest, reason: str, *, by: By, now: datetime) -> None:
    """Nothing happens; the one who asked may take it back the same way."""
    notice = session.get_one(ChangeNotice, row.notice_id)
    take(notice)
    session.refresh(row, with_for_update=True)
    if row.outcome:
        raise Conflict("Somebody settled this a moment ago; look again.")
    if not reason.strip():
        raise Refused("Say why; whoever asked reads it.", field="reason")
    settle(row, "turned down", now=now)
    record(f"notice:{notice.id}", "turn_down", by=by, now=now, why=reason.strip(), verb=row.verb)


def settle(row: NoticeRequest, outcome: str, *, now: datetime) -> None:
    row.outcome, row.settled_at = outcome, now
    session.flush()


def lapsed(row: NoticeRequest, notice: ChangeNotice) -> bool:
    return row.version != notice.changed_at


def waiting(notice: ChangeNotice) -> NoticeRequest | None:
    """What waits for a second person; what lapsed by a change of the notice waits no more."""
    query = select(NoticeRequest).where(
        NoticeRequest.notice_id == notice.id, NoticeRequest.outcome == ""
    )
    rows = session.scalars(query.order_by(NoticeRequest.id.desc()))
    return next((row for row in rows if not lapsed(row, notice)), None)


def all_waiting() -> list[tuple[NoticeRequest, ChangeNotice]]:
    """Every request that waits, with its notice, oldest first."""
    query = select(NoticeRequest, ChangeNotice).join(
        ChangeNotice, ChangeNotice.id == NoticeRequest.notice_id
    )
    query = query.where(
        NoticeRequest.outcome == "", NoticeRequest.version == ChangeNotice.changed_at
    )
    return [(row, notice) for row, notice in session.execute(query.order_by(NoticeRequest.id))]


def may_agree(row: NoticeRequest, notice: ChangeNotice, person: Staff, today: date) -> bool:
    return person.id != row.asked_by and may_second(row.verb, notice, person, today)


def may_second(verb: str, notice: ChangeNotice, person: Staff, today: date) -> bool:
    """Whether somebody is of those who agree to that verb."""
    teams = deciders(notice)
    if SECOND[verb] == "hop":
        return person.id != notice.author_id and duty.acts_as_hop(person, teams, today)
    return duty.may_approve(person, teams, today)


def seconds(verb: str, notice: ChangeNotice, today: date, *, but: Collection[int]) -> list[Staff]:
    """Who is asked today, without those who wrote it or ask themselves."""
    teams = deciders(notice)
    duty_now = duty.on_duty if SECOND[verb] == "hop" else duty.approvers
    return [person for person in duty_now(teams, today) if person.id not in but]


def whom(row: NoticeRequest, notice: ChangeNotice, now: datetime) -> str:
    """ "ask hana@example.org"."""
    people = seconds(row.verb, notice, london_date(now), but={row.asked_by})
    return duty.asking(people, SECOND[row.verb])
