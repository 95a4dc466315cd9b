"""Every page by a plain client: it answers with and without content, and leaks nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from flask import Flask, current_app
from flask.testing import FlaskClient
from structlog.testing import capture_logs
from werkzeug.test import TestResponse

from notifier.app import create_app
from notifier.newsletters.models import Newsletter
from notifier.notices import queries as notices
from notifier.notices.models import ChangeNotice
from notifier.releases.models import Release
from notifier.store.db import session, unit
from notifier.tokens import Stamps
from notifier.web.public.shapes import typeset
from tests import makers
from tests.conftest import Databases, close
from tests.makers import Clock

# Every route that answers GET: a path of it, and whether it needs something in the database.
ROUTES = {
    "/": ("/", False),
    "/changes": ("/changes", False),
    "/changes/<reference>": ("/changes/DEFRA-2026-001", True),
    "/changes/<reference>/mapping.csv": ("/changes/DEFRA-2026-002/mapping.csv", True),
    "/releases": ("/releases", False),
    "/releases/<int(max=2147483647):release_id>": ("/releases/1", True),
    "/notice-given": ("/notice-given", False),
    "/notice-given.csv": ("/notice-given.csv", False),
    "/policy": ("/policy", False),
    "/week-ahead": ("/week-ahead", False),
    "/week-ahead/<name>": ("/week-ahead/2026-W49", False),
    "/topics/<slug>": ("/topics/air-quality", True),
    "/series/<slug>": ("/series/wild-birds", True),
    "/newsletters": ("/newsletters", False),
    "/newsletters/<slug>": ("/newsletters/people-and-nature-what-is-new-and-what-is-coming", True),
    "/accessibility": ("/accessibility", False),
    "/privacy": ("/privacy", False),
    "/feeds": ("/feeds", False),
    "/feeds/<path:path>.<any(atom, rss, json):form>": ("/feeds/all.atom", False),
    "/feeds.opml": ("/feeds.opml", False),
    "/calendar.ics": ("/calendar.ics", False),
    "/calendar/topics/<slug>.ics": ("/calendar/topics/air-quality.ics", True),
    "/calendar/series/<slug>.ics": ("/calendar/series/wild-birds.ics", True),
    "/notices.json": ("/notices.json", False),
    "/notices/<reference>.json": ("/notices/DEFRA-2026-001.json", True),
    "/releases.json": ("/releases.json", False),
    "/subscribe": ("/subscribe", False),
    "/preferences": ("/preferences", False),
    "/healthz": ("/healthz", False),
    "/metrics": ("/metrics", False),
    "/dev/inbox": ("/dev/inbox", False),
    "/static/<path:filename>": ("/static/brand.css", False),
}
BY_LINK = {
    "/confirm/<token>": "/confirm/forged",
    "/confirm/answer/<token>": "/confirm/answer/forged",
    "/preferences/<token>": "/preferences/forged",
    "/u/<token>": "/u/forged",
    "/got-it/<token>": "/got-it/forged",
    "/early/<token>": "/early/forged",
    "/staff/password/<secret>": "/staff/password/forged",
    "/dev/inbox/<key>": "/dev/inbox/forged",
    "/dev/inbox/<key>/html": "/dev/inbox/forged/html",
}
WITH_FORM = ("/subscribe", "/preferences")
PATHS = [path for path, _ in ROUTES.values()]


@pytest.fixture
def client(house: Flask, clock: Clock) -> FlaskClient:
    """A stranger to a house in which all is announced and the newsletter is out."""
    with house.app_context():
        for notice in session.query(ChangeNotice).order_by(ChangeNotice.id):
            if "Monthly landings" not in notice.headline:
                makers.announced(notice, now=clock())
        with unit():
            issue = session.query(Newsletter).one()
            issue.state, issue.published_at = "sent", clock()
    return house.test_client()


def test_every_route_is_known_here(app: Flask) -> None:
    rules = {r.rule for r in app.url_map.iter_rules() if "GET" in (r.methods or ())}
    assert rules == ROUTES.keys() | BY_LINK.keys()


def test_before_any_catalogue_every_page_answers(app: Flask) -> None:
    client = app.test_client()
    for path, needs_something in ROUTES.values():
        assert (path, client.get(path).status_code) == (path, 404 if needs_something else 200)
    for path in (*BY_LINK.values(), "/changes/DEFRA-1999-001", "/series/"):
        assert (path, client.get(path).status_code) == (path, 404)


def test_with_the_catalogue_every_page_answers(client: FlaskClient) -> None:
    for path in PATHS:
        assert (path, client.get(path).status_code) == (path, 200)
    for path in BY_LINK.values():
        assert (path, client.get(path).status_code) == (path, 404)


@pytest.mark.parametrize("kind", ["sqlite"])
def test_head_is_get_without_a_body(client: FlaskClient) -> None:
    for path in [*PATHS, *BY_LINK.values()]:
        get, head = client.get(path), client.head(path)
        assert (path, head.status_code, head.data) == (path, get.status_code, b"")
        assert head.content_type == get.content_type


@pytest.mark.parametrize("kind", ["sqlite"])
def test_no_link_leads_nowhere(client: FlaskClient) -> None:
    """From the home page to everywhere: each page, feed, calendar and file that is linked is there.

    Nor does any page claim what is not built.
    """
    seen = crawl(client)
    assert len(seen) > 150
    assert {
        path: answer.status_code for path, answer in seen.items() if answer.status_code != 200
    } == {}
    for path, answer in seen.items():
        if answer.mimetype == "text/html":
            page = answer.get_data(as_text=True)
            assert not re.search(r"{{|}}|None\b", page), path
            assert 'datetime=""' not in page


@pytest.mark.parametrize(("kind", "state"), [("sqlite", "draft"), ("postgresql", "approved")])
def test_what_is_not_public_is_nowhere(house: Flask, clock: Clock, state: str) -> None:
    """Notices before they are announced, planned releases, newsletters before their instant."""
    with house.app_context():
        secrets = {n.headline for n in notices.every()}
        if state == "approved":
            for notice in notices.every():
                makers.approved(notice, now=clock())
        with unit():
            planned = session.query(Release).filter(Release.title.contains("Fly-tipping")).one()
            planned.state = "planned"
            issue = session.query(Newsletter).one()
            if state == "approved":
                later = clock().replace(hour=23)
                issue.state, issue.published_at = "sent", later
            secrets |= {planned.title, issue.title, "25,000 adults"}
            hidden = f"/releases/{planned.id}"
    client = house.test_client()
    seen = crawl(client)
    guesses = [hidden, ROUTES["/newsletters/<slug>"][0]]
    for number in range(1, 8):
        guesses += [f"/changes/DEFRA-2026-00{number}", f"/notices/DEFRA-2026-00{number}.json"]
    for path in guesses:
        answer = client.get(path)
        assert (path, answer.status_code) == (path, 404)
        seen[path] = answer
    for path, answer in seen.items():
        words = unescape(answer.get_data().decode("utf-8", "replace"))
        assert [secret for secret in secrets if secret in words] == [], path


@pytest.mark.parametrize("kind", ["sqlite"])
def test_only_pages_with_a_form_set_a_cookie(client: FlaskClient) -> None:
    for path in [*PATHS, *BY_LINK.values()]:
        answer = client.application.test_client().get(path)
        cookies = answer.headers.getlist("Set-Cookie")
        assert bool(cookies) == (path in WITH_FORM), path
        for cookie in cookies:
            assert cookie.startswith("notifier=")
            assert {"HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))
            assert "Domain" not in cookie


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
    with app.app_context():
        close()
    databases.drop(url)


def test_a_newsletter_shows_its_blocks(client: FlaskClient) -> None:
    page = client.get(ROUTES["/newsletters/<slug>"][0]).get_data(as_text=True)
    assert "The Children&#39;s Survey will no longer be labelled" in page
    assert "Quarterly indicators: July to September 2026" in page
    assert 'href="mailto:pans@example.org"' in page
    assert "{{" not in page


def test_particles_have_their_small_figures() -> None:
    assert (
        typeset("PM2.5 & PM10, PM25, xPM10")
        == "PM<sub>2.5</sub> &amp; PM<sub>10</sub>, PM25, xPM10"
    )
    assert typeset("<b>PM10</b>") == "&lt;b&gt;PM<sub>10</sub>&lt;/b&gt;"


def test_settings_keep_what_was_typed_and_give_up_publications(house: Flask, clock: Clock) -> None:
    """Single publications can be given up; who never chose a depth goes on following the type."""
    with house.app_context():
        person = makers.joins(now=clock(), follows=("air-quality",), series=("wild-birds",))
        token = preferences_of(person.id)
        client = house.test_client()
        answers = {"user_type": "media", "depth": "technical", "language": "cy"}
        wrong = posted(client, token, {**answers})
        assert wrong.status_code == 400
        page = wrong.get_data(as_text=True)
        assert [ticked(page, value) for value in ("media", "technical", "cy")] == [True] * 3
        assert not ticked(page, "wild-birds")
        assert posted(client, token, {**answers, "topics": ["waste"]}).status_code == 200
        session.expire_all()
        live = [s for s in person.subscriptions if s.ended_at is None]
        assert [(s.topic_id is not None, s.series_id) for s in live] == [(True, None)]
        assert (person.depth, person.reads, person.language) == (None, "headline", "cy")


def preferences_of(subscriber_id: int) -> str:
    return Stamps(current_app.config["SETTINGS"].keys).preferences.make(1, subscriber_id)


def posted(client: FlaskClient, token: str, answers: dict[str, object]) -> TestResponse:
    page = client.get(f"/preferences/{token}").get_data(as_text=True)
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert found is not None
    return client.post(f"/preferences/{token}", data={"csrf_token": found[1], **answers})


def ticked(page: str, value: str) -> bool:
    return re.search(rf'<input[^>]*value="{value}"[^>]* checked', page) is not None


def crawl(client: FlaskClient) -> dict[str, TestResponse]:
    """Every page of this site that can be reached by links from the home page, with its answer."""
    seen: dict[str, TestResponse] = {}
    waiting = ["/", "/feeds.opml", "/feeds/all.json", "/notices.json", "/releases.json"]
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        answer = seen[path] = client.get(path)
        if answer.mimetype == "text/html":
            waiting += links(path, answer.get_data(as_text=True))
    return seen


def links(path: str, page: str) -> Iterator[str]:
    for found in re.findall(r'(?:href|src|action)="([^"]*)"', page):
        target = urlsplit(urljoin(path, unescape(found)))
        if not target.scheme and not target.netloc:
            yield target.path + (f"?{target.query}" if target.query else "")
