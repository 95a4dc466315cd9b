"""What an archive promises for ever: the same entries in the same places, whatever becomes of what
they tell; only their words may say what became of it (RFC 5005 section 4)."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import etree

from notifier.catalogue import queries as catalogue
from notifier.notices import end, out, pause
from notifier.notices.models import ChangeNotice
from notifier.notices.revise import revise
from notifier.notices.split import split
from notifier.releases.models import Release
from notifier.store.db import session, unit
from tests.edges import feed_house
from tests.makers import ALICE, HANA, Clock, acting, announced, draft, member

FORMS = ("atom", "rss", "json")
BOTH = ["milk-utilisation", "wild-birds"]
ENTRY: dict[str, Any] = {
    "series": BOTH,
    "type": "methodology",
    "materiality": "moderate",
    "headline": "Milk volumes will be estimated from a smaller panel",
    "what": "The panel shrinks from 100 to 60 dairies.",
    "why": "Forty dairies closed or merged.",
    "effect": {"date": "2027-04-01"},
    "impact": {"known": "yes", "text": "Volumes fall by about 1%."},
}


def pair() -> dict[str, Any]:
    return {"person": member(ALICE), "approved_by": member(HANA), "by": acting(ALICE)}


def editions(slug: str, first: int, count: int, clock: Clock) -> list[Release]:
    """That many editions of a series, each a minute after the other."""
    found = []
    series = catalogue.series(slug).id
    with unit():
        for number in range(first, first + count):
            clock.forward(minutes=1)
            found.append(feed_house.out(number, clock(), series_id=series))
            session.add(found[-1])
    return found


def ids(client: FlaskClient, path: str, form: str, page: str) -> list[str]:
    answer = client.get(f"/feeds/{path}.{form}{page}")
    assert answer.status_code == 200, answer.text
    if form == "json":
        return [item["id"] for item in json.loads(answer.data)["items"]]
    name = "{*}entry/{*}id" if form == "atom" else "channel/item/guid"
    return [str(each.text) for each in etree.fromstring(answer.data).findall(name)]


def pages(client: FlaskClient, *paths: str, forms: tuple[str, ...] = FORMS) -> dict[str, list[str]]:
    """The ids of every archive page of these feeds, in their order, in each form."""
    found: dict[str, list[str]] = {}
    for path in paths:
        for form in forms:
            number = 1
            while client.get(f"/feeds/{path}.{form}?page={number}").status_code == 200:
                found[f"{path}.{form} {number}"] = ids(client, path, form, f"?page={number}")
                number += 1
            assert client.get(f"/feeds/{path}.{form}?page={number}").status_code == 404
    return found


def same(
    client: FlaskClient,
    before: dict[str, list[str]],
    *paths: str,
    forms: tuple[str, ...] = FORMS,
) -> None:
    """Nothing left a page that was there before, came into it, or changed its place."""
    after = pages(client, *paths, forms=forms)
    kept = [page for page in before if page.split(" ")[0].endswith(forms)]
    assert kept
    assert [page for page in kept if after.get(page) != before[page]] == []


def test_what_becomes_of_a_change_moves_no_entry(room: Flask, clock: Clock) -> None:
    client = room.test_client()
    paths = ("series/milk-utilisation", "for/academic")
    found: list[ChangeNotice] = []
    for number in range(6):
        clock.forward(minutes=1)
        told = draft(now=clock(), headline=f"Change {number}", effect={"date": "2027-04-01"})
        found.append(announced(told, now=clock()))
    old = editions("milk-utilisation", 0, 120, clock)
    before = pages(client, *paths)
    assert {page for page in before if page.startswith("series/")} >= {
        f"series/milk-utilisation.{form} 1" for form in FORMS
    }
    first = client.get("/feeds/series/milk-utilisation.atom?page=1").text
    assert "Announced: Change 0" in first

    def happens(verb: Any, notice: ChangeNotice, **given: Any) -> None:
        clock.forward(hours=1)
        with unit():
            verb(notice, **given, now=clock())
        same(client, before, *paths, forms=("json",))

    by, news = acting(ALICE), date(2026, 12, 18)
    happens(pause.hold, found[0], reason="A pilot.", next_update=news, by=by)
    happens(end.cancel, found[1], reason="The survey stopped.", **pair())
    happens(end.retract, found[2], reason="It was another's.", **pair())
    happens(end.supersede, found[3], successor=found[5], by=by)
    happens(end.early, found[4], reason="A server broke.", by=by)
    happens(pause.resume, found[0], by=by)
    happens(out.withdraw, old[0], reason="A wrong table.", **pair())
    editions("milk-utilisation", 200, 60, clock)
    same(client, before, *paths)
    then = client.get("/feeds/series/milk-utilisation.atom?page=1").text
    for words in ("Will not happen: Change 1", "Taken back: Change 2", "Taken back: "):
        assert words in then
    assert "Announced: Change 1" not in then


@pytest.mark.parametrize("leaves", ["revised", "split"])
def test_a_series_that_comes_or_goes_changes_no_archive(
    room: Flask, clock: Clock, leaves: str
) -> None:
    """What comes stands where it came; what goes stays, and its feed says that it went."""
    client = room.test_client()
    paths = ("all", "series/wild-birds", "series/monthly-landings")
    notice = announced(draft(now=clock(), **ENTRY), now=clock())
    for slug in ("wild-birds", "monthly-landings"):
        editions(slug, 0 if slug == "wild-birds" else 500, 120, clock)
    before = pages(client, *paths)
    clock.forward(hours=1)
    with unit():
        if leaves == "revised":
            entry = {**ENTRY, "series": ["milk-utilisation", "monthly-landings"]}
            summary = "It is about landings, not about birds."
            revise(notice, entry, summary=summary, editorial=False, by=acting(ALICE), now=clock())
        else:
            part = {**ENTRY, "series": ["wild-birds"], "headline": "Birds get a panel"}
            split(notice, part, summary="Birds wait.", **pair(), now=clock())
    same(client, before, *paths)
    for form in FORMS:
        birds = ids(client, "series/wild-birds", form, "")
        assert [id_ for id_ in birds if f"updated/{notice.reference}/2" in id_], form
        every = [*birds, *before[f"series/wild-birds.{form} 1"]]
        assert [id_ for id_ in every if f"announced/{notice.reference}" in id_], form
        fish = ids(client, "series/monthly-landings", form, "")
        came = [id_ for id_ in fish if notice.reference in id_]
        assert bool(came) == (leaves == "revised")
        if leaves == "split":
            assert [id_ for id_ in birds if "announced/" in id_], form
    editions("monthly-landings", 900, 60, clock)
    walked = pages(client, "series/monthly-landings")
    every = [id_ for page, found in walked.items() if ".json" in page for id_ in found]
    every += ids(client, "series/monthly-landings", "json", "")
    assert len(every) == len(set(every))


def test_what_was_loaded_late_goes_to_the_end(room: Flask, clock: Clock) -> None:
    client = room.test_client()
    editions("wild-birds", 0, 130, clock)
    before = pages(client, "series/wild-birds", "releases")
    clock.forward(days=1)
    with unit():
        early = clock() - timedelta(days=900)
        series = catalogue.series("wild-birds").id
        session.add(feed_house.out(400, early, series_id=series, created_at=clock()))
    same(client, before, "series/wild-birds", "releases")
