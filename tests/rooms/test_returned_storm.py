"""A relay takes everything and the refusals come back as reports: that is a storm, too."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import func, select

from notifier.audience.models import Subscriber
from notifier.mail import verp
from notifier.store.db import session
from notifier.store.history import of
from notifier.worker.returns import take
from tests.makers import Clock
from tests.rooms.reports import DOMAIN, desk, dsn, stamps
from tests.rooms.test_storm_brake import OK, Told, alarms


def comes_back(room: Flask, clock: Clock, told: Told, status: str, people: range) -> None:
    for number in people:
        to = verp.sender(stamps(room).envelope, told.send.id, number, DOMAIN)
        take(desk(room, clock), dsn((f"p{number}@example.org", status), to=to))


def suppressed() -> int:
    query = select(func.count()).where(Subscriber.state == "suppressed")
    return session.scalar(query) or 0


def test_reports_of_policy_pause_and_alarm_and_suppress_nobody(room: Flask, clock: Clock) -> None:
    told = Told(room, clock, 700)
    told.outcomes(600, *OK)
    comes_back(room, clock, told, "5.7.1", range(1, 51))
    assert told.state() == "sending"
    comes_back(room, clock, told, "5.7.26", range(51, 52))
    assert told.state() == "paused"
    why = of(f"send:{told.send.id}")[-1].why
    assert why == "51 of 600 messages were refused for what they are or whence."
    assert alarms() == ["alice", "bob", "hana"]
    assert suppressed() == 0


def test_reports_of_bad_addresses_pause_and_suppress(room: Flask, clock: Clock) -> None:
    told = Told(room, clock, 700)
    told.outcomes(600, *OK)
    comes_back(room, clock, told, "5.1.1", range(1, 52))
    assert told.state() == "paused"
    assert suppressed() == 51
