"""The release calendar, one release and one series, as they are read in a played house."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from notifier.catalogue import queries as catalogue
from notifier.notices import follow
from notifier.notices import queries as notices
from notifier.store.db import unit
from tests import makers
from tests.doors.reading import all_announced, moves, release, words
from tests.makers import ALICE, HANA, Clock, acting


@pytest.fixture
def client(house: Flask, clock: Clock) -> FlaskClient:
    return all_announced(house, clock)


def event(client: FlaskClient, release_id: int) -> dict[str, Any]:
    """The page's JSON-LD."""
    answer = client.get(f"/releases/{release_id}")
    page = answer.get_data(as_text=True)
    found = re.search(r'<script type="application/ld\+json" nonce="([^"]+)">(.*?)</script>', page)
    assert found is not None
    assert f"'nonce-{found[1]}'" in answer.headers["Content-Security-Policy"]
    read: dict[str, Any] = json.loads(found[2])
    return read


def test_a_moved_release_is_told_in_one_sentence(client: FlaskClient, clock: Clock) -> None:
    moves(client, "Fly-tipping", date(2027, 1, 20), "The councils' data came late.", clock)
    said = words(client, "/releases")
    assert (
        "Was Wednesday 30 December 2026, now Wednesday 20 January 2027, three weeks later, "
        "because the councils' data came late."
    ) in said
    assert "to Wednesday 20 January 2027, 9:30am" in said  # at the old day
    for query, there in (("state=moved", True), ("state=change", False), ("team=waste", True)):
        assert ("Fly-tipping" in words(client, f"/releases?{query}").partition("What the")[2]) is (
            there
        ), query


def test_a_date_not_fixed_in_time_is_told_with_its_reason(
    client: FlaskClient, house: Flask
) -> None:
    with house.app_context(), unit():
        found = release("pocket 2027")
        found.breached_on, found.breach_reason = date(2026, 11, 3), "The printer was not chosen."
        path = f"/releases/{found.id}"
    for page in ("/releases", path):
        said = words(client, page)
        assert "Date not fixed 28 days ahead. The printer was not chosen." in said, page
    assert "3 November 2026 The date was not fixed 28 days ahead." in words(client, path)


def test_the_month_is_a_table_with_its_heads(client: FlaskClient, clock: Clock) -> None:
    moves(client, "Fly-tipping", date(2027, 1, 20), "Late.", clock)
    page = client.get("/releases?view=month&month=2027-01").get_data(as_text=True)
    assert '<caption class="month__name">January 2027</caption>' in page
    assert len(re.findall(r'<th scope="col"', page)) == 7
    assert len(re.findall(r'<th scope="row"', page)) == 5
    said = words(client, "/releases?view=month&month=2027-01")
    assert "Friday 1 January 2027 Bank holiday" in said
    assert re.search(r"Wednesday 20 January 2027 Fly-tipping [^.]*? Confirmed 9:30am", said)
    assert "The month before: December 2026" in said
    december = words(client, "/releases?view=month&month=2026-12")
    assert "Moved to Wednesday 20 January 2027, 9:30am" in december
    edges = {"2026-08": "The month before", "2027-11": "The month after"}
    for month, gone in edges.items():
        assert gone not in words(client, f"/releases?view=month&month={month}")


def test_machines_read_a_release_as_an_event(
    client: FlaskClient, house: Flask, clock: Clock
) -> None:
    with house.app_context(), unit():
        found = release("Fly-tipping")
        found.title, id_, before = "</script><b>Fly & 'tip'", found.id, found.at
    assert before is not None
    first = event(client, id_)
    assert first["name"].endswith("</script><b>Fly & 'tip'")
    assert (first["@type"], first["eventStatus"]) == ("Event", "https://schema.org/EventScheduled")
    assert "previousStartDate" not in first
    moves(client, "tip", date(2027, 7, 20), "Late.", clock)
    then = event(client, id_)
    assert then["eventStatus"] == "https://schema.org/EventRescheduled"
    assert then["startDate"] == "2027-07-20T09:30:00+01:00"  # in London it is summer
    assert then["previousStartDate"] == [first["startDate"]]
    with house.app_context(), unit():
        follow.postpone(
            release("tip"),
            makers.decided("Later still."),
            next_update=date(2027, 2, 1),
            by=acting(ALICE),
            now=clock(),
        )
    last = event(client, id_)
    assert last["eventStatus"] == "https://schema.org/EventPostponed"
    assert last["startDate"] == "2027-07-20T09:30:00+01:00"  # the date that it had


