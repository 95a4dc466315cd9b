"""The list of changes, what teams state, and the tables that can be taken along."""

from __future__ import annotations

import csv
import io
import re
from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import inspect

from notifier.catalogue import queries as catalogue
from notifier.notices import queries as notices
from notifier.notices.models import ChangeNotice
from notifier.store.db import session, unit
from tests import makers
from tests.doors.reading import all_announced, words
from tests.makers import Clock


@pytest.fixture
def client(house: Flask, clock: Clock) -> FlaskClient:
    return all_announced(house, clock)


def test_changes_are_narrowed_by_topic_team_user_type_and_kind(client: FlaskClient) -> None:
    """A topic has what stands below it; a user type has what asks something of it."""
    fine, milk, label = "fine particles", "milk volumes", "labelled as in development"
    cases: dict[str, tuple[set[str], str]] = {
        "topic=environment": ({fine}, "Two of five changes about Environment"),
        "team=farming": ({milk}, "One of five changes from Farming statistics"),
        "user_type=academic": ({fine, milk}, "Two of five changes"),
        "user_type=government": ({fine}, "One of five changes"),
        "user_type=media": (set(), "None of five changes"),
        "type=designation": ({label}, "One of five changes of the kind Label"),
        "topic=livestock&user_type=data-reuser&type=format_or_layout": ({milk}, "One of"),
    }
    for query, (there, result) in cases.items():
        said = words(client, f"/changes?{query}").partition("Nothing planned")[0]
        assert {word for word in (fine, milk, label) if word in said} == there, query
        assert result in said, query
    everything = words(client, "/changes")
    assert "5 changes , soonest first" in everything


def test_who_is_concerned_without_having_to_act_finds_it_too(
    client: FlaskClient, house: Flask
) -> None:
    with house.app_context(), unit():
        notice = next(n for n in notices.every() if "Dry mixed" in n.headline)
        notice.scope = {"user_types": ["local-government"]}
        label = next(n for n in notices.every() if "labelled" in n.headline)
        label.what_to_do = [{"action": "Read the new label."}]
    said = words(client, "/changes?user_type=local-government").partition("Nothing planned")[0]
    assert "Dry mixed recycling" in said
    assert "labelled as in development" in said  # what everybody is to do, they are to do
    assert "milk volumes" not in said


def test_what_there_is_none_of_is_left_out_calmly(client: FlaskClient) -> None:
    for path in ("/changes", "/releases", "/releases?view=month"):
        joint = "&" if "?" in path else "?"
        said = words(client, f"{path}{joint}topic=%3Cb%3Ezz&team=food'--")
        assert "We know no topic “<b>zz”, so it is left out." in said
        assert "We know no team “food'--”, so it is left out." in said
    assert "We know no state “x”" in words(client, "/releases?state=x")
    assert "“2031-01” is no month of this calendar" in words(
        client, "/releases?view=month&month=2031-01"
    )
    assert client.get("/changes?show=past&page=2").status_code == 404
    assert client.get("/changes?show=past&page=x").status_code == 404


def test_past_changes_have_a_list_of_their_own_newest_first(
    client: FlaskClient, house: Flask, clock: Clock
) -> None:
    """Each stands at the day on which it ended; fifty on a page, and none twice."""
    with house.app_context():
        some = makers.emissions()
        columns = [a.key for a in inspect(ChangeNotice).column_attrs if a.key != "id"]
        base = {key: getattr(some, key) for key in columns}
        with unit():
            for number in range(60):
                own = {
                    "urn": f"urn:x:{number}",
                    "reference": f"DEFRA-2025-{number:03d}",
                    "headline": f"Past change number {number:02d}",
                    "state": "closed" if number else "cancelled",
                    "end_reason": "" if number else "Users asked us to keep it.",
                    "effect_kind": "date",
                    "effect_release_id": None,
                    "effect_at": makers.london("2025-01-06 10:30") + timedelta(days=number),
                    "changed_at": makers.london("2024-12-31 10:30"),
                }
                row = ChangeNotice(**{**base, **own})
                row.series = [catalogue.series("wild-birds")]
                session.add(row)
    first, second = (words(client, f"/changes?show=past{page}") for page in ("", "&page=2"))
    numbers = re.findall(r"Past change number (\d\d)", first + second)
    assert numbers == [f"{n:02d}" for n in range(59, -1, -1)]
    assert len(re.findall(r"Past change number", first)) == 50
    assert "60 changes , newest first" in first
    assert "Will not happen Users asked us to keep it." in second
    assert "Past change number" not in words(client, "/changes")
    assert client.get("/changes?show=past&page=3").status_code == 404


def test_silence_is_shown_as_silence_and_a_statement_with_its_day(
    client: FlaskClient, house: Flask
) -> None:
    with house.app_context(), unit():
        catalogue.series("family-food").nothing_planned_on = date(2026, 11, 16)
        catalogue.series("milk-utilisation").nothing_planned_on = date(2026, 11, 16)
        catalogue.series("wild-birds").nothing_planned_on = date(2026, 11, 23)
    said = words(client, "/changes").rpartition("Nothing planned Each team")[2]
    assert "Food statistics Nothing planned as of 16 November 2026 Family Food" in said
    assert "No statement yet United Kingdom Food Security Report" in said
    assert "Milk utilisation" not in said  # a change is announced: the rail has it
    assert "Nothing planned as of Monday 23 November 2026" in words(client, "/series/wild-birds")
    assert "No statement yet" in words(client, "/series/bathing-water")
    # What was said before the last change does not hold any more.
    with house.app_context(), unit():
        notice = next(n for n in notices.every() if "milk volumes" in n.headline)
        notice.state = "in_effect"
    page = words(client, "/series/milk-utilisation")
    assert "No new statement On 16 November 2026 the team said" in page
    assert "No new statement" in words(client, "/changes")


def test_tables_can_be_taken_along_as_csv(client: FlaskClient, house: Flask) -> None:
    """UTF-8, shared and kept like the feeds' data; nothing in them is run as a formula."""
    with house.app_context(), unit():
        notice = next(n for n in notices.every() if "milk volumes" in n.headline)
        notice.mapping = [{"old": "=1+1", "new": "Llaeth ŵy", "what": "a, b"}, {"old": "x"}]
        path = f"/changes/{notice.reference}/mapping.csv"
        none = makers.emissions().reference
    answer = client.get(path)
    assert answer.content_type == "text/csv; charset=utf-8"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert client.get(path, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    rows = list(csv.reader(io.StringIO(answer.get_data(as_text=True))))
    assert rows == [["old", "new", "what"], ["'=1+1", "Llaeth ŵy", "a, b"], ["x", "", ""]]
    assert client.get(f"/changes/{none}/mapping.csv").status_code == 404
    record = csv.DictReader(io.StringIO(client.get("/notice-given.csv").get_data(as_text=True)))
    assert {row["verdict"] for row in record} <= {"on_time", "met", "short", "same_day", "after"}
    assert client.get("/notice-given.csv?year=1999").status_code == 404


def test_a_draft_has_no_csv(house: Flask) -> None:
    with house.app_context():
        reference = next(n for n in notices.every() if "milk volumes" in n.headline).reference
    assert house.test_client().get(f"/changes/{reference}/mapping.csv").status_code == 404
