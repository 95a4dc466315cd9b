"""Requests by somebody who means harm: spoofed hosts, huge bodies, odd names, poor secrets."""

from __future__ import annotations

import secrets
from pathlib import Path

import pytest
from flask import Flask

from notifier.app import create_app
from tests import makers
from tests.conftest import Databases, close
from tests.doors.attacking import TYPED, form
from tests.doors.test_pages import PATHS as PAGES
from tests.journeys.world import World, hidden, text_of
from tests.makers import CLEO, DAN, Clock


@pytest.fixture
def kind() -> str:
    return "sqlite"


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
