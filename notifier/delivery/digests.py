"""One merged message per person: who gets which things together, in one pass over what is held.

A digest is a Send of its own; the rows of the things that it tells are settled by it.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import BigInteger, Row, Select, case, cast, exists, func, select
from sqlalchemy.orm import aliased

from notifier.audience.kinds import WEEKLY
from notifier.audience.models import Reach
from notifier.audience.receivers import Audience
from notifier.delivery.by_reader import Words
from notifier.delivery.floor import TELLABLE, due, rhythm
from notifier.delivery.freeze import cut, letter
from notifier.delivery.held import (
    ABOUT,
    HOLDS,
    facts_of,
    instant,
    is_weekly,
    next_weekly,
    promised,
)
from notifier.sends.models import Delivery, DigestItem, Send
from notifier.sends.plan import plan
from notifier.sends.rules import SEND, State
from notifier.store.bulk import append, collector_paused
from notifier.store.db import session
from notifier.store.history import SYSTEM
from notifier.store.moves import move

MOST = 30_000  # letters of one digest: a variant is a small integer
TOGETHER = 5_000  # rows read or written at once
BITS = 30  # items in one sum of bits: larger sums are slow on PostgreSQL
COLUMNS = ("send_id", "subscriber_id", "variant", "state", "at", "code", "tries")
NOTHING = "nothing to say"

OPEN = ("sending", "paused")  # states of a digest that may still reach somebody


class Group(NamedTuple):
    """People who get one and the same letter: the ids of its items by their age, how they read
    (``audience.rules.variant``), and whether they asked for one letter a week."""

    items: tuple[int, ...]
    reads: int
    weekly: bool


@dataclass
class Gathered:
    """A digest before it is written: person by person the number of their group."""

    groups: list[Group] = field(default_factory=list)
    people: array[int] = field(default_factory=lambda: array("q"))
    numbers: array[int] = field(default_factory=lambda: array("h"))
    later: bool = False  # some wait for their weekly digest
    over: bool = False  # there were more groups than one digest has letters


class Item(NamedTuple):
    """One thing that may be told; ``due`` are the rhythms whose people are told it now."""

    id: int
    audience: Audience
    due: frozenset[int]


def day_of(digest: Send) -> date:
    return date.fromisoformat(digest.stage)


def told_in(digest: Send, *, now: datetime, also: Sequence[date] = ()) -> list[Item]:
    """What the digest may tell: Sends with held rows that fell due by its time, oldest first.

    What staff stopped is not told. One made for what an earlier one left over tells only that.
    ``also`` are the days of digests that it is sent in the place of.
    """
    query = select(Send).where(
        Send.state == "sending",
        Send.kind.in_(TELLABLE),
        Send.receivers.is_not(None),
        Send.due_at <= digest.due_at,
    )
    only = digest.context.get("items")
    weekly = any(is_weekly(day) for day in (day_of(digest), *also))
    following = instant(next_weekly(day_of(digest)))
    return [
        Item(
            send.id,
            Audience.of(send.receivers or {}),
            due(facts_of(send, now=now), weekly=weekly, next_weekly_at=following),
        )
        for send in session.scalars(query.order_by(Send.frozen_at, Send.id))
        if HOLDS in send.context and (only is None or send.id in only)
    ]


def gather(digest: Send, items: Sequence[Item]) -> Gathered:
    """Read every held row of the items once, and put people with the same letter together."""
    made = Gathered()
    if not items:
        return made
    known: dict[tuple[int, ...], int] = {}
    numbers: dict[Group, int] = {}
    with collector_paused():
        for subscriber_id, *key in rows(digest, items):
            number = known.get(tuple(key))
            if number is None:
                number = known[tuple(key)] = numbered(key, items, numbers, made)
            if number >= 0:
                made.people.append(subscriber_id)
                made.numbers.append(number)
    made.groups = list(numbers)
    return made


def rows(digest: Send, items: Sequence[Item]) -> Iterator[Row[int, int, int]]:
    """(subscriber_id, variant, kinds, bits of the items…) of each active person with held rows.

    Grouped in the database: eight million rows come as one million.
    """
    held = aliased(Delivery)
    masks = [
        cast(
            func.sum(case(bits(items[start : start + BITS]), value=held.send_id, else_=0)),
            BigInteger,
        ).label(f"bits{start}")
        for start in range(0, len(items), BITS)
    ]
    mine = (
        select(held.subscriber_id, *masks)
        .where(held.state == int(State.HELD), held.send_id.in_([item.id for item in items]))
        .group_by(held.subscriber_id)
    )
    underway = open_digests(but=digest.id)
    if underway:
        mine = mine.where(~exists(taken(underway, held)))
    found = mine.subquery()
    query = select(found.c.subscriber_id, Reach.variant, Reach.kinds, *list(found.c)[1:]).join(
        Reach, Reach.subscriber_id == found.c.subscriber_id
    )
    yield from session.execute(query, execution_options={"yield_per": TOGETHER})


def bits(items: Sequence[Item]) -> dict[int, int]:
    return {item.id: 1 << place for place, item in enumerate(items)}


def open_digests(*, but: int) -> list[int]:
    query = select(Send.id).where(Send.about == ABOUT, Send.state.in_(OPEN), Send.id != but)
    return list(session.scalars(query))


def taken(digests: Sequence[int], held: type[Delivery]) -> Select[int]:
    """Whether one of these digests tells the held row, or is about to."""
    told = aliased(Delivery)
    return (
        select(told.subscriber_id)
        .join(
            DigestItem,
            (DigestItem.digest_id == told.send_id) & (DigestItem.variant == told.variant),
        )
        .where(
            told.send_id.in_(digests),
            told.subscriber_id == held.subscriber_id,
            told.state != int(State.SKIPPED),
            DigestItem.item_id == held.send_id,
        )
        .correlate(held)
    )


def numbered(
    key: Sequence[int], items: Sequence[Item], numbers: dict[Group, int], made: Gathered
) -> int:
    """The number of the group of people like that; negative for those who are told nothing now."""
    reads, packed, *masks = key
    rhythms = {
        item.id: rhythm(packed, item.audience.kinds, breaks_machines=item.audience.breaks_machines)
        for place, item in enumerate(items)
        if masks[place // BITS] >> place % BITS & 1
    }
    now = tuple(item.id for item in items if rhythms.get(item.id) in item.due)
    made.later |= len(now) < len(rhythms)
    if not now:
        return -1
    group = Group(now, reads, all(rhythms[item] == WEEKLY for item in now))
    if group not in numbers and len(numbers) >= MOST:
        made.over = True
        return -1
    return numbers.setdefault(group, len(numbers))


def keep(
    digest: Send,
    items: Sequence[Item],
    made: Gathered,
    words: Mapping[Group, Words],
    *,
    now: datetime,
) -> int:
    """Write the ledger, the letters and the chunks of a planned digest; returns its people.

    Raises Conflict when another worker was first.
    """
    if made.later:
        promised(next_weekly(day_of(digest)), now=now)
    if not made.people:
        move(digest, "skip", SEND, by=SYSTEM, now=now, why=NOTHING)
        digest.end_reason, digest.finished_at = NOTHING, now
        return 0
    move(digest, "freeze", SEND, by=SYSTEM, now=now)
    digest.frozen_at, digest.audience = now, len(made.people)
    digest.context = {**digest.context, "items": [item.id for item in items]}
    for number, group in enumerate(made.groups):
        session.add(letter(digest.id, number, words[group]))
    told = [(digest.id, no, item) for no, group in enumerate(made.groups) for item in group.items]
    session.flush()
    append(DigestItem, ("digest_id", "variant", "item_id"), told)
    second, waiting = int(now.timestamp()), int(State.WAITING)
    with collector_paused():
        for start in range(0, len(made.people), TOGETHER):
            some = slice(start, start + TOGETHER)
            append(
                Delivery,
                COLUMNS,
                [
                    (digest.id, person, number, waiting, second, 0, 0)
                    for person, number in zip(made.people[some], made.numbers[some], strict=True)
                ],
            )
    cut(digest, digest.audience)
    if made.over:
        once_more(digest, now=now)
    return digest.audience


def once_more(digest: Send, *, now: datetime) -> Send:
    """Promise at once another digest of the same day for what this one could not tell."""
    same = select(Send).where(Send.about == ABOUT, Send.stage == digest.stage)
    latest = session.scalars(same.order_by(Send.revision.desc()).limit(1)).one()
    if latest.state == "planned":
        return latest
    return plan(
        "digest",
        ABOUT,
        stage=digest.stage,
        revision=latest.revision + 1,
        due_at=now,
        now=now,
        rule="at once, for what the digest of the day could not tell",
        receivers={},
        context={"items": digest.context["items"]},
    )


def groups_of(digest_id: int, variants: Sequence[int]) -> dict[int, list[int]]:
    """The item Sends of each of these letters."""
    query = select(DigestItem.variant, DigestItem.item_id).where(
        DigestItem.digest_id == digest_id, DigestItem.variant.in_(list(variants))
    )
    found: dict[int, list[int]] = {}
    for variant, item in session.execute(query.order_by(DigestItem.item_id)):
        found.setdefault(variant, []).append(item)
    return found
