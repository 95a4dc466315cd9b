"""Previews show what readers will get, run nothing, and are for the members of the team alone."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser
from typing import Any

import pytest
from werkzeug.test import TestResponse

from notifier.notices import queries
from notifier.notices.models import ChangeNotice
from notifier.render.preview import NOBODY
from notifier.store.db import unit
from tests.journeys.world import World, html_of, text_of
from tests.makers import Clock
from tests.staff.beside import CLEO, FINE, OLGA, author, reference
from tests.staff.desk import Desk, joins, says


@pytest.fixture
def fay(world: World) -> Desk:
    return author(world)


@pytest.fixture
def base(world: World) -> str:
    return f"/staff/notices/{reference(world)}"


def plain(mail: str) -> str:
    """A letter without what is one person's own."""
    found = re.sub(r"/(?:u|preferences|got-it)/[\w.~-]+", "/preferences", mail)
    return found.replace(CLEO, NOBODY).replace("\r\n", "\n").strip()


def fenced(answer: TestResponse) -> str:
    found = re.search(r'<pre class="preview__text"[^>]*>(.*?)</pre>', answer.text, re.S)
    assert found is not None
    return unescape(found[1])


def test_the_preview_is_what_arrives(world: World, clock: Clock, fay: Desk, base: str) -> None:
    """Text and HTML of the draft's preview, and of the mail after it is announced."""
    world.joins(CLEO, topics=["air-quality"], user_type="academic")
    asked = "depth=technical&language=en"
    text = fenced(fay.get(f"{base}/preview?where=plain&{asked}"))
    html = fay.get(f"{base}/preview/frame?where=mail&{asked}").text
    page = fay.get(f"{base}/preview/frame?where=page").text
    feed = says(fay.get(f"{base}/preview/frame?where=feed&depth=detail"))
    event = says(fay.get(f"{base}/preview?where=calendar"))
    subject = says(fay.get(f"{base}/preview?{asked}"))
    notice = world.announces(FINE)
    world.drain()
    mail = world.last_mail(CLEO, FINE)
    assert plain(text_of(mail)) == text.strip()
    assert str(mail["Subject"]) in subject
    sent = plain(html_of(mail)).replace(
        "(prefers-color-scheme: dark)", "(prefers-color-scheme: no-preference)"
    )
    assert sent == html.replace("\r\n", "\n").strip()

    public = words(world.get(f"/changes/{notice}").text)
    assert words(page).partition("History")[0] == public.partition("History")[0].replace(
        "the Head of Profession for Statistics", "an approver of the team"
    )
    entry = world.get("/feeds/changes.json").json["items"][0]
    assert entry["title"] in feed
    assert entry["summary"] in feed
    assert words(f"<body>{entry['content_html']}") in feed
    ics = world.get("/calendar.ics").text.replace("\r\n ", "")
    assert f"SUMMARY:Takes effect: {headline(mail)}" in ics
    assert f"Title Takes effect: {headline(mail)}" in event


def headline(mail: Any) -> str:
    return str(mail["Subject"]).partition(": ")[2]


def words(page: str) -> str:
    text = re.sub(r"<script.*?</script>", " ", page.partition("<body")[2], flags=re.S)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", ">" + text)).split()).lstrip("> ")


@pytest.mark.parametrize("language", ["en", "cy", "both"])
@pytest.mark.parametrize("where", ["mail", "phone", "dark", "plain", "page", "feed", "calendar"])
def test_each_preview_is_there_and_changes_nothing(
    world: World, clock: Clock, fay: Desk, base: str, where: str, language: str
) -> None:
    def state() -> tuple[Any, ...]:
        with world.build(now=clock).app_context():
            notice = queries.notice(reference(world))
            return notice.state, notice.first_public_at, notice.class_, notice.changed_at

    before = state()
    for depth in ("headline", "technical"):
        query = f"where={where}&depth={depth}&language={language}"
        assert fay.get(f"{base}/preview?{query}").status_code == 200
        assert fay.get(f"{base}/preview/frame?{query}").status_code == 200
    assert state() == before


