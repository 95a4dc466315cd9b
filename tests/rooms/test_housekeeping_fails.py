"""What keeps house once an hour may fail; mail goes out all the same, and it is tried again."""

from __future__ import annotations

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
