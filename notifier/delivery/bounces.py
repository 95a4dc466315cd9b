"""Bounces and complaints: counted once, judged, and the address suppressed if the rules say so."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, func, select, update

from notifier.audience import address_change, queries
from notifier.audience.models import AddressChange, Consent
from notifier.audience.suppress import suppress
from notifier.delivery import digest_settle
from notifier.delivery.models import Bounce
from notifier.delivery.record import count
from notifier.delivery.unsubscribe import unsubscribe
from notifier.sends.models import Delivery, Send
from notifier.sends.rules import State
from notifier.store.db import session
from notifier.store.history import SYSTEM, record

SOFT_TIMES, SOFT_SPAN = 3, timedelta(days=14)
# What proves which delivery it is about. A Message-ID stands in each answer and each copy that
# people pass on, so who knows one may be anybody; in a batch of the hook its giver is known.
WEAK = "message_id"
PROOFS = {
    "smtp": "the mail server's own reply",
    "report": "a report to the delivery's own address",
    WEAK: "weaker: a report that names the Message-ID",
    "hook": "the mail service, by the delivery's own address",
    "hook_message_id": "the mail service, by the Message-ID",
}
LATE = timedelta(days=30)
GRAVITY = ("sender_fault", "soft", "hard_after_2", "hard", "complaint")
DECISIVE = ("hard", "complaint")
SETTLED = timedelta(days=5)  # an accepted message of which no server has despaired by then


def apply(
    send_id: int,
    subscriber_id: int,
    verdict: str,
    *,
    now: datetime,
    pepper: str,
    code: int = 0,
    status: str = "",
    source: str = "report",
    at: datetime | None = None,
) -> bool:
    """Take one report about one delivery; returns whether the address is suppressed by it.

    The same verdict about the same delivery counts once, however often it is reported; a stronger
    proof takes the place of a weaker one. ``source`` is one of PROOFS; ``at`` is when it happened,
    ``now`` by default.
    """
    if verdict in ("delivered", "delayed"):
        return False
    query = select(Bounce).where(Bounce.send_id == send_id, Bounce.subscriber_id == subscriber_id)
    known = session.scalars(query.where(Bounce.verdict == verdict)).first()
    person = queries.person(subscriber_id)
    if person is None or (known is not None and (known.source != WEAK or source == WEAK)):
        return False
    row = known or Bounce(send_id=send_id, subscriber_id=subscriber_id, verdict=verdict)
    row.code, row.status, row.source, row.at = code, status[:12], source, at or now
    session.add(row)
    session.flush()
    if source != "smtp" and verdict != "complaint":
        came_back(send_id, subscriber_id, now=now)
    if source == WEAK and verdict == "complaint":
        complain_weakly(send_id, subscriber_id, now=now)
    reason = reason_to_suppress(subscriber_id, now=now)
    if reason and person.state not in ("suppressed", "erased"):
        suppress(person, reason=reason, now=now, pepper=pepper)
        return True
    return False


def complain_weakly(send_id: int, subscriber_id: int, *, now: datetime) -> None:
    """Who holds a copy of a letter can press its link that ends what it came through: a complaint
    that proves no more than that does no more."""
    record(f"subscriber:{subscriber_id}", "complaint", by=SYSTEM, now=now, why=PROOFS[WEAK])
    unsubscribe(send_id, subscriber_id, now=now)


def reason_to_suppress(subscriber_id: int, *, now: datetime) -> str:
    """What all that came back since the person last confirmed adds up to."""
    query = select(Bounce).where(Bounce.subscriber_id == subscriber_id).order_by(Bounce.at)
    since = last_confirmed(subscriber_id)
    rows = [row for row in session.scalars(query) if since is None or row.at >= since]
    reason = judge(weighed(rows))
    if reason and not any(weight(row) in DECISIVE for row in rows):
        success = last_success(subscriber_id, since=rows[0].at, now=now)
        reason = judge(weighed([row for row in rows if success is None or row.at > success]))
    return reason


def weight(row: Bounce) -> str:
    """The verdict that a row may be counted as: on a weak proof nobody is suppressed at once."""
    if row.source != WEAK:
        return row.verdict
    return {"hard": "hard_after_2", "complaint": "sender_fault"}.get(row.verdict, row.verdict)


def weighed(rows: Sequence[Bounce]) -> list[tuple[str, datetime]]:
    """The gravest of each delivery: two reports about one are no second time."""
    gravest: dict[int, tuple[str, datetime]] = {}
    for row in sorted(rows, key=lambda row: GRAVITY.index(weight(row))):
        gravest[row.send_id] = weight(row), row.at
    return list(gravest.values())


def last_success(subscriber_id: int, *, since: datetime, now: datetime) -> datetime | None:
    """When a message was last accepted of which nothing has come back for days, after ``since``.

    Asked only when somebody would be suppressed: it looks at each Send of that time.
    """
    until = now - SETTLED
    rows = (
        select(func.max(Delivery.at))
        .join(Send, Send.id == Delivery.send_id)
        .where(
            Delivery.subscriber_id == subscriber_id,
            Delivery.state == int(State.ACCEPTED),
            Delivery.at.between(int(since.timestamp()), int(until.timestamp())),
            Send.frozen_at.is_not(None),
        )
    )
    singles = select(func.max(Send.finished_at)).where(
        Send.subscriber_id == subscriber_id,
        Send.accepted == 1,
        Send.finished_at.between(since, until),
        Send.kind.not_in(address_change.KINDS),
    )
    at, alone = session.scalar(rows), session.scalar(singles)
    found = [datetime.fromtimestamp(at, UTC)] if at else []
    return max([*found, *([alone] if alone else [])], default=None)


def last_confirmed(subscriber_id: int) -> datetime | None:
    """When a link in a mail to the address that the person has now was last followed."""
    found = []
    for each in (Consent, AddressChange):
        query = select(func.max(each.confirmed_at)).where(each.subscriber_id == subscriber_id)
        found.append(session.scalar(query))
    return max([at for at in found if at is not None], default=None)


def delivered_at(send_id: int, subscriber_id: int) -> datetime | None:
    """When the ledger last heard of this delivery; None when it holds none, or no more."""
    row = session.get(Delivery, (send_id, subscriber_id))
    if row is not None:
        return datetime.fromtimestamp(row.at, UTC)
    send = session.get(Send, send_id)
    if send is None or not send.to_one or send.subscriber_id != subscriber_id:
        return None
    return send.finished_at or send.created_at


def out_of_date(send_id: int, subscriber_id: int, verdict: str, *, now: datetime) -> bool:
    """Whether a report is too late to say anything about the address: the delivery is long over or
    not known any more, or the person has since confirmed from that very mailbox. A complaint is the
    person's word, and is in time while the ledger knows the letter.
    """
    at = delivered_at(send_id, subscriber_id)
    if at is None or verdict == "complaint":
        return at is None
    confirmed = last_confirmed(subscriber_id)
    # The ledger's instants are whole seconds.
    return now - at > LATE or (confirmed is not None and at < confirmed - timedelta(seconds=1))


def judge(bounces: Sequence[tuple[str, datetime]]) -> str:
    """Why to suppress, or "". Pure. STANDARDS.md section 1: hard after one, 5.2.1 after two, soft
    after three or more over at least 14 days; the sender's own faults, never.
    """
    verdicts = [verdict for verdict, _ in bounces]
    if "complaint" in verdicts:
        return "complaint"
    if "hard" in verdicts or verdicts.count("hard_after_2") >= 2:
        return "hard_bounce"
    soft = sorted(at for verdict, at in bounces if verdict == "soft")
    if len(soft) >= SOFT_TIMES and soft[-1] - soft[0] >= SOFT_SPAN:
        return "soft_bounces"
    return ""


def came_back(send_id: int, subscriber_id: int, *, now: datetime) -> None:
    """A delivery that was accepted is bounced after all: row and counters move together."""
    moved = session.execute(
        update(Delivery)
        .where(
            Delivery.send_id == send_id,
            Delivery.subscriber_id == subscriber_id,
            Delivery.state == int(State.ACCEPTED),
        )
        .values(state=int(State.BOUNCED), at=int(now.timestamp()))
        .execution_options(synchronize_session=False)
    )
    changed = cast("CursorResult[Any]", moved).rowcount
    if not changed:
        one = session.get(Send, send_id)
        changed = int(
            one is not None
            and one.to_one
            and one.subscriber_id == subscriber_id
            and one.accepted == 1
        )
    if changed:
        digest_settle.came_back(send_id, subscriber_id)
        count(send_id, "accepted", -1)
        count(send_id, "bounced", 1)