def test_a_preview_holds_no_address_of_a_person(
    world: World, clock: Clock, fay: Desk, base: str
) -> None:
    world.joins(CLEO, topics=["air-quality"], user_type="academic")
    for where in ("mail", "plain", "feed", "page"):
        for path in ("preview", "preview/frame"):
            text = fay.get(f"{base}/{path}?where={where}").text.partition('id="preview"')[2]
            assert CLEO not in text
    assert NOBODY in fay.get(f"{base}/preview?where=plain").text


def test_a_draft_is_for_its_team_alone(world: World, clock: Clock, fay: Desk, base: str) -> None:
    olga = joins(world, OLGA, "author", "--team", "food")
    olga.sign_in(OLGA)
    olga.get("/staff/account")
    for path in ("beside", "preview", "preview/frame?where=page", "preview/frame", "plan/T-30"):
        assert fay.get(f"{base}/{path}").status_code == 200
        assert olga.get(f"{base}/{path}").status_code == 404
        assert world.browser().get(f"{base}/{path}").status_code == 404
    for path in ("mail-to-me", "links", "plan/T-30", "plan/T-30/put-back"):
        assert olga.post(f"{base}/{path}", day="2027-01-28").status_code == 404
    world.drain()
    assert world.mails(OLGA, "Preview") == []
    assert world.get(f"/changes/{reference(world)}").status_code == 404


def test_frames_run_nothing_and_only_we_may_show_them(
    world: World, clock: Clock, fay: Desk, base: str
) -> None:
    for where in ("mail", "page", "feed"):
        answer = fay.get(f"{base}/preview/frame?where={where}")
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'self'" in policy
        assert "sandbox" in policy
        assert "script" not in policy.replace("javascript", "")
        assert answer.headers["Cache-Control"] == "no-store"


EVIL = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'><svg onload=alert(3)>"


class Marks(HTMLParser):
    """What could run in a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "script" and given.get("type") != "application/ld+json" and "src" not in given:
            self.found.append(tag)
        self.found += [name for name in given if name.startswith("on")]
        self.found += [v for v in given.values() if v and v.lower().startswith("javascript:")]
        if tag in ("img", "svg") and given.get("src") == "x":
            self.found.append(tag)


def test_script_in_every_field_is_inert_everywhere(
    world: World, clock: Clock, fay: Desk, base: str
) -> None:
    spoil(world, clock)
    views = [f"{base}/beside"]
    for where in ("mail", "dark", "plain", "page", "feed", "calendar"):
        for language in ("en", "both"):
            query = f"where={where}&depth=technical&language={language}"
            views += [f"{base}/preview?{query}", f"{base}/preview/frame?{query}"]
    for path in views:
        answer = fay.get(path)
        assert answer.status_code == 200, path
        marks = Marks()
        marks.feed(answer.text)
        assert marks.found == [], path
        if "frame" not in path and "plain" in path:
            assert "&lt;script&gt;alert(1)" in answer.text


def spoil(world: World, clock: Clock) -> None:
    """Script in every field that a person can fill in."""
    with world.build(now=clock).app_context(), unit():
        notice: ChangeNotice = queries.notice(reference(world))
        for name in ("headline", "what", "why", "not_changing", "technical", "brief", "driver"):
            setattr(notice, name, EVIL)
        notice.cy = {"headline": EVIL, "what": EVIL, "why": EVIL}
        notice.impact = {**notice.impact, "text": EVIL, "unit": EVIL}
        notice.comparability = {"back_series": "later", "reason": EVIL}
        notice.what_to_do = [{"action": EVIL, "user_types": []}]
        notice.mapping = [{"old": EVIL, "new": EVIL, "what": EVIL}]
        notice.evidence = [{"title": EVIL, "url": "javascript:alert(4)"}]
        notice.alternatives = [{"title": EVIL, "url": "javascript:alert(5)"}]
        notice.scope = {"geographies": [EVIL], "identifiers": [{"scheme": EVIL, "value": EVIL}]}
        notice.contact = "javascript:alert(6)"
