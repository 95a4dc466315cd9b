"""The hub stands in the feeds of which it is told, and in no others."""

from __future__ import annotations

import json
from dataclasses import replace

import feedparser
import pytest
from flask import Flask
from flask.testing import FlaskClient

from notifier.feeds import websub
from tests import makers
from tests.makers import Clock

BASE = "http://127.0.0.1:8000"


@pytest.fixture
def hubbed(room: Flask, clock: Clock) -> FlaskClient:
    """A stranger to a site that has a hub."""
    settings = room.config["SETTINGS"]
    room.config["SETTINGS"] = replace(settings, websub_hub="https://hub.example.org/")
    makers.announced(makers.draft(now=clock()), now=clock())
    return room.test_client()


@pytest.mark.parametrize("query", ["", "?lang=cy"])
@pytest.mark.parametrize("form", websub.FORMS)
def test_what_the_hub_is_told_of_names_it(hubbed: FlaskClient, form: str, query: str) -> None:
    path = f"/feeds/series/milk-utilisation.{form}{query}"
    for answer in (hubbed.get(path), hubbed.head(path), hubbed.get(path)):  # made, kept
        assert answer.headers.getlist("Link") == [
            '<https://hub.example.org/>; rel="hub"',
            f'<{BASE}{path}>; rel="self"',
        ]
    assert ("hub.url", f"{BASE}{path}") in websub.form(BASE, ["series/milk-utilisation"])
    text = hubbed.get(path).text
    if form == "json":
        assert json.loads(text)["hubs"] == [{"type": "WebSub", "url": "https://hub.example.org/"}]
        assert json.loads(text)["feed_url"] == f"{BASE}{path}"
    else:
        links = {link.rel: link.href for link in feedparser.parse(text).feed.links}
        assert links["hub"] == "https://hub.example.org/"
        assert links["self"] == f"{BASE}{path}"


@pytest.mark.parametrize(
    "path",
    [
        "/feeds/all.atom?topic=farming",
        "/feeds/all.atom?kind=changes",
        "/feeds/all.atom?state=1",
        "/feeds/all.atom?lang=en",
        "/feeds.opml",
        "/calendar.ics",
    ],
)
def test_what_it_is_not_told_of_does_not(hubbed: FlaskClient, path: str) -> None:
    answer = hubbed.get(path)
    assert answer.status_code == 200
    assert "Link" not in answer.headers
    assert "hub.example.org" not in answer.text
