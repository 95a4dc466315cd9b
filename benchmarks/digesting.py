"""A digest step by step, timed from inside: started by digests.py in a process of its own."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from crowd import COLUMNS, TOGETHER, crowd, vacuum
from sqlalchemy import func, select, update

from notifier.app import create_app
from notifier.audience.kinds import every
from notifier.audience.models import Reach, Subscriber, Subscription
from notifier.clock import now as real_now
from notifier.delivery import digests
from notifier.delivery.held import ABOUT
from notifier.render.digest import write
from notifier.render.links import site_for
from notifier.sends.models import Delivery, Send
from notifier.sends.rules import State
from notifier.settings import load
from notifier.store.bulk import append, collector_paused
from notifier.store.db import session, unit
from notifier.worker import digest as worker
from notifier.worker.engine import Engine
from notifier.worker.tick import tick

Result = TypeVar("Result")


def main() -> None:
    settings = load()
    app = create_app(settings)
    people = int(os.environ["NOTIFIER_BENCHMARK_PEOPLE"])
    with app.app_context():
        if people:
            gather(people, now=real_now())
        else:
            print(
                json.dumps(
                    measured(Engine(settings, site=lambda: site_for(settings), now=real_now))
                )
            )


def gather(people: int, *, now: datetime) -> None:
    """Everybody takes everything by digest: half each day, half each week."""
    with unit(), collector_paused():
        made = crowd(people, now=now)
        for start in range(0, people, TOGETHER):
            some = [next(made) for _ in range(min(TOGETHER, people - start))]
            append(Subscriber, COLUMNS[Subscriber], [each.subscriber for each in some])
            append(Subscription, COLUMNS[Subscription], [row for p in some for row in p.follows])
            append(Reach, COLUMNS[Reach], [each.reach for each in some])
    with unit():
        even = Reach.subscriber_id % 2 == 0
        session.execute(update(Reach).where(even).values(kinds=every("daily")))
        session.execute(update(Reach).where(~even).values(kinds=every("weekly")))
    if session.get_bind().dialect.name == "postgresql":
        vacuum()


def timed(act: Callable[[], Result]) -> tuple[float, Result]:
    started = time.perf_counter()
    found = act()
    return time.perf_counter() - started, found


def measured(engine: Engine) -> dict[str, float]:
    freeze, _ = timed(lambda: tick(engine))
    session.rollback()
    waits = Delivery.state == int(State.HELD)
    held = session.scalar(select(func.count()).select_from(Delivery).where(waits)) or 0
    last = select(Send).where(Send.about == ABOUT).order_by(Send.due_at.desc())
    send = session.scalars(last).first()
    if send is None:
        raise SystemExit("Nothing was held: no digest is promised.")
    # The weekly one: it tells what the daily readers have not been told either.
    now, send_id = send.due_at, send.id
    items = digests.told_in(send, now=now)
    gone, _ = timed(lambda: worker.clear(items, now))
    send = session.get_one(Send, send_id)
    read, made = timed(lambda: digests.gather(send, items))
    render, words = timed(lambda: write(made.groups, site=engine.site, now=now))

    def keep() -> int:
        with unit():
            return digests.keep(session.get_one(Send, send_id), items, made, words, now=now)

    lock, people = timed(keep)
    return {
        "items": len(items),
        "held": held,
        "freeze": freeze,
        "gone": gone,
        "read": read,
        "render": render,
        "write": lock,
        "digest": gone + read + render + lock,
        "people": people,
        "letters": len(made.groups),
    }


if __name__ == "__main__":
    main()
