"""The doors tried by somebody who means harm: forged links, other people's addresses, floods."""

from __future__ import annotations

import secrets
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from notifier.accounts import people
from notifier.app import create_app
from notifier.audience.suppress import suppress
from notifier.sends.models import Send
from notifier.store.db import db, session, unit
from notifier.store.history import SYSTEM
from notifier.tokens import Signer, Stamps
from tests import makers
from tests.conftest import Databases, close
from tests.doors.test_pages import PATHS as PAGES
from tests.journeys.world import World, hidden, one_click, text_of
from tests.makers import CLEO, DAN, Clock

OLD = "the-old-key-of-the-tests-which-is-long-enough"
NEW = "a-new-key-of-the-tests-which-is-long-enough-too"
OUTSIDER = {"REMOTE_ADDR": "203.0.113.9"}
TYPED = {"topics": ["air-quality"], "user_type": "academic"}


@pytest.fixture
def kind() -> str:
    return "sqlite"


def counts() -> dict[str, int]:
    """Rows of every table."""
    tables = db.metadata.sorted_tables
    return {t.name: session.scalar(select(func.count()).select_from(t)) or 0 for t in tables}


def form(client: FlaskClient, clock: Clock, path: str = "/subscribe") -> dict[str, Any]:
    """The hidden fields of a page's form, twenty seconds after it was opened."""
    page = client.get(path).get_data(as_text=True)
    clock.forward(seconds=20)
    return {name: hidden(page, name) for name in ("csrf_token", "t")}


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


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
@pytest.mark.parametrize("path", ["/changes", "/topics", "/series", "/newsletters", "/releases"])
def test_odd_names_are_not_found(house: Flask, path: str) -> None:
    client = house.test_client()
    for name in ("%00", "a%00b", "9" * 30, "-1", "%F0%9F%90%A6", "%ff", "'--", "a" * 3000):
        assert (name, client.get(f"{path}/{name}").status_code) == (name, 404)
    assert client.get("/subscribe?topic=%00").status_code == 404


@pytest.mark.parametrize(
    ("content_type", "size"),
    [
        ("multipart/form-data", 510_000),
        ("multipart/form-data", 1_100_000),
        ("application/x-www-form-urlencoded", 1_100_000),
    ],
)
def test_a_body_over_the_limit_is_refused(
    house: Flask, clock: Clock, content_type: str, size: int
) -> None:
    client = house.test_client()
    data = {**form(client, clock), "email": DAN, **TYPED, "more": "x" * size}
    answer = client.post("/subscribe", data=data, content_type=content_type)
    assert answer.status_code == 413
    assert "That did not work" in answer.get_data(as_text=True)


def test_too_many_fields_are_refused(house: Flask, clock: Clock) -> None:
    client = house.test_client()
    many = {**form(client, clock), **{f"field{n}": "x" for n in range(2000)}}
    answer = client.post("/subscribe", data=many, content_type="multipart/form-data")
    assert answer.status_code == 413


# Where a request says that it comes from and goes to


