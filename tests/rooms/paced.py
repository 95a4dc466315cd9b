"""A Send to a crowd at several domains, a worker with limits, and time that passes in ticks."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Flask
from sqlalchemy import select, text, update

from notifier.audience.models import Subscriber
from notifier.delivery.freeze import freeze
from notifier.delivery.models import Limit
from notifier.render.links import site_for
from notifier.sends.models import Retry, Send
from notifier.settings import Settings
from notifier.store.db import session, unit
from notifier.worker.drain import drain
from notifier.worker.engine import Engine
from tests.makers import Clock, engine
from tests.rooms.counting_server import Counting
from tests.rooms.crowd import VARIANTS, Words, crowd, promised


def worker(
    port: int,
    app: Flask,
    clock: Clock,
    *,
    options: str = "",
    scheme: str = "smtp",
    user: str = "",
    **more: Any,
) -> Engine:
    """A worker whose relay is the server at that port; ``more`` are settings."""
    url = f"{scheme}://{user}127.0.0.1:{port}{options}"
    found: Settings = replace(app.config["SETTINGS"], mail_url=url, **more)
    return Engine(found, site=lambda: site_for(found), now=clock)


def gathered(app: Flask, clock: Clock, **people: int) -> int:
    """The id of a Send to so many people at each domain (``big=100``: at big.example), frozen.
    What else is due, such as mail to staff, has gone before."""
    drain(engine(app, clock))
    if session.get_bind().dialect.name == "postgresql":  # a crowd brings ids of its own
        session.execute(text("SELECT setval(pg_get_serial_sequence('subscriber', 'id'), 100000)"))
        session.commit()
    ids = iter(crowd(sum(people.values())))
    with unit():
        for domain, number in people.items():
            for i in (next(ids) for _ in range(number)):
                address = f"p{i}@{domain}.example"
                session.execute(update(Subscriber).where(Subscriber.id == i).values(email=address))
    send, frame = promised(clock, "food"), {"one_off": False, "from_name": "The food team"}
    words = {variant: Words(f"S{variant}", "Food\n", "<p>Food</p>", frame) for variant in VARIANTS}
    with unit():
        freeze(send, words, now=clock())
    return send.id


def the(send_id: int) -> Send:
    """The Send as it is now: a worker's session is not ours."""
    return session.get_one(Send, send_id, populate_existing=True)


def passes(worker: Engine, clock: Clock, seconds: int, *, every: int = 2) -> None:
    """So many seconds in which the worker looks every two."""
    for _ in range(0, seconds, every):
        clock.forward(seconds=every)
        worker.pacing.forget()
        drain(worker)


def taken(server: Counting, domain: str) -> int:
    return sum(n for address, n in server.copies.items() if address.endswith(f"@{domain}.example"))


def waiting(send_id: int) -> list[Retry]:
    query = select(Retry).where(Retry.send_id == send_id).order_by(Retry.next_at)
    return list(session.scalars(query.execution_options(populate_existing=True)))


def limit(name: str) -> Limit | None:
    query = select(Limit).where(Limit.name == name).execution_options(populate_existing=True)
    return session.scalars(query).one_or_none()
