"""People's words stay words: no markup, template, header or path comes out of any field."""

from __future__ import annotations

import json
import re
from email import policy
from email.parser import BytesParser
from html.parser import HTMLParser
from typing import Any

import pytest
import yaml
from flask import Flask

from notifier.mail import outbox
from tests.conftest import Databases
from tests.doors.test_pages import crawl
from tests.journeys.world import World, hidden, html_of, text_of
from tests.makers import ALICE, BOB, CATALOGUE, CLEO, HANA

INJECTION = "=?utf-8?q?hi=0D=0AX-Injected:_1?="
MARKUP = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
TEMPLATE = "{{77777*7}} {%debug%} ${77777*7} #{77777*7}"  # 544439: no hash holds it
HOSTILE = {"markup": MARKUP, "header and template": f"{INJECTION} {TEMPLATE}"}
HEADERS = {
    *("return-path", "from", "to", "subject", "date", "message-id", "mime-version", "reply-to"),
    *("content-type", "list-id", "list-unsubscribe", "list-unsubscribe-post", "auto-submitted"),
    *("content-language", "feedback-id", "precedence"),
}
PATHS = (
    "/dev/inbox/..%2f..%2fsecret_key",
    "/dev/inbox/..%2fsecret_key/html",
    "/dev/inbox/%2e%2e",
    "/dev/inbox/*",
    "/dev/inbox/../../secret_key",
    "/static/../settings.py",
    "/static/..%2f..%2fsettings.py",
    "/static/%2e%2e/%2e%2e/settings.py",
    "/static//etc/passwd",
    "/static/built/../../guard.py",
    "/static/..\\guard.py",
    "/templates/layouts/public.html",
    "/instance/secret_key",
    "/.env",
)

pytestmark = pytest.mark.parametrize("kind", ["sqlite"])


