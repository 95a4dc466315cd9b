"""A correction, a postponement, a move, a cancellation: each is an entry of its own in every feed
and at every address that includes what it is about, in each form and language."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import etree

from notifier.catalogue import merge
from notifier.catalogue import queries as catalogue
from notifier.catalogue.models import Topic
from notifier.notices import follow, pause, release_cancelled
from notifier.store.db import session, unit
from tests import makers
from tests.edges.feed_house import events, release
from tests.makers import ALICE, HANA, Clock, acting, announced, draft, member

FORMS = ("atom", "rss", "json")
BASE = "http://127.0.0.1:8000"
BIRDS = (  # where people who follow wild birds look
    "all.{}",
    "releases.{}",
    "topics/nature.{}",
    "series/wild-birds.{}",
    "for/academic.{}",
    "for/media.{}",
    "all.{}?topic=nature&kind=releases",
    "all.{}?series=wild-birds&for=government",
    "all.{}?lang=cy",
)
MILK = (
    "all.{}",
    "changes.{}",
    "topics/farming.{}",
    "series/milk-utilisation.{}",
    "for/media.{}",
    "changes.{}?topic=farming",
    "all.{}?kind=changes&series=milk-utilisation&lang=cy",
)


def found(client: FlaskClient, path: str, form: str) -> dict[str, str]:
    """The titles of a feed's entries by what their ids say: "moved/3"."""
    answer = client.get(f"/feeds/{path.format(form)}")
    assert answer.status_code == 200, answer.text
    if form == "json":
        pairs = [(item["id"], item["title"]) for item in json.loads(answer.data)["items"]]
    else:
        names = ("{*}entry", "{*}id") if form == "atom" else ("channel/item", "guid")
        entries = etree.fromstring(answer.data).findall(names[0])
        pairs = [(str(e.findtext(names[1])), str(e.findtext("{*}title"))) for e in entries]
    return {id_.split(":")[2].rpartition("/")[0]: title for id_, title in pairs}


def grown(
    client: FlaskClient, paths: tuple[str, ...], before: dict[tuple[str, str], dict[str, str]]
) -> set[str]:
    """The kinds of the new entries, the same in each; every one that was there still is."""
    kinds = set()
    for (path, form), old in before.items():
        now = found(client, path, form)
        assert old.keys() <= now.keys(), (path, form)
        new = frozenset(key.split("/")[0] for key in now.keys() - old.keys())
        assert new, (path, form)
        kinds.add(new)
        before[path, form] = now
    assert len(kinds) == 1
    return set(kinds.pop())


@pytest.fixture
def client(room: Flask) -> FlaskClient:
    return room.test_client()


def seen(client: FlaskClient, paths: tuple[str, ...]) -> dict[tuple[str, str], dict[str, str]]:
    return {(path, form): found(client, path, form) for path in paths for form in FORMS}


def pair() -> dict[str, Any]:
    return {"person": member(ALICE), "approved_by": member(HANA), "by": acting(ALICE)}


def test_what_becomes_of_a_date_is_told_wherever_it_was(client: FlaskClient, clock: Clock) -> None:
    birds = release("Wild bird")
    before = seen(client, BIRDS)
    elsewhere = {path: found(client, path, "json") for path in ("topics/food.{}", "changes.{}")}
    for news in (date(2027, 2, 1), date(2027, 3, 1)):  # also put off a second time
        clock.forward(hours=1)
        with unit():
            why = makers.decided("Counts are late.")
            follow.postpone(birds, why, next_update=news, by=acting(ALICE), now=clock())
        assert grown(client, BIRDS, before) == {"moved"}
        title = next(t for k, t in before["all.{}", "rss"].items() if k.startswith("moved"))
        assert "Wild bird" in title
    clock.forward(hours=1)
    with unit():
        release_cancelled.cancel(birds, reason="No survey.", **pair(), now=clock())
    assert grown(client, BIRDS, before) == {"release_cancelled"}
    assert {path: found(client, path, "json") for path in elsewhere} == elsewhere
    event = events("all", clock)[f"release-{birds.id}"]
    assert str(event["status"]) == "CANCELLED"


def test_a_correction_and_what_becomes_of_a_change_is_told(
    client: FlaskClient, clock: Clock
) -> None:
    before = seen(client, MILK)
    clock.forward(hours=1)
    wrong = {"type": "correction", "effect": {"date": clock().date().isoformat()}}
    notice = announced(draft(now=clock(), headline="May was wrong", **wrong), now=clock())
    assert notice.class_ == "I"
    assert grown(client, MILK, before) == {"announced"}
    for (path, _), entries in before.items():
        assert "May was wrong" in "".join(entries.values()), path
    other = announced(draft(now=clock()), now=clock())
    assert grown(client, MILK, before) == {"announced"}
    clock.forward(hours=1)
    with unit():
        by, news = acting(ALICE), date(2026, 12, 18)
        pause.hold(other, reason="A pilot.", next_update=news, by=by, now=clock())
    assert grown(client, MILK, before) == {"held"}


@pytest.mark.parametrize("into", ["waste", None])
def test_a_topic_says_in_each_form_that_it_ends_and_then_leads_on(
    client: FlaskClient, clock: Clock, into: str | None
) -> None:
    with unit():
        odours = Topic(slug="odours", name="Odours", bit=60, position=99)
        session.add(odours)
        session.flush()
        to = catalogue.topic(into) if into else None
        by = acting(ALICE)
        day = merge.announce(odours, into=to, on=None, by=by, now=clock())
    addresses = [f"/feeds/topics/odours.{form}" for form in FORMS]
    addresses += [f"{path}?lang=cy" for path in addresses]
    addresses += [f"/feeds/all.{form}?topic=odours" for form in FORMS]
    calendars = ["/calendar/topics/odours.ics", "/calendar/topics/odours.ics?lang=cy"]
    calendars += ["/calendar.ics?topic=odours&lang=cy"]
    clock.at(f"{day.isoformat()} 00:00")
    clock.forward(seconds=-1)
    for path in addresses:
        name, _, query = path.removeprefix("/feeds/").partition("?")
        stem, _, form = name.rpartition(".")
        (key,) = found(client, f"{stem}.{{}}?{query}", form)
        assert key == "topic_ends/odours", path
    for path in calendars:
        assert b"UID:topic-odours-ends@" in client.get(path).data
    clock.forward(seconds=1)
    for path in [*addresses, *calendars]:
        answer = client.get(path)
        assert answer.status_code == (301 if into else 410), path
        assert "odours" not in answer.headers.get("Location", "")
        if into:
            there = answer.headers["Location"]
            assert there == BASE + path.replace("odours", into)
            assert client.get(there.removeprefix(BASE)).status_code == 200
        else:
            assert answer.text.rstrip().endswith(".")
