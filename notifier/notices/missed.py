"""What ended while somebody paused: who was told of a change hears that it will not happen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import select

from notifier.audience.models import Subscriber
from notifier.notices.latecomers import (
    concerning,
    concerns,
    messages_about,
    received,
    standings,
    wanted,
)
from notifier.notices.models import ChangeNotice
from notifier.sends.models import Send
from notifier.store.db import session
from notifier.store.history import History, of

ENDS = {"cancel": "cancelled", "retract": "retracted", "supersede": "superseded"}
CATCH_UP = ("welcome", "welcome_back")  # letters that list every open change that concerns somebody


def ended_meanwhile(person: Subscriber) -> list[ChangeNotice]:
    """Changes that were cancelled, taken back or replaced since the last pause began, of which the
    person was told before, by a message or a list in a letter, and whose end they were not told."""
    since = paused_at(person)
    found = wanted(person, ended_since(since)) if since is not None else []
    told, letters = standings(person.id, found), catch_ups(person)
    return [
        notice
        for notice in unheard(person, found)
        if told[notice.id].told_at is not None or listed(person, notice, letters)
    ]


def paused_at(person: Subscriber) -> datetime | None:
    pauses = [row.at for row in of(f"subscriber:{person.id}") if row.action == "pause"]
    return pauses[-1] if pauses else None


def ended_since(since: datetime) -> list[ChangeNotice]:
    """By reference."""
    query = select(ChangeNotice).where(ChangeNotice.state.in_(ENDS.values()))
    rows = {f"notice:{notice.id}": notice for notice in session.scalars(query)}
    steps = select(History.object).where(
        History.object.in_(rows), History.action.in_(ENDS), History.at >= since
    )
    late = set(session.scalars(steps))
    return [rows[about] for about in sorted(late, key=lambda about: rows[about].reference)]


def unheard(person: Subscriber, found: Sequence[ChangeNotice]) -> list[ChangeNotice]:
    """Those whose end was told to many and not to this person. What is still to be told reaches
    them like everybody else."""
    ends = [send for send in messages_about(found) if send.stage in ENDS.values()]
    heard = received(person.id, [send.id for send in ends])
    kept = []
    for notice in found:
        told = {send.id for send in ends if concerns(send, notice)}
        if told and not told & heard:
            kept.append(notice)
    return kept


def catch_ups(person: Subscriber) -> list[datetime]:
    """When this person was sent a letter that lists what is announced already."""
    query = select(Send.frozen_at).where(
        Send.kind.in_(CATCH_UP), Send.subscriber_id == person.id, Send.accepted > 0
    )
    return [at for at in session.scalars(query) if at is not None]


def listed(person: Subscriber, notice: ChangeNotice, letters: Iterable[datetime]) -> bool:
    """Whether one of those letters told of it: it was public, and they followed it then."""
    first = notice.first_public_at
    for at in letters:
        mine = [
            subscription
            for subscription in person.subscriptions
            if subscription.started_at <= at
            and (subscription.ended_at is None or subscription.ended_at > at)
        ]
        if first is not None and first <= at and concerning(mine, [notice]):
            return True
    return False
