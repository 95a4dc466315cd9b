"""Two reports on one person arrive at the same moment: both count, once each, without an error."""

from __future__ import annotations

import pytest
from flask import Flask

from notifier.audience import queries
from notifier.sends.models import Send
from notifier.store.db import session
from notifier.store.history import broken, of
from notifier.worker.returns import take
from tests.makers import CLEO, Clock
from tests.rooms.reports import address, desk, dsn, message_id, rows, state, went_out
from tests.rooms.test_two_at_once import Together

GONE = (CLEO, "5.1.1")


@pytest.mark.parametrize("same", [True, False])
def test_two_doors_at_once(room: Flask, clock: Clock, same: bool) -> None:
    sends = [went_out(clock).id, went_out(clock, "T-30").id]
    told = [sends[0], sends[0] if same else sends[1]]
    reports = [dsn(GONE, to=address(room, session.get_one(Send, one))) for one in told]
    at = desk(room, clock)
    answers = Together(room)(lambda: take(at, reports[0]), lambda: take(at, reports[1]))
    assert answers == ["done", "done"]
    assert (state(), rows()) == ("suppressed", [("hard", "report")] * len(set(told)))
    counts = {one: session.get_one(Send, one).bounced for one in sends}
    assert counts == {one: int(one in told) for one in sends}
    actions = [row.action for row in of(f"subscriber:{queries.known(CLEO).id}")]
    assert actions.count("suppress") == 1
    assert list(broken()) == []


def test_a_weak_and_a_strong_proof_at_once(room: Flask, clock: Clock) -> None:
    send = went_out(clock)
    number = send.id
    weak, strong = dsn(GONE, about=message_id(room, send)), dsn(GONE, to=address(room, send))
    at = desk(room, clock)
    assert Together(room)(lambda: take(at, weak), lambda: take(at, strong)) == ["done", "done"]
    assert (state(), rows()) == ("suppressed", [("hard", "report")])
    send = session.get_one(Send, number)
    assert (send.accepted, send.bounced) == (0, 1)
