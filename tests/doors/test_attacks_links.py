"""Links that are forged, old, or made for something else, and forms without their page."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from notifier.accounts import people
from notifier.app import create_app
from notifier.sends.models import Send
from notifier.store.db import session, unit
from notifier.store.history import SYSTEM
from notifier.tokens import Signer, Stamps
from tests import makers
from tests.conftest import Databases, close
from tests.doors.attacking import TYPED, counts
from tests.journeys.world import World, hidden, one_click
from tests.makers import CLEO, DAN, Clock

OLD = "the-old-key-of-the-tests-which-is-long-enough"
NEW = "a-new-key-of-the-tests-which-is-long-enough-too"


@pytest.fixture
def kind() -> str:
    return "sqlite"


# Links


@pytest.fixture
def tokens(house: Flask, clock: Clock) -> dict[str, str]:
    """A good token of each purpose, by the path that it is for; the last ones are for no page."""
    keys = house.config["SETTINGS"].keys
    stamps = Stamps(keys)
    with house.app_context():
        signup = makers.asks(DAN, now=clock()).id
        cleo = makers.joins(CLEO, now=clock()).id
        send = session.scalars(select(Send.id).where(Send.kind == "welcome")).one()
        with unit():
            _, secret = people.add(
                "fay@example.org", "author", team_id=None, by=SYSTEM, now=clock()
            )
    magic = Signer(keys, "magic").sign({"subscriber": cleo}, expires=clock.instant + TEN_MINUTES)
    return {
        "/confirm/": Signer(keys, "confirm").sign({"signup": signup}),
        "/preferences/": stamps.preferences.make(send, cleo),
        "/u/": stamps.unsubscribe.make(send, cleo),
        "/got-it/": stamps.got_it.make(send, cleo),
        "/staff/password/": secret,
        "magic": magic,
        "envelope": stamps.envelope.make(send, cleo),
        "message id": stamps.message_id.make(send, cleo),
        "form": Signer(keys, "form").sign({"at": int(clock().timestamp()), "signup": signup}),
    }


TEN_MINUTES = timedelta(minutes=10)
ROUTES = ("/confirm/", "/preferences/", "/u/", "/staff/password/", "/got-it/")


# A welcome is about no change, so its “got it” opens nothing either.
OPENS = {(route, route) for route in ROUTES[:4]} | {("magic", "/preferences/")}


def refused(answer: TestResponse) -> None:
    """The same neutral page each time, which names nobody."""
    page = answer.get_data(as_text=True)
    assert answer.status_code == 404
    assert "This link does not work" in page
    assert "@" not in page


def test_a_token_opens_only_what_it_was_made_for(house: Flask, tokens: dict[str, str]) -> None:
    client = house.test_client()
    csrf = hidden(client.get("/subscribe").get_data(as_text=True), "csrf_token")
    with house.app_context():
        before = counts()
    for purpose, token in tokens.items():
        for route in ROUTES:
            if (purpose, route) in OPENS:
                assert client.get(route + token).status_code == 200
                continue
            refused(client.get(route + token))
            refused(client.post(route + token, data={"csrf_token": csrf, "password": "x" * 20}))
    with house.app_context():
        assert counts() == before


def test_a_forged_token_opens_nothing(house: Flask, tokens: dict[str, str]) -> None:
    client = house.test_client()
    for purpose, route in OPENS:
        if purpose not in tokens:
            continue
        token = tokens[purpose]
        other = "b" if token[-5] == "a" else "a"
        for forged in (
            f"{token[:-5]}{other}{token[-4:]}",
            token[:-1],
            f"{token}0",
            token[::-1],
            f"{token}.{token}",
            "e30.e30",
            "0" * 52,
            "x",
            "…" * 20,
            "%ff%fe",
            "a" * 5000,
        ):
            refused(client.get(route + forged))


def test_a_token_of_another_house_opens_nothing(house: Flask, tokens: dict[str, str]) -> None:
    keys = ("somebody else's key, which is long enough",)
    stamps, client = Stamps(keys), house.test_client()
    refused(client.get("/confirm/" + Signer(keys, "confirm").sign({"signup": 1})))
    refused(client.get("/preferences/" + stamps.preferences.make(1, 1)))
    refused(client.get("/u/" + stamps.unsubscribe.make(1, 1)))


def test_links_run_out(house: Flask, tokens: dict[str, str], clock: Clock) -> None:
    client = house.test_client()
    clock.forward(minutes=9, seconds=59)
    assert client.get("/preferences/" + tokens["magic"]).status_code == 200
    clock.forward(seconds=1)
    refused(client.get("/preferences/" + tokens["magic"]))
    clock.forward(days=7)
    refused(client.get("/confirm/" + tokens["/confirm/"]))
    refused(client.get("/staff/password/" + tokens["/staff/password/"]))
    assert client.get("/preferences/" + tokens["/preferences/"]).status_code == 200


def test_old_mails_links_survive_a_new_key(
    databases: Databases, clock: Clock, tmp_path: Path
) -> None:
    url = databases.create("sqlite", "loaded")
    given = {
        "old": {"secret_key": OLD},
        "rotated": {"secret_key": NEW, "old_secret_keys": OLD},
        "forgotten": {"secret_key": NEW},
    }
    apps = {
        name: create_app(makers.settings(url, tmp_path, **more), now=clock)
        for name, more in given.items()
    }
    with apps["old"].app_context():
        cleo = makers.joins(CLEO, now=clock()).id
        signup = makers.asks(DAN, now=clock()).id
        send = session.scalars(select(Send.id).where(Send.kind == "welcome")).one()
    stamps = Stamps((OLD,))
    paths = (
        "/confirm/" + Signer((OLD,), "confirm").sign({"signup": signup}),
        "/preferences/" + stamps.preferences.make(send, cleo),
        "/u/" + stamps.unsubscribe.make(send, cleo),
    )
    for path in paths:
        assert apps["rotated"].test_client().get(path).status_code == 200
        refused(apps["forgotten"].test_client().get(path))
    for app in apps.values():
        with app.app_context():
            close()
    databases.drop(url)


# One click


def test_one_click_needs_nothing_but_its_link(world: World) -> None:
    world.joins(CLEO, topics=["air-quality", "waste"], user_type="academic")
    reference = world.announces("fine particles")
    world.drain()
    path = one_click(world.last_mail(CLEO, reference))

    def topics() -> list[str]:
        found: list[str] = world.cli("subscribers", "show", CLEO, "--json").json["topics"]
        return found

    for method in ("GET", "HEAD", "OPTIONS"):
        assert world.browser().open(path, method=method).status_code == 200
    assert topics() == ["air-quality", "waste"], "opening the link changes nothing"
    for kind in ("application/x-www-form-urlencoded", "multipart/form-data") * 2:
        answer = world.browser().post(
            path, data={"List-Unsubscribe": "One-Click"}, content_type=kind
        )
        assert answer.status_code == 200
        assert {"Location", "Set-Cookie"} & set(answer.headers.keys()) == set()
        assert topics() == ["waste"]
    assert CLEO not in answer.get_data(as_text=True)


def test_every_other_form_needs_its_own_page_first(house: Flask, tokens: dict[str, str]) -> None:
    paths = ["/subscribe", "/preferences", "/preferences/" + tokens["/preferences/"]]
    paths += [f"{paths[-1]}/leave", "/confirm/" + tokens["/confirm/"]]
    paths += ["/staff/password/" + tokens["/staff/password/"]]
    with house.app_context():
        before = counts()
    stranger = house.test_client()
    other = hidden(house.test_client().get("/subscribe").get_data(as_text=True), "csrf_token")
    for path in paths:
        for token in ({}, {"csrf_token": ""}, {"csrf_token": other}):
            data = {"email": DAN, "password": "long enough, surely", **TYPED, **token}
            assert (path, stranger.post(path, data=data).status_code) == (path, 400)
    with house.app_context():
        assert counts() == before
