"""Signing somebody else up, or asking who has: one answer for everybody, and few mails."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from notifier.audience.suppress import suppress
from notifier.store.db import unit
from notifier.tokens import Stamps
from tests import makers
from tests.doors.attacking import TYPED, counts, form
from tests.journeys.world import hidden
from tests.makers import CLEO, DAN, Clock


@pytest.fixture
def kind() -> str:
    return "sqlite"


# Signing somebody else up


def test_the_answer_is_the_same_for_everybody(house: Flask, clock: Clock) -> None:
    """Known, unknown, suppressed, left: status, body and headers tell nothing."""
    with house.app_context():
        makers.joins(CLEO, now=clock())
        gone = makers.joins("gone@example.org", now=clock())
        with unit():
            suppress(gone, reason="bounced", now=clock(), pepper=makers.pepper())
    for path in ("/subscribe", "/preferences"):
        said = set()
        for email in (CLEO, "gone@example.org", DAN, "nobody@example.org", CLEO.upper()):
            client = house.test_client()
            answer = client.post(path, data={**form(client, clock, path), "email": email, **TYPED})
            headers = {k: v for k, v in answer.headers if k != "Content-Security-Policy"}
            said.add((answer.status_code, answer.get_data(as_text=True), str(headers)))
        assert len(said) == 1, path
        assert "@example.org" not in said.pop()[1]


def test_fifty_posts_bring_a_victim_three_mails_at_most(house: Flask, clock: Clock) -> None:
    topics = ["food", "waste", "water", "nature", "livestock", "forestry"]
    for number in range(50):
        client = house.test_client()
        email = CLEO.upper() if number % 2 else CLEO
        data = {**form(client, clock), "email": email, "user_type": "academic"}
        data["topics"] = topics[: 1 + number % 6]
        headers = {"X-Forwarded-For": f"198.51.100.{number}", "Client-IP": f"10.0.0.{number}"}
        assert client.post("/subscribe", data=data, headers=headers).status_code == 200
        clock.forward(minutes=10)
    with house.app_context():
        assert 1 <= counts()["send"] <= 3


@pytest.mark.parametrize(
    ("changes", "seconds"),
    [
        ({"website": "https://spam.example"}, 20),
        ({}, 2),
        ({"t": ""}, 20),
        ({"t": "forged"}, 20),
    ],
    ids=["filled the trap", "too quick", "no time", "forged time"],
)
def test_programs_get_the_same_page_and_nothing_is_kept(
    house: Flask, clock: Clock, changes: dict[str, str], seconds: float
) -> None:
    client = house.test_client()
    for path in ("/subscribe", "/preferences"):
        with house.app_context():
            makers.joins(CLEO, now=clock())
            before = counts()
        given = form(client, clock, path)
        honest = {**given, "email": "not an honest address", **TYPED}
        clock.forward(seconds=seconds - 20)
        answer = client.post(path, data={**honest, "email": CLEO, **changes})
        assert answer.status_code == 200
        assert "Check your email" in answer.get_data(as_text=True)
        with house.app_context():
            assert counts() == before


def test_who_left_the_page_open_is_asked_again(house: Flask, clock: Clock) -> None:
    """No program does that, so the page says it, for every address; the next press counts."""
    client = house.test_client()
    for path in ("/subscribe", "/preferences"):
        given = form(client, clock, path)
        clock.forward(seconds=3601 - 20)
        with house.app_context():
            before = counts()
        answer = client.post(path, data={**given, **TYPED, "email": CLEO})
        page = answer.get_data(as_text=True)
        assert answer.status_code == 400
        assert "open for over an hour" in page
        with house.app_context():
            assert counts() == before
        again = {**given, **TYPED, "email": CLEO, "t": hidden(page, "t")}
        clock.forward(seconds=5)
        assert client.post(path, data=again).status_code == 200
    with house.app_context():
        assert counts()["send"] == 1, "the sign-up's second press; nobody has preferences yet"


def test_the_time_on_a_form_is_three_seconds_to_an_hour(house: Flask, clock: Clock) -> None:
    for seconds, kept in ((2, 0), (3, 1), (3600, 1), (3601, 0)):
        client = house.test_client()
        given = form(client, clock)
        clock.forward(seconds=seconds - 20)
        with house.app_context():
            before = counts()["send"]
        email = f"after.{seconds}@example.org"
        client.post("/subscribe", data={**given, "email": email, **TYPED})
        with house.app_context():
            assert counts()["send"] - before == kept, seconds


@pytest.mark.parametrize(
    "email",
    [
        f"{CLEO}\r\nBcc: {DAN}",
        "cleo\r\n@example.org",
        f"cleo@example.org%0aBcc:{DAN}",
        f"{CLEO},{DAN}",
        f"{CLEO} {DAN}",
        f"{CLEO};{DAN}",
        f"Cleo <{CLEO}>",
        "cleo\0@example.org",
        f"{CLEO}\0",
        '"<script>"@example.org\r\n',
        "cleo@[127.0.0.1]",
        "cleo@example.org@example.org",
        "a" * 65 + "@example.org",
        "cleo@" + "a." * 130 + "org",
        "x" * 100_000,
    ],
)
def test_what_is_no_address_is_refused(house: Flask, clock: Clock, email: str) -> None:
    client = house.test_client()
    given = form(client, clock)
    with house.app_context():
        before = counts()
    for path in ("/subscribe", "/preferences"):
        assert client.post(path, data={**given, "email": email, **TYPED}).status_code == 400
    with house.app_context():
        assert counts() == before


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
@pytest.mark.parametrize(
    "wrong",
    [
        {"topics": ["air-quality", "nothing"]},
        {"topics": ["air-quality\0"]},
        {"topics": ["' OR 1=1 --"]},
        {"topics": []},
        {"user_type": "nobody"},
        {"user_type": "academic\0"},
        {"user_type": "\udcff"},
        {"user_type": ""},
    ],
)
def test_an_unknown_choice_is_refused_whole(
    house: Flask, clock: Clock, wrong: dict[str, Any]
) -> None:
    with house.app_context():
        cleo = makers.joins(now=clock()).id
    client = house.test_client()
    path = "/preferences/" + Stamps(house.config["SETTINGS"].keys).preferences.make(1, cleo)
    given = {**form(client, clock), **TYPED, "depth": "detail", "language": "en"}
    with house.app_context():
        before = counts()
    wrong = {k: v if v != "\udcff" else b"\xff" for k, v in wrong.items()}
    assert client.post("/subscribe", data={**given, "email": DAN, **wrong}).status_code == 400
    assert client.post(path, data={**given, **wrong}).status_code == 400
    with house.app_context():
        assert counts() == before
