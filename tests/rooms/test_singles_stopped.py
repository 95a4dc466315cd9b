"""A one-off mail that staff stop while it is on its way: it counts as what became of it, and the
mails that shared its batch are not sent again."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from notifier.delivery import single, stop
from notifier.sends.models import Send
from notifier.store.db import session, unit
from notifier.worker import oneoff
from notifier.worker.loop import Loop
from tests.makers import ALICE, Clock, acting, asks, engine

TWO = ("ann@example.org", "ben@example.org")


@pytest.mark.parametrize(("verb", "state"), [("pause", "done"), ("cancel", "cancelled")])
def test_on_its_way(room: Flask, clock: Clock, verb: str, state: str) -> None:
    for email in TWO:
        asks(email, now=clock())
    sends = list(session.scalars(select(Send).where(Send.kind == "confirm").order_by(Send.id)))
    worker = engine(room, clock)
    envelopes = oneoff.prepare(worker, [send.id for send in sends])
    assert len(envelopes) == 2
    clock.forward(seconds=31)  # a slow mail server; nobody keeps the lease in a drain
    with unit():
        first = session.get_one(Send, sends[0].id)
        getattr(stop, verb)(first, "Not now.", by=acting(ALICE), now=clock())
    outcomes = list(worker.transport.send(envelopes))
    with unit():
        for outcome in outcomes:
            oneoff.settle(worker, outcome)
    found = session.scalars(select(Send).where(Send.kind == "confirm").order_by(Send.id)).all()
    assert [(send.state, send.accepted, send.pending) for send in found] == [
        (state, 1, 0),
        ("done", 1, 0),
    ]
    assert single.due(now=clock.forward(minutes=5)) == []


def test_after_sigterm_no_other_is_begun(room: Flask, clock: Clock) -> None:
    for email in TWO:
        asks(email, now=clock())
    worker = engine(room, clock)
    worker.stopping.set()
    due = single.due(now=clock())
    oneoff.run_singles(worker, due)
    assert single.due(now=clock()) == due


def test_who_hands_over_slowly_keeps_it(room: Flask, clock: Clock) -> None:
    asks(TWO[0], now=clock())
    worker = engine(room, clock)
    loop = Loop(room, worker)
    due = single.due(now=clock())
    oneoff.prepare(worker, due)
    loop.mailing.update(due)
    for _ in range(3):
        clock.forward(seconds=20)
        loop.keep_leases()
        assert single.due(now=clock()) == []
    loop.mailing.clear()
    clock.forward(seconds=20)
    loop.keep_leases()
    clock.forward(seconds=20)
    assert single.due(now=clock()) == due
