"""Floods: a victim gets three mails at most, a network is told to wait, and nobody learns who is
known."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from notifier.audience import limits
from notifier.audience.models import Signup
from notifier.notices import consult
from notifier.sends.models import Send
from notifier.store.db import session
from notifier.web import network
from notifier.web.network import around
from tests import makers
from tests.journeys.world import hidden
from tests.makers import CLEO, DAN, Clock, on_sqlite

pytestmark = on_sqlite

VICTIM = "victim@example.org"
TYPED = {"topics": ["air-quality"], "user_type": "academic"}
TOPICS = ["food", "waste", "water", "nature", "livestock", "forestry"]


def fields(client: FlaskClient, clock: Clock, path: str) -> dict[str, str]:
    page = client.get(path).get_data(as_text=True)
    clock.forward(seconds=20)
    return {name: hidden(page, name) for name in ("csrf_token", "t")}


def mails(house: Flask) -> int:
    with house.app_context():
        return session.scalar(select(func.count(Send.id))) or 0


@pytest.mark.parametrize("networks", [1, 250])
def test_a_thousand_posts_at_one_victim(house: Flask, clock: Clock, networks: int) -> None:
    """From one network, with an address made up for each post; the answer is the same throughout
    but for the limit of the network. Nor do more networks bring more mail."""
    client = house.test_client()
    given, answers = fields(client, clock, "/subscribe"), set()
    for number in range(1000):
        data: dict[str, Any] = {**given, **TYPED, "email": VICTIM}
        data["topics"] = TOPICS[: 1 + number % 6]
        spoofed = {"X-Forwarded-For": f"198.51.{number % 250}.{number // 250}, 127.0.0.1"}
        there = {"REMOTE_ADDR": f"203.0.{number % networks}.9"}
        answer = client.post("/subscribe", data=data, headers=spoofed, environ_overrides=there)
        answers.add(answer.status_code)
    assert answers == ({200, 429} if networks == 1 else {200})
    assert 1 <= mails(house) <= 3
    with house.app_context():
        asked = session.scalar(select(func.count(Signup.id)))
    assert asked == (limits.PER_NETWORK if networks == 1 else 1000)


def test_the_limit_is_the_same_for_known_and_unknown_addresses(
    house: Flask, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "PER_NETWORK", 2)
    with house.app_context():
        makers.joins(CLEO, now=clock())
    client = house.test_client()
    given = fields(client, clock, "/subscribe")
    for n in range(2):
        client.post("/subscribe", data={**given, **TYPED, "email": f"p{n}@example.org"})
    before, pages = mails(house), set()
    for email in (CLEO, DAN):
        answer = client.post("/subscribe", data={**given, **TYPED, "email": email})
        assert (answer.status_code, answer.headers["Retry-After"]) == (429, "3600")
        pages.add(answer.get_data(as_text=True))
    assert len(pages) == 1
    assert "wait an hour" in pages.pop()
    assert mails(house) == before


@pytest.mark.parametrize("known", [True, False])
def test_asking_for_links_is_limited_alike(house: Flask, clock: Clock, known: bool) -> None:
    with house.app_context():
        if known:
            makers.joins(VICTIM, now=clock())
    before, client = mails(house), house.test_client()
    given = fields(client, clock, "/preferences")
    said = [
        client.post(
            "/preferences",
            data={**given, "email": VICTIM},
            headers={"X-Forwarded-For": f"198.51.100.{n % 250}"},
        ).status_code
        for n in range(100)
    ]
    most = network.MOST["link"]
    assert said == [200] * most + [429] * (100 - most)
    assert mails(house) - before == (1 if known else 0), "one in a second is one promise"


def test_links_to_one_person_are_few_a_day(house: Flask, clock: Clock) -> None:
    with house.app_context():
        makers.joins(VICTIM, now=clock())
    before = mails(house)
    for _ in range(40):
        client = house.test_client()
        given = fields(client, clock, "/preferences")
        client.post("/preferences", data={**given, "email": VICTIM})
        clock.forward(minutes=30)
    assert mails(house) - before <= 6


def test_the_answer_form_is_limited(house: Flask, clock: Clock) -> None:
    """The limit counts before anything is looked at, so the reference need not exist."""
    client = house.test_client()
    given = fields(client, clock, "/subscribe")
    said = [
        client.post("/changes/DEFRA-1999-001", data={**given, "email": VICTIM}).status_code
        for _ in range(network.MOST["answer"] + 1)
    ]
    assert (said[0], said[-2], said[-1]) == (404, 404, 429)
    assert consult.SAME_AGAIN  # and each address gets three mails a day: test_consulting.py


def test_complaints_are_limited_and_a_flood_is_stopped(
    house: Flask, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(network.MOST, "complaint", 2)
    client = house.test_client()
    given = fields(client, clock, "/complain")
    said = [
        client.post("/complain", data={**given, "words": "You write too often."}).status_code
        for _ in range(3)
    ]
    assert said == [200, 200, 429]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("203.0.113.9", "203.0.113.250", True),
        ("203.0.113.9", "203.0.114.9", False),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:203.0.113.9", "203.0.113.1", True),
    ],
)
def test_a_network_is_a_24_or_a_64(house: Flask, one: str, other: str, same: bool) -> None:
    assert (around(one) == around(other)) is same


def test_what_is_kept_of_a_network_cannot_be_read(house: Flask, clock: Clock) -> None:
    client = house.test_client()
    given = fields(client, clock, "/subscribe")
    outside = {"REMOTE_ADDR": "203.0.113.9"}
    client.post("/subscribe", data={**given, **TYPED, "email": DAN}, environ_overrides=outside)
    with house.app_context():
        kept = session.query(Signup.network).scalar()
    assert len(kept) == network.LENGTH
    assert set(kept) <= set("0123456789abcdef")