def test_a_release_that_is_not_public_is_not_there(client: FlaskClient, house: Flask) -> None:
    with house.app_context(), unit():
        found = release("Fly-tipping")
        found.state, day, id_ = "planned", found.day, found.id
    assert day is not None
    hidden = client.get(f"/releases/{id_}")
    nothing = client.get("/releases/987654")
    assert (hidden.status_code, nothing.status_code) == (404, 404)
    # The address that was asked for stands in the link to the other language.
    own = rf'nonce="[^"]+"|/releases/({id_}|987654)(?=\?)'
    assert re.sub(own, "", hidden.get_data(as_text=True)) == re.sub(
        own, "", nothing.get_data(as_text=True)
    )
    week = f"/week-ahead/{day.isocalendar().year}-W{day.isocalendar().week:02d}"
    month = f"/releases?view=month&month={day:%Y-%m}"
    for path in ("/releases", week, month, "/series/fly-tipping"):
        assert "2025 to 2026" not in words(client, path), path


def test_the_history_of_a_date_names_roles_and_no_people(client: FlaskClient, clock: Clock) -> None:
    id_ = moves(client, "Fly-tipping", date(2027, 1, 20), "Late.", clock)
    said = words(client, f"/releases/{id_}")
    assert "Approved by the Head of Profession" in said
    assert "Told the same day" in said
    for person in (ALICE, HANA):
        assert person not in client.get(f"/releases/{id_}").get_data(as_text=True)


def test_a_series_keeps_one_log_newest_first(
    client: FlaskClient, house: Flask, clock: Clock
) -> None:
    """Changes, labels and moved dates stand in one list, with words for each."""
    clock.at("2026-11-24 09:00")
    id_ = moves(client, "1970 to 2026", date(2027, 1, 27), "Checks take longer.", clock)
    with house.app_context(), unit():
        label = next(n for n in notices.every() if "labelled" in n.headline)
        label.series = [catalogue.series("wild-birds")]
        label.state, label.effect_at = "in_effect", makers.london("2026-11-23 10:30")
    said = words(client, "/series/wild-birds").rpartition("What happened before")[2]
    assert re.search(
        r"24 November 2026 · Date moved .*Checks take longer.*"
        r"23 November 2026 · Label changed .*labelled as.*· Date moved .*woodland index",
        said,
    )
    assert client.get(f"/releases/{id_}").status_code == 200


def test_a_series_says_who_answers_and_what_it_is_called_elsewhere(
    client: FlaskClient, house: Flask
) -> None:
    with house.app_context(), unit():
        found = catalogue.series("emissions-air-pollutants")
        found.team.phone = "020 8026 3000"
        found.identifiers = [
            {"scheme": "table", "value": "naei", "url": "https://data.example/naei"},
            {"scheme": "code", "value": "E1", "url": "javascript:alert(1)"},
        ]
    page = client.get("/series/emissions-air-pollutants").get_data(as_text=True)
    assert 'href="tel:02080263000">020 8026 3000</a>' in page
    assert 'href="mailto:airstats@example.org"' in page
    assert '<a href="https://data.example/naei"><code>naei</code></a>' in page
    assert "javascript:" not in page
    assert 'href="/subscribe?series=emissions-air-pollutants"' in page
    assert "Open Government Licence v3.0" in page
