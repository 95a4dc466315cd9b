"""How far a Send is, how fast, why and where it fails: as data, and watched by the second."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from notifier.audience.models import Subscriber
from notifier.cli import run
from notifier.delivery import stop
from notifier.delivery.progress import progress, shape
from notifier.sends.models import Delivery, Send
from notifier.sends.queries import send as the_send
from notifier.sends.rules import State
from notifier.store.db import session, unit
from notifier.store.history import SYSTEM
from notifier.worker.drain import drain
from tests.makers import Clock, engine, on_sqlite
from tests.rooms.crowd import crowd, found, frozen, kept
from tests.rooms.digest_readers import changes, item, reader


def living_at(domain: str, *ids: int) -> None:
    with unit():
        for i in ids:
            address = f"p{i}@{domain}" if domain else None
            session.execute(update(Subscriber).where(Subscriber.id == i).values(email=address))


def troubled(clock: Clock) -> Send:
    """Of 20 people 8 have it, 5 are at busy.example, 3 at gone.example, one was erased."""
    ids = crowd(20)
    living_at("Busy.example", *ids[8:13])
    living_at("gone.example", *ids[13:16])
    living_at("", ids[16])
    send = frozen(clock, "food")
    clock.forward(seconds=30)
    kept(
        send,
        *(found(i, "accepted") for i in ids[:8]),
        *(found(i, "deferred", 421, "4.7.0") for i in ids[8:12]),
        found(ids[12], "uncertain", 0),
        *(found(i, "refused", 550, "5.1.1") for i in ids[13:15]),
        found(ids[15], "refused", 554, "5.7.1"),
        found(ids[16], "refused", 550, "5.1.1"),
        clock=clock,
    )
    session.refresh(send)
    return send


def test_all_of_it_as_data(room: Flask, clock: Clock) -> None:
    send = troubled(clock)
    told = shape(send, now=clock())
    assert {key: told[key] for key in list(told)[:12]} == {
        "audience": 20,
        "accepted": 8,
        "bounced": 3,
        "failed": 1,
        "skipped": 0,
        "open": 8,
        "waiting": 3,
        "retrying": 4,
        "unsure": 1,
        "held": 0,
        "per_second": 0.4,
        "seconds_left": 8,
    }
    assert told["failures"] == [
        {"state": "trying again", "code": 421, "people": 4, "said": ""},
        {"state": "bounced", "code": 550, "people": 3, "said": ""},
        {"state": "unsure", "code": 0, "people": 1, "said": ""},
        {"state": "failed", "code": 554, "people": 1, "said": ""},
    ]
    busy = {"people": 5, "bounced": 0, "failed": 0, "trying_again": 4, "unsure": 1}
    assert told["domains"][0] == {"domain": "busy.example", **busy}
    assert [(row["domain"], row["people"]) for row in told["domains"][1:]] == [
        ("gone.example", 3),
        ("(erased since)", 1),
    ]


def test_the_rate_is_of_the_last_minute(room: Flask, clock: Clock) -> None:
    ids = crowd(100)
    send = frozen(clock, "food")
    kept(send, *(found(i, "accepted") for i in ids[:10]), clock=clock)
    clock.forward(seconds=70)
    assert progress(send, now=clock()).seconds_left is None  # nothing moves
    kept(send, *(found(i, "accepted") for i in ids[10:40]), clock=clock)
    session.refresh(send)
    now = progress(send, now=clock())
    assert (now.per_second, now.seconds_left) == (0.5, 120)
    with unit():
        stop.pause(send, "Lunch.", by=SYSTEM, now=clock())
    assert progress(send, now=clock()).seconds_left is None


def test_twenty_domains_at_most(room: Flask, clock: Clock) -> None:
    ids = crowd(50)
    for i in ids:
        living_at(f"d{i:02}.example", i)
    send = frozen(clock, "food")
    kept(send, *(found(i, "deferred", 421) for i in ids), clock=clock)
    rows = shape(send, now=clock())["domains"]
    assert [row["domain"] for row in rows] == [f"d{i:02}.example" for i in ids[:20]]


class Watching:
    """``notifier sends watch`` on a clock of which each second lets something happen."""

    def __init__(self, room: Flask, clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
        self.room, self.clock, self.capsys = room, clock, capsys
        self.seconds = 0

    def watch(self, send_id: int, each: Callable[[int], Any], *options: str) -> list[str]:
        """The lines that it prints; ``each`` is called with the number of the second."""

        def sleep(_: float) -> None:
            self.clock.forward(seconds=1)
            self.seconds += 1
            assert self.seconds < 30
            each(self.seconds)

        self.capsys.readouterr()
        arguments = ["sends", "watch", str(send_id), *options]
        status = run(lambda *_, **__: self.room, arguments, now=self.clock, sleep=sleep)
        assert status == 0
        return self.capsys.readouterr().out.splitlines()


@pytest.fixture
def watching(room: Flask, clock: Clock, capsys: pytest.CaptureFixture[str]) -> Watching:
    return Watching(room, clock, capsys)


@on_sqlite
def test_watched_until_it_is_over(watching: Watching, clock: Clock) -> None:
    ids = crowd(40)
    living_at("gone.example", ids[39])
    send = frozen(clock, "food")

    def happens(second: int) -> None:
        some = [found(i, "accepted") for i in ids[(second - 1) * 13 : second * 13]]
        kept(send, *some, clock=clock)
        if second == 3:
            kept(send, found(ids[39], "refused", 550, "5.1.1"), clock=clock)
            with unit():
                session.execute(update(Send).values(state="done", finished_at=clock()))

    assert watching.watch(send.id, happens) == [
        "sending: 0 of 40",
        "sending: 13 of 40, 13 a second, 2 s left",
        "sending: 26 of 40, 13 a second, 1 s left",
        "done: 40 of 40, 1 bounced or failed",
        "It is done: 39 of 40 have it.",
        "  1 bounced: 550",
        "  1 at gone.example",
    ]


@on_sqlite
def test_watched_by_a_program_each_second_is_a_line(watching: Watching, clock: Clock) -> None:
    ids = crowd(2)
    send = frozen(clock, "food")

    def happens(second: int) -> None:
        kept(send, found(ids[second - 1], "accepted"), clock=clock)
        if second == 2:
            with unit():
                stop.pause(the_send(number), "Lunch.", by=SYSTEM, now=clock())

    number = send.id
    seen = [json.loads(line) for line in watching.watch(number, happens, "--json")]
    assert [(each["state"], each["known"]) for each in seen] == [
        ("sending", 0),
        ("sending", 1),
        ("paused", 2),
    ]
    assert seen[-1]["paused_because"] == "Lunch."


@on_sqlite
def test_a_watch_ends_where_nothing_more_is_to_be_seen(
    watching: Watching, room: Flask, clock: Clock
) -> None:
    clock.at("2026-11-24 15:00")
    reader(clock)
    milk, _ = changes(clock)
    later = item(milk, "T-28").id
    assert watching.watch(later, print)[-1].startswith("It is planned for 2026-12-24 at 10:30")
    drain(engine(room, clock))
    held = watching.watch(item(milk).id, print)
    assert held == ["sending: 0 of 1", "1 wait for their digest; 0 have it."]
    with unit():
        stop.pause(item(milk), "A slip.", by=SYSTEM, now=clock())
    assert watching.watch(item(milk).id, print)[-1] == "It is paused: A slip."
    assert watching.seconds == 0


def test_metrics_tell_what_is_under_way(room: Flask, clock: Clock) -> None:
    send = troubled(clock)
    text = room.test_client().get("/metrics").get_data(as_text=True)
    for outcome, people in (("accepted", 8), ("bounced", 3), ("failed", 1), ("pending", 8)):
        line = f'notifier_sending_people{{outcome="{outcome}",send="{send.id}"}} {people}.0'
        assert line in text
    with unit():
        session.execute(update(Send).values(state="done"))
    assert "notifier_sending_people{" not in room.test_client().get("/metrics").get_data(True)


def test_a_finished_send_has_nothing_left(room: Flask, clock: Clock) -> None:
    ids = crowd(3)
    send = frozen(clock, "food")
    kept(send, *(found(i, "accepted") for i in ids), clock=clock)
    with unit():
        session.execute(update(Send).values(state="done"))
    session.refresh(send)
    now = progress(send, now=clock())
    assert (now.open, now.seconds_left, now.per_second) == (0, 0, 0.0)
    assert session.query(Delivery).filter_by(state=int(State.ACCEPTED)).count() == 3
