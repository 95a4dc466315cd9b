"""Guessing at the staff's doors: it ends for known and unknown alike, and tells nothing by the way,
not by words and not by the clock.
"""

from __future__ import annotations

import statistics
import time

import pytest

from notifier.accounts import passwords
from notifier.accounts.people import by_email, known
from notifier.store.db import unit
from notifier.store.history import of
from tests.journeys.world import World
from tests.makers import BOB, Clock, on_sqlite
from tests.staff.desk import Desk, enters, joins, says

FAY = "fay@example.org"


@pytest.mark.parametrize("email", [FAY, "nobody@example.org"])
def test_guessing_passwords_ends_for_known_and_unknown_alike(
    world: World, clock: Clock, email: str
) -> None:
    joins(world, FAY, "author")
    attacker = Desk(world.browser())
    answers = [attacker.sign_in(email, f"a guess number {n}") for n in range(12)]
    assert [a.status_code for a in answers] == [400] * 10 + [429] * 2
    assert "do not belong together" in says(answers[0])
    assert "Too many tries. Wait 15 minutes" in says(answers[-1])
    assert answers[-1].headers["Retry-After"] == "900"
    assert attacker.sign_in(email).status_code == 429  # also with the right one
    world.drain()
    told = world.mails(FAY, "Many tries to sign in as you")
    assert len(told) == (email == FAY)
    with world.build(now=clock).app_context():
        burst = [row.action for row in of(f"staff:{known(FAY).id}")].count("many_tries")
        assert burst == (email == FAY)
        assert of("staff:0") == []
    clock.forward(minutes=16)
    assert attacker.sign_in(email).status_code == (303 if email == FAY else 400)


@on_sqlite
def test_guessing_from_one_network_at_many_addresses_ends_too(world: World, clock: Clock) -> None:
    attacker = Desk(world.browser())
    attacker.get("/staff/sign-in")
    answers = [
        attacker.post("/staff/sign-in", email=f"n{n}@example.org", password="x").status_code
        for n in range(61)
    ]
    assert answers == [400] * 60 + [429]
    elsewhere = Desk(world.browser(), address="198.51.100.1")
    assert elsewhere.sign_in("n1@example.org", "x").status_code == 400


@on_sqlite
def test_guessing_codes_ends(world: World, clock: Clock) -> None:
    _, telephone = enters(world, clock, BOB, "approver")
    clock.forward(minutes=1)
    attacker = Desk(world.browser())
    attacker.sign_in(BOB)
    attacker.get("/staff/code")
    answers = [attacker.post("/staff/code", code=f"00000{n}").status_code for n in range(6)]
    assert answers == [400] * 5 + [429]
    assert attacker.post("/staff/code", code=telephone.code()).status_code == 429
    attacker.get("/staff/recovery-code")
    assert attacker.post("/staff/recovery-code", code="x").status_code == 429


def test_asking_for_links_ends_and_fills_nobodys_mailbox(world: World, clock: Clock) -> None:
    joins(world, FAY, "author")
    attacker = Desk(world.browser())
    attacker.get("/staff/forgotten")
    answers = [attacker.post("/staff/forgotten", email=FAY).status_code for _ in range(4)]
    assert answers == [200] * 3 + [429]
    others = [
        Desk(world.browser(), address=f"203.0.{n}.1").post("/staff/forgotten", email=FAY)
        for n in range(2)
    ]
    assert {answer.status_code for answer in others} <= {400, 429}
    world.drain()
    assert len(world.mails(FAY, "Choose a new password")) == 3


@on_sqlite
def test_an_unknown_address_takes_as_long_as_a_wrong_password(world: World, clock: Clock) -> None:
    joins(world, FAY, "author")
    with world.build(now=clock).app_context(), unit():
        assert not passwords.hasher.check_needs_rehash(passwords.NOBODY)
        assert by_email("nobody@example.org") is None
    desk = Desk(world.browser())
    desk.get("/staff/sign-in")
    took: dict[str, list[float]] = {FAY: [], "nobody@example.org": []}
    for turn in range(24):
        if turn % 8 == 0:
            clock.forward(minutes=16)
        for email, seconds in took.items():
            began = time.perf_counter()
            assert desk.post("/staff/sign-in", email=email, password="wrong").status_code == 400
            seconds.append(time.perf_counter() - began)
    known_, unknown = (statistics.median(seconds) for seconds in took.values())
    assert abs(known_ - unknown) / known_ < 0.10 or abs(known_ - unknown) < 0.004


@on_sqlite
def test_asking_for_a_link_takes_as_long_for_an_unknown_address(world: World, clock: Clock) -> None:
    joins(world, FAY, "author")
    desk = Desk(world.browser())
    desk.get("/staff/forgotten")
    took: dict[str, list[float]] = {FAY: [], "nobody@example.org": []}
    for turn in range(30):
        if turn % 3 == 0:
            clock.forward(minutes=61)
        for email, seconds in took.items():
            began = time.perf_counter()
            assert desk.post("/staff/forgotten", email=email).status_code == 200
            seconds.append(time.perf_counter() - began)
    known_, unknown = (statistics.median(seconds) for seconds in took.values())
    assert abs(known_ - unknown) / known_ < 0.15 or abs(known_ - unknown) < 0.002
