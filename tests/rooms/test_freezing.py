"""A Send's people and letters are written down before anything is sent, and cut into chunks."""

from __future__ import annotations

from itertools import pairwise

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from notifier.delivery import lease
from notifier.delivery.freeze import freeze
from notifier.delivery.rules import LEASE
from notifier.errors import Conflict, Refused
from notifier.sends.models import Chunk, Letter, Send
from notifier.sends.rules import State
from notifier.store.db import session, unit
from tests.makers import CLEO, DAN, Clock, joins
from tests.rooms.crowd import WORDS, crowd, frozen, promised, states


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
