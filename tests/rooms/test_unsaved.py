"""What was typed and not saved: kept per person, replaced, dropped, forgotten; others are seen."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from notifier.accounts import unsaved
from notifier.errors import Refused
from notifier.store.db import unit
from tests.makers import ALICE, HANA, Clock, member


def test_each_keeps_their_own_typing_until_it_is_saved(room: Flask, clock: Clock) -> None:
    with unit():
        for words in ("Fine", "Fine particles"):
            unsaved.keep(member(ALICE), "notice:1", {"why": [words]}, base="a", now=clock())
        unsaved.keep(member(HANA), "notice:1", {"why": ["Other"]}, base="a", now=clock())
    mine = unsaved.kept(member(ALICE), "notice:1")
    assert mine is not None
    assert (mine.fields, mine.base) == ({"why": ["Fine particles"]}, "a")
    assert unsaved.kept(member(ALICE), "notice:2") is None
    with unit():
        unsaved.drop(member(ALICE), "notice:1")
    assert unsaved.kept(member(ALICE), "notice:1") is None
    assert unsaved.kept(member(HANA), "notice:1") is not None


def test_who_types_at_the_same_thing_is_seen_for_two_minutes(room: Flask, clock: Clock) -> None:
    with unit():
        unsaved.keep(member(HANA), "notice:1", {}, base="a", now=clock())
    later = clock() + timedelta(minutes=1)
    assert unsaved.others(member(ALICE), "notice:1", now=later) == [member(HANA)]
    assert unsaved.others(member(HANA), "notice:1", now=later) == []
    assert unsaved.others(member(ALICE), "notice:2", now=later) == []
    assert unsaved.others(member(ALICE), "notice:1", now=clock() + unsaved.HERE) == []


def test_what_is_too_long_is_refused_and_what_is_old_forgotten(room: Flask, clock: Clock) -> None:
    with unit():
        unsaved.keep(member(ALICE), "notice:1", {"why": ["short"]}, base="a", now=clock())
    with pytest.raises(Refused, match="too long"), unit():
        unsaved.keep(member(ALICE), "notice:1", {"why": ["x" * 400_001]}, base="a", now=clock())
    with unit():
        unsaved.forget(now=clock() + timedelta(days=29))
    mine = unsaved.kept(member(ALICE), "notice:1")
    assert mine is not None
    assert mine.fields == {"why": ["short"]}
    with unit():
        unsaved.forget(now=clock() + timedelta(days=30))
    assert unsaved.kept(member(ALICE), "notice:1") is None
