"""A Send to a crowd, written straight into the tables, and what its ledger says."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import insert, select

from notifier.audience.models import Reach, Subscriber, Subscription
from notifier.audience.receivers import Audience
from notifier.catalogue import queries as catalogue
from notifier.delivery.freeze import freeze
from notifier.delivery.record import Found, record
from notifier.delivery.rules import Result
from notifier.sends.models import Delivery, Send
from notifier.sends.plan import plan
from notifier.sends.rules import State
from notifier.store.db import session, unit
from tests.makers import Clock, topics

VARIANTS = range(9)


@dataclass
class Words:
    """What render would give: the words do not matter here."""

    subject: str = "S"
    text: str = "T"
    html: str = "H"
    frame: dict[str, Any] = field(default_factory=dict)


WORDS = {variant: Words(subject=f"S{variant}") for variant in VARIANTS}


def promised(clock: Clock, *slugs: str, stage: str = "announce") -> Send:
    with unit():
        return plan(
            "notice",
            "DEFRA-2026-001",
            stage=stage,
            due_at=clock(),
            now=clock(),
            receivers=Audience(topics=[t.id for t in topics(*slugs)]).as_dict(),
        )


def frozen(clock: Clock, *slugs: str) -> Send:
    send = promised(clock, *slugs)
    with unit():
        freeze(send, WORDS, now=clock())
    return send


def crowd(number: int, *, gaps: int = 1) -> list[int]:
    """People who follow food, with ids that have gaps; returns the ids."""
    kind, food = catalogue.user_type("media"), topics("food")[0]
    now = Clock()()
    ids = [n * gaps for n in range(1, number + 1)]
    with unit():
        session.execute(
            insert(Subscriber),
            [
                {
                    "id": i,
                    "email": f"p{i}@example.org",
                    "email_key": f"p{i}@example.org",
                    "state": "active",
                    "user_type_id": kind.id,
                    "language": "en",
                    "frequency": "immediate",
                    "name": "",
                    "organisation": "",
                    "created_at": now,
                    "end_reason": "",
                }
                for i in ids
            ],
        )
        session.execute(
            insert(Subscription),
            [
                {"subscriber_id": i, "topic_id": food.id, "started_at": now, "end_reason": ""}
                for i in ids
            ],
        )
        session.execute(
            insert(Reach),
            [
                {
                    "subscriber_id": i,
                    "user_type_id": kind.id,
                    "variant": 0,
                    "frequency": 0,
                    "t0": 1 << food.bit,
                    "t1": 0,
                }
                for i in ids
            ],
        )
    return ids


def states(send: Send) -> dict[int, State]:
    query = select(Delivery.subscriber_id, Delivery.state).where(Delivery.send_id == send.id)
    return {row.subscriber_id: State(row.state) for row in session.execute(query)}


def counters(send: Send) -> tuple[int, int, int, int, int]:
    session.refresh(send)
    return send.accepted, send.bounced, send.failed, send.skipped, send.pending


def found(person: int, result: Result, code: int = 250, status: str = "", tries: int = 0) -> Found:
    return Found(person, result, code, status, tries)


def kept(send: Send, *outcomes: Found, clock: Clock) -> dict[int, str]:
    with unit():
        return record(send.id, outcomes, now=clock())
