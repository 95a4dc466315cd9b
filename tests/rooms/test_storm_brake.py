"""A Send that is refused in a storm is paused, staff are told why, and a person lets it go on."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select, update

from notifier.accounts.models import Staff
from notifier.delivery import lease, stop
from notifier.delivery.record import Found
from notifier.delivery.storm import storm
from notifier.render.letters import write_one
from notifier.render.links import site_for
from notifier.sends.models import Chunk, Send
from notifier.sends.queries import send as the_send
from notifier.store.db import session, unit
from notifier.store.history import of
from notifier.worker.brake import brake
from notifier.worker.drain import drain
from notifier.worker.heard import write_down
from notifier.worker.tick import tick
from tests.makers import ALICE, Clock, acting, announced, draft, engine
from tests.rooms.counting_server import Counting, listening, worker_to
from tests.rooms.crowd import counters, crowd, found, frozen
from tests.rooms.digest_readers import item


@pytest.fixture
def server() -> Iterator[tuple[Counting, int]]:
    with listening() as both:
        yield both


class Told:
    """A Send to a crowd, and what the mail server says of one after the other."""

    def __init__(self, room: Flask, clock: Clock, people: int) -> None:
        self.room, self.clock = room, clock
        self.ids = iter(crowd(people))
        self.send = frozen(clock, "food")
        with unit():  # a worker has them
            session.execute(update(Chunk).values(state="leased", owner="one", lease_until=clock()))

    def outcomes(self, number: int, *answer: object) -> None:
        """So many people more, a second later, with that answer."""
        self.clock.forward(seconds=1)
        said: list[Found] = [found(next(self.ids), *answer) for _ in range(number)]  # type: ignore[arg-type]
        with unit():
            write_down(engine(self.room, self.clock), self.send.id, said, None)

    def state(self) -> str:
        brake(self.clock())
        session.refresh(self.send)
        return self.send.state

    def resume(self) -> None:
        with unit():
            stop.resume(self.send, by=acting(ALICE), now=self.clock())


OK = ("accepted",)
GONE = ("refused", 550, "5.1.1")
MAYBE_GONE = ("refused", 550, "5.5.0")
FULL = ("refused", 552, "5.2.2")
POLICY = ("refused", 550, "5.7.1")


def alarms() -> list[str]:
    query = select(Staff.email).join(Send, Send.staff_id == Staff.id)
    found = session.scalars(query.where(Send.about.startswith("send:")).order_by(Send.id))
    return [email.partition("@")[0] for email in found]


def test_more_than_five_in_a_hundred_bad_addresses(room: Flask, clock: Clock) -> None:
    told = Told(room, clock, 1100)
    told.outcomes(600, *OK)
    told.outcomes(30, *GONE)
    told.outcomes(20, *MAYBE_GONE)
    assert told.state() == "sending"  # 50 is what the first 1,000 may hold
    told.outcomes(1, *GONE)
    assert told.state() == "paused"
    assert of(f"send:{told.send.id}")[-1].why == "51 of 651 addresses were refused for good."
    assert of(f"send:{told.send.id}")[-1].by["basis"] == "system"
    assert alarms() == ["alice", "bob", "hana"]
    brake(clock())
    assert len(alarms()) == 3


def test_a_large_send_is_judged_by_its_share(room: Flask, clock: Clock) -> None:
    told = Told(room, clock, 2200)
    told.outcomes(2000, *OK)
    told.outcomes(100, *GONE)
    assert told.state() == "sending"
    told.outcomes(11, *GONE)
    assert told.state() == "paused"


def test_full_mailboxes_are_no_storm(room: Flask, clock: Clock) -> None:
    told = Told(room, clock, 200)
    told.outcomes(100, *FULL)
    assert (told.state(), told.send.bounced) == ("sending", 100)


def test_a_run_of_policy_refusals(room: Flask, clock: Clock) -> None:
    told = Told(room, clock, 3000)
    told.outcomes(2500, *OK)
    told.outcomes(49, *POLICY)
    assert told.state() == "sending"
    told.outcomes(1, *OK)
    told.outcomes(49, *POLICY)
    assert told.state() == "sending"  # 98 in all, but one was taken between them
    told.outcomes(1, *POLICY)
    assert told.state() == "paused"
    why = of(f"send:{told.send.id}")[-1].why
    assert why == "The last 50 messages were all refused for what they are or whence."


def test_one_large_domain_that_refuses_all_is_a_storm_too(room: Flask, clock: Clock) -> None:
    told = Told(room, clock, 1000)
    for _ in range(26):
        told.outcomes(10, *OK)
        told.outcomes(2, *POLICY)
    assert told.state() == "paused"


def test_given_up_and_unmade_messages_are_no_refusals(room: Flask, clock: Clock) -> None:
    told = Told(room, clock, 100)
    told.outcomes(60, "deferred", 451)
    with unit():
        session.get_one(Send, told.send.id).failed = 60
    assert told.state() == "sending"


def test_a_person_lets_it_go_on_and_it_does_not_brake_at_once(room: Flask, clock: Clock) -> None:
    told = Told(room, clock, 1500)
    told.outcomes(60, *GONE)
    assert told.state() == "paused"
    told.resume()
    told.outcomes(1, *OK)
    assert (told.state(), storm(told.send)) == ("sending", "")
    told.outcomes(200, *GONE)
    assert told.state() == "sending"  # they have seen that, and decided
    told.outcomes(49, *POLICY)
    assert told.state() == "sending"
    told.outcomes(1, *POLICY)
    assert told.state() == "paused"  # something new
    assert len(alarms()) == 6


def test_after_a_run_and_a_resume_only_new_refusals_count(room: Flask, clock: Clock) -> None:
    told = Told(room, clock, 1500)
    told.outcomes(60, *POLICY)
    assert told.state() == "paused"
    clock.forward(minutes=10)
    told.resume()
    assert told.state() == "sending"
    told.outcomes(49, *POLICY)
    assert told.state() == "sending"


def test_a_pause_by_a_person_does_not_release_the_brake(room: Flask, clock: Clock) -> None:
    told = Told(room, clock, 1500)
    with unit():
        stop.pause(told.send, "Lunch.", by=acting(ALICE), now=clock())
    told.resume()
    told.outcomes(60, *GONE)
    assert told.state() == "paused"


def test_the_mail_to_staff_says_what_and_the_ways_on(room: Flask, clock: Clock) -> None:
    crowd(200)
    notice = announced(draft(now=clock(), series=["family-food"]), now=clock())
    worker = engine(room, clock)
    tick(worker)
    send = item(notice.reference)
    with unit():
        lease.claim(send.id, 0, owner="one", now=clock())
    outcomes = [found(n, "refused", 550, "5.7.1") for n in range(1, 61)]
    with unit():
        write_down(worker, send.id, outcomes, None)
    tick(worker)
    alarm = session.scalars(select(Send).where(Send.about == f"send:{send.id}")).first()
    assert alarm is not None
    person = session.get_one(Staff, alarm.staff_id)
    site = site_for(room.config["SETTINGS"])
    words = write_one(alarm, site=site, now=clock(), person=person)
    text = " ".join(words.text.split())
    assert words.subject.startswith("Sending paused: ")
    assert "Milk volumes" in words.subject
    assert "The last 60 messages were all refused" in text
    assert "Have it: 0 of 200" in text
    for command in (f"resume {send.id} --by", f"retry {send.id} --by", f"cancel {send.id} "):
        assert f"bin/notifier sends {command}" in text
    assert "because you answer for" in text


def test_a_worker_stops_between_chunks_when_a_server_refuses_all(
    room: Flask, clock: Clock, server: tuple[Counting, int]
) -> None:
    """1,200 people are three chunks; the second is not begun."""
    kept, port = server
    crowd(1200)
    told = item(announced(draft(now=clock(), series=["family-food"]), now=clock()).reference).id
    kept.answer = lambda address: "550 5.7.1 blocked"
    drain(worker_to(port, room, clock))
    send = the_send(told)
    assert (send.state, counters(send)) == ("paused", (0, 0, 500, 0, 700))
