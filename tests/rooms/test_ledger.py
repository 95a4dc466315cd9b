"""A Send is frozen once, its rows are leased by chunk, and what is known of each person is kept."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask
from sqlalchemy import func, select, update

from notifier.audience.leave import leave_everything
from notifier.delivery import lease
from notifier.delivery.ledger import sent_to
from notifier.delivery.record import settle
from notifier.delivery.rules import GIVE_UP_AFTER, OPEN
from notifier.sends.models import Delivery, Retry, Send
from notifier.sends.queries import due
from notifier.sends.rules import State
from notifier.store.db import session, unit
from tests.makers import Clock, joins
from tests.rooms.crowd import counters, crowd, found, frozen, kept, promised, states


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


def test_a_server_that_puts_us_off_for_three_days_counts_as_a_soft_bounce(
    room: Flask, clock: Clock
) -> None:
    ids = crowd(2)
    send = frozen(clock, "food")
    put_off = found(ids[0], "deferred", 451, "4.3.0"), found(ids[1], "deferred", 0)
    assert kept(send, *put_off, clock=clock) == {}
    clock.forward(seconds=GIVE_UP_AFTER.total_seconds() + 1)
    again = found(ids[0], "deferred", 451, "4.3.0", tries=1), found(ids[1], "deferred", 0, tries=1)
    # Where no server spoke nothing is known of the address.
    assert kept(send, *again, clock=clock) == {ids[0]: "soft"}
    assert set(states(send).values()) == {State.FAILED}


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
