"""Did they get it: one person on one Send, by address; and all of them, page by page."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from notifier.audience import queries as people
from notifier.audience.exporting import defused
from notifier.audience.models import Subscriber
from notifier.audience.rules import variant_words
from notifier.delivery.ledger import in_digests, why
from notifier.delivery.rules import WORDS, changed
from notifier.sends.carry import carrier_of
from notifier.sends.models import Delivery, Retry, Send
from notifier.sends.rules import State
from notifier.store.db import session

PAGE = 5_000  # rows
HEADER = ("email", "state", "at", "reply", "tries")


@dataclass(frozen=True)
class Got:
    """What is known of one person and one Send. ``again_at`` is when they are tried again; ``why``
    says through what it reaches them; ``person`` their id."""

    state: State
    at: datetime
    code: int
    tries: int
    why: str
    depth: str
    language: str
    again_at: datetime | None
    person: int


def got(send: Send, email: str) -> Got | None:
    """None for an address that is not on this Send, or that we do not know: nobody learns here who
    is subscribed."""
    person = people.by_email(email)
    if person is None:
        return None
    whole = session.get_one(Send, carrier_of(send) or send.id)
    row = session.get(Delivery, (whole.id, person.id))
    if row is None:
        return None
    told = in_digests(person.id)
    depth, language = variant_words(row.variant) if whole.kind != "digest" else ("", "")
    again = session.get(Retry, (whole.id, person.id))
    return Got(
        state=State(row.state),
        at=changed(row.at, whole.frozen_at or whole.due_at),
        code=row.code,
        tries=row.tries,
        why=why(whole, row, told.get(whole.id), told),
        depth=depth,
        language=language,
        again_at=again.next_at if again is not None else None,
        person=person.id,
    )


@dataclass(frozen=True)
class Line:
    """``email`` is empty for who was erased since."""

    email: str
    state: State
    at: datetime
    code: int
    tries: int


def everybody(
    send: Send, states: Collection[State] = (), *, after: int = 0, limit: int = PAGE
) -> list[tuple[int, Line]]:
    """(subscriber id, line) by id, beyond ``after``; only those in ``states``, if any are named."""
    whole = session.get_one(Send, carrier_of(send) or send.id)
    columns = (Delivery.subscriber_id, Subscriber.email, Delivery.state, Delivery.at)
    frozen = whole.frozen_at or whole.due_at
    query = (
        select(*columns, Delivery.code, Delivery.tries)
        .outerjoin(Subscriber, Subscriber.id == Delivery.subscriber_id)
        .where(Delivery.send_id == whole.id, Delivery.subscriber_id > after)
        .order_by(Delivery.subscriber_id)
        .limit(limit)
    )
    if states:
        query = query.where(Delivery.state.in_([int(state) for state in states]))
    return [
        (who, Line(email or "", State(state), changed(at, frozen), code, tries))
        for who, email, state, at, code, tries in session.execute(query)
    ]


def rows(send: Send) -> Iterator[tuple[str, ...]]:
    """The whole ledger of a Send for a spreadsheet: header, then a row for each person. Instants in
    UTC; no cell is a formula."""
    yield HEADER
    last = 0
    while found := everybody(send, after=last):
        last = found[-1][0]
        for _, line in found:
            reply = str(line.code) if line.code else ""
            at = line.at.strftime("%Y-%m-%dT%H:%M:%SZ")
            yield defused(line.email), WORDS[line.state], at, reply, str(line.tries)
