"""Whatever somebody pasted into a notice: its data parse, hold it, and conform to the schema."""

from __future__ import annotations

import csv
import importlib.util
import io
import json
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import urlencode

import jsonschema_rs
import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings

from notifier import cells
from notifier.feeds import data_csv, data_schema, deprecation
from notifier.feeds.characters import clean, one_line
from notifier.feeds.data_notices import notice, notices
from notifier.feeds.data_values import dumped
from notifier.notices.models import ChangeNotice
from notifier.store.db import session
from notifier.web.public.changes import change_json
from tests import makers
from tests.edges.feed_house import SITE
from tests.edges.test_feeds_text import NASTY, WORDS
from tests.makers import Clock, on_sqlite

DOCS = Path(__file__).resolve().parents[2] / "docs"
TEXTS = ("headline", "what", "not_changing", "why", "driver", "brief", "short_notice_reason")
pytestmark = on_sqlite


@pytest.fixture(scope="module")
def conformance() -> ModuleType:
    """The program that anyone can run against a site, as a module."""
    spec = importlib.util.spec_from_file_location("conformance", DOCS / "conformance.py")
    assert spec is not None
    assert spec.loader is not None
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


@pytest.fixture
def schema(room: Flask) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(data_schema.document("change-notice", base_url=SITE).body)
    return found


@pytest.fixture
def change(room: Flask, clock: Clock) -> Iterator[ChangeNotice]:
    found = makers.announced(makers.draft(now=clock(), machine_breaking="yes"), now=clock())
    with session.no_autoflush:
        yield found
    session.rollback()


def spoilt(found: ChangeNotice, words: str) -> ChangeNotice:
    """With ``words`` wherever a team writes; the headline as its rule lets it be."""
    for name in TEXTS:
        setattr(found, name, words)
    found.headline = words[:100] or "x"
    found.what, found.why = words or "x", words or "x"
    found.impact = {"known": "partly", "text": words, "unit": words}
    found.comparability = {"reason": words}
    found.mapping = [{"old": words, "new": words, "what": words}]
    found.what_to_do = [{"action": words, "user_types": [words]}]
    found.alternatives = [{"title": words, "url": f"https://x.example/{words}"}]
    found.scope = {"breakdowns": [words], "identifiers": [{"scheme": words, "value": words}]}
    found.cy = {"headline": words}
    found.hold_reason = found.end_reason = words
    return found


@given(words=WORDS)
@settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_words_give_the_same_whole_rows(
    change: ChangeNotice, conformance: ModuleType, schema: dict[str, Any], words: str
) -> None:
    at = change.first_public_at
    assert at is not None
    row = {**notice(spoilt(change, words), at, base_url=SITE), "licence": None}
    body = dumped([row])
    assert body == dumped([{**notice(change, at, base_url=SITE), "licence": None}])
    (back,) = json.loads(body.decode())
    assert back["driver"] == clean(words)
    assert back["mapping"] == [{"old": clean(words), "new": clean(words), "what": clean(words)}]
    faults = list(conformance.faults(back, schema, schema))
    assert [fault for fault in faults if "fewer than 1" not in fault] == []
    table = list(csv.DictReader(io.StringIO(data_csv.notices([row]).decode(), newline="")))
    assert len(table) == 1
    told = one_line(words)
    assert table[0]["not_changing"] == (f"'{told}" if told.startswith(cells.FORMULA) else told)


@given(words=WORDS)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_words_leave_header_fields_and_scripts_whole(change: ChangeNotice, words: str) -> None:
    found = spoilt(change, words)
    for name, value in deprecation.fields([found], base_url=SITE):
        assert value.isascii()
        assert value.isprintable(), name
    lines = deprecation.nginx([found], url=f"https://x.example/{words}", base_url=SITE)
    for line in lines.splitlines():
        assert line.startswith("# ") or (line.count("'") == 2 and "$" not in line)
    script = str(change_json.write(found, base_url=SITE))
    assert not set("<>&") & set(script)
    assert json.loads(script)["headline"] == clean(words[:100] or "x")


def test_a_megabyte_of_words_is_one_row(change: ChangeNotice) -> None:
    at = change.first_public_at
    assert at is not None
    words = "ŵ]]>&\x00 =1+1\r\n" * 80_000
    row = {**notice(spoilt(change, words), at, base_url=SITE), "licence": None}
    assert json.loads(dumped(row))["why"] == clean(words)
    assert data_csv.notices([row]).count(b"\r\n") == 2


@pytest.mark.parametrize("words", NASTY)
def test_each_nasty_word_is_looked_for_without_complaint(
    room: Flask, change: ChangeNotice, words: str
) -> None:
    client = room.test_client()
    names = ("series", "identifier", "topic", "state", "updated_since", "after", "limit", words)
    for name in names:
        query = urlencode({name: words}, errors="surrogatepass")
        answer = client.get(f"/notices.json?{query}")
        assert answer.status_code in (400, 404)
        if answer.status_code == 400:
            assert answer.json is not None
            assert answer.json["detail"].endswith(".")


def test_every_key_that_leaves_the_house_is_in_the_schema(
    change: ChangeNotice, schema: dict[str, Any]
) -> None:
    (row,) = notices([change], base_url=SITE)
    assert set(row) == set(schema["properties"]) == set(schema["required"])


def test_the_examples_conform_and_a_spoilt_one_does_not(
    conformance: ModuleType, schema: dict[str, Any]
) -> None:
    """As our own reader of schemas says, and as a library does."""
    library = jsonschema_rs.Draft202012Validator(schema)
    assert len(schema["examples"]) == 2
    for example in schema["examples"]:
        assert list(conformance.faults(example, schema, schema)) == []
        assert library.is_valid(example)
        for key in schema["required"]:
            less = {name: value for name, value in example.items() if name != key}
            assert list(conformance.faults(less, schema, schema)) == [f"notice has no {key!r}"]
            odd = {**example, key: 0.5}
            assert list(conformance.faults(odd, schema, schema)), key
            assert not library.is_valid(less)
            assert not library.is_valid(odd)


def test_a_schema_that_says_more_than_the_program_knows_is_a_fault(
    conformance: ModuleType, schema: dict[str, Any]
) -> None:
    (fault,) = conformance.faults(1, {"multipleOf": 2}, schema)
    assert fault == "notice: the schema says 'multipleOf', which this program does not know"
