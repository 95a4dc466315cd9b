"""What a worker looks at each two seconds, or for each batch, costs others nothing."""

from __future__ import annotations

import sqlite3

import pytest
from flask import Flask
from sqlalchemy import event, select

from notifier.delivery import lease
from notifier.delivery.freeze import freeze
from notifier.render.letters import write
from notifier.sends.models import Delivery, Send
from notifier.sends.rules import State
from notifier.store.db import db, session, unit
from notifier.worker import armed, campaign
from tests.makers import Clock, announced, draft, engine, joins, on_sqlite


@on_sqlite
def test_looking_for_armed_releases_waits_for_no_writer(room: Flask, clock: Clock) -> None:
    """It took SQLite's write lock at every tick, only to read."""
    path = db.engine.url.database
    assert path is not None
    session.rollback()
    with db.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout=50")
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        armed.publish_armed(engine(room, clock), clock())
        with pytest.raises(Exception, match="locked"), unit():
            pass  # the lock is real
    finally:
        other.rollback()
        other.close()


def test_names_are_read_once_for_a_chunk(
    room: Flask, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three batches, and the reason of each person names the topic in both languages all the
    same."""
    monkeypatch.setattr(campaign, "BATCH", 2)
    for number in range(6):
        joins(f"p{number}@example.org", now=clock(), follows=["livestock"], language="both")
    notice = announced(draft(now=clock()), now=clock())
    send = session.scalars(
        select(Send).where(Send.about == notice.reference, Send.stage == "announce")
    ).one()
    worker = engine(room, clock)
    with unit():
        freeze(send, write(send, site=worker.site, now=clock()), now=clock())
    send_id = send.id
    with unit():
        ((_, no),) = lease.waiting(now=clock())
    asked: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *a: asked.append(a[2]))
    campaign.run_chunk(worker, send_id, no)
    for table in ("topic", "series"):
        names = [one for one in asked if f"{table}.name \nFROM {table}" in one]
        assert len(names) == 1, f"{table}: {len(names)} times for three batches"
    rows = session.scalars(select(Delivery.state).where(Delivery.send_id == send_id)).all()
    assert rows == [int(State.ACCEPTED)] * 6
