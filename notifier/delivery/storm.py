"""The storm brake: a Send that is refused in a storm would cost us the good will of mail servers.

STANDARDS section 1: more than 5 % hard in the first 1,000, or a run of 5.7.x, pauses that Send.
Looked at from outside, with each tick: what was recorded is what it judges.
"""

from __future__ import annotations

from sqlalchemy import and_, func, or_, select

from notifier.delivery.models import Bounce
from notifier.delivery.stop import HEEDED
from notifier.sends.models import Chunk, Delivery, Send
from notifier.sends.rules import State
from notifier.store.db import session

SHARE = 0.05  # of what is known
FIRST = 1000  # outcomes; fewer are judged as if they were so many: 51 bad addresses of 60 brake
RUN = 50  # refusals in a row that are the sender's fault
HARD = ("hard", "hard_after_2")
NEAR = 3  # chunks
REFUSED = (Delivery.state == int(State.FAILED), Delivery.code >= 500)  # 5.7.x, 5.6.x, 5.3.4


def suspects() -> list[Send]:
    """Sends under way whose counters alone do not tell that all is well; on most days none."""
    bad = or_(Send.bounced > SHARE * FIRST, Send.failed >= RUN)
    query = select(Send).where(Send.state == "sending", Send.receivers.is_not(None), bad)
    return list(session.scalars(query.order_by(Send.id)))


def storm(send: Send) -> str:
    """Why a Send is to be braked, in a sentence for staff, or "".

    Once a person has let it go on after a brake, only a new run counts.
    """
    heeded = send.context.get(HEEDED, 0)
    if send.failed >= RUN and (run := in_a_row(send, after=heeded)) >= RUN:
        return f"The last {run:,} messages were all refused for what they are or whence."
    known = send.accepted + send.bounced + send.failed
    if heeded:
        return ""
    # Counters first: they are more than what is counted then, and cost nothing.
    if too_many(send.bounced, known) and too_many(hard := bad_addresses(send), known):
        return f"{hard:,} of {known:,} addresses were refused for good."
    refused = send.failed + send.bounced
    if too_many(refused, known) and too_many(ours := our_fault(send), known):
        return f"{ours:,} of {known:,} messages were refused for what they are or whence."
    return ""


def too_many(bad: int, known: int) -> bool:
    return bad > SHARE * max(known, FIRST)


def bad_addresses(send: Send) -> int:
    """Hard bounces, by reply or by report; a full mailbox is none."""
    query = select(func.count()).where(Bounce.send_id == send.id, Bounce.verdict.in_(HARD))
    return session.scalar(query) or 0


def our_fault(send: Send) -> int:
    """Refused at once; or, where a relay took them all, by a report (5.7.x and the like)."""
    at_once = select(func.count()).where(Delivery.send_id == send.id, *REFUSED)
    reported = select(func.count()).where(
        Bounce.send_id == send.id, Bounce.verdict == "sender_fault", Bounce.source != "smtp"
    )
    return (session.scalar(at_once) or 0) + (session.scalar(reported) or 0)


def in_a_row(send: Send, *, after: int) -> int:
    """How many were refused since the last outcome that was no fault of ours, or since that second.

    Looked for in the chunks that are being sent and the last few that were: a look through a
    million rows takes 0.17 s, this 5 ms.
    """
    mine = and_(
        Chunk.send_id == send.id,
        or_(Chunk.state == "leased", and_(Chunk.state == "done", Chunk.no >= newest(send) - NEAR)),
    )
    theirs = and_(Delivery.send_id == send.id, Delivery.subscriber_id.between(Chunk.lo, Chunk.hi))
    good = [int(State.ACCEPTED), int(State.BOUNCED)]
    recent = select(func.max(Delivery.at)).select_from(Chunk).join(Delivery, theirs)
    last = session.scalar(recent.where(mine, Delivery.state.in_(good))) or 0
    since = Delivery.at > max(last, after)
    found = select(func.count()).select_from(Chunk).join(Delivery, theirs)
    return session.scalar(found.where(mine, *REFUSED, since)) or 0


def newest(send: Send) -> int:
    """The number of the last chunk that somebody has begun."""
    begun = select(func.max(Chunk.no)).where(Chunk.send_id == send.id, Chunk.state != "queued")
    return session.scalar(begun) or 0
