"""The sign-up form for one thing: what is private or not there is passed over, and never shown."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from notifier.audience.models import Signup
from notifier.releases.models import Release
from notifier.store.db import session, unit
from tests import makers
from tests.journeys.world import hidden
from tests.makers import CLEO, Clock, on_sqlite

pytestmark = on_sqlite


def test_what_is_not_public_cannot_be_followed_nor_read(house: Flask, clock: Clock) -> None:
    """A draft and a planned release, by their guessable numbers, in the address and in the form."""
    with house.app_context():
        draft = makers.emissions()
        with unit():
            release = session.get_one(Release, draft.effect_release_id)
            release.state = "planned"
        secrets, numbers = (draft.headline, release.title), (draft.reference, release.id)
    client = house.test_client()
    query = f"notice={numbers[0]}&release={numbers[1]}"
    page = client.get(f"/subscribe?{query}").get_data(as_text=True)
    empty = client.get("/subscribe?notice=NO-2026-001&release=999").get_data(as_text=True)
    for shown in (page, empty):
        assert "You will be told" not in shown
        assert not any(secret in shown for secret in secrets)
    clock.forward(seconds=20)
    fields = {name: hidden(page, name) for name in ("csrf_token", "t")}
    answer = client.post(
        "/subscribe",
        data={**fields, "email": CLEO, "user_type": "media", "notice": numbers[0]},
    )
    assert (answer.status_code, "Select at least one topic" in answer.text) == (400, True)
    with house.app_context():
        assert session.scalars(select(Signup)).first() is None


@pytest.mark.parametrize(
    "value", ["<script>", "1' OR 1=1", "٣", "9" * 400, "-1", "1.5", "%00x", ""]
)
def test_nonsense_in_the_address_is_passed_over(house: Flask, value: str) -> None:
    client = house.test_client()
    for name in ("notice", "release", "series", "topic"):
        answer = client.get("/subscribe", query_string={name: value})
        assert (name, answer.status_code) == (name, 200)
        assert "You will be told" not in answer.text
        assert "<script>" not in answer.text


def test_what_was_chosen_stays_through_find_and_errors(house: Flask, clock: Clock) -> None:
    with house.app_context():
        reference = makers.announced(makers.emissions(), now=clock()).reference
    client = house.test_client()
    page = client.get(f"/subscribe?notice={reference}&series=wild-birds").text
    fields = {n: hidden(page, n) for n in ("csrf_token", "t", "notice", "series")}
    assert (fields["notice"], fields["series"]) == (reference, "wild-birds")
    clock.forward(seconds=20)
    for more in ({"q": "milk", "find": "1"}, {"email": "nonsense"}, {}):
        answer = client.post("/subscribe", data={**fields, **more})
        assert hidden(answer.text, "notice") == reference
        assert hidden(answer.text, "series") == "wild-birds"
        assert "Select at least one topic" not in answer.text
