"""Staff are added by role and team, found in any letter case, and choose their own password."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from notifier.accounts.letters import INVITED_FOR
from notifier.accounts.models import Staff
from notifier.accounts.passwords import hasher
from notifier.accounts.people import (
    add,
    choose_password,
    has_role,
    invited,
    known,
)
from notifier.catalogue import queries as catalogue
from notifier.errors import NotFound, Refused
from notifier.store.db import session, unit
from notifier.store.history import SYSTEM, of
from tests.makers import Clock

ERIN = "Erin@Example.org"


def test_adding_twice_is_one_person_with_each_role_once(room: Flask, clock: Clock) -> None:
    food = catalogue.team("food").id
    with unit():
        person, first = add(ERIN, "author", team_id=food, by=SYSTEM, now=clock())
        again, second = add(ERIN.upper(), "author", team_id=food, by=SYSTEM, now=clock())
        add(f" {ERIN} ", "approver", team_id=None, by=SYSTEM, now=clock())
    assert again is person
    assert first != second
    assert sorted((r.role, r.team_id) for r in person.roles) == [
        ("approver", None),
        ("author", food),
    ]
    assert known("erin@example.org") is person
    assert session.scalar(select(func.count(Staff.id))) == 4
    assert [r.action for r in of(f"staff:{person.id}")] == ["add_role", "add_role"]


def test_a_role_that_is_none_and_a_person_who_is_none(room: Flask, clock: Clock) -> None:
    with pytest.raises(Refused, match="There is no role 'boss'; choose one of: author, approver"):
        add(ERIN, "boss", team_id=None, by=SYSTEM, now=clock())
    with pytest.raises(NotFound, match=r"nobody@.* is not a member of staff; add them"):
        known("nobody@example.org")


def test_who_is_no_longer_active_is_not_known(room: Flask, clock: Clock) -> None:
    with unit():
        person, _ = add(ERIN, "author", team_id=None, by=SYSTEM, now=clock())
        person.active = False
    with pytest.raises(NotFound):
        known(ERIN)


def test_a_role_holds_in_its_team_or_in_all(room: Flask, clock: Clock) -> None:
    food, waste = catalogue.team("food").id, catalogue.team("waste").id
    with unit():
        one, _ = add(ERIN, "author", team_id=food, by=SYSTEM, now=clock())
        every, _ = add("finn@example.org", "hop", team_id=None, by=SYSTEM, now=clock())
    assert has_role(one, "author", "approver", team_ids={food, waste})
    assert not has_role(one, "author", team_ids={waste})
    assert not has_role(one, "approver", team_ids={food})
    assert has_role(every, "hop", team_ids={waste})
    assert has_role(every, "hop", team_ids=set())


def test_the_one_time_link_works_once_and_for_seven_days(room: Flask, clock: Clock) -> None:
    with unit():
        person, secret = add(ERIN, "author", team_id=None, by=SYSTEM, now=clock())
    assert secret not in str(vars(person))
    late = clock() + INVITED_FOR
    assert invited(secret, now=late) is None
    assert invited(secret + "x", now=clock()) is None
    assert invited(secret, now=late - timedelta(seconds=1)) is person
    with pytest.raises(Refused, match="12 characters or more"), unit():
        choose_password(person, "too short", now=clock())
    assert invited(secret, now=clock()) is person
    with unit():
        choose_password(person, "long enough for Erin", now=clock())
    assert person.password_hash is not None
    assert person.password_hash.startswith("$argon2id$")
    assert hasher.verify(person.password_hash, "long enough for Erin")
    assert invited(secret, now=clock()) is None
