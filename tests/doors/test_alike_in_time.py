"""How long an answer takes says nothing about an address; what is done for that leaves no row."""

from __future__ import annotations

from statistics import median
from time import perf_counter

import pytest
from flask import Flask
from flask.testing import FlaskClient

from notifier.audience.suppress import suppress
from notifier.store.db import unit
from tests import makers
from tests.doors.attacking import TYPED, counts, form
from tests.makers import CLEO, DAN, Clock, on_sqlite

POSTS = 100  # of each sort; for twice as many, as STANDARDS.md has it, the medians are the same
LOOKS = 6  # at most; one is enough where nothing else is at work
SORTS = ("unknown", "known", "suppressed", "again")


def people(look: int, clock: Clock) -> None:
    """Somebody of each sort for each post; "again" had the mail for this very choice just now."""
    for number in range(POSTS):
        makers.joins(f"known{number}.{look}@example.org", now=clock())
        dead = makers.joins(f"suppressed{number}.{look}@example.org", now=clock())
        with unit():
            suppress(dead, reason="hard_bounce", now=clock(), pepper=makers.pepper())
    clock.forward(days=9)
    for number in range(POSTS):
        makers.joins(f"again{number}.{look}@example.org", now=clock())


def medians(
    client: FlaskClient, given: dict[str, str], path: str, *, look: int
) -> dict[str, float]:
    """Seconds for each sort, all sorts in turn so that a slow moment is everybody's."""
    took: dict[str, list[float]] = {sort: [] for sort in SORTS}
    for number in range(POSTS):
        for place in range(len(SORTS)):
            sort = SORTS[(place + number) % len(SORTS)]
            data = {**given, **TYPED, "email": f"{sort}{number}.{look}@example.org"}
            outside = {"REMOTE_ADDR": f"203.0.{number % 250}.9"}
            began = perf_counter()
            answer = client.post(path, data=data, environ_overrides=outside)
            took[sort].append(perf_counter() - began)
            assert answer.status_code == 200
    return {sort: median(each) for sort, each in took.items()}


@on_sqlite
@pytest.mark.parametrize("path", ["/subscribe", "/preferences"])
def test_the_medians_differ_by_less_than_a_tenth(house: Flask, clock: Clock, path: str) -> None:
    """What tells people apart does so each time; a machine that is busy elsewhere gets more
    looks."""
    client, seen = house.test_client(), []
    for look in range(LOOKS):
        with house.app_context():
            people(look, clock)
        found = medians(client, form(client, clock, path), path, look=look)
        seen.append(found)
        if max(found.values()) < 1.1 * min(found.values()):
            return
    pytest.fail(str(seen))


@pytest.mark.parametrize("path", ["/subscribe", "/preferences"])
def test_what_is_tried_for_nobody_leaves_nothing(house: Flask, clock: Clock, path: str) -> None:
    """Only what is kept for the sort of address is there afterwards; the rest was taken back."""
    with house.app_context():
        makers.joins(CLEO, now=clock())
    clock.forward(days=9)
    client = house.test_client()
    given = {**form(client, clock, path), **TYPED}
    kept = {"signup", "send"} if path == "/subscribe" else {"send"}
    for email, more in ((CLEO, kept), (DAN, kept | {"subscriber"} if "signup" in kept else set())):
        with house.app_context():
            before = counts()
        assert client.post(path, data={**given, "email": email}).status_code == 200
        with house.app_context():
            after = counts()
        grown = {name for name in after if after[name] != before[name]} - {"wording"}
        assert grown == more, email
