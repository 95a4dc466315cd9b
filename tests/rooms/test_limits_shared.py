"""Limits of domains and relays: shared by all workers, learnt from complaints, never an attempt."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from threading import Thread
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, func, select

from notifier.audience import queries as people
from notifier.audience.leave import leave
from notifier.delivery import lease, limits, stop
from notifier.delivery.models import Limit
from notifier.delivery.put_off import put_off
from notifier.sends.models import Chunk, Delivery
from notifier.sends.rules import State
from notifier.store.db import db, session, unit
from notifier.store.history import SYSTEM
from notifier.worker.drain import drain, wait_for_retries
from tests.makers import Clock, asks, on_sqlite
from tests.rooms.counting_server import Counting, elsewhere, listening
from tests.rooms.crowd import counters, crowd, found, frozen, kept, states
from tests.rooms.paced import gathered, limit, passes, taken, the, waiting, worker


@pytest.fixture
def server() -> Iterator[tuple[Counting, int]]:
    with listening() as both:
        yield both


def test_a_domain_gets_its_rate_and_nobody_else_waits(
    room: Flask, clock: Clock, server: tuple[Counting, int]
) -> None:
    kept_, port = server
    send = gathered(room, clock, big=60, other=40)
    engine = worker(port, room, clock, limits=("big.example=60/min",))
    drain(engine)
    assert (taken(kept_, "big"), taken(kept_, "other")) == (6, 40)
    off = waiting(send)
    assert len(off) == 54
    apart = [row.next_at - clock() for row in off[:3]]
    assert apart == [timedelta(seconds=s) for s in (1, 2, 3)]
    rows = session.query(Delivery).filter(Delivery.state == int(State.WAITING)).all()
    assert [(row.tries, row.code) for row in rows] == [(0, 0)] * 54
    assert counters(the(send)) == (46, 0, 0, 0, 54)

    passes(engine, clock, 30)
    assert 34 <= taken(kept_, "big") <= 36
    passes(engine, clock, 30)
    assert taken(kept_, "big") == 60
    assert set(kept_.copies.values()) == {1}
    assert (the(send).state, the(send).accepted, waiting(send)) == ("done", 100, [])


def test_workers_share_what_a_domain_may_be_given(room: Flask, clock: Clock) -> None:
    """Eight at once, each with its own connection to the database, as on several machines."""
    granted: list[int] = []

    def ask() -> None:
        with unit():
            found = limits.admit({"big.example": 25}, {"big.example": 10.0}, now=clock())
        granted.append(found["big.example"].granted)

    threads = [Thread(target=elsewhere(room, ask)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(granted), sum(granted)) == (8, 60)
    clock.forward(seconds=1)
    with unit():
        again = limits.admit({"big.example": 25}, {"big.example": 10.0}, now=clock())
    assert again["big.example"].granted == 10


def test_a_domain_that_complains_is_slowed_and_forgiven(
    room: Flask, clock: Clock, server: tuple[Counting, int]
) -> None:
    kept_, port = server
    send = gathered(room, clock, slow=100, other=50)
    kept_.answer = lambda address: "450 4.7.0 too fast" if "slow" in address else ""
    engine = worker(port, room, clock)
    drain(engine)
    assert (taken(kept_, "slow"), taken(kept_, "other")) == (0, 50)
    row = limit("slow.example")
    assert row is not None
    assert (row.scope, row.halvings, row.code, row.said) == ("domain", 1, 450, "4.7.0 too fast")
    assert limit("other.example") is None
    assert limit(f"127.0.0.1:{port}") is None
    with unit():  # as another worker sees it: silence, then half of at least ten a second
        early = limits.admit({"slow.example": 9}, {"slow.example": None}, now=clock())
    assert early["slow.example"].granted == 0
    assert early["slow.example"].later[0] >= clock() + timedelta(seconds=30)

    kept_.answer = lambda address: ""
    passes(engine, clock, 180)
    assert (taken(kept_, "slow"), the(send).accepted) == (100, 150)
    assert set(kept_.copies.values()) == {1}
    clock.forward(minutes=10)
    with unit():
        later = limits.admit({"slow.example": 9}, {"slow.example": None}, now=clock())
    assert later["slow.example"].granted == 9
    assert limit("slow.example") is None


def test_where_everybody_complains_it_is_the_relay(
    room: Flask, clock: Clock, server: tuple[Counting, int]
) -> None:
    kept_, port = server
    send = gathered(room, clock, one=5, two=5, three=5)
    kept_.answer = lambda address: "450 4.7.0 slow down"
    engine = worker(port, room, clock)
    drain(engine)
    row = limit(f"127.0.0.1:{port}")
    assert row is not None
    assert (row.scope, row.halvings) == ("relay", 1)
    assert session.scalar(select(func.count()).select_from(Limit)) == 1
    kept_.answer = lambda address: ""
    passes(engine, clock, 24)
    assert not kept_.copies  # it is left alone for half a minute
    passes(engine, clock, 90)
    assert (the(send).state, the(send).accepted) == ("done", 15)


def test_a_few_busy_mailboxes_slow_nobody(
    room: Flask, clock: Clock, server: tuple[Counting, int]
) -> None:
    kept_, port = server
    gathered(room, clock, large=100)
    kept_.answer = lambda address: "450 4.2.1 busy" if address.startswith("p1") else ""
    drain(worker(port, room, clock))
    assert taken(kept_, "large") == 88
    assert limit("large.example") is None


def test_a_relay_gets_its_rate_and_a_chunk_waits(
    room: Flask, clock: Clock, server: tuple[Counting, int]
) -> None:
    kept_, port = server
    send = gathered(room, clock, big=40)
    engine = worker(port, room, clock, options="?limit=60/min")
    drain(engine)
    assert taken(kept_, "big") == 6
    chunk = session.query(Chunk).one()
    assert (chunk.state, chunk.owner) == ("queued", None)
    assert chunk.lease_until is not None
    assert chunk.lease_until > clock()
    assert waiting(send) == []  # nobody is written anywhere for it
    seconds = wait_for_retries(engine)
    assert seconds is not None
    assert 1 <= seconds <= 6
    passes(engine, clock, 30)
    assert 33 <= taken(kept_, "big") <= 36
    passes(engine, clock, 10)
    assert (the(send).state, the(send).accepted) == ("done", 40)
    assert set(kept_.copies.values()) == {1}


@on_sqlite
def test_a_clock_that_jumps_back_holds_no_chunk(
    room: Flask, clock: Clock, server: tuple[Counting, int]
) -> None:
    kept_, port = server
    gathered(room, clock, big=20)
    engine = worker(port, room, clock, options="?limit=60/min")
    drain(engine)
    clock.forward(hours=-2)
    assert len(lease.waiting(now=clock())) == 1
    drain(engine)
    assert taken(kept_, "big") == 6  # no burst
    passes(engine, clock, 60)
    assert taken(kept_, "big") == 20


@on_sqlite
def test_a_clock_that_jumps_back_by_days_ends_no_warm_up(
    room: Flask, clock: Clock, server: tuple[Counting, int]
) -> None:
    kept_, port = server
    gathered(room, clock, big=30)
    engine = worker(port, room, clock, warm_up=("2026-11-20", *["10"] * 9))
    drain(engine)
    clock.forward(days=-2, hours=-1)
    passes(engine, clock, 10)
    assert taken(kept_, "big") == 10
    clock.forward(days=1)
    drain(engine)
    assert taken(kept_, "big") == 20


def test_one_off_mail_goes_first_and_counts(
    room: Flask, clock: Clock, server: tuple[Counting, int]
) -> None:
    kept_, port = server
    gathered(room, clock, big=20)
    engine = worker(port, room, clock, options="?limit=60/min")
    drain(engine)
    assert taken(kept_, "big") == 6
    for n in range(4):
        asks(f"pat{n}@late.example", now=clock())
    drain(engine)
    assert taken(kept_, "late") == 4
    passes(engine, clock, 4)
    assert taken(kept_, "big") == 6  # they had been taken in advance
    passes(engine, clock, 4)
    assert 7 <= taken(kept_, "big") <= 10


def test_two_relays_and_one_has_a_limit(room: Flask, clock: Clock) -> None:
    with listening() as (first, one), listening() as (second, two):
        gathered(room, clock, big=40)
        engine = worker(one, room, clock, options=f"?limit=60/min smtp://127.0.0.1:{two}")
        drain(engine)
        assert (taken(first, "big"), taken(second, "big")) == (6, 34)


def test_a_warm_up_gives_each_day_its_number(
    room: Flask, clock: Clock, server: tuple[Counting, int]
) -> None:
    kept_, port = server
    send = gathered(room, clock, big=60)
    engine = worker(port, room, clock, warm_up=("2026-11-23", "10", "20"))
    drain(engine)
    assert taken(kept_, "big") == 10
    assert wait_for_retries(engine) is None  # nothing within a minute
    asks("pat@late.example", now=clock())
    passes(engine, clock, 10)
    assert (taken(kept_, "late"), taken(kept_, "big")) == (1, 10)
    clock.at("2026-11-24 08:00")
    drain(engine)
    assert taken(kept_, "big") == 30
    clock.at("2026-11-25 08:00")  # the last day was named: no limit any more
    drain(engine)
    assert (the(send).state, the(send).accepted) == ("done", 60)
    assert set(kept_.copies.values()) == {1}


def test_to_wait_for_a_limit_is_no_attempt_and_not_part_of_72_hours(
    room: Flask, clock: Clock
) -> None:
    ids = crowd(2)
    send = frozen(clock, "food")
    kept(send, found(ids[0], "deferred", 451, "4.3.0"), clock=clock)
    begun = clock()
    clock.forward(minutes=5)
    with unit():
        put_off(send.id, dict.fromkeys(ids, clock() + timedelta(hours=80)), now=clock())
    clock.forward(hours=80)
    for tries, person in ((1, ids[0]), (0, ids[1])):
        kept(send, found(person, "deferred", 451, "4.3.0", tries=tries), clock=clock)
    assert set(states(send).values()) == {State.RETRYING}
    first = {row.subscriber_id: row.first_at for row in waiting(send.id)}
    assert first == {ids[0]: begun + timedelta(hours=80), ids[1]: clock()}
    clock.forward(hours=71)
    kept(send, found(ids[1], "deferred", 451, "4.3.0", tries=1), clock=clock)
    assert states(send)[ids[1]] is State.RETRYING
    clock.forward(hours=1)
    for person in ids:
        kept(send, found(person, "deferred", 451, "4.3.0", tries=2), clock=clock)
    assert set(states(send).values()) == {State.FAILED}


def test_who_leaves_or_is_cancelled_while_put_off_gets_nothing(
    room: Flask, clock: Clock, server: tuple[Counting, int]
) -> None:
    kept_, port = server
    send = gathered(room, clock, big=20)
    engine = worker(port, room, clock, limits=("big.example=60/min",))
    drain(engine)
    gone = waiting(send)[0].subscriber_id
    person = people.person(gone)
    assert person is not None
    with unit():
        leave(person, person.subscriptions, now=clock(), reason="test")
    passes(engine, clock, 4)
    assert states(the(send))[gone] is State.SKIPPED
    assert all(row.subscriber_id != gone for row in waiting(send))
    before = taken(kept_, "big")
    with unit():
        stop.cancel(the(send), "Enough.", by=SYSTEM, now=clock())
    passes(engine, clock, 60, every=30)
    assert taken(kept_, "big") == before
    assert counters(the(send)) == (before, 0, 0, 20 - before, 0)
    assert waiting(send) == []


def test_a_domain_that_took_nothing_for_72_hours_is_given_up(
    room: Flask, clock: Clock, server: tuple[Counting, int]
) -> None:
    _, port = server
    send = gathered(room, clock, dead=30)
    with unit():
        limits.slow(
            "domain", "dead.example", 10.0, None, silent=True, code=421, said="no", now=clock()
        )
    with unit():
        row = limit("dead.example")
        assert row is not None
        row.good_at = clock() - timedelta(hours=72)
    drain(worker(port, room, clock))
    assert (the(send).state, the(send).failed) == ("done", 30)
    assert session.query(Delivery.code).distinct().all() == [(421,)]


@on_sqlite
def test_without_limits_nothing_is_asked(
    room: Flask, clock: Clock, server: tuple[Counting, int]
) -> None:
    """1,200 people in two batches: one look at a table that is empty."""
    _, port = server
    gathered(room, clock, big=1200)
    engine, asked = worker(port, room, clock), list[str]()
    engine.pacing.in_force()

    def note(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        if "send_limit" in statement:
            asked.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    drain(engine)
    event.remove(db.engine, "before_cursor_execute", note)
    writes = [s for s in asked if not s.startswith("SELECT")]
    assert [s.split()[0] for s in writes] == ["DELETE"]  # the hourly housekeeping
    assert len(asked) <= 4
    assert session.scalar(select(func.count()).select_from(Limit)) == 0
