"""Staff stop a Send in the middle: nobody is lost or doubled, and the counters stay true."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy import func, select

from notifier.delivery import lease, stop
from notifier.delivery.wind_up import unfinished, wind_up
from notifier.sends.models import Chunk, Delivery, Retry
from notifier.sends.queries import send as the_send
from notifier.sends.rules import State
from notifier.store.db import session, unit
from notifier.store.history import of
from notifier.worker.drain import drain, perform
from notifier.worker.loop import Loop
from notifier.worker.tick import tick
from tests.makers import ALICE, Clock, acting, announced, draft, engine
from tests.rooms.counting_server import Counting, elsewhere, listening, worker_to
from tests.rooms.crowd import counters, crowd, found, frozen, kept, states
from tests.rooms.digest_readers import item

WHY = "The figure in the first line is wrong."


@pytest.fixture
def server() -> Iterator[tuple[Counting, int]]:
    with listening() as both:
        yield both


def begun(clock: Clock, people: int = 300) -> int:
    """A change of food statistics, announced to a crowd: the id of the Send that tells it."""
    crowd(people)
    notice = announced(draft(now=clock(), series=["family-food"]), now=clock())
    return item(notice.reference).id


def paused(send_id: int, clock: Clock) -> None:
    with unit():
        stop.pause(the_send(send_id), WHY, by=acting(ALICE), now=clock())


def resumed(send_id: int, clock: Clock) -> None:
    with unit():
        stop.resume(the_send(send_id), by=acting(ALICE), now=clock())


def cancelled(send_id: int, clock: Clock) -> None:
    with unit():
        stop.cancel(the_send(send_id), WHY, by=acting(ALICE), now=clock())


def ledger(send_id: int) -> Counter[State]:
    session.rollback()
    query = select(Delivery.state, func.count()).where(Delivery.send_id == send_id)
    rows = session.execute(query.group_by(Delivery.state))
    return Counter({State(state): number for state, number in rows})


def actions(send_id: int) -> list[tuple[str, str, str]]:
    """What was done to it, why, and by whom."""
    return [(row.action, row.why, row.by["name"]) for row in of(f"send:{send_id}")]


def interrupted(
    room: Flask, clock: Clock, server: tuple[Counting, int], verb: Callable[[int, Clock], None]
) -> int:
    """A worker sends to 300 people over several connections; after the 150th somebody else does
    that to the Send."""
    kept, port = server
    send_id = begun(clock)
    kept.at, kept.act = 150, elsewhere(room, lambda: verb(send_id, clock))
    drain(worker_to(port, room, clock))
    kept.act = None
    return send_id


def test_paused_in_the_middle_and_resumed_everybody_has_it_once(
    room: Flask, clock: Clock, server: tuple[Counting, int]
) -> None:
    kept, port = server
    send_id = interrupted(room, clock, server, paused)
    had = kept.copies.total()
    assert 150 <= had < 280  # the worker noticed with its next flush
    send = the_send(send_id)
    assert (send.state, send.accepted, send.pending) == ("paused", had, 300 - had)
    assert ledger(send_id) == {State.ACCEPTED: had, State.WAITING: 300 - had}
    resumed(send_id, clock)
    drain(worker_to(port, room, clock))
    send = the_send(send_id)
    assert (send.state, counters(send)) == ("done", (300, 0, 0, 0, 0))
    assert len(kept.copies) == 300
    assert set(kept.copies.values()) == {1}
    assert actions(send_id) == [
        ("freeze", "", "Notifier"),
        ("pause", WHY, ALICE),
        ("resume", "", ALICE),
        ("finish", "", "Notifier"),
    ]


def test_paused_and_resumed_at_once_the_worker_notices_nothing(
    room: Flask, clock: Clock, server: tuple[Counting, int]
) -> None:
    def both(send_id: int, clock: Clock) -> None:
        paused(send_id, clock)
        resumed(send_id, clock)

    send_id = interrupted(room, clock, server, both)
    assert (the_send(send_id).state, len(server[0].copies)) == ("done", 300)
    assert set(server[0].copies.values()) == {1}


def test_cancelled_in_the_middle_who_has_it_keeps_it(
    room: Flask, clock: Clock, server: tuple[Counting, int]
) -> None:
    send_id = interrupted(room, clock, server, cancelled)
    had = server[0].copies.total()
    send = the_send(send_id)
    assert 150 <= had < 280
    assert (send.state, send.end_reason, send.finished_at) == ("cancelled", WHY, clock())
    assert counters(send) == (had, 0, 0, 300 - had, 0)
    assert ledger(send_id) == {State.ACCEPTED: had, State.SKIPPED: 300 - had}
    assert set(session.scalars(select(Chunk.state).where(Chunk.send_id == send_id))) == {"done"}
    assert unfinished() == []


def test_paused_while_people_are_tried_again(
    room: Flask, clock: Clock, server: tuple[Counting, int]
) -> None:
    kept, port = server
    send_id = begun(clock)
    kept.answer = lambda address: "451 4.3.0 later"
    worker = worker_to(port, room, clock)
    perform(worker, tick(worker))
    clock.forward(minutes=2)
    kept.answer = lambda address: ""
    kept.at, kept.act = 150, elsewhere(room, lambda: paused(send_id, clock))
    drain(worker)
    had = kept.copies.total()
    assert 150 <= had < 280
    assert ledger(send_id) == {State.ACCEPTED: had, State.RETRYING: 300 - had}
    kept.act = None
    resumed(send_id, clock)
    clock.forward(minutes=1)
    drain(worker)
    assert (the_send(send_id).state, len(kept.copies)) == ("done", 300)
    assert set(kept.copies.values()) == {1}


def test_cancelled_while_a_chunk_is_leased_it_is_counted_afterwards(
    room: Flask, clock: Clock
) -> None:
    ids = crowd(4)
    send = frozen(clock, "food")
    with unit():
        lease.claim(send.id, 0, owner="one", now=clock())
    cancelled(send.id, clock)
    tick(engine(room, clock))
    assert (counters(send), send.finished_at) == ((0, 0, 0, 0, 4), None)
    kept(send, found(ids[0], "accepted"), clock=clock)  # what was in flight then
    with unit():
        assert not lease.renew(send.id, 0, owner="one", now=clock())
        lease.release(send.id, 0, owner="one", done=False)
    tick(engine(room, clock))
    assert (counters(send), send.finished_at) == ((1, 0, 0, 3, 0), clock())


def test_a_worker_that_died_does_not_keep_a_cancelled_send_open(room: Flask, clock: Clock) -> None:
    crowd(4)
    send = frozen(clock, "food")
    with unit():
        lease.claim(send.id, 0, owner="one", now=clock())
    cancelled(send.id, clock)
    tick(engine(room, clock))
    assert unfinished() == [send.id]
    clock.forward(seconds=31)
    tick(engine(room, clock))
    assert counters(send) == (0, 0, 0, 4, 0)


def test_what_is_in_flight_stays_ours_while_its_send_is_paused(room: Flask, clock: Clock) -> None:
    """A server may take two minutes over one reply; after 30 s somebody else would send it too."""
    crowd(4)
    send = frozen(clock, "food")
    with unit():
        lease.claim(send.id, 0, owner="one", now=clock())
    paused(send.id, clock)
    for _ in range(3):
        clock.forward(seconds=20)
        with unit():
            lease.keep_alive([(send.id, 0)], owner="one", now=clock())
    resumed(send.id, clock)
    with unit():
        assert lease.claim(send.id, 0, owner="two", now=clock()) is None


def test_who_is_tried_again_or_unsure_is_ended_by_what_is_known(room: Flask, clock: Clock) -> None:
    ids = crowd(5)
    send = frozen(clock, "food")
    outcomes = [found(ids[0], "accepted"), found(ids[1], "refused", 550, "5.1.1")]
    again_ = [found(ids[2], "deferred", 451), found(ids[3], "uncertain", 0)]
    kept(send, *outcomes, *again_, clock=clock)
    clock.forward(minutes=5)
    cancelled(send.id, clock)
    with unit():
        assert wind_up(send, now=clock())
    assert list(states(send).values()) == [
        State.ACCEPTED,
        State.BOUNCED,
        State.SKIPPED,
        State.FAILED,
        State.SKIPPED,
    ]
    assert (counters(send), send.audience) == ((1, 1, 1, 2, 0), 5)
    assert session.scalar(select(func.count()).select_from(Retry)) == 0


def test_a_claimed_retry_is_waited_for_and_nobody_claims_one_after(
    room: Flask, clock: Clock
) -> None:
    (person,) = crowd(1)
    send = frozen(clock, "food")
    kept(send, found(person, "deferred", 451), clock=clock)
    clock.forward(minutes=2)
    with unit():
        assert lease.claim_retries(send.id, [person], now=clock()) == [person]
    cancelled(send.id, clock)
    with unit():
        assert not wind_up(send, now=clock())
    kept(send, found(person, "accepted", tries=1), clock=clock)
    with unit():
        assert wind_up(send, now=clock())
    assert counters(send) == (1, 0, 0, 0, 0)


@pytest.mark.parametrize("verb", [paused, cancelled])
def test_a_stopped_send_gives_out_no_retries(
    room: Flask, clock: Clock, verb: Callable[[int, Clock], None]
) -> None:
    (person,) = crowd(1)
    send = frozen(clock, "food")
    kept(send, found(person, "deferred", 451), clock=clock)
    clock.forward(minutes=2)
    verb(send.id, clock)
    with unit():  # the lane may have been given it before
        assert lease.claim_retries(send.id, [person], now=clock()) == []


def test_what_is_resumed_is_given_to_the_lane_at_once(room: Flask, clock: Clock) -> None:
    """The task of before has run and found it paused; a minute would be long to wait."""
    crowd(4)
    send = frozen(clock, "food")
    loop = Loop(room, engine(room, clock))
    lane = loop.queues["campaign"]
    loop.once()
    loop.once()
    assert lane.pending_count() == 1
    lane.flush()
    paused(send.id, clock)
    loop.once()
    resumed(send.id, clock)
    loop.once()
    assert lane.pending_count() == 1
