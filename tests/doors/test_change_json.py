"""What a change's page says to programs that read pages: schema.org in JSON-LD."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from notifier.notices import queries as notices
from notifier.notices.end import cancel
from notifier.store.db import unit
from tests import makers
from tests.doors.data_house import BASE, addressed, milk
from tests.makers import ALICE, HANA, Clock


@pytest.fixture
def client(house: Flask, clock: Clock) -> FlaskClient:
    with house.app_context():
        addressed()
        milk(clock, headline="Milk </script><script>alert(1)</script> & more")
    return house.test_client()


def script(client: FlaskClient) -> dict[str, Any]:
    page = client.get("/changes/DEFRA-2026-007").text
    (found,) = re.findall(r'<script type="application/ld\+json" nonce="[^"]+">(.*?)</script>', page)
    said: dict[str, Any] = json.loads(found)
    return said


def test_it_says_what_when_and_of_which_datasets(client: FlaskClient) -> None:
    said = script(client)
    url = f"{BASE}/changes/DEFRA-2026-007"
    assert (said["@context"], said["@type"], said["url"]) == ("https://schema.org", "Article", url)
    assert said["headline"] == "Milk </script><script>alert(1)</script> & more"
    assert said["datePublished"] == said["dateModified"] == "2026-11-23T10:00:00Z"
    assert said["license"].startswith("https://www.nationalarchives.gov.uk/")
    (dataset,) = said["about"]
    assert dataset["url"] == f"{BASE}/series/milk-utilisation"
    assert dataset["identifier"] == ["milk-volumes", "milk-prices"]
    assert said["mentions"]["startDate"] == "2027-02-01T10:30:00Z"
    assert said["mentions"]["eventStatus"] == "https://schema.org/EventScheduled"
    assert said["encoding"]["contentUrl"] == f"{BASE}/notices/DEFRA-2026-007.json"


def test_what_will_not_happen_is_cancelled(client: FlaskClient, house: Flask, clock: Clock) -> None:
    clock.forward(days=2)
    with house.app_context(), unit():
        cancel(
            notices.notice("DEFRA-2026-007"),
            reason="The workbook stays.",
            person=makers.member(ALICE),
            approved_by=makers.member(HANA),
            by=makers.acting(ALICE),
            now=clock(),
        )
    said = script(client)
    assert said["mentions"]["eventStatus"] == "https://schema.org/EventCancelled"
    assert said["dateModified"] == "2026-11-25T10:00:00Z"
    (row,) = json.loads(client.get("/notices.json").data)
    assert (row["state"], row["end_reason"]) == ("cancelled", "The workbook stays.")
    assert row["headers"] == []
