"""What became of a digest is what became of each thing that it told: one statement per chunk."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import aliased

from notifier.delivery.record import count
from notifier.delivery.rules import COUNTER
from notifier.sends.models import Delivery, DigestItem
from notifier.sends.rules import State
from notifier.store.db import session

# Who is skipped by a digest may still be told a part of it by another: digest_check does those.
FINAL = (State.ACCEPTED, State.BOUNCED, State.FAILED)


def settle(digest_id: int, lo: int, hi: int) -> int:
    """Let the held rows of people from id ``lo`` to ``hi`` say what became of their digest, and the
    items' counters follow; returns how many rows. Again, it changes nothing."""
    return follow(digest_id, Delivery.subscriber_id.between(lo, hi), State.HELD, FINAL)


def settle_some(digest_id: int, people: Sequence[int]) -> int:
    """As ``settle``, for people who were tried again."""
    return follow(digest_id, Delivery.subscriber_id.in_(list(people)), State.HELD, FINAL)


def came_back(digest_id: int, subscriber_id: int) -> int:
    """A digest that was accepted has bounced after all: so have the things in it."""
    only = Delivery.subscriber_id == subscriber_id
    return follow(digest_id, only, State.ACCEPTED, (State.BOUNCED,))


def follow(digest_id: int, people: ColumnElement[bool], was: State, then: Sequence[State]) -> int:
    """Rows of the digest's items that are ``was`` become what its own rows are, where those are one
    of ``then``."""
    told = aliased(Delivery)
    done = session.execute(
        update(Delivery)
        .where(
            people,
            Delivery.state == int(was),
            Delivery.send_id.in_(items_of(digest_id)),
            told.send_id == digest_id,
            told.subscriber_id == Delivery.subscriber_id,
            told.state.in_([int(state) for state in then]),
            DigestItem.digest_id == digest_id,
            DigestItem.variant == told.variant,
            DigestItem.item_id == Delivery.send_id,
        )
        .values(state=told.state, at=told.at, code=told.code, tries=told.tries)
        .returning(Delivery.send_id, Delivery.state)
        .execution_options(synchronize_session=False)
    )
    changed = Counter((send_id, state) for send_id, state in done)
    for (send_id, state), number in sorted(changed.items()):
        count(send_id, COUNTER[State(state)], number)
        if was is not State.HELD:
            count(send_id, COUNTER[was], -number)
    return sum(changed.values())


def items_of(digest_id: int) -> list[int]:
    query = select(DigestItem.item_id).where(DigestItem.digest_id == digest_id).distinct()
    return list(session.scalars(query))
