"""What every answer carries to protect its reader, and what a page says when something is wrong."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from structlog.testing import capture_logs

from notifier.app import create_app
from notifier.render.links import private_token
from tests import makers
from tests.conftest import Databases, close
from tests.doors.test_pages import BY_LINK, PATHS, WITH_FORM
from tests.makers import Clock


@pytest.mark.parametrize("kind", ["sqlite"])
def test_every_answer_is_hardened(client: FlaskClient) -> None:
    for path in [*PATHS, *BY_LINK.values(), "/nowhere"]:
        for answer in (client.get(path), client.post(path)):
            assert answer.headers["X-Content-Type-Options"] == "nosniff", path
            assert answer.headers["Referrer-Policy"] == "same-origin"
            policy = answer.headers["Content-Security-Policy"]
            assert "default-src 'none'" in policy
            assert "frame-ancestors 'none'" in policy
            assert "unsafe" not in policy
            assert len(re.findall(r"'nonce-[\w-]{20,}'", policy)) == 1
            assert "Server" not in answer.headers


@pytest.mark.parametrize("kind", ["sqlite"])
def test_the_nonce_is_new_each_time(client: FlaskClient) -> None:
    policies = {client.get("/").headers["Content-Security-Policy"] for _ in range(5)}
    assert len(policies) == 5


@pytest.mark.parametrize("kind", ["sqlite"])
def test_private_pages_are_kept_by_nobody_and_others_are_asked_for_again(
    client: FlaskClient,
) -> None:
    for path in (*WITH_FORM, *BY_LINK.values()):
        assert client.get(path).headers["Cache-Control"] == "no-store", path
    for path in ("/", "/changes", "/topics/air-quality", "/healthz", "/nowhere"):
        assert client.get(path).headers["Cache-Control"] == "no-cache", path
    for path in ("/feeds/all.atom", "/calendar.ics"):
        assert "public" in client.get(path).headers["Cache-Control"], path


def test_on_https_the_cookie_and_the_browser_stay_there(
    databases: Databases, clock: Clock, tmp_path: Path
) -> None:
    url = databases.create("sqlite", "loaded")
    app = create_app(makers.settings(url, tmp_path, base_url="https://stats.example"), now=clock)
    answer = app.test_client().get("/subscribe")
    assert "Secure" in answer.headers["Set-Cookie"].split("; ")
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=")
    with app.app_context():
        close()
    databases.drop(url)


@pytest.mark.parametrize("kind", ["sqlite"])
def test_a_wrong_method_is_told_the_right_ones(client: FlaskClient) -> None:
    answer = client.delete("/changes")
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]
    assert "There is no such page" in answer.get_data(as_text=True)


def test_when_the_database_is_away_people_get_a_page_and_no_trace(
    databases: Databases, kind: str, clock: Clock, tmp_path: Path
) -> None:
    """An empty database is as good as none: every query fails."""
    url = databases.create(kind)
    app = create_app(makers.settings(url, tmp_path), now=clock)
    for path in ("/", "/subscribe", "/feeds/all.atom", "/metrics"):
        with capture_logs() as logged:
            answer = app.test_client().get(path)
        assert [(line["event"], line["path"]) for line in logged] == [("a page failed", path)]
        page = answer.get_data(as_text=True)
        assert (path, answer.status_code) == (path, 500)
        assert "Something broke on our side" in page
        assert not re.search("Traceback|sqlalchemy|psycopg|sqlite", page)
    assert app.test_client().get("/nowhere").status_code == 404
    token = private_token(app.config["SETTINGS"], 1, 7)
    for path in ("/feeds/mine/{}.atom", "/calendar/mine/{}.ics"):
        with capture_logs() as logged:
            app.test_client().get(path.format(token))
        assert token not in str(logged), "an address that is a key stands in no log"
        assert [line["path"] for line in logged] == [path.format("…")]
    with app.app_context():
        close()
    databases.drop(url)
