"""What tests of the data look at: rows of an answer, all pages of a list, announced changes."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import Any
from urllib.parse import urlsplit

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from notifier.catalogue import queries as catalogue
from notifier.notices.models import ChangeNotice
from notifier.store.db import unit
from tests import makers
from tests.makers import Clock

BASE = "http://127.0.0.1:8000"
MILK_XLS = "https://www.example.org/milk/volumes.xls"
MILK_CSV = "https://www.example.org/milk/volumes.csv?v=2"


def rows(client: FlaskClient, path: str) -> list[dict[str, Any]]:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = json.loads(answer.data)
    return found


def references(client: FlaskClient, query: str = "") -> list[str]:
    return [row["reference"] for row in rows(client, f"/notices.json?{query}")]


def table(answer: TestResponse) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer.data.decode(), newline="")))


def following(answer: TestResponse) -> str:
    """The path of the next page, "" on the last one."""
    found = re.search(r'<([^>]+)>; rel="next"', ", ".join(answer.headers.getlist("Link")))
    if found is None:
        return ""
    parts = urlsplit(found[1])
    assert found[1].startswith(BASE)
    return f"{parts.path}?{parts.query}"


def walked(client: FlaskClient, path: str) -> list[list[dict[str, Any]]]:
    """Every page of a list."""
    pages = []
    while path:
        answer = client.get(path)
        assert answer.status_code == 200, answer.text
        pages.append(json.loads(answer.data))
        path = following(answer)
    return pages


def addressed() -> None:
    """The milk series' datasets have addresses."""
    with unit():
        catalogue.series("milk-utilisation").identifiers = [
            {"scheme": "table", "value": "milk-volumes", "url": MILK_XLS},
            {"scheme": "table", "value": "milk-prices", "url": "https://www.example.org/milk/p"},
        ]


def milk(clock: Clock, **changes: Any) -> ChangeNotice:
    """The milk table's new layout, announced: class E, in effect 60 days ahead at 10:30."""
    entry: dict[str, Any] = {
        "type": "format_or_layout",
        "machine_breaking": "yes",
        "headline": "The milk volumes table becomes a CSV",
        "impact": {"known": "not_applicable"},
        "mapping": [{"old": "Liquid milk (Ml)", "new": "LIQ_ML", "what": "column"}],
        "alternatives": [{"title": "The CSV", "url": MILK_CSV}],
        "effect": {"date": "2027-02-01"},
        **changes,
    }
    return makers.announced(makers.draft(now=clock(), **entry), now=clock())
