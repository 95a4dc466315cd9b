"""A catalogue that is wrong anywhere is refused with one sentence and leaves nothing behind."""

from __future__ import annotations

import copy
import random
from typing import Any

import pytest
import yaml
from flask import Flask
from sqlalchemy import func, select

from notifier.errors import Refused
from notifier.releases.models import Release, ReleaseDateChange
from notifier.store.db import session, unit
from tests.makers import CATALOGUE, Clock, load_catalogue, on_sqlite
from tests.rooms.loading import as_yaml, everything, loads

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
        "newsletters[1]: name at least one topic under audience.topics, or a segment.",
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
