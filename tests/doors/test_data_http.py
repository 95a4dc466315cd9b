"""Notices and releases as data over HTTP: licence, tables, and nothing before its instant."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from notifier.catalogue import queries as catalogue
from notifier.notices import queries as notices
from notifier.notices.models import ChangeNotice, notice_series
from notifier.store.db import db, session, unit
from tests import makers
from tests.doors.data_house import BASE, addressed, milk, rows, table
from tests.makers import Clock

LICENCE = "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"
LISTS = ["/notices.json", "/notices.csv", "/releases.json", "/releases.csv", "/registry"]
ONE = ["/schemas/change-notice.json", "/schemas/change-notice-1.json"]
QUERIES = (
    "",
    "?state=announced",
    "?machine_breaking=yes",
    "?updated_since=2026-11-01",
    "?effective_before=2028-01-01",
    "?series=milk-utilisation",
    "?identifier=milk-volumes",
)


@pytest.fixture
def client(house: Flask) -> FlaskClient:
    with house.app_context():
        addressed()
    return house.test_client()


def test_every_door_answers_with_what_caches_need(
    client: FlaskClient, house: Flask, clock: Clock
) -> None:
    with house.app_context():
        milk(clock)
    for path in (*LISTS, *ONE, "/registry?url=https://www.example.org/milk/p"):
        answer = client.get(path)
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "public, max-age=30"
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert answer.last_modified is not None
        assert "Set-Cookie" not in answer.headers
        assert f'<{LICENCE}>; rel="license"' in answer.headers.getlist("Link")
        again = client.get(path, headers={"If-None-Match": answer.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")
        small = client.get(path, headers={"Accept-Encoding": "gzip"})
        assert small.headers["Content-Encoding"] == "gzip"
        head = client.head(path)
        assert (head.data, head.headers["ETag"]) == (b"", answer.headers["ETag"])


def test_the_licence_stands_in_each_row_table_and_schema(
    client: FlaskClient, house: Flask, clock: Clock
) -> None:
    with house.app_context():
        milk(clock)
    for path in ("/notices.json", "/releases.json"):
        assert {row["licence"]["url"] for row in rows(client, path)} == {LICENCE}
    for path in ("/notices.csv", "/releases.csv"):
        answer = client.get(path)
        assert {row["licence"] for row in table(answer)} == {LICENCE}
        assert answer.content_type == "text/csv; charset=utf-8"
        assert path[1:] in answer.headers["Content-Disposition"]
    assert LICENCE in json.loads(client.get(ONE[0]).data)["$comment"]
    described = client.get("/notices.json").headers.getlist("Link")
    assert f'<{BASE}/schemas/change-notice-1.json>; rel="describedby"' in described


def test_a_schema_has_its_version_for_ever(client: FlaskClient) -> None:
    newest, first = (json.loads(client.get(path).data) for path in ONE)
    assert newest == first
    assert first["$id"] == f"{BASE}/schemas/change-notice-1.json"
    assert client.get(ONE[0]).content_type == "application/schema+json; charset=utf-8"
    missing = client.get("/schemas/change-notice-9.json")
    assert missing.status_code == 404
    assert json.loads(missing.data)["detail"] == (
        "There is no schema 'change-notice-9'; there are: change-notice, change-notice-1."
    )


def test_the_mapping_says_what_it_maps(client: FlaskClient, house: Flask, clock: Clock) -> None:
    with house.app_context():
        reference = milk(clock).reference
    (row,) = rows(client, "/notices.json")
    assert row["mapping"] == [{"old": "Liquid milk (Ml)", "new": "LIQ_ML", "what": "column"}]
    assert row["mapping_csv"] == f"{BASE}/changes/{reference}/mapping.csv"
    assert client.get(row["mapping_csv"].removeprefix(BASE)).status_code == 200


def test_a_table_says_the_same_as_the_rows_and_runs_no_formula(
    client: FlaskClient, house: Flask, clock: Clock
) -> None:
    with house.app_context():
        milk(clock, headline='=HYPERLINK("http://evil.example","x")', what="@SUM(1)\nand more")
    (line,), (row,) = table(client.get("/notices.csv")), rows(client, "/notices.json")
    assert line["headline"] == '\'=HYPERLINK("http://evil.example","x")'
    assert line["what"] == "'@SUM(1) and more"
    for name in ("reference", "state", "class", "effect", "first_public_at", "url", "verdict"):
        assert line[name] == row[name]
    assert (line["machine_breaking"], line["lead_days"]) == ("yes", str(row["lead_days"]))
    assert line["identifiers"] == "table:milk-volumes; table:milk-prices"
    lines, whole = table(client.get("/releases.csv")), rows(client, "/releases.json")
    assert [line["id"] for line in lines] == [str(row["id"]) for row in whole]
    moved = next(line for line in lines if line["date_changes"] != "0")
    assert moved["last_reason"]


def test_before_its_instant_a_notice_is_in_no_answer(
    client: FlaskClient, house: Flask, clock: Clock
) -> None:
    """Not by a count, an ETag, a time, a filter, a name that only it uses, or its own address."""
    paths = [f"{name}{query}" for name in ("/notices.json", "/notices.csv") for query in QUERIES]
    paths += [*LISTS[2:], "/registry?url=https://www.example.org/milk/p"]
    before = {path: client.get(path) for path in paths}
    clock.forward(hours=1)
    with house.app_context():
        scope = {"identifiers": [{"scheme": "doi", "value": "10.99/secret"}]}
        secret = makers.draft(now=clock(), headline="A secret", machine_breaking="yes", scope=scope)
        reference = makers.approved(secret, now=clock()).reference
    for path, old in before.items():
        now = client.get(path)
        assert (path, now.data, now.headers["ETag"]) == (path, old.data, old.headers["ETag"])
        assert now.headers["Last-Modified"] == old.headers["Last-Modified"]
        named = {"If-None-Match": old.headers["ETag"]}
        assert client.get(path, headers=named).status_code == 304
    unknown = client.get("/notices/DEFRA-1999-001.json")
    hidden = client.get(f"/notices/{reference}.json")
    assert hidden.status_code == unknown.status_code == 404
    assert hidden.text.replace(reference, "DEFRA-1999-001") == unknown.text
    assert client.get(f"/notices.json?after={reference}").status_code == 400
    for name in ("10.99/secret", "nothing-of-the-kind"):
        refusal = client.get("/notices.json", query_string={"identifier": name})
        assert refusal.status_code == 400
        assert "10.99/secret" not in json.loads(refusal.data)["known"]
    with house.app_context(), unit():
        makers.publish(notices.notice(reference), by=makers.acting(makers.ALICE), now=clock())
    for path, old in before.items():
        if "notices" in path:
            assert (
                client.get(path, headers={"If-None-Match": old.headers["ETag"]}).status_code == 200
            )
    assert client.get("/notices.json?identifier=10.99/secret").status_code == 200


def test_what_a_change_becomes_is_in_its_data(
    client: FlaskClient, house: Flask, clock: Clock
) -> None:
    """Its own words on it, and no others: keys that a draft held besides do not leave the house."""
    with house.app_context(), unit():
        found = session.get_one(ChangeNotice, notices.notice(milk(clock).reference).id)
        found.impact = {**found.impact, "internal": "to be checked"}
        found.cy = {"headline": "Mae'r tabl yn newid", "follows": "2026-12-10", "note": "private"}
    answer = client.get("/notices.json")
    assert "to be checked" not in answer.text
    (row,) = json.loads(answer.data)
    assert row["cy"] == {"headline": "Mae'r tabl yn newid", "follows": "2026-12-10"}
    assert (row["outcome"], row["superseded_by"], row["end_reason"]) == (None, None, "")


@pytest.mark.parametrize("kind", ["sqlite"])
def test_a_later_page_costs_what_the_first_costs(
    client: FlaskClient, house: Flask, clock: Clock
) -> None:
    with house.app_context():
        first = milk(clock)
        template = {
            column.name: getattr(first, "class_" if column.name == "class" else column.name)
            for column in ChangeNotice.__table__.columns
        }
        series = catalogue.series("milk-utilisation").id
        many(template, series, 2_000)

    def cost(path: str) -> tuple[int, int]:
        """Statements, and notices that are read from the database."""
        said: list[str] = []
        loaded: list[ChangeNotice] = []
        with house.app_context():
            engine = db.engine

        def say(*args: Any) -> None:
            said.append(args[2])

        def load(target: ChangeNotice, _: Any) -> None:
            loaded.append(target)

        event.listen(engine, "before_cursor_execute", say)
        event.listen(ChangeNotice, "load", load)
        try:
            assert len(rows(client, path)) == 50
        finally:
            event.remove(engine, "before_cursor_execute", say)
            event.remove(ChangeNotice, "load", load)
        return len(said), len(loaded)

    client.get("/healthz")
    near = cost("/notices.json?limit=50&after=OLD-1990")
    far = cost("/notices.json?limit=50&after=OLD-0060")
    assert near == far
    assert far[0] < 20
    assert far[1] == 51
    assert len(rows(client, "/notices.json")) == 100
    assert len(table(client.get("/notices.csv"))) == 500
    assert len(table(client.get("/notices.csv?limit=7"))) == 7


def many(template: dict[str, object], series: int, count: int) -> None:
    """Public notices of earlier days, by whole rows."""
    at = template["first_public_at"]
    found = [
        {
            **template,
            "id": 10_000 + n,
            "urn": f"urn:uuid:00000000-0000-0000-0000-{n:012d}",
            "reference": f"OLD-{n:04d}",
            "first_public_at": at - timedelta(hours=count - n),  # type: ignore[operator]
        }
        for n in range(count)
    ]
    with unit():
        session.execute(ChangeNotice.__table__.insert(), found)
        pairs = [{"notice_id": 10_000 + n, "series_id": series} for n in range(count)]
        session.execute(notice_series.insert(), pairs)
