"""The head of a day over all chains: the same on every database, and it tells what was cut off."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import delete, update

from notifier.store import history
from notifier.store.db import session, unit
from notifier.store.history import SYSTEM, History, HistoryHead, head, record
from notifier.worker.nags import close_the_day
from tests.makers import Clock

MONDAY = date(2026, 11, 23)


@pytest.fixture
def life(app: Flask, clock: Clock):  # type: ignore[no-untyped-def]
    """Two objects on Monday, one of them and a third on Tuesday."""
    with app.app_context():
        with unit():
            record("notice:9", "submit", by=SYSTEM, now=clock.at("2026-11-23 10:00"))
            record("notice:10", "submit", by=SYSTEM, now=clock())
            record("notice:9", "approve", by=SYSTEM, now=clock.at("2026-11-23 23:59"))
            record("notice:9", "announce", by=SYSTEM, now=clock.at("2026-11-24 00:00"))
            record("release:1", "confirm", by=SYSTEM, now=clock())
        yield app


def last_hash(about: str, seq: int) -> str:
    return history.of(about)[seq - 1].hash


@pytest.mark.usefixtures("life")
def test_the_head_is_over_the_last_hash_of_each_object_at_the_end_of_the_london_day() -> None:
    lines = [f"notice:10 {last_hash('notice:10', 1)}", f"notice:9 {last_hash('notice:9', 2)}"]
    expected = hashlib.sha256("\n".join(lines).encode()).hexdigest()
    assert head(MONDAY) == (expected, 2)
    assert head(MONDAY + timedelta(days=1)).objects == 3
    assert head(MONDAY - timedelta(days=1)) == (hashlib.sha256().hexdigest(), 0)


@pytest.mark.usefixtures("life")
def test_a_day_is_closed_once_and_an_hour_after_its_end(clock: Clock) -> None:
    close_the_day(clock.at("2026-11-24 00:59"))
    assert [row.day for row in session.query(HistoryHead)] == [date(2026, 11, 22)]
    close_the_day(clock.at("2026-11-24 01:00"))
    kept = session.get_one(HistoryHead, MONDAY)
    close_the_day(clock.at("2026-11-24 18:00"))
    assert (kept.head, kept.objects) == head(MONDAY)
    assert session.query(HistoryHead).count() == 2
    assert history.last_head() is kept
    with unit():  # what happens later is another day's
        record("notice:10", "approve", by=SYSTEM, now=clock())
    assert list(history.broken_heads()) == []


@pytest.mark.usefixtures("life")
@pytest.mark.parametrize(
    "tamper",
    [
        delete(History).where(History.object == "notice:9", History.seq >= 2),
        delete(History).where(History.object == "notice:10"),
        update(History).where(History.object == "notice:10").values(object="notice:11"),
    ],
)
def test_a_chain_that_was_cut_off_at_its_end_is_found(clock: Clock, tamper: object) -> None:
    close_the_day(clock.at("2026-11-24 09:00"))
    close_the_day(clock.at("2026-11-25 09:00"))
    with unit():
        session.execute(tamper)  # type: ignore[call-overload]
        session.expire_all()
    assert set(history.broken_heads()) == {MONDAY, date(2026, 11, 24)}
