"""Twelve named segments counted and frozen, timed from inside: started by segments.py."""

from __future__ import annotations

import gc
import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from crowd import gather
from sqlalchemy import delete

from notifier.app import create_app
from notifier.audience.receivers import Audience, count
from notifier.audience.segments_read import read
from notifier.catalogue.rules import DEPTHS, LANGUAGES
from notifier.clock import now
from notifier.delivery.freeze import freeze
from notifier.sends.models import Chunk, Delivery, Letter, Send
from notifier.sends.plan import plan
from notifier.settings import load
from notifier.store.db import session, unit

TIMES = 3  # of which the middle one is said

SEGMENTS: dict[str, dict[str, Any]] = {
    "one topic": {"topic": "waste"},
    "a topic with its subtopics": {"topic": "environment", "subtopics": True},
    "a user type": {"user_type": "local-government"},
    "two topics and a type": {
        "and": [{"user_type": "academic"}, {"topic": "waste"}, {"topic": "food"}]
    },
    "a topic left out": {"and": [{"topic": "food"}, {"exclude": {"topic": "waste"}}]},
    "not acknowledged": {"not": {"acknowledged": "DEFRA-2026-001"}},
    "got that Send": {"got": "DEFRA-2026-001", "stage": "announce"},
    "joined after a day": {"joined_after": "2025-12-01"},
    "a language": {"language": "cy"},
    "an organisation": {"organisation": "leeds city council"},
    "everyone": {"everyone": True},
    "nested three deep": {
        "and": [
            {"user_type": ["government", "local-government", "academic"]},
            {
                "or": [
                    {"topic": "waste"},
                    {"and": [{"series": "fly-tipping"}, {"not": {"language": "cy"}}]},
                ]
            },
            {"exclude": {"acknowledged": "DEFRA-2026-001"}},
        ]
    },
}


@dataclass
class Words:
    """A letter of the usual size."""

    subject: str = "A change is coming"
    text: str = "words " * 500
    html: str = "<p>words</p>" * 800

    @property
    def frame(self) -> dict[str, Any]:
        return {"list_id": "waste"}


def main() -> None:
    """Make the crowd, then print a line of JSON: seconds to count and to freeze each segment."""
    app = create_app(load())
    with app.app_context():
        if people := int(sys.argv[1]):
            with unit():
                about = {"stage": "announce", "receivers": {}}
                told = plan("notice", "DEFRA-2026-001", due_at=now(), now=now(), **about)
            gather(people, now=now(), send=told)
        # All are counted first: each freeze leaves a million dead rows in the ledger.
        counts = {name: thrice(name, counted) for name in SEGMENTS}
        print(json.dumps({name: timed(name, *counts[name]) for name in SEGMENTS}))


def timed(name: str, people: int, seconds: float) -> dict[str, float]:
    frozen_people, took = thrice(name, frozen)
    if frozen_people != people:
        sys.exit(f"{name}: {people} counted, {frozen_people} frozen")
    return {"people": people, "count": seconds, "freeze": took}


def thrice(name: str, does: Callable[[Audience, str], tuple[int, float]]) -> tuple[int, float]:
    """How many people, the same each time, and the middle one of the times that it took."""
    audience = Audience(segment=read(SEGMENTS[name]))
    found = sorted(does(audience, f"{name} {turn}") for turn in range(TIMES))
    if found[0][0] != found[-1][0]:
        sys.exit(f"{name}: not the same people each time: {found}")
    return found[TIMES // 2]


def counted(audience: Audience, _: str) -> tuple[int, float]:
    session.rollback()
    started = time.perf_counter()
    return count(audience), time.perf_counter() - started


def frozen(audience: Audience, stage: str) -> tuple[int, float]:
    """A Send frozen and committed; then its rows are taken away again, not timed."""
    words = {number: Words() for number in range(len(DEPTHS) * len(LANGUAGES))}
    with unit():
        about = {"stage": stage, "receivers": audience.as_dict()}
        send_id = plan("newsletter", "newsletter:1", due_at=now(), now=now(), **about).id
    gc.collect()
    started = time.perf_counter()
    with unit():
        people = freeze(session.get_one(Send, send_id), words, now=now())
    seconds = time.perf_counter() - started
    with unit():
        for table in (Delivery, Letter, Chunk):
            session.execute(delete(table).where(table.send_id == send_id))
        session.execute(delete(Send).where(Send.id == send_id))
    return people, seconds


if __name__ == "__main__":
    main()
