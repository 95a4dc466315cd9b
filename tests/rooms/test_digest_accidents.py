"""What may happen between a freeze and a digest, and between a digest and its letters."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import update

from notifier.audience.leave import leave, leave_everything
from notifier.audience.pause import pause
from notifier.clock import london_date
from notifier.delivery import bounces
from notifier.delivery import digests as gathering
from notifier.notices.models import ChangeNotice
from notifier.sends.models import Delivery, DigestItem, Send
from notifier.sends.rules import State
from notifier.store.db import session, unit
from notifier.worker.campaign import run_chunk
from notifier.worker.drain import drain
from notifier.worker.tick import tick
from tests.makers import (
    CLEO,
    DAN,
    Clock,
    engine,
    pepper,
    topics,
)
from tests.rooms.digest_readers import (
    EVE,
    changes,
    digests,
    item,
    mails,
    person,
    reader,
    row,
)


def test_who_leaves_one_thing_is_told_the_rest_and_who_leaves_all_nothing(
    room: Flask, clock: Clock
) -> None:
    """Before the digest, and between the digest and its letter."""
    people = [reader(clock, f"p{n}@example.org") for n in range(4)]
    milk, birds = changes(clock)
    worker = engine(room, clock)
    drain(worker)

    def stops_farming(number: int) -> None:
        with unit():
            topic = next(s for s in person(number).subscriptions if s.topic_id == farming)
            leave(person(number), [topic], now=clock(), reason="one click")

    farming = topics("farming")[0].id
    stops_farming(people[0])
    with unit():
        pause(person(people[1]), london_date(clock()).replace(day=28),
              now=clock())  # fmt: skip
    clock.at("2026-11-23 10:30")
    work = tick(worker)
    assert digests()[0].audience == 3
    stops_farming(people[2])
    with unit():
        leave_everything(person(people[3]), now=clock())
    for send_id, no in work.chunks:
        run_chunk(worker, send_id, no)
    drain(worker)
    assert [row(item(milk), p) for p in people] == [State.SKIPPED] * 4
    assert [row(item(birds), p) for p in people] == [
        State.ACCEPTED, State.SKIPPED, State.ACCEPTED, State.SKIPPED,
    ]  # fmt: skip
    assert [(d.revision, d.audience, d.accepted) for d in digests()] == [(1, 3, 1), (2, 1, 1)]
    for notice in (milk, birds):
        assert (item(notice).state, item(notice).pending) == ("done", 0)
    assert [len(mails(room, f"p{n}@")) for n in range(4)] == [1, 0, 1, 0]
    assert "milk" not in mails(room, "p2@")[0].lower()


def test_a_change_that_ended_meanwhile_is_not_told(room: Flask, clock: Clock) -> None:
    clock.at("2026-11-24 15:00")
    eve = reader(clock, EVE, "weekly")
    milk, birds = changes(clock)
    drain(engine(room, clock))
    with unit():
        session.execute(
            update(ChangeNotice).where(ChangeNotice.reference == milk).values(state="cancelled")
        )
    clock.at("2026-11-30 10:30")
    drain(engine(room, clock))
    assert (row(item(milk), eve), row(item(birds), eve)) == (State.SKIPPED, State.ACCEPTED)
    assert item(milk).state == "done"


def test_what_staff_stopped_waits_for_them(room: Flask, clock: Clock) -> None:
    cleo = reader(clock)
    milk, birds = changes(clock)
    drain(engine(room, clock))
    with unit():
        session.execute(update(Send).where(Send.id == item(milk).id).values(state="paused"))
    clock.at("2026-11-23 10:30")
    drain(engine(room, clock))
    assert (row(item(milk), cleo), row(item(birds), cleo)) == (State.HELD, State.ACCEPTED)
    with unit():
        session.execute(update(Send).where(Send.id == item(milk).id).values(state="sending"))
    for _ in range(2):
        clock.forward(days=1)
        drain(engine(room, clock))
    assert row(item(milk), cleo) is State.ACCEPTED


def test_killed_between_the_digest_and_its_settling_nothing_is_lost_or_doubled(
    room: Flask, clock: Clock
) -> None:
    cleo = reader(clock)
    milk, _ = changes(clock)
    drain(engine(room, clock))
    clock.at("2026-11-23 10:30")
    tick(engine(room, clock))  # frozen; the process dies before a letter is sent
    (digest,) = digests()
    with unit():  # another one died after the server took it, before the items were settled
        session.execute(
            update(Delivery).where(Delivery.send_id == digest.id)
            .values(state=int(State.ACCEPTED), tries=1)
        )  # fmt: skip
        session.execute(update(Send).where(Send.id == digest.id).values(accepted=1))
    clock.forward(seconds=60)
    drain(engine(room, clock))
    assert row(item(milk), cleo) is State.ACCEPTED
    assert (item(milk).accepted, item(milk).state, mails(room, CLEO)) == (1, "done", [])
    clock.forward(days=1)
    drain(engine(room, clock))
    assert [d.state for d in digests()] == ["done"]


def test_a_digest_that_bounces_has_told_nothing(room: Flask, clock: Clock) -> None:
    cleo = reader(clock)
    milk, birds = changes(clock)
    drain(engine(room, clock))
    clock.at("2026-11-23 10:30")
    drain(engine(room, clock))
    (digest,) = digests()
    with unit():
        assert bounces.apply(digest.id, cleo, "hard", now=clock(), pepper=pepper())
        bounces.apply(digest.id, cleo, "hard", now=clock(), pepper=pepper())
    for notice in (milk, birds):
        assert row(item(notice), cleo) is State.BOUNCED
        assert (item(notice).accepted, item(notice).bounced) == (0, 1)


def test_after_days_without_a_worker_one_digest_tells_all(room: Flask, clock: Clock) -> None:
    clock.at("2026-11-27 15:00")  # Friday
    reader(clock), reader(clock, EVE, "weekly")
    changes(clock)
    drain(engine(room, clock))
    clock.at("2026-12-01 12:00")  # neither Saturday's nor Monday's was made
    drain(engine(room, clock))
    assert [len(mails(room, each)) for each in (CLEO, EVE)] == [1, 1]
    assert [(d.stage, d.state) for d in digests()] == [
        ("2026-11-28", "skipped"),
        ("2026-11-30", "done"),
    ]
    assert session.query(DigestItem).count() == 4


def test_more_letters_than_one_digest_has_are_another_digest(
    room: Flask, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gathering, "MOST", 1)
    reader(clock), reader(clock, DAN, follows=("farming",))
    milk, birds = changes(clock)
    worker = engine(room, clock)
    drain(worker)
    clock.at("2026-11-23 10:30")
    drain(worker)
    assert [(d.revision, d.audience) for d in digests()] == [(1, 1), (2, 1)]
    assert item(milk).state == item(birds).state == "done"
