"""Filters and pages of the data, and what is refused: in a sentence that says what there is."""

from __future__ import annotations

import json
from datetime import date
from itertools import chain

import pytest
from flask import Flask
from flask.testing import FlaskClient

from notifier.catalogue import merge
from notifier.catalogue import queries as catalogue
from notifier.notices import queries as notices
from notifier.notices.pause import hold
from notifier.releases.models import Release
from notifier.store.db import session, unit
from tests import makers
from tests.doors.data_house import BASE, addressed, following, milk, references, rows, walked
from tests.makers import ALICE, Clock

EMISSIONS, MILK = "DEFRA-2026-001", "DEFRA-2026-007"


@pytest.fixture
def client(house: Flask, clock: Clock) -> FlaskClient:
    """Emissions are announced at 10:00 on 23 November, milk at 9:00 on 3 December."""
    with house.app_context():
        makers.announced(makers.emissions(), now=clock())
        addressed()
        clock.at("2026-12-03 09:00")
        assert milk(clock).reference == MILK
    return house.test_client()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", [MILK, EMISSIONS]),
        ("series=milk-utilisation", [MILK]),
        ("series=milk-utilisation&series=emissions-air-pollutants", [MILK, EMISSIONS]),
        ("series=wild-birds", []),
        ("topic=air-quality", [EMISSIONS]),
        ("topic=environment", [EMISSIONS]),
        ("topic=environment&series=milk-utilisation", []),
        ("identifier=milk-volumes", [MILK]),
        ("identifier=TABLE:Milk-Volumes", [MILK]),
        ("identifier=http://WWW.example.org:80/milk/volumes.xls%23sheet", [MILK]),
        ("identifier=emissions-air-pollutants", [EMISSIONS]),
        ("identifier=naei-nfr19&identifier=milk-prices", [MILK, EMISSIONS]),
        ("state=announced", [MILK, EMISSIONS]),
        ("state=on_hold&state=closed", []),
        ("machine_breaking=yes", [MILK]),
        ("machine_breaking=no", [EMISSIONS]),
        ("effective_before=2027-03-01", [MILK]),
        ("effective_before=2027-03-01T09:30:00Z", [MILK]),
        ("effective_before=2027-03-01T09:30:01Z", [MILK, EMISSIONS]),
        ("effective_from=2027-02-02", [EMISSIONS]),
        ("effective_from=2027-02-01&effective_before=2027-02-02", [MILK]),
        ("updated_since=2026-12-03", [MILK]),
        ("updated_since=2026-11-23T10:00:00Z", [MILK, EMISSIONS]),
        ("updated_since=2026-11-23T10:00:01Z", [MILK]),
        ("updated_since=2026-12-03T10:00:00+01:00", [MILK]),
        ("updated_since=2026-12-03T10:00:01%2B01:00", []),
        ("series=&state=&updated_since=", [MILK, EMISSIONS]),
    ],
)
def test_a_filter_lets_in_what_it_says(client: FlaskClient, query: str, found: list[str]) -> None:
    assert references(client, query) == found


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("/notices.json?serie=x", "There is no filter 'serie'; there are: series, identifier,"),
        ("/releases.csv?machine_breaking=yes", "There is no filter 'machine_breaking'"),
        ("/notices.json?series=nothing", "There is no series 'nothing'; there are: "),
        ("/notices.json?topic=nothing", "There is no topic 'nothing'; there are: "),
        ("/notices.csv?identifier=nothing", "No series or dataset is called 'nothing'"),
        ("/releases.json?identifier=nothing", "No series or dataset is called 'nothing'"),
        ("/notices.json?state=draft", "There is no state 'draft'; there are: announced, on_hold"),
        ("/releases.json?state=planned", "There is no state 'planned'; there are: provisional"),
        ("/notices.json?machine_breaking=perhaps", "machine_breaking is yes or no, not 'perhaps'"),
        ("/notices.json?updated_since=soon", "updated_since is a day or an instant, like 2027-03"),
        ("/notices.json?updated_since=2026-13-01", "not '2026-13-01'."),
        ("/notices.json?effective_before=9999-12-31", "not '9999-12-31'."),
        ("/notices.json?effective_before=0001-01-01T00:00:00%2B14:00", "is a day or an instant"),
        ("/notices.json?limit=0", "limit is a number from 1 to 500, not '0'."),
        ("/notices.json?limit=99999999999999999999", "limit is a number from 1 to 500"),
        ("/notices.json?after=DEFRA-2026-002", "there is no 'DEFRA-2026-002'."),
        ("/notices.json?after=%F0%9F%A6%86", "after is the reference of a notice"),
    ],
)
def test_a_bad_filter_is_refused_in_a_sentence(client: FlaskClient, path: str, says: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 400
    assert answer.content_type == "application/problem+json"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert says in json.loads(answer.data)["detail"]


def test_a_refusal_names_what_there_is(client: FlaskClient) -> None:
    series = json.loads(client.get("/notices.json?series=x").data)["known"]
    assert len(series) == 23
    assert "wild-birds" in series
    names = json.loads(client.get("/notices.json?identifier=x").data)["known"]
    assert {"milk-volumes", "milk-prices", "naei-nfr19", "wild-birds"} <= set(names)


def test_a_change_that_names_another_dataset_of_the_series_is_left_out(
    client: FlaskClient, house: Flask, clock: Clock
) -> None:
    with house.app_context():
        prices = milk(clock, scope={"identifiers": [{"scheme": "table", "value": "milk-prices"}]})
        other = milk(clock, scope={"identifiers": [{"scheme": "doi", "value": "10.99/x"}]})
        prices, other = prices.reference, other.reference
    assert references(client, "identifier=milk-prices") == [other, prices, MILK]
    assert references(client, "identifier=milk-volumes") == [other, MILK]
    assert references(client, "identifier=milk-utilisation") == [other, prices, MILK]
    assert references(client, "identifier=doi:10.99/X") == [other]


def test_any_public_step_counts_as_an_update(
    client: FlaskClient, house: Flask, clock: Clock
) -> None:
    clock.at("2027-01-04 11:00")
    with house.app_context(), unit():
        notice, by = notices.notice(EMISSIONS), makers.acting(ALICE)
        hold(notice, reason="The survey is late.", next_update=date(2027, 2, 1), by=by, now=clock())
    (row,) = rows(client, "/notices.json?updated_since=2027-01-04T11:00:00Z")
    assert (row["reference"], row["updated"]) == (EMISSIONS, "2027-01-04T11:00:00Z")
    assert (row["state"], row["hold_reason"]) == ("on_hold", "The survey is late.")
    assert references(client, "updated_since=2027-01-04T11:00:01Z") == []


def test_a_list_that_something_has_left_is_new(
    client: FlaskClient, house: Flask, clock: Clock
) -> None:
    """Else who asks by time alone would keep what is there no more."""
    path = "/notices.json?state=announced"
    before = client.get(path)
    clock.forward(days=1)
    with house.app_context(), unit():
        notice, by = notices.notice(MILK), makers.acting(ALICE)
        hold(notice, reason="Not ready.", next_update=date(2027, 1, 11), by=by, now=clock())
    since = {"If-Modified-Since": before.headers["Last-Modified"]}
    after = client.get(path, headers=since)
    assert [row["reference"] for row in json.loads(after.data)] == [EMISSIONS]
    assert (
        client.get(path, headers={"If-Modified-Since": after.headers["Last-Modified"]}).status_code
        == 304
    )


def test_pages_give_each_notice_once_while_more_are_announced(
    client: FlaskClient, house: Flask, clock: Clock
) -> None:
    with house.app_context():
        for number in range(5):  # several at one instant
            milk(clock, headline=f"Change {number}")
    everything = references(client)
    first = client.get("/notices.json?limit=3&state=announced&topic=")
    with house.app_context():
        clock.forward(hours=1)
        late = milk(clock, headline="Announced while somebody walks").reference
    rest = walked(client, following(first))
    found = [[row["reference"] for row in page] for page in (json.loads(first.data), *rest)]
    assert [len(page) for page in found] == [3, 3, 1]
    assert [*chain(*found)] == everything
    assert references(client)[0] == late


def test_releases_are_filtered_and_paged_alike(client: FlaskClient, house: Flask) -> None:
    every = rows(client, "/releases.json")
    assert len(every) > 5
    pages = walked(client, "/releases.json?limit=4")
    assert [*chain(*pages)] == every
    birds = rows(client, "/releases.json?series=wild-birds")
    assert {row["series"] for row in birds} == {"wild-birds"}
    assert {r["series"] for r in rows(client, "/releases.json?identifier=naei-nfr19")} == {
        "emissions-air-pollutants"
    }
    states = {row["state"] for row in every}
    assert {r["state"] for r in rows(client, "/releases.json?state=confirmed")} == {"confirmed"}
    assert len(states) > 1
    assert rows(client, "/releases.json?updated_since=2026-12-01") == []
    first = client.get("/releases.json?limit=2")
    with house.app_context(), unit():  # what the page ended with is no more
        last = session.get_one(Release, json.loads(first.data)[-1]["id"])
        last.state = "planned"
    rest = chain(*walked(client, following(first)))
    assert [row["id"] for row in rest] == [row["id"] for row in every[2:]]


def test_a_merged_topic_leads_on_and_an_ended_one_says_so(
    client: FlaskClient, house: Flask, clock: Clock
) -> None:
    with house.app_context():
        by = makers.acting(makers.HANA)
        with unit():
            air, waste = catalogue.topic("air-quality"), catalogue.topic("waste")
            day = merge.announce(air, into=waste, on=None, by=by, now=clock())
        clock.at(f"{day.isoformat()} 00:00")
    for name in ("notices.json", "releases.csv"):
        answer = client.get(f"/{name}?limit=5&topic=air-quality")
        assert answer.status_code == 301
        assert answer.headers["Location"] == f"{BASE}/{name}?limit=5&topic=waste"


def test_a_topic_that_ended_for_good_is_gone(
    client: FlaskClient, house: Flask, clock: Clock
) -> None:
    with house.app_context():
        with unit():
            bathing = catalogue.series("bathing-water")
            bathing.topics = [*bathing.topics, catalogue.topic("nature")]
        with unit():
            by, water = makers.acting(makers.HANA), catalogue.topic("water")
            day = merge.announce(water, into=None, on=None, by=by, now=clock())
    assert references(client, "topic=water") == []
    clock.at(f"{day.isoformat()} 00:00")
    answer = client.get("/notices.json?topic=water")
    assert answer.status_code == 410
    assert json.loads(answer.data)["detail"] == "The topic water has ended; leave it out."
