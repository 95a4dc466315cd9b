"""A catalogue adds what is missing, on any day, and never touches or half-writes anything."""

from __future__ import annotations

import pytest
import yaml
from flask import Flask
from sqlalchemy import func, select

from notifier.catalogue import queries as catalogue
from notifier.newsletters import queries as newsletters
from notifier.notices import queries as notices
from notifier.sends.models import Send
from notifier.store.db import session, unit
from tests.makers import CATALOGUE, Clock, london, on_sqlite
from tests.rooms.loading import everything, loads, release


def test_what_the_demonstration_holds(room: Flask, clock: Clock) -> None:
    house = catalogue.organisation()
    assert house is not None
    assert (house.name, house.prefix) == ("Defra Group statistics", "DEFRA")
    tree = [topic for topic in catalogue.topics() if topic.parent_id is None]
    assert [t.slug for t in tree] == [
        "food",
        "farming",
        "environment",
        "nature",
        "fisheries",
    ]
    assert [t.slug for t in tree[2].children] == ["air-quality", "waste", "water"]
    assert len({t.bit for t in catalogue.topics()}) == 13
    assert [(n.reference[-3:], n.class_, n.minimum_days) for n in notices.every()] == [
        ("001", "A", 90),
        ("002", "E", 60),
        ("003", "B", 90),
        ("004", "D", 42),
        ("005", "J", 28),
        ("006", "F", 14),
    ]
    assert {n.state for n in notices.every()} == {"draft"}
    assert {n.author_id for n in notices.every()} == {None}
    assert [i.state for i in newsletters.every()] == ["draft"]
    assert session.scalar(select(func.count(Send.id))) == 0  # loading promises nothing


def test_releases_as_the_file_says(room: Flask, clock: Clock) -> None:
    emissions = release("Emissions of air")
    assert (emissions.at, emissions.state) == (london("2027-03-01 09:30"), "confirmed")
    assert emissions.confirmed_at == london("2026-11-22 09:30")
    assert emissions.contains_change
    pocketbook = release("pocket 2027")
    assert (pocketbook.precision, pocketbook.state) == ("month", "provisional")
    assert pocketbook.at == london("2027-01-01 09:30")
    birds = release("Wild bird")
    (moved,) = birds.date_changes
    assert (moved.direction, moved.reason_code) == ("later", "quality_issue")
    assert birds.first_announced_on == moved.from_date
    assert birds.sequence == 1


@pytest.mark.parametrize("days", [0, 1, 30, 200, 400])
def test_twice_gives_the_same_database_on_any_day(room: Flask, clock: Clock, days: int) -> None:
    before = everything()
    clock.forward(days=days)
    assert not any(loads(clock=clock).values())
    assert everything() == before


def test_what_was_changed_since_is_left_alone(room: Flask, clock: Clock) -> None:
    with unit():
        catalogue.topic("food").name = "Food and drink"
        release("pocket 2027").day = None
        notices.every()[0].why = "Better words."
    before = everything()
    loads(clock=clock)
    assert everything() == before


def test_a_longer_file_adds_only_what_is_new(room: Flask, clock: Clock) -> None:
    document = yaml.safe_load(CATALOGUE.read_text("utf-8"))
    document["topics"].append({"slug": "soil", "name": "Soil", "parent": "environment"})
    document["notices"].append({**document["notices"][5], "headline": "A new one"})
    added = loads(yaml.safe_dump(document), clock=clock)
    assert {section: n for section, n in added.items() if n} == {"topics": 1, "notices": 1}
    soil = catalogue.topic("soil")
    assert soil.bit == max(t.bit for t in catalogue.topics())
    assert soil.parent is catalogue.topic("environment")


def test_the_same_entry_twice_in_one_file_is_one(room: Flask, clock: Clock) -> None:
    document = yaml.safe_load(CATALOGUE.read_text("utf-8"))
    new = {**document["notices"][5], "headline": "A new one"}
    twice = {"notices": [new, new], "releases": [], "topics": [{"slug": "soil", "name": "S"}] * 2}
    issue = {"team": "food", "title": "News", "body": "Words", "audience": {"topics": ["food"]}}
    twice["newsletters"] = [issue, issue]
    one = {"series": "wild-birds", "title": "Twice", "date": "+30d"}
    twice["releases"] = [one, one]
    added = loads(yaml.safe_dump(twice), clock=clock)
    assert {section: n for section, n in added.items() if n} == {
        "topics": 1,
        "notices": 1,
        "releases": 1,
        "newsletters": 1,
    }


@pytest.mark.parametrize(
    ("entry", "state"),
    [
        ({"date": "2026-11-20 09:30"}, "released"),
        ({"date": "2026-11-20 09:30", "certainty": "confirmed"}, "released"),
        ({"date": "2026-11-20"}, "released"),
        ({"date": "2026-10-15", "precision": "month"}, "released"),
        ({"date": "2026-11-15", "precision": "month"}, "provisional"),  # the month is not over
        ({"date": "2026-11-23 10:00"}, "released"),
        ({"date": "2026-11-23 10:01"}, "provisional"),
        ({"date": "+0d"}, "provisional"),  # it may come out later today
        ({"date": "-3d", "precision": "no_later_than"}, "released"),
        ({"date": "+1d"}, "provisional"),
        ({"date": "2026-11-20", "precision": "tbc"}, "provisional"),
    ],
)
@on_sqlite
def test_past_releases_load_as_released(
    room: Flask, clock: Clock, entry: dict[str, str], state: str
) -> None:
    one = {"series": "wild-birds", "title": "The one", **entry}
    loads(yaml.safe_dump({"releases": [one]}), clock=clock)
    found = release("The one")
    assert found.state == state
    assert (found.published_at is not None) == (state == "released")
