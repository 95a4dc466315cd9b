"""A Send is frozen once, its rows are leased by chunk, and what is known of each person is kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, insert, select, update

from notifier.audience.leave import leave_everything
from notifier.audience.models import Reach, Subscriber, Subscription
from notifier.audience.receivers import Audience
from notifier.catalogue import queries as catalogue
from notifier.delivery import lease
from notifier.delivery.freeze import freeze
from notifier.delivery.ledger import sent_to
from notifier.delivery.record import Found, record, settle
from notifier.delivery.rules import GIVE_UP_AFTER, LEASE, OPEN, Result
from notifier.errors import Conflict, Refused
from notifier.sends.models import Chunk, Delivery, Letter, Retry, Send
from notifier.sends.plan import plan
from notifier.sends.queries import due
from notifier.sends.rules import State
from notifier.store.db import session, unit
from tests.makers import CLEO, DAN, Clock, joins, topics

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


def test_freezing_writes_a_row_for_each_and_the_letters_they_need(
    room: Flask, clock: Clock
) -> None:
    cleo = joins(CLEO, now=clock(), follows=["air-quality"], user_type="academic")
    dan = joins(DAN, now=clock(), follows=["environment"], user_type="media")
    joins("erin@example.org", now=clock(), follows=["food"])
    send = frozen(clock, "air-quality")
    assert states(send) == {cleo.id: State.WAITING, dan.id: State.WAITING}
    assert (send.state, send.audience, send.frozen_at) == ("sending", 2, clock())
    letters = session.scalars(select(Letter).order_by(Letter.variant)).all()
    assert [(x.variant, x.subject) for x in letters] == [(0, "S0"), (6, "S6")]
    (chunk,) = session.scalars(select(Chunk)).all()
    assert (chunk.no, chunk.lo, chunk.hi, chunk.state) == (0, cleo.id, dan.id, "queued")


def test_who_comes_after_the_freeze_is_not_added(room: Flask, clock: Clock) -> None:
    joins(CLEO, now=clock())
    send = frozen(clock, "air-quality")
    dan = joins(DAN, now=clock())
    assert dan.id not in states(send)


def test_a_send_is_frozen_once(room: Flask, clock: Clock) -> None:
    joins(now=clock())
    send = frozen(clock, "air-quality")
    with pytest.raises(Refused, match="This send is sending, so it cannot be frozen"), unit():
        freeze(send, WORDS, now=clock())
    session.expire_all()
    assert len(states(send)) == 1


def test_of_two_workers_one_freezes(room: Flask, clock: Clock) -> None:
    joins(now=clock())
    send = promised(clock, "air-quality")
    other_was_first = update(Send).values(state="sending")

    def late() -> None:
        with unit():
            assert send.state == "planned"
            session.execute(other_was_first.execution_options(synchronize_session=False))
            freeze(send, WORDS, now=clock())

    with pytest.raises(Conflict):
        late()
    assert states(send) == {}


def test_a_send_that_reaches_nobody_is_done_at_once(room: Flask, clock: Clock) -> None:
    send = frozen(clock, "fisheries")
    assert (send.state, send.end_reason, send.audience) == ("done", "nobody follows this", 0)
    assert session.scalar(select(func.count()).select_from(Chunk)) == 0
    assert session.scalar(select(func.count()).select_from(Letter)) == 0


def test_chunks_are_cut_by_row_number_and_cover_everybody_once(room: Flask, clock: Clock) -> None:
    ids = crowd(1_203, gaps=7)
    send = frozen(clock, "food")
    chunks = session.scalars(select(Chunk).order_by(Chunk.no)).all()
    sizes = [len([i for i in ids if c.lo <= i <= c.hi]) for c in chunks]
    assert sizes == [500, 500, 203]
    assert [c.no for c in chunks] == [0, 1, 2]
    assert (chunks[0].lo, chunks[-1].hi) == (ids[0], ids[-1])
    assert all(a.hi < b.lo for a, b in pairwise(chunks))
    for chunk in chunks:
        rows = lease.rows(send.id, chunk.lo, chunk.hi, [int(State.WAITING)])
        assert [row[0] for row in rows] == [i for i in ids if chunk.lo <= i <= chunk.hi]


def test_exactly_one_full_chunk(room: Flask, clock: Clock) -> None:
    ids = crowd(500)
    frozen(clock, "food")
    (chunk,) = session.scalars(select(Chunk)).all()
    assert (chunk.lo, chunk.hi) == (ids[0], ids[-1])


def test_a_chunk_has_one_owner_until_its_lease_runs_out(room: Flask, clock: Clock) -> None:
    joins(now=clock())
    send = frozen(clock, "air-quality")
    with unit():
        assert lease.waiting(now=clock()) == [(send.id, 0)]
        chunk = lease.claim(send.id, 0, owner="one", now=clock())
        assert chunk is not None
        assert (chunk.state, chunk.owner, chunk.tries) == ("leased", "one", 1)
        assert chunk.lease_until == clock() + LEASE
    with unit():
        assert lease.claim(send.id, 0, owner="two", now=clock()) is None
        assert lease.waiting(now=clock()) == []
    clock.forward(seconds=20)
    with unit():
        assert lease.renew(send.id, 0, owner="one", now=clock())
        assert not lease.renew(send.id, 0, owner="two", now=clock())
    clock.forward(seconds=30)
    with unit():
        assert lease.claim(send.id, 0, owner="two", now=clock()) is None
    clock.forward(seconds=1)
    with unit():
        assert lease.waiting(now=clock()) == [(send.id, 0)]
        assert lease.claim(send.id, 0, owner="two", now=clock()) is not None
        assert not lease.renew(send.id, 0, owner="one", now=clock())  # lost: stop
        lease.release(send.id, 0, owner="one", done=True)  # changes nothing any more
    with unit():
        assert session.get_one(Chunk, (send.id, 0)).owner == "two"
        lease.release(send.id, 0, owner="two", done=False)
    with unit():
        assert lease.waiting(now=clock()) == [(send.id, 0)]


def test_a_living_worker_keeps_what_it_holds(room: Flask, clock: Clock) -> None:
    joins(now=clock())
    send = frozen(clock, "air-quality")
    with unit():
        lease.claim(send.id, 0, owner="one", now=clock())
    for _ in range(5):
        clock.forward(seconds=25)
        with unit():
            lease.keep_alive([(send.id, 0)], owner="one", now=clock())
            lease.keep_alive([(send.id, 0)], owner="two", now=clock())
            assert lease.claim(send.id, 0, owner="two", now=clock()) is None


@pytest.mark.parametrize("state", ["paused", "cancelled"])
def test_nothing_of_a_stopped_send_can_be_claimed_or_renewed(
    room: Flask, clock: Clock, state: str
) -> None:
    joins(now=clock())
    send = frozen(clock, "air-quality")
    with unit():
        lease.claim(send.id, 0, owner="one", now=clock())
        session.execute(update(Send).values(state=state))
    with unit():
        assert not lease.renew(send.id, 0, owner="one", now=clock())
        lease.release(send.id, 0, owner="one", done=False)
        assert lease.waiting(now=clock()) == []
        assert lease.claim(send.id, 0, owner="one", now=clock()) is None


def test_outcomes_move_rows_and_counters_together(room: Flask, clock: Clock) -> None:
    ids = crowd(6)
    send = frozen(clock, "food")
    refused = kept(
        send,
        found(ids[0], "accepted"),
        found(ids[1], "refused", 550, "5.1.1"),
        found(ids[2], "refused", 550, "5.7.1"),
        found(ids[3], "deferred", 451, "4.3.0"),
        found(ids[4], "uncertain", 0),
        clock=clock,
    )
    assert refused == {ids[1]: "hard"}
    assert list(states(send).values()) == [
        State.ACCEPTED,
        State.BOUNCED,
        State.FAILED,
        State.RETRYING,
        State.UNCERTAIN,
        State.WAITING,
    ]
    assert counters(send) == (1, 1, 1, 0, 3)
    row = session.get_one(Delivery, (send.id, ids[1]))
    assert (row.code, row.tries, row.at) == (550, 1, int(clock().timestamp()))


def test_recording_twice_counts_once(room: Flask, clock: Clock) -> None:
    ids = crowd(3)
    send = frozen(clock, "food")
    for _ in range(3):
        kept(send, *(found(i, "accepted") for i in ids), clock=clock)
    kept(send, found(ids[0], "refused", 550, "5.1.1"), clock=clock)
    kept(send, found(ids[0], "deferred", 451), found(ids[1], "uncertain", 0), clock=clock)
    assert counters(send) == (3, 0, 0, 0, 0)
    assert set(states(send).values()) == {State.ACCEPTED}
    assert session.scalar(select(func.count()).select_from(Retry)) == 0


def test_the_counters_add_up_whatever_the_order(room: Flask, clock: Clock) -> None:
    ids = crowd(40)
    send = frozen(clock, "food")
    kept(send, *(found(i, "deferred", 421) for i in ids[:20]), clock=clock)
    kept(send, *(found(i, "accepted") for i in ids[10:30]), clock=clock)
    with unit():
        assert settle(send.id, ids, State.SKIPPED, code=0, now=clock()) == 20
    assert counters(send) == (20, 0, 0, 20, 0)
    assert send.audience == 40


def test_a_deferred_person_is_tried_again_and_then_settled(room: Flask, clock: Clock) -> None:
    (person,) = crowd(1)
    send = frozen(clock, "food")
    first = clock()
    kept(send, found(person, "deferred", 451), clock=clock)
    row = session.get_one(Retry, (send.id, person))
    assert timedelta(seconds=30) <= row.next_at - first <= timedelta(seconds=60)
    assert lease.due_retries(now=row.next_at - timedelta(seconds=1)) == {}
    clock.instant = row.next_at
    assert lease.due_retries(now=clock()) == {send.id: [person]}
    with unit():
        assert lease.claim_retries(send.id, [person, 999], now=clock()) == [person]
        assert lease.claim_retries(send.id, [person], now=clock()) == []  # somebody has it
    kept(send, found(person, "deferred", 451, tries=1), clock=clock)
    row = session.get_one(Retry, (send.id, person))
    assert row.first_at == first
    assert timedelta(seconds=120) <= row.next_at - clock() <= timedelta(seconds=240)
    kept(send, found(person, "accepted", tries=2), clock=clock)
    assert session.get(Retry, (send.id, person)) is None
    assert session.get_one(Delivery, (send.id, person)).tries == 3
    assert counters(send) == (1, 0, 0, 0, 0)


def test_it_is_given_up_after_three_days(room: Flask, clock: Clock) -> None:
    (person,) = crowd(1)
    send = frozen(clock, "food")
    kept(send, found(person, "deferred", 451), clock=clock)
    clock.instant += GIVE_UP_AFTER - timedelta(seconds=1)
    kept(send, found(person, "deferred", 451, tries=20), clock=clock)
    assert states(send)[person] is State.RETRYING
    clock.forward(seconds=1)
    kept(send, found(person, "deferred", 451, tries=21), clock=clock)
    assert states(send)[person] is State.FAILED
    assert session.scalar(select(func.count()).select_from(Retry)) == 0
    assert counters(send) == (0, 0, 1, 0, 0)


def test_retries_of_a_paused_send_wait(room: Flask, clock: Clock) -> None:
    (person,) = crowd(1)
    send = frozen(clock, "food")
    kept(send, found(person, "deferred", 451), clock=clock)
    clock.forward(hours=1)
    with unit():
        session.execute(update(Send).values(state="paused"))
    assert lease.due_retries(now=clock()) == {}


def test_a_send_is_finished_only_when_every_row_is_terminal(room: Flask, clock: Clock) -> None:
    ids = crowd(600)
    send = frozen(clock, "food")
    assert not lease.is_finished(send)
    kept(send, *(found(i, "accepted") for i in ids[:-1]), clock=clock)
    with unit():
        for no in (0, 1):
            lease.claim(send.id, no, owner="one", now=clock())
        lease.release(send.id, 0, owner="one", done=True)
    kept(send, found(ids[-1], "deferred", 451), clock=clock)
    with unit():
        assert not lease.is_finished(send)  # a chunk is open, and a row
        lease.release(send.id, 1, owner="one", done=True)
        assert not lease.is_finished(send)  # one person is tried again
    for state in OPEN:
        with unit():
            session.execute(
                update(Delivery).where(Delivery.subscriber_id == ids[-1]).values(state=int(state))
            )
            assert not lease.is_finished(send)
    kept(send, found(ids[-1], "accepted"), clock=clock)
    assert lease.is_finished(send)


def test_the_ledger_read_from_the_persons_side(room: Flask, clock: Clock) -> None:
    person = joins(now=clock(), follows=["environment"])
    clock.forward(minutes=5)
    send = frozen(clock, "air-quality")
    clock.forward(minutes=5)
    kept(send, found(person.id, "accepted"), clock=clock)
    with unit():
        leave_everything(person, now=clock())
    rows = sent_to(person.id)
    assert [(r["kind"], r["stage"], r["state"]) for r in rows] == [
        ("confirm", "confirm", "planned"),
        ("welcome", "welcome", "planned"),
        ("notice", "announce", "accepted"),
    ]
    assert rows[-1]["why"] == "follows Environment"
    assert rows[-1]["at"] == clock()


def test_due_sends_come_oldest_first_and_only_when_their_time_has_come(
    room: Flask, clock: Clock
) -> None:
    later = promised(clock, "food", stage="T-7")
    with unit():
        later.due_at = clock() + timedelta(days=1)
    now_due = promised(clock, "food", stage="announce")
    assert [s.id for s in due(clock())] == [now_due.id]
    assert [s.id for s in due(clock() + timedelta(days=1))] == [now_due.id, later.id]
