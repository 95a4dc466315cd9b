"""An hour after its time somebody must have a message, or staff are woken once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from notifier.accounts.models import Staff
from notifier.delivery import stop
from notifier.delivery.record import settle
from notifier.insight.went_out import silent
from notifier.render.letters import write_one
from notifier.render.links import site_for
from notifier.sends.models import Send
from notifier.sends.plan import plan
from notifier.sends.rules import State
from notifier.store.db import session, unit
from notifier.store.history import SYSTEM
from notifier.worker.drain import drain
from notifier.worker.silence import alert_silent
from notifier.worker.tick import tick
from tests.makers import CLEO, Clock, announced, draft, emissions, engine, joins
from tests.rooms.crowd import crowd, found, frozen, kept
from tests.rooms.digest_readers import changes, item, reader


def alarms() -> list[tuple[str, str]]:
    """Stage and first name of each alarm about a Send."""
    query = select(Send.stage, Staff.email).join(Staff, Staff.id == Send.staff_id)
    rows = session.execute(query.where(Send.about.startswith("send:")).order_by(Send.id))
    return [(stage, email.partition("@")[0]) for stage, email in rows]


def begun(clock: Clock) -> Send:
    crowd(3)
    return frozen(clock, "food")


def silent_ids(clock: Clock) -> list[int]:
    session.rollback()
    return [send.id for send in silent(clock())]


def test_an_hour_of_silence_wakes_staff_once(room: Flask, clock: Clock) -> None:
    send = begun(clock)
    clock.forward(minutes=59)
    assert silent_ids(clock) == []
    clock.forward(minutes=1)
    assert silent_ids(clock) == [send.id]
    for _ in range(2):
        alert_silent(clock())
        clock.forward(hours=1)
    assert alarms() == [("silent", "alice"), ("silent", "bob"), ("silent", "hana")]


def test_one_who_has_it_is_enough(room: Flask, clock: Clock) -> None:
    send = begun(clock)
    kept(send, found(1, "refused", 550, "5.1.1"), found(2, "deferred", 421), clock=clock)
    clock.forward(hours=1)
    assert silent_ids(clock) == [send.id]
    kept(send, found(2, "accepted", tries=1), clock=clock)
    assert silent_ids(clock) == []


@pytest.mark.parametrize(
    "answer", [("refused", 550, "5.7.1"), ("refused", 550, "5.1.1"), ("deferred", 421)]
)
def test_what_everybody_was_refused_is_silent(
    room: Flask, clock: Clock, answer: tuple[Any, ...]
) -> None:
    send = begun(clock)
    kept(send, *(found(i, *answer) for i in (1, 2, 3)), clock=clock)
    tick(engine(room, clock))
    clock.forward(hours=1)
    assert silent_ids(clock) == [send.id]


def left(send: Send, clock: Clock) -> None:
    settle(send.id, [1, 2, 3], State.SKIPPED, code=0, now=clock())


def stopped(send: Send, clock: Clock) -> None:
    stop.pause(send, "A slip.", by=SYSTEM, now=clock())


def ended(send: Send, clock: Clock) -> None:
    stop.cancel(send, "A slip.", by=SYSTEM, now=clock())


@pytest.mark.parametrize("verb", [left, stopped, ended])
def test_what_was_stopped_or_everybody_left_is_not(
    room: Flask, clock: Clock, verb: Callable[[Send, Clock], None]
) -> None:
    send = begun(clock)
    with unit():
        verb(send, clock)
    clock.forward(hours=2)
    assert silent_ids(clock) == []


def test_who_waits_for_a_digest_is_not_silent(room: Flask, clock: Clock) -> None:
    clock.at("2026-11-24 15:00")
    reader(clock)
    changes(clock)
    drain(engine(room, clock))
    clock.forward(hours=10)
    assert silent_ids(clock) == []


def test_nobody_follows_it_is_not_silent(room: Flask, clock: Clock) -> None:
    announced(draft(now=clock()), now=clock())
    drain(engine(room, clock))
    clock.forward(hours=10)
    assert silent_ids(clock) == []


def test_what_a_worker_cannot_begin_is_silent(room: Flask, clock: Clock) -> None:
    """A kind without words: nobody would know but who reads the log."""
    with unit():
        send = plan("odd", "X", stage="s", due_at=clock(), now=clock(), receivers={})
    clock.forward(hours=1)
    tick(engine(room, clock))
    assert send.state == "planned"
    assert len(alarms()) == 3
    drain(engine(room, clock))
    assert len(alarms()) == 3


def test_a_stage_that_waits_for_its_release_is_not(room: Flask, clock: Clock) -> None:
    joins(now=clock())
    reference = announced(emissions(), now=clock()).reference
    drain(engine(room, clock))
    clock.instant = item(reference, "T0").due_at + timedelta(hours=3)
    tick(engine(room, clock))
    assert (item(reference, "T0").state, item(reference, "T0").id in silent_ids(clock)) == (
        "planned",
        False,
    )


def test_the_mail_says_what_to_look_at(room: Flask, clock: Clock) -> None:
    joins(CLEO, now=clock(), follows=["farming"])
    reference = announced(draft(now=clock()), now=clock()).reference
    tick(engine(room, clock))
    clock.forward(hours=1)
    alert_silent(clock())
    alarm = session.scalars(select(Send).where(Send.stage == "silent")).first()
    assert alarm is not None
    person = session.get_one(Staff, alarm.staff_id)
    words = write_one(alarm, site=site_for(room.config["SETTINGS"]), now=clock(), person=person)
    text = " ".join(words.text.split())
    assert words.subject.startswith("Nobody has it: ")
    assert f"{reference}, announce (send {item(reference).id}, sending)" in text
    assert "Have it: 0 of 1" in text
    assert f"bin/notifier sends progress {item(reference).id}" in text
