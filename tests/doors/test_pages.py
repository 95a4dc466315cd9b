"""Every page by a plain client: it answers with and without content, and leaks nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import urljoin, urlsplit

import pytest
from flask import Flask, current_app
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from notifier.newsletters.models import Newsletter
from notifier.notices import queries as notices
from notifier.releases.models import Release
from notifier.store.db import session, unit
from notifier.tokens import Stamps
from notifier.web.public.shapes import typeset
from tests import makers
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
    "/releases/<int(max=2147483647):release_id>.ics": ("/releases/1.ics", True),
    "/changes/<reference>.ics": ("/changes/DEFRA-2026-001.ics", True),
    "/notices.<any(json, csv):form>": ("/notices.json", False),
    "/notices/<reference>.json": ("/notices/DEFRA-2026-001.json", True),
    "/releases.<any(json, csv):form>": ("/releases.csv", False),
    "/schemas/<name>.json": ("/schemas/change-notice.json", False),
    "/registry": ("/registry", False),
    "/subscribe": ("/subscribe", False),
    "/preferences": ("/preferences", False),
    "/complain": ("/complain", False),
    "/staff/sign-in": ("/staff/sign-in", False),
    "/staff/forgotten": ("/staff/forgotten", False),
    "/healthz": ("/healthz", False),
    "/metrics": ("/metrics", False),
    "/dev/inbox": ("/dev/inbox", False),
    "/static/<path:filename>": ("/static/brand.css", False),
}


BY_LINK = {
    "/confirm/<token>": "/confirm/forged",
    "/confirm/answer/<token>": "/confirm/answer/forged",
    "/confirm/address/<token>": "/confirm/address/forged",
    "/preferences/<token>": "/preferences/forged",
    "/preferences/<token>/address": "/preferences/forged/address",
    "/preferences/<token>/feeds": "/preferences/forged/feeds",
    "/feeds/mine/<token>.<any(atom, rss, json):form>": "/feeds/mine/forged.atom",
    "/calendar/mine/<token>.ics": "/calendar/mine/forged.ics",
    "/preferences/<token>/data": "/preferences/forged/data",
    "/preferences/<token>/data.json": "/preferences/forged/data.json",
    "/preferences/<token>/erase": "/preferences/forged/erase",
    "/preferences/<token>/complain": "/preferences/forged/complain",
    "/u/<token>": "/u/forged",
    "/got-it/<token>": "/got-it/forged",
    "/pictures/<token>/<name>": "/pictures/forged/1x1.png",
    "/early/<token>": "/early/forged",
    "/staff/password/<secret>": "/staff/password/forged",
    "/dev/inbox/<key>": "/dev/inbox/forged",
    "/dev/inbox/<key>/html": "/dev/inbox/forged/html",
}


WITH_FORM = ("/subscribe", "/preferences", "/complain", "/staff/sign-in", "/staff/forgotten")


PATHS = [path for path, _ in ROUTES.values()]


def test_every_route_is_known_here(app: Flask) -> None:
    rules = {
        r.rule
        for r in app.url_map.iter_rules()
        # What needs a member of staff is looked at in tests/staff.
        if "GET" in (r.methods or ()) and not hasattr(app.view_functions[r.endpoint], "needs")
    }
    single = {"/staff/single-sign-on", "/staff/single-sign-on/back"}  # 404 until it is set up
    assert rules == ROUTES.keys() | BY_LINK.keys() | single


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
    guesses = [hidden, f"{hidden}.ics", ROUTES["/newsletters/<slug>"][0]]
    for number in range(1, 8):
        guesses += [f"/changes/DEFRA-2026-00{number}", f"/notices/DEFRA-2026-00{number}.json"]
        guesses.append(f"/changes/DEFRA-2026-00{number}.ics")
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
        ours = target.scheme == "webcal" and target.netloc == "127.0.0.1:8000"
        if ours or not (target.scheme or target.netloc):
            yield target.path + (f"?{target.query}" if target.query else "")
