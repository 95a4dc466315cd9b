"""What keeps house once an hour, and any step of a look, may fail; mail goes out all the same."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import text

from notifier.store.db import session, unit
from notifier.worker.tick import tick
from tests.makers import Clock, engine
from tests.rooms.test_singles import confirm_mail


def renamed(was: str, then: str) -> None:
    with unit():
        session.execute(text(f'ALTER TABLE "{was}" RENAME TO "{then}"'))


def test_mail_goes_out_all_the_same(room: Flask, clock: Clock) -> None:
    send, worker = confirm_mail(clock), engine(room, clock)
    renamed("consultation_answer", "away")
    assert send.id in tick(worker).singles
    first = worker.housekept
    assert first is not None
    renamed("away", "consultation_answer")
    clock.forward(seconds=30)
    tick(worker)
    assert worker.housekept == first
    clock.forward(seconds=31)
    tick(worker)
    assert worker.housekept == clock()


@pytest.mark.parametrize("table", ["release", "release_announcement", "notice"])
def test_a_step_that_fails_each_time_holds_up_nothing(
    room: Flask, clock: Clock, table: str
) -> None:
    send, worker = confirm_mail(clock), engine(room, clock)
    tick(worker)
    renamed(table, "away")
    clock.forward(seconds=2)
    assert send.id in tick(worker).singles
