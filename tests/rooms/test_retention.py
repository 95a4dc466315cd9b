"""Who was sent what is kept until 13 months after it was over, as the privacy page says; then only
counts."""

from __future__ import annotations

from datetime import datetime

from dateutil.relativedelta import relativedelta
from flask import Flask
from sqlalchemy import func, select

from notifier.delivery.ledger import sent_to
from notifier.notices.models import ChangeNotice
from notifier.sends.models import Chunk, Delivery, Letter, Send
from notifier.store.db import session, unit
from notifier.worker.drain import drain
from notifier.worker.tick import housekeep
from tests.makers import CLEO, DAN, Clock, announced, draft, engine, joins


def told(app: Flask, clock: Clock) -> tuple[int, str]:
    """Two people are told of a change: the id of the announcement's Send, and the reference."""
    for email in (CLEO, DAN):
        joins(email, now=clock(), follows=["farming"])
    reference = announced(draft(now=clock()), now=clock()).reference
    drain(engine(app, clock))
    query = select(Send.id).where(Send.about == reference, Send.stage == "announce")
    return session.scalars(query).one(), reference


def rows(send: int) -> list[int]:
    """Rows of the ledger, letters and chunks."""
    count, tables = select(func.count()), (Delivery, Letter, Chunk)
    return [session.scalar(count.select_from(t).where(t.send_id == send)) or 0 for t in tables]


def looks(app: Flask, clock: Clock, at: datetime) -> None:
    clock.instant = at
    housekeep(engine(app, clock), at)
    session.rollback()


def test_rows_go_13_months_after_the_change_is_closed(room: Flask, clock: Clock) -> None:
    send, reference = told(room, clock)
    began, person = clock(), session.scalars(select(Delivery.subscriber_id)).first() or 0
    assert rows(send)[0] == 2
    looks(room, clock, began + relativedelta(months=30))
    assert rows(send)[0] == 2, "the change is still open: a correction must reach them"
    with unit():
        query = select(ChangeNotice).where(ChangeNotice.reference == reference)
        notice = session.scalars(query).one()
        notice.state, notice.changed_at = "closed", clock()
    over = clock()
    looks(room, clock, over + relativedelta(months=13, hours=-1))
    assert rows(send)[0] == 2
    looks(room, clock, over + relativedelta(months=13, hours=1))
    assert rows(send) == [0, 0, 0]
    kept = session.get_one(Send, send)
    assert (kept.audience, kept.accepted, kept.state) == (2, 2, "done"), "the counts remain"
    assert reference not in {row["about"] for row in sent_to(person)}
