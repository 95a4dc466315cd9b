"""What one person was sent, newest first and page by page: for staff who look at that person."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select

from notifier.audience.receivers import Audience
from notifier.audience.why import reasons
from notifier.delivery import ledger
from notifier.delivery.held import KIND
from notifier.notices.followers import Names, named
from notifier.sends.models import Delivery, Send
from notifier.sends.rules import State
from notifier.store.db import session


@dataclass(frozen=True)
class Had:
    """One message: ``state`` is a ``State``'s name in small letters, or that of a Send to one
    person; ``why`` in words, or "" where it is not known."""

    send: Send
    at: datetime
    state: str
    code: int
    why: str
    digest: Send | None


def had(
    subscriber_id: int, *, page: int, limit: int, teams: Collection[int] | None = None
) -> tuple[list[Had], int]:
    """(one page, how many in all). ``teams`` leaves out the messages of other teams; what the
    organisation sends, and letters to this one person, stay.

    What a row needs is read for the page only: with 300 messages, why each came was 1,400 queries.
    """
    rows = sorted(all_of(subscriber_id, teams), key=lambda row: row[0], reverse=True)
    wanted = rows[(page - 1) * limit : page * limit]
    sends = {
        send.id: send
        for send in session.scalars(select(Send).where(Send.id.in_([row[1] for row in wanted])))
    }
    told, names = ledger.in_digests(subscriber_id), Names()
    found = [
        to_one(sends[number], at)
        if state is None
        else one(sends[number], subscriber_id, at, state, code, told, names)
        for at, number, state, code in wanted
    ]
    return found, len(rows)


def all_of(
    subscriber_id: int, teams: Collection[int] | None
) -> list[tuple[datetime, int, int | None, int]]:
    """(at, id of the Send, state or None for a letter to one, code) of every message."""
    own = Send.team_id.is_(None) | Send.team_id.in_(list(teams or ()))
    rows = select(Delivery.at, Delivery.send_id, Delivery.state, Delivery.code)
    rows = rows.join(Send, Send.id == Delivery.send_id)
    rows = rows.where(Delivery.subscriber_id == subscriber_id)
    if teams is not None:
        rows = rows.where(own)
    found: list[tuple[datetime, int, int | None, int]] = [
        (datetime.fromtimestamp(at, UTC), number, state, code)
        for at, number, state, code in session.execute(rows)
    ]
    singles = select(Send.finished_at, Send.due_at, Send.id, Send.code)
    for finished, due, number, code in session.execute(
        singles.where(Send.subscriber_id == subscriber_id)
    ):
        found.append((finished or due, number, None, code))
    return found


def to_one(send: Send, at: datetime) -> Had:
    row = ledger.one(send)
    return Had(send, at, str(row["state"]), send.code, str(row["why"]), None)


def one(
    send: Send,
    who: int,
    at: datetime,
    state: int,
    code: int,
    told: dict[int, Send],
    names: Names,
) -> Had:
    if send.kind == KIND:
        things = sum(each.id == send.id for each in told.values())
        why = f"it tells {things} thing{'s' if things != 1 else ''}"
    else:
        since = send.frozen_at or send.due_at
        audience = Audience.of(send.receivers or {})
        found = reasons(audience, who, who, at=since, names=names.followed)
        why = ledger.in_words(named(found, names).get(who, ()))
    return Had(send, at, State(state).name.lower(), code, why, told.get(send.id))
