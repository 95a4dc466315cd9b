"""A piece of work is handed over once, and again as soon as it was given back or has ended."""

from __future__ import annotations

from flask import Flask

from notifier.delivery import lease
from notifier.store.db import unit
from notifier.worker.given import Given
from tests.makers import Clock
from tests.rooms.crowd import crowd, found, frozen, kept

CHUNK = ("chunk", 7, 0)


def test_once_until_it_ends() -> None:
    given = Given()
    assert given.is_due(CHUNK)
    given.note(CHUNK)
    given.forget({CHUNK})
    assert not given.is_due(CHUNK)
    given.ended(CHUNK)
    given.forget({CHUNK})
    assert given.is_due(CHUNK)


def test_at_once_where_somebody_else_has_begun_it_and_given_it_back() -> None:
    given = Given()
    given.note(CHUNK, turn=1)
    assert not given.is_due(CHUNK, turn=1)
    assert given.is_due(CHUNK, turn=2)


def test_what_is_not_open_is_forgotten() -> None:
    given = Given()
    given.note(CHUNK)
    given.forget(set())
    assert given.is_due(CHUNK)


def test_a_turn_is_a_claim(room: Flask, clock: Clock) -> None:
    crowd(3)
    send = frozen(clock, "food")
    assert lease.begun([(send.id, 0)]) == {(send.id, 0): 0}
    with unit():
        lease.claim(send.id, 0, owner="host:1:a", now=clock())
        lease.release(send.id, 0, owner="host:1:a", done=False)
    assert lease.begun([(send.id, 0)]) == {(send.id, 0): 1}


def test_who_is_tried_again_stays_in_the_hand_that_tries(room: Flask, clock: Clock) -> None:
    """A mail server that takes a minute over one reply: nobody else may take the others."""
    crowd(3)
    send = frozen(clock, "food")
    kept(send, *(found(person, "deferred", 451) for person in (1, 2)), clock=clock)
    clock.forward(minutes=2)
    with unit():
        assert lease.claim_retries(send.id, [1], now=clock()) == [1]
    for _ in range(3):
        clock.forward(seconds=20)
        with unit():
            lease.keep_trying(send.id, [1, 2], now=clock())
        assert lease.due_retries(now=clock()) == {send.id: [2]}  # nobody has claimed them
    kept(send, found(1, "accepted"), clock=clock)
    clock.forward(seconds=31)
    assert lease.due_retries(now=clock()) == {send.id: [2]}
