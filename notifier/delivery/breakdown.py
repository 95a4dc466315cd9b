"""One Send by domain, by reason and by time: what is read when its page is opened, not each second.

Measured with 90,000 people on SQLite: domains 60 ms, the others 8 ms each.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select

from notifier.audience.models import Subscriber
from notifier.delivery.models import Bounce
from notifier.delivery.progress import KNOWN, NO_ADDRESS
from notifier.sends.models import Delivery, Retry, Send
from notifier.sends.rules import State
from notifier.store.db import session

SHOWN = 5  # domains; the others are one row
BARS = 30  # at most, over the whole time of a Send


@dataclass(frozen=True)
class Domain:
    """``others`` counts the domains of a row that stands for several, 0 for one."""

    name: str
    people: int
    accepted: int
    waiting: int
    again: int
    failed: int
    others: int = 0


def domains(send: Send, *, most: int = SHOWN) -> list[Domain]:
    """The domains with most people, then one row for all others; who was skipped is not counted."""
    name = domain_of(Subscriber.email)
    query = (
        select(name, Delivery.state, func.count())
        .outerjoin(Subscriber, Subscriber.id == Delivery.subscriber_id)
        .where(Delivery.send_id == send.id, Delivery.state != int(State.SKIPPED))
        .group_by(name, Delivery.state)
    )
    found: defaultdict[str, Counter[State]] = defaultdict(Counter)
    for domain, state, number in session.execute(query):
        found[domain or NO_ADDRESS][State(state)] += number
    ranked = sorted(found.items(), key=lambda each: (-each[1].total(), each[0]))
    if len(ranked) == most + 1:
        most += 1  # "1 other domain" would hide what fits
    rows = [row(domain, states) for domain, states in ranked[:most]]
    rest = sum((states for _, states in ranked[most:]), Counter[State]())
    return [*rows, row("", rest, others=len(ranked) - most)] if rest else rows


def domain_of(email: Any) -> ColumnElement[str]:
    """What follows the @, of which a plain address has one; it is kept in lower case."""
    if session.get_bind().dialect.name == "postgresql":
        return func.split_part(email, "@", 2)
    return func.substr(email, func.instr(email, "@") + 1)


def row(name: str, states: Counter[State], *, others: int = 0) -> Domain:
    return Domain(
        name=name,
        people=states.total(),
        accepted=states[State.ACCEPTED],
        waiting=states[State.WAITING] + states[State.HELD],
        again=states[State.RETRYING] + states[State.UNCERTAIN],
        failed=states[State.BOUNCED] + states[State.FAILED],
        others=others,
    )


@dataclass(frozen=True)
class Failure:
    """People whom it did not reach, for one reason. ``verdict`` and ``status`` are what was made of
    the server's words (``delivery.classify``), empty where nothing was; ``code`` its reply."""

    state: State
    code: int
    verdict: str
    status: str
    people: int


def failures(send: Send) -> list[Failure]:
    """Why it failed, most people first."""
    verdict, status = func.coalesce(Bounce.verdict, ""), func.coalesce(Bounce.status, "")
    query = (
        select(
            Delivery.state,
            Delivery.code,
            verdict,
            status,
            func.count(Delivery.subscriber_id.distinct()),
        )
        .outerjoin(
            Bounce,
            (Bounce.send_id == Delivery.send_id)
            & (Bounce.subscriber_id == Delivery.subscriber_id)
            & (Bounce.verdict != "complaint"),
        )
        .where(
            Delivery.send_id == send.id,
            Delivery.state.in_([int(State.BOUNCED), int(State.FAILED)]),
        )
        .group_by(Delivery.state, Delivery.code, verdict, status)
    )
    found = [Failure(State(each[0]), *each[1:]) for each in session.execute(query)]
    return sorted(found, key=lambda each: (-each.people, each.code, each.status))


@dataclass(frozen=True)
class Pace:
    """People of whom something final became known in each ``seconds``, from ``begun`` on."""

    begun: datetime
    seconds: int
    people: list[int]


def pace(send: Send, *, now: datetime) -> Pace | None:
    """How fast it went, over the time in which most of it went; None before it has begun. What came
    back days later is not in it."""
    if send.frozen_at is None:
        return None
    begun = int(send.frozen_at.timestamp())
    ends = last_try(send, now)
    seconds = next(each for each in STEPS if (ends - begun) / each < BARS)
    slot = (Delivery.at - begun) // seconds
    query = (
        select(slot, func.count())
        .where(
            Delivery.send_id == send.id,
            Delivery.state.in_(KNOWN),
            Delivery.at >= begun,
            Delivery.at <= ends,
        )
        .group_by(slot)
    )
    found = dict(session.execute(query).all())
    people = [found.get(number, 0) for number in range((ends - begun) // seconds + 1)]
    return Pace(datetime.fromtimestamp(begun, UTC), seconds, people)


STEPS = (1, 5, 10, 30, 60, 300, 600, 3600, 14_400, 86_400, 10_000_000)  # seconds


def last_try(send: Send, now: datetime) -> int:
    """The second until which it was sent: its end, or now."""
    return int((send.finished_at or now).timestamp())


def tried_again_at(send: Send) -> tuple[int, datetime | None]:
    """How many are tried again, and when the next of them is."""
    query = select(func.count(), func.min(Retry.next_at)).where(Retry.send_id == send.id)
    number, first = session.execute(query).one()
    return number, first


def tried_twice(send: Send) -> int:
    """How many have it that did not take it at the first try."""
    query = select(func.count()).where(
        Delivery.send_id == send.id, Delivery.state == int(State.ACCEPTED), Delivery.tries > 1
    )
    return session.scalar(query) or 0
