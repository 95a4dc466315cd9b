"""Answering a complaint by a letter of ours, to somebody whom we may not know at all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from notifier.audience.complain import LONGEST, answer
from notifier.audience.describe import tidy
from notifier.audience.models import Complaint, Subscriber, Suppression
from notifier.audience.rules import suppression_key
from notifier.errors import Refused
from notifier.sends.models import Send
from notifier.sends.plan import plan
from notifier.store.db import session
from notifier.store.history import By

KIND = "complaint_answer"
NO_WORDS = "Write what you answer."


@dataclass(frozen=True)
class Correspondent:
    """Who complained: known by an address alone, which erasure takes away."""

    id: int  # of the subscriber; 0 for nobody whom we know
    email: str | None
    language: str
    name: str = ""
    state: str = "active"


def correspondent(row: Complaint) -> Correspondent:
    """Whose complaint it is. A person whom we know is answered at the address they have now."""
    person = session.get(Subscriber, row.subscriber_id) if row.subscriber_id else None
    if person is None:
        return Correspondent(0, row.contact, "en")
    state = "suppressed" if person.state == "suppressed" else "active"
    return Correspondent(person.id, row.contact or person.email, person.language, state=state)


def may_write(row: Complaint, *, pepper: str) -> str:
    """The address that an answer can go to; "" when there is none, or when mail to it is stopped:
    nobody here overrides that."""
    email = correspondent(row).email
    if not email or session.get(Suppression, suppression_key(email, pepper)) is not None:
        return ""
    return email


def reply(
    row: Complaint, words: str, *, by_mail: bool, by: By, now: datetime, pepper: str
) -> Send | None:
    """Keep the answer, and promise it as a letter where it goes ``by_mail``; again, it takes the
    place of the first and is one more letter. Raises Refused."""
    said = tidy(words)
    if not said:
        raise Refused(NO_WORDS, field="words")
    if len(said) > LONGEST:
        raise Refused(f"Shorten this to {LONGEST:,} characters.", field="words")
    if by_mail and not may_write(row, pepper=pepper):
        raise Refused(
            "There is no address that we may write to. Answer in another way, then keep the "
            "words here.",
            field="how",
        )
    answer(row, said, by=by, now=now)
    if not by_mail:
        return None
    about = f"complaint:{row.id}"
    earlier = select(func.count(Send.id)).where(Send.kind == KIND, Send.about == about)
    return plan(
        "complaint_answer",
        about,
        stage="answer",
        revision=(session.scalar(earlier) or 0) + 1,
        due_at=now,
        now=now,
        subscriber_id=row.subscriber_id,
        context={"complaint": row.id},
    )


def letters(row: Complaint) -> list[Send]:
    """The letters that answered it, oldest first."""
    query = select(Send).where(Send.kind == KIND, Send.about == f"complaint:{row.id}")
    return list(session.scalars(query.order_by(Send.id)))


def recipient(send: Send) -> Correspondent | None:
    """To whom that letter goes now."""
    row = session.get(Complaint, send.context.get("complaint", 0))
    return correspondent(row) if row is not None else None
