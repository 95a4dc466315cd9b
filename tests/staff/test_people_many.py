"""With more people, segments, messages and complaints the pages ask no more of the database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from sqlalchemy import Engine, event, insert

from notifier.audience.complain import complain
from notifier.audience.models import Segment, Subscriber, Suppression
from notifier.audience.rules import suppression_key
from notifier.delivery.models import Bounce
from notifier.sends.models import Delivery, Send
from notifier.store.db import session, unit
from notifier.store.history import SYSTEM, record
from tests.journeys.world import World
from tests.makers import PEPPER, Clock, on_sqlite
from tests.staff.desk import enters
from tests.staff.sending import Ledger, sending

PAGES = (
    *("/staff/people", "/staff/people/suppressed", "/staff/people/segments"),
    *("/staff/people/segments/new", "/staff/people/complaints"),
    *("/staff/people/complaints?show=spam", "/staff/people/import", "/staff/people/5000"),
)


@contextmanager
def counted(found: list[str]) -> Iterator[None]:
    def hear(*given: Any) -> None:
        found.append(given[2])

    event.listen(Engine, "before_cursor_execute", hear)
    yield
    event.remove(Engine, "before_cursor_execute", hear)


def fill(world: World, first: int, number: int) -> None:
    """So many of everything: messages of person 5000 above all."""
    now = world.clock()
    with world.build(now=world.clock).app_context(), unit():
        one = session.query(Send).filter_by(stage="moved").first()
        assert one is not None
        for each in range(first, first + number):
            values = {c.name: getattr(one, c.name) for c in Send.__table__.columns}
            values |= {"id": 20_000 + each, "revision": 20_000 + each}
            session.execute(insert(Send), [values])
            at = int((now - timedelta(hours=each)).timestamp())
            row = {"variant": 0, "state": 1, "at": at, "code": 250, "tries": 1}
            session.add(Delivery(send_id=20_000 + each, subscriber_id=5000, **row))
            session.add(
                Bounce(
                    send_id=20_000 + each,
                    subscriber_id=5000,
                    verdict="complaint",
                    source="hook",
                    at=now,
                )
            )
            key = suppression_key(f"s{each}@example.org", PEPPER)
            session.add(Suppression(key=key, reason="hard_bounce", at=now, subscriber_id=5000))
            found = {"topic": "waste"}
            session.add(
                Segment(
                    slug=f"s{each}", name=f"S{each}", filter=found, created_at=now, changed_at=now
                )
            )
            complain("It was wrong.", contact=f"s{each}@example.org", now=now)
            record("subscriber:5000", "prefer", by=SYSTEM, now=now)


@on_sqlite
def test_the_pages_ask_no_more_when_there_is_more(world: World, clock: Clock) -> None:
    ada, _ = enters(world, clock, "ada@example.org", "admin")
    sending(world, ledger=Ledger(people=60), first=5000)
    fill(world, 0, 16)  # as many as a page of messages holds

    def asked() -> dict[str, int]:
        found: dict[str, int] = {}
        for path in PAGES:
            assert ada.get(path).status_code == 200
            queries: list[str] = []
            with counted(queries):
                assert ada.get(path).status_code == 200
            found[path] = len(queries)
        return found

    before = asked()
    fill(world, 100, 60)
    with world.build(now=clock).app_context(), unit():
        people = [
            {
                "email": f"q{each}@example.org",
                "email_key": f"q{each}@example.org",
                "state": "left",
                "user_type_id": 1,
                "created_at": clock(),
            }
            for each in range(500)
        ]
        session.execute(insert(Subscriber), people)
    after = asked()
    grown = {path: (before[path], after[path]) for path in PAGES if after[path] > before[path] + 2}
    assert grown == {}
    assert max(after.values()) < 80