class Tags(HTMLParser):
    """The tags and attributes that a browser would see."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def inert(page: str, where: str) -> None:
    for tag, attributes in Tags(page).found:
        data = tag == "script" and attributes.get("type") == "application/ld+json"
        assert data or tag not in ("script", "object", "embed"), where
        assert not any(name.startswith("on") for name in attributes), where
        for name in ("href", "src", "action"):
            assert not (attributes.get(name) or "").lower().strip().startswith("javascript"), where
        assert attributes.get("src") != "x", where
    assert "544439" not in page, where


def spoilt(words: str) -> dict[str, Any]:
    """The catalogue with ``words`` in every name, title and text."""
    catalogue: dict[str, Any] = yaml.safe_load(CATALOGUE.read_text("utf-8"))
    told = {name for notice in catalogue["notices"] for name in notice["series"]}
    told |= {release["series"] for release in catalogue["releases"]}
    catalogue["series"] = [series for series in catalogue["series"] if series["slug"] in told]
    catalogue["organisation"]["name"] += f" {words}"
    catalogue["organisation"]["head_of_profession"]["name"] = words
    for section in ("user_types", "bodies", "teams", "topics", "series"):
        for entry in catalogue[section]:
            entry["name"] += f" {words}"
    titles = {release["title"] for release in catalogue["releases"]}
    for release in catalogue["releases"]:
        release["title"] += f" {words}"
        if "moved" in release:
            release["moved"]["reason"] += f" {words}"
    for notice in catalogue["notices"]:
        notice["headline"] = f"{words} {notice['headline'].split(' will')[0]}"[:100]
        if notice["effect"].get("release") in titles:
            notice["effect"]["release"] += f" {words}"
        for key in ("what", "why", "not_changing", "technical"):
            notice[key] = f"{notice.get(key, '')} {words}"
        notice["impact"]["text"] = notice["impact"]["unit"] = words
        notice["what_to_do"] = [{"action": words, "user_types": ["academic"]}]
        notice["mapping"] = [{"what": words, "old": words, "new": words}]
        notice["evidence"] = [{"title": words, "url": 'https://example.org/"><script>'}]
    for issue in catalogue["newsletters"]:
        issue["title"] += f" {words}"
        issue["body"] += "\n\n" + words.replace("{{", "{ {").replace("}}", "} }")
    return catalogue


@pytest.fixture
def bare(world: World, databases: Databases) -> World:
    """The world before any catalogue."""
    world.environ.setenv("NOTIFIER_DATABASE_URL", databases.create("sqlite", "migrated"))
    return world


@pytest.mark.parametrize("words", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_words_of_a_team_are_inert_everywhere(bare: World, words: str) -> None:
    file = bare.folder / "spoilt.yaml"
    file.write_text(yaml.safe_dump(spoilt(words)), "utf-8")
    bare.done("load", str(file))
    for email, role in ((ALICE, "author"), (BOB, "approver"), (HANA, "hop")):
        bare.done("staff", "add", email, "--role", role)
    bare.joins(CLEO, topics=["environment", "people-and-nature"], user_type="academic")
    for word in ("Emissions", "Dry mixed", "Children"):
        bare.announces(word)
    for verb, person in (("submit", ALICE), ("approve", BOB), ("send", ALICE)):
        bare.done("newsletters", verb, "1", "--by", person)
    bare.clock.forward(days=3)
    bare.drain()
    mails_are_inert(bare)
    pages_are_inert(bare)


def mails_are_inert(world: World) -> None:
    found = world.mails(CLEO)
    assert len(found) >= 5  # confirm, welcome, two changes or more, the newsletter
    for mail in found:
        inert(html_of(mail), str(mail["Subject"]))
        assert "544439" not in f"{mail['Subject']} {text_of(mail)}"
    folder = world.folder / "instance" / "outbox"
    for entry in outbox.entries(folder):
        raw = outbox.raw(folder, entry.key)
        for reader in (policy.default, policy.SMTP, policy.compat32):
            message = BytesParser(policy=reader).parsebytes(raw)
            names = [name.lower() for name in message]
            assert set(names) <= HEADERS, entry.subject
            assert len(names) == len(set(names))
        again = BytesParser(policy=policy.SMTP).parsebytes(raw).as_bytes()
        for source in (raw, again):
            head = source.partition(b"\r\n\r\n")[0]
            assert not re.search(rb"(?im)^x-injected", head)


def pages_are_inert(world: World) -> None:
    client = world.browser()
    seen = crawl(client)
    assert len(seen) > 100
    for path, answer in seen.items():
        assert answer.status_code == 200, path
        body = answer.get_data().decode("utf-8", "replace")
        if answer.mimetype == "text/html":
            inert(body, path)
        elif (answer.mimetype or "").endswith("xml"):
            assert "<script" not in body, path
            assert "544439" not in body, path
        elif answer.mimetype == "application/feed+json":
            for item in json.loads(body)["items"]:
                inert(item.get("content_html", ""), path)
        if path.startswith("/calendar"):
            assert not re.search(r"(?im)^x-injected", body), path
    for entry in outbox.entries(world.folder / "instance" / "outbox"):
        for view in ("", "?view=text", "?view=source", "/html"):
            path = f"/dev/inbox/{entry.key}{view}"
            page = client.get(path).get_data(as_text=True)
            inert(page, path)
    world.close()


@pytest.mark.parametrize("words", [MARKUP, TEMPLATE])
def test_hostile_words_of_a_stranger_are_shown_as_they_are(house: Flask, words: str) -> None:
    client = house.test_client()
    page = client.get("/subscribe").get_data(as_text=True)
    fields = {"csrf_token": hidden(page, "csrf_token"), "t": hidden(page, "t")}
    typed: dict[str, Any] = {"email": words, "topics": [words], "user_type": words, "q": words}
    answers = [
        client.post("/subscribe", data={**fields, **typed}),
        client.post("/subscribe", data={**fields, **typed, "find": "1"}),
        client.post("/subscribe", data={**fields, **typed, "email": CLEO}),
        client.post("/preferences", data={**fields, **typed}),
        client.get("/subscribe", query_string={"topic": words, "user_type": words}),
        client.get(f"/{words}"),
        client.get("/changes/" + words.replace("/", "")),
    ]
    for number, answer in enumerate(answers):
        shown = answer.get_data(as_text=True)
        inert(shown, str(number))
        assert answer.status_code in (200, 400, 404)
    assert 'value="' + words[:3].replace("<", "&lt;") in answers[0].get_data(as_text=True)


def test_a_template_in_a_newsletter_is_refused_at_once(world: World) -> None:
    for number, body in enumerate(("{{ 77777*7 }}", "{{ config }}", "{{ name.__class__ }}", "{{")):
        file = world.folder / f"{number}.yaml"
        entry = {"team": "food", "title": "T", "body": body, "audience": {"topics": ["food"]}}
        file.write_text(yaml.safe_dump(entry), "utf-8")
        said = world.cli("newsletters", "new", "--from", str(file))
        assert (said.status, said.out, said.err.count("\n")) == (1, "", 1)
    assert len(world.cli("newsletters", "list", "--json").json) == 1


def test_no_path_leads_out(world: World) -> None:
    world.signs_up(CLEO, topics=["food"], user_type="academic")
    world.drain()
    client = world.browser()
    for path in PATHS:
        answer = client.get(path)
        assert (path, answer.status_code) == (path, 404)
        assert "There is no such page" in answer.get_data(as_text=True)
