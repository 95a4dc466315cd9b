"""A catalogue file is read strictly: what is wrong is named with its place and a way out."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime, time
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from notifier.catalogue.document import LARGEST, SECTIONS, on_working_day, read, when
from notifier.errors import Refused
from tests.makers import CATALOGUE

TODAY = date(2026, 11, 23)


def with_entry(section: str, **entry: Any) -> str:
    return yaml.safe_dump({section: [entry]})


def test_the_catalogue_of_the_demonstration_is_read_whole() -> None:
    found = read(CATALOGUE.read_bytes())
    assert found["organisation"]["name"] == "Defra Group statistics"
    assert {s: len(found[s]) for s in ("topics", "series", "releases", "notices")} == {
        "topics": 13,
        "series": 23,
        "releases": 6,
        "notices": 6,
    }


def test_sections_that_are_not_there_are_empty() -> None:
    found = read("topics: [{slug: food, name: Food}]")
    assert found["notices"] == []
    assert set(SECTIONS) <= set(found)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("topiks: []", "the catalogue has an unknown key 'topiks'; did you mean 'topics'?"),
        (
            with_entry("topics", slug="food", name="Food", parnet="x"),
            "topics[1] has an unknown key 'parnet'; did you mean 'parent'?",
        ),
        (
            with_entry("user_types", slug="x", name="X", zzz=1),
            "user_types[1] has an unknown key 'zzz'; known keys: cy, depth, name, slug.",
        ),
        (with_entry("topics", name="Food"), "topics[1] lacks the key 'slug'; add it."),
        ("topics: {slug: food}", "topics must be a list of entries."),
        ("topics: [food]", "topics[1] must be a mapping of keys to values."),
        ("organisation: Defra", "organisation must be a mapping of keys to values."),
        ("organisation: {}", "organisation lacks the key 'name'; add it."),
        (
            with_entry("topics", slug="Food Ltd", name="Food"),
            "topics[1]: slug 'Food Ltd' must be lower-case letters, digits and hyphens.",
        ),
        (
            with_entry("topics", slug=7, name="Food"),
            "topics[1]: slug 7 must be lower-case letters, digits and hyphens.",
        ),
        (
            with_entry("topics", slug="food", name="  "),
            "topics[1]: name must be a text that is not empty.",
        ),
        (
            with_entry("topics", slug="food", name=None),
            "topics[1]: name must be a text that is not empty.",
        ),
        ("a: [", "The catalogue file is not valid YAML near line 1; correct it there."),
        ("[1, 2]", "The catalogue file must be a mapping of sections such as topics and series."),
        ("", "The catalogue file must be a mapping of sections such as topics and series."),
        (
            "x" * (LARGEST + 1),
            "The catalogue file is larger than 2 MB; split it into several files.",
        ),
    ],
    ids=lambda text: ascii(text[:40]),
)
def test_what_is_wrong_is_refused_in_one_sentence(text: str, sentence: str) -> None:
    with pytest.raises(Refused) as refusal:
        read(text)
    assert str(refusal.value) == sentence


@pytest.mark.parametrize(
    "raw",
    [
        b"\xff\xfe\x00",
        b"a: \x00",
        b"topics: [{slug: \x01}]",
        b"!!python/object/apply:os.system ['true']",
        b"topics: &a [*a]",
        b"{[1]: 2}",
        b"? {a: b}\n: c",
        b"topics: 2026-99-99",
        b"- &a [*a]",
        b"a: b\n--- \nc: d",
        b"a: " + b"[" * 3_000,
    ],
    ids=lambda raw: ascii(raw[:20]),
)
def test_hostile_files_are_refused(raw: bytes) -> None:
    with pytest.raises(Refused):
        read(raw)


@given(st.binary(max_size=200))
def test_no_bytes_do_more_than_be_refused(raw: bytes) -> None:
    with suppress(Refused):
        assert set(SECTIONS) <= set(read(raw))


@pytest.mark.parametrize(
    ("value", "day", "wall"),
    [
        ("2026-12-10", date(2026, 12, 10), None),
        ("2026-12-10 09:30", date(2026, 12, 10), time(9, 30)),
        ("2026-12-10T7:05", date(2026, 12, 10), time(7, 5)),
        ("+95d", date(2027, 2, 26), None),
        ("-20d", date(2026, 11, 3), None),
        ("+16d 09:30", date(2026, 12, 9), time(9, 30)),
        ("+0d", TODAY, None),
        ("+461d", date(2028, 2, 27), None),
        (date(2026, 12, 10), date(2026, 12, 10), None),
        (datetime.fromisoformat("2026-12-10 09:30:59"), date(2026, 12, 10), time(9, 30)),
    ],
)
def test_dates_and_offsets(value: object, day: date, wall: time | None) -> None:
    assert when("here", value, TODAY) == (day, wall)


@pytest.mark.parametrize(
    "value",
    [
        "2026-02-29",
        "2026-13-01",
        "10/12/2026",
        "+95",
        "95d",
        "+95d 25:00",
        "+95d 9:60",
        "+999999d",
        "-99999999d",
        "tomorrow",
        "",
        None,
        True,
        20261210,
        ["2026-12-10"],
        "2026-12-10 09:30:00",
        "２０２６-12-10",
        "0001-01-01",
        "9999-12-31",
        date(9999, 12, 31),
        datetime.fromisoformat("0001-01-01 00:00"),
    ],
)
def test_what_is_no_date_is_refused_with_an_example(value: object) -> None:
    with pytest.raises(Refused, match=r"^here: .* write 2026-12-10, 2026-12-10 09:30 or \+95d\.$"):
        when("here", value, TODAY)


@pytest.mark.parametrize(
    ("value", "day"),
    [
        ("+5d", date(2026, 11, 27)),  # a Saturday
        ("+33d", date(2026, 12, 24)),  # Boxing Day
        ("+35d", date(2026, 12, 24)),  # the bank holiday for it
        ("+36d", date(2026, 12, 29)),
        ("2026-12-26", date(2026, 12, 26)),  # said outright: kept
    ],
)
def test_an_offset_onto_a_day_off_means_the_working_day_before(value: str, day: date) -> None:
    assert on_working_day("here", value, TODAY)[0] == day
