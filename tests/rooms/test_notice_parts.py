"""What stands inside the lists and mappings of an entry: taken as it was meant, or refused."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from notifier.errors import Refused
from notifier.notices import learn, queries
from notifier.store.db import unit
from tests.makers import ALICE, Clock, acting, announced, draft, on_sqlite

SIZE = {"known": "yes", "text": "About 1%."}


@on_sqlite
@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"impact": {**SIZE, "txt": "x"}}, "unknown key 'txt'; did you mean 'text'"),
        ({"impact": {**SIZE, "direction": "sideways"}}, "direction must be one of up, down"),
        ({"impact": {**SIZE, "size_low": "many"}}, "size_low must be a number, not 'many'"),
        ({"impact": {**SIZE, "size_high": True}}, "size_high must be a number"),
        ({"impact": {**SIZE, "size_low": 5, "size_high": 2}}, "size_low, 5, is more than"),
        ({"comparability": {"back_series": "perhaps"}}, "must be one of yes, later, no"),
        ({"comparability": {"back series": "no"}}, "did you mean 'back_series'"),
        ({"what_to_do": [{"actoin": "x"}]}, "did you mean 'action'"),
        ({"what_to_do": [{"action": " "}]}, "say under action what users must do"),
        ({"mapping": [{"od": "a", "new": "b"}]}, "did you mean 'old'"),
        ({"mapping": [{"what": "Milk"}]}, "each row has an old or a new code"),
        ({"evidence": [{"titel": "x", "url": "https://x.example/"}]}, "did you mean 'title'"),
        ({"evidence": [{"title": "x"}]}, "lacks the key 'url'"),
        ({"evidence": [{"title": "x", "url": "javascript:alert(1)"}]}, "is no address"),
        ({"evidence": ["the pilot"]}, "is no address; write one with https://"),
    ],
    ids=lambda value: ascii(str(value)[:50]),
)
def test_a_slip_in_a_part_is_refused(
    room: Flask, clock: Clock, changes: dict[str, Any], sentence: str
) -> None:
    before = len(queries.every())
    with pytest.raises(Refused, match=sentence):
        draft(now=clock(), **changes)
    assert len(queries.every()) == before


@on_sqlite
def test_each_spelling_means_the_same(room: Flask, clock: Clock) -> None:
    """YAML reads a bare no as false, a code as a number, and an address as a text."""
    page = "https://x.example/pilot"
    notice = draft(
        now=clock(),
        comparability={"back_series": False, "from": 2020},
        mapping=[{"old": 101, "new": "M1"}, {"new": "M2", "what": "Cream"}],
        evidence=[page],
        what_to_do=[{"action": "Splice.", "user_types": "media", "by": None}],
    )
    assert notice.comparability == {"back_series": "no", "from": 2020}
    assert notice.mapping[0]["old"] == 101
    assert notice.evidence == [{"title": page, "url": page}]
    assert notice.what_to_do == [{"action": "Splice.", "user_types": ["media"]}]


UNKNOWN = {"impact": {"known": "no"}, "next_update_by": "2026-12-04"}


@on_sqlite
@pytest.mark.parametrize(
    ("impact", "sentence"),
    [
        ({"known": "no"}, "while it is not known there is nothing to tell"),
        ({"text": "1%"}, "impact.known must be one of yes, no, partly"),
        ({"known": "not_applicable"}, "only formats, labels and timing may have no impact"),
        ({**SIZE, "size": 3}, "unknown key 'size'"),
        ([], "must be a mapping of keys to values"),
    ],
    ids=str,
)
def test_a_size_is_checked_when_it_becomes_known(
    room: Flask, clock: Clock, impact: Any, sentence: str
) -> None:
    notice = announced(draft(now=clock(), **UNKNOWN), now=clock())
    with pytest.raises(Refused, match=sentence), unit():
        learn.know_impact(notice, impact, by=acting(ALICE), now=clock())
    assert (notice.impact, notice.revision) == ({"known": "no"}, 1)


@on_sqlite
def test_a_bare_yes_in_the_file_is_yes(room: Flask, clock: Clock) -> None:
    notice = announced(draft(now=clock(), **UNKNOWN), now=clock())
    with unit():
        given = {"known": True, "text": "About 1%."}
        learn.know_impact(notice, given, by=acting(ALICE), now=clock())
    assert notice.impact == SIZE
    assert notice.next_update_by is None