def test_no_link_follows_the_host_header(world: World) -> None:
    spoofs = (
        {"Host": "evil.example"},
        {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"},
        {"Forwarded": "host=evil.example", "X-Original-URL": "//evil.example/"},
    )
    client = world.browser()
    for headers in spoofs:
        for path in (*PAGES, "//evil.example/", "/changes/", "/dev/inbox/", "/nowhere"):
            answer = client.get(path, headers=headers)
            assert answer.status_code in (200, 404), path
            said = answer.get_data().decode("utf-8", "replace") + str(answer.headers)
            assert "evil.example" not in said, path
    page = client.get("/subscribe", headers=spoofs[0]).get_data(as_text=True)
    world.clock.forward(seconds=20)
    given = {name: hidden(page, name) for name in ("csrf_token", "t")}
    client.post("/subscribe", data={**given, "email": CLEO, **TYPED}, headers=spoofs[0])
    world.drain()
    mail = world.last_mail(CLEO)
    assert "http://127.0.0.1:8000/confirm/" in text_of(mail)
    assert "evil.example" not in mail.as_string()


def metrics(app: Flask, address: str, **headers: str) -> int:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    client = app.test_client()
    answer = client.get("/metrics", headers=named, environ_base={"REMOTE_ADDR": address})
    assert (answer.status_code == 200) == ("notifier_sends" in answer.get_data(as_text=True))
    return answer.status_code


def test_metrics_answer_this_machine_or_a_token(house: Flask) -> None:
    assert metrics(house, "127.0.0.1") == 200
    assert metrics(house, "::1") == 200
    for outsider in ("203.0.113.9", "10.0.0.1", "::ffff:203.0.113.9", "unix:", ""):
        assert metrics(house, outsider) == 404
    assert metrics(house, "203.0.113.9", X_Forwarded_For="127.0.0.1") == 404
    assert metrics(house, "203.0.113.9", Authorization="Bearer ") == 404
    for header in ({"X_Forwarded_For": "203.0.113.9"}, {"Forwarded": "for=203.0.113.9"}):
        assert metrics(house, "127.0.0.1", **header) == 404, "a proxy that nobody told us of"


def test_a_trusted_proxy_is_believed_as_far_as_it_wrote(
    databases: Databases, clock: Clock, tmp_path: Path
) -> None:
    url = databases.create("sqlite", "loaded")
    given = {"trusted_proxies": "127.0.0.1 10.0.0.0/8", "metrics_token": "a token of the tests"}
    app = create_app(makers.settings(url, tmp_path, **given), now=clock)
    assert metrics(app, "127.0.0.1") == 200
    assert metrics(app, "127.0.0.1", X_Forwarded_For="203.0.113.9") == 404
    assert metrics(app, "127.0.0.1", X_Forwarded_For="127.0.0.1, 203.0.113.9") == 404
    assert metrics(app, "127.0.0.1", X_Forwarded_For="127.0.0.1, 203.0.113.9, 10.1.1.1") == 404
    assert metrics(app, "127.0.0.1", X_Forwarded_For="nonsense") == 404
    assert metrics(app, "127.0.0.1", X_Forwarded_For="127.0.0.1") == 200
    assert metrics(app, "203.0.113.9", X_Forwarded_For="127.0.0.1") == 404
    assert metrics(app, "203.0.113.9", Authorization="Bearer a token of the tests") == 200
    assert metrics(app, "203.0.113.9", Authorization="Bearer a token of the test") == 404
    assert metrics(app, "203.0.113.9", Authorization="Bearer ŵ") == 404
    with app.app_context():
        close()
    databases.drop(url)


# What must not start, or not exist


@pytest.mark.parametrize(
    "more",
    [{"env": "production"}, {"mail_url": "smtp://127.0.0.1:2525"}],
    ids=["production", "smtp"],
)
def test_the_outbox_page_is_for_development_alone(
    databases: Databases, clock: Clock, tmp_path: Path, more: dict[str, str]
) -> None:
    url = databases.create("sqlite", "loaded")
    given = {"secret_key": secrets.token_urlsafe(48), "suppression_pepper": secrets.token_hex()}
    app = create_app(makers.settings(url, tmp_path, **given, **more), now=clock)
    for path in ("/dev/inbox", "/dev/inbox/x", "/dev/inbox/x/html"):
        assert app.test_client().get(path).status_code == 404
    assert app.test_client().get("/").status_code == 200
    with app.app_context():
        close()
    databases.drop(url)


@pytest.mark.parametrize("verb", [["serve"], ["web"], ["worker", "--drain"], ["migrate"]])
@pytest.mark.parametrize("secret", ["", "short", "a" * 64])
def test_production_does_not_start_with_a_poor_secret(
    world: World, verb: list[str], secret: str
) -> None:
    world.environ.setenv("NOTIFIER_ENV", "production")
    world.environ.setenv("NOTIFIER_SECRET_KEY", secret)
    one_sentence(world, *verb, about="NOTIFIER_SECRET_KEY")


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_nothing_runs_on_a_stale_schema(world: World, databases: Databases, kind: str) -> None:
    world.environ.setenv("NOTIFIER_DATABASE_URL", databases.create(kind))
    for verb in (["serve"], ["web"], ["worker", "--drain"]):
        one_sentence(world, *verb, about="bin/notifier migrate")


@pytest.mark.parametrize("verb", ["serve", "web"])
@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "updates.example.org"])  # noqa: S104
def test_development_listens_to_this_machine_alone(world: World, verb: str, host: str) -> None:
    one_sentence(world, verb, "--host", host, about="loopback")


def one_sentence(world: World, *arguments: str, about: str) -> None:
    """Exit 1, nothing on standard output, one line that says what to do."""
    said = world.cli(*arguments)
    assert (said.status, said.out, said.err.count("\n")) == (1, "", 1), said.err
    assert about in said.err
