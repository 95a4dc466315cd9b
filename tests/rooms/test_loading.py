"""A catalogue adds what is missing, on any day, and never touches or half-writes anything."""

from __future__ import annotations

import copy
import random
from typing import Any

import pytest
import yaml
from flask import Flask
from sqlalchemy import func, inspect, select, text

from notifier.catalogue import queries as catalogue
from notifier.errors import Refused
from notifier.newsletters import queries as newsletters
from notifier.notices import queries as notices
from notifier.releases.models import Release, ReleaseDateChange
from notifier.sends.models import Send
from notifier.store.db import db, session, unit
from tests.makers import CATALOGUE, Clock, load_catalogue, london, on_sqlite


def everything() -> dict[str, list[Any]]:
    """Every row of every table, in order."""
    tables = inspect(db.engine).get_table_names()
    return {
        table: sorted(map(str, session.execute(text(f'SELECT * FROM "{table}"')).all()))  # noqa: S608
        for table in tables
    }


def loads(document: str | None = None, *, clock: Clock) -> dict[str, int]:
    with unit():
        return load_catalogue(document, now=clock())


def release(words: str) -> Release:
    return session.scalars(select(Release).where(Release.title.contains(words))).one()


def test_what_the_demonstration_holds(room: Flask, clock: Clock) -> None:
    house = catalogue.organisation()
    assert house is not None
    assert (house.name, house.prefix) == ("Defra Group statistics", "DEFRA")
    assert [t.slug for t in catalogue.topic_tree()] == [
        "food",
        "farming",
        "environment",
        "nature",
        "fisheries",
    ]
    assert [t.slug for t in catalogue.topic_tree()[2].children] == ["air-quality", "waste", "water"]
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


REFUSED: list[tuple[dict[str, Any], str]] = [
    (
        {"topics": [{"slug": "x", "name": "X", "parent": "no-such"}]},
        "topics[1]: there is no topic above 'no-such'; known: air-quality, ",
    ),
    (
        {"series": [{"slug": "x", "name": "X", "team": "no-such", "topics": ["food"]}]},
        "series[1]: there is no team 'no-such'; known: air-quality, ",
    ),
    (
        {"series": [{"slug": "x", "name": "X", "team": "food", "topics": ["fod"]}]},
        "series[1]: there is no topic 'fod'; known: ",
    ),
    (
        {"teams": [{"slug": "x", "name": "X", "body": "no-such"}]},
        "teams[1]: there is no body 'no-such'; known: defra, ",
    ),
    (
        {"user_types": [{"slug": "x", "name": "X", "depth": "deep"}]},
        "user_types[1]: depth must be one of headline, detail, technical, not 'deep'.",
    ),
    (
        {"releases": [{"series": "wild-birds", "title": "X", "date": "soon"}]},
        "releases[1]: 'soon' is no date; write 2026-12-10, 2026-12-10 09:30 or +95d.",
    ),
    (
        {"releases": [{"series": "wild-birds", "title": "X", "date": "+9d", "precision": "day"}]},
        "releases[1]: precision must be one of datetime, date, week, month, quarter, ",
    ),
    (
        {"releases": [{"series": "wild-birds", "title": "X", "date": "+9d", "certainty": "x"}]},
        "releases[1]: certainty must be planned, provisional or confirmed, not 'x'.",
    ),
    (
        {
            "releases": [
                {"series": "wild-birds", "title": "X", "date": "+9d", "certainty": "confirmed"}
            ]
        },
        "releases[1]: a confirmed release needs an exact date and time.",
    ),
    (
        {
            "releases": [
                {"series": "wild-birds", "title": "X", "date": "+9d", "moved": {"from": "+8d"}}
            ]
        },
        "releases[1].moved lacks the key 'at'; add it.",
    ),
    (
        {"newsletters": [{"team": "food", "title": "X", "body": "Y"}]},
        "newsletters[1]: name at least one topic under audience.topics.",
    ),
    (
        {
            "newsletters": [
                {"team": "food", "title": "X", "body": "Y", "audience": {"topics": "food"}}
            ]
        },
        "newsletters[1]: audience.topics must be a list of slugs.",
    ),
    (
        {
            "newsletters": [
                {
                    "team": "food",
                    "title": "X",
                    "body": "Y",
                    "audience": {"topics": ["food"]},
                    "send": "-1d",
                }
            ]
        },
        "newsletters[1]: send is in the past; give a time to come.",
    ),
]


@on_sqlite
@pytest.mark.parametrize(("extra", "sentence"), REFUSED, ids=[s[:40] for _, s in REFUSED])
def test_a_catalogue_that_is_wrong_leaves_nothing_behind(
    app: Flask, clock: Clock, extra: dict[str, Any], sentence: str
) -> None:
    document = yaml.safe_load(CATALOGUE.read_text("utf-8"))
    with app.app_context():
        loads(clock=clock)
        before = everything()
        document["topics"].insert(0, {"slug": "half", "name": "Half-written"})
        for section, entries in extra.items():
            document[section] = entries
        if "topics" not in extra:
            document["topics"] = [{"slug": "half", "name": "Half-written"}]
        with pytest.raises(Refused) as refusal:
            loads(yaml.safe_dump(document), clock=clock)
        assert str(refusal.value).startswith(sentence)
        assert everything() == before


SLIPS = 25
JUNK: list[Any] = [
    None,
    0,
    -1.5,
    float("inf"),
    True,
    "",
    "x" * 5_000,
    "nul \0 byte",
    "\ud800",
    [],
    [None],
    [{}],
    [["x"]],
    {},
    {"x": {"y": ["z"]}},
    {1: 2},
    "2026-12-10",
    "9999-12-31",
]


def mangled(document: dict[str, Any], dice: random.Random) -> tuple[dict[str, Any], str]:
    """The document with one value somewhere replaced by junk, and where."""
    changed = copy.deepcopy(document)
    step: Any = changed
    path: list[Any] = []
    while True:
        keys = list(step) if isinstance(step, dict) else list(range(len(step)))
        key = dice.choice(keys)
        path.append(key)
        inner = step[key]
        if (
            not isinstance(inner, dict | list)
            or not inner
            or (len(path) > 1 and dice.random() < 0.2)
        ):
            step[key] = dice.choice(JUNK)
            return changed, f"{path} = {step[key]!r:.40}"
        step = inner


@pytest.mark.parametrize("seed", range(2))
def test_no_slip_in_a_catalogue_does_more_than_be_refused(
    app: Flask, clock: Clock, seed: int
) -> None:
    dice = random.Random(seed)
    document = yaml.safe_load(CATALOGUE.read_text("utf-8"))
    refused = 0
    with app.app_context():
        for _ in range(SLIPS):
            changed, where = mangled(document, dice)
            try:
                with unit():
                    load_catalogue(as_yaml(changed), now=clock())
                    session.flush()
                    raise Refused("enough")  # so that the next one finds an empty database
            except Refused:
                refused += 1
            except Exception as error:
                raise AssertionError(f"{where}: {error!r:.200}") from error
        assert session.scalar(select(func.count(Release.id))) == 0
        assert session.scalar(select(func.count(ReleaseDateChange.id))) == 0
    assert refused == SLIPS


def as_yaml(document: dict[str, Any]) -> str:
    return yaml.safe_dump(document, allow_unicode=False)
