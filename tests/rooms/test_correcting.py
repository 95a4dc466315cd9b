"""Several corrections of one letter: each is said, and only where somebody got what was wrong."""

from __future__ import annotations

import pytest
from flask import Flask

from notifier.delivery.correct import correct
from notifier.errors import Refused
from notifier.sends.models import Send
from notifier.sends.plan import plan
from notifier.store.db import session, unit
from tests.makers import ALICE, BOB, Clock, acting, member
from tests.rooms.test_two_at_once import Act, Together, together

__all__ = ["together"]


def over(clock: Clock) -> Send:
    """A letter about a topic that one person got."""
    with unit():
        send = plan("topic", "topic:1", stage="merged", due_at=clock(), now=clock(), receivers={})
        send.state, send.frozen_at, send.finished_at = "done", clock(), clock()
        send.audience = send.accepted = 1
    return send


def corrects(send: Send, text: str, clock: Clock) -> Send:
    alice, bob = member(ALICE), member(BOB)
    with unit():
        by = acting(ALICE)
        return correct(send, text, person=alice, approved_by=bob, by=by, now=clock())


def test_each_correction_is_a_promise_of_its_own(room: Flask, clock: Clock) -> None:
    send = over(clock)
    first, second = corrects(send, "One.", clock), corrects(send, "Two.", clock)
    assert (first.revision, second.revision) == (1, 2)
    said = [session.get_one(Send, each.id).context["words"]["en"] for each in (first, second)]
    assert said == ["One.", "Two."]
    assert first.receivers is not None
    assert first.receivers["got"] == [send.id]


def test_two_who_correct_at_once_are_both_heard(
    room: Flask, clock: Clock, together: Together
) -> None:
    number = over(clock).id

    def act(text: str) -> Act:
        def run() -> None:
            alice, bob, send = member(ALICE), member(BOB), session.get_one(Send, number)
            by = acting(ALICE)
            correct(send, text, person=alice, approved_by=bob, by=by, now=clock())

        return run

    assert together(act("One."), act("Two.")) == ["done", "done"]
    rows = session.query(Send).filter_by(kind="correction").order_by(Send.revision).all()
    assert [row.revision for row in rows] == [1, 2]
    assert {row.context["words"]["en"] for row in rows} == {"One.", "Two."}


def test_a_letter_that_nobody_got_needs_no_correction(room: Flask, clock: Clock) -> None:
    send = over(clock)
    with unit():
        send.accepted, send.skipped = 0, 1
    with pytest.raises(Refused, match="Nobody got send"):
        corrects(send, "One.", clock)
    assert session.query(Send).filter_by(kind="correction").count() == 0
