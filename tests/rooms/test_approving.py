"""Who may submit, approve and announce a notice: never its author alone."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import update

from notifier.accounts import people
from notifier.catalogue import queries as catalogue
from notifier.catalogue.models import Organisation
from notifier.errors import Refused
from notifier.notices.approve import approve, submit
from notifier.notices.publish import publish
from notifier.sends.queries import calendar
from notifier.store.db import session, unit
from notifier.store.history import SYSTEM
from tests.makers import (
    ALICE,
    BOB,
    HANA,
    Clock,
    acting,
    approved,
    draft,
    emissions,
    member,
)


def test_who_may_submit_and_approve(room: Flask, clock: Clock) -> None:
    food, farming = catalogue.team("food").id, catalogue.team("farming").id
    with unit():
        for name, role, team in (
            ("erin@example.org", "author", food),
            ("frank@example.org", "approver", food),
            ("grace@example.org", "author", farming),
        ):
            people.add(name, role, team_id=team, by=SYSTEM, now=clock())
    notice = draft(now=clock())  # class D, of the farming team
    with pytest.raises(
        Refused, match=f"erin@example.org has no role in the team of {notice.reference}"
    ):
        submit(notice, author=member("erin@example.org"), by=SYSTEM, now=clock())
    with unit():
        submit(notice, author=member("grace@example.org"), by=SYSTEM, now=clock())
    with pytest.raises(Refused) as refusal:
        approve(notice, approver=member("grace@example.org"), by=SYSTEM, now=clock())
    assert str(refusal.value) == (
        f"grace@example.org wrote {notice.reference}; ask an approver to approve it."
    )
    with pytest.raises(Refused) as refusal:
        approve(notice, approver=member(ALICE), by=SYSTEM, now=clock())
    assert str(refusal.value) == (
        f"{notice.reference} is a moderate change of method or classification, so an approver "
        f"must approve it; {ALICE} is not one: ask frank@example.org."
    )
    with unit():  # food and farming are teams of one body
        approve(notice, approver=member("frank@example.org"), by=SYSTEM, now=clock())
    assert notice.state == "approved"


def test_an_approver_of_another_body_is_none(room: Flask, clock: Clock) -> None:
    with unit():
        team = catalogue.team("fisheries").id
        people.add("frank@example.org", "approver", team_id=team, by=SYSTEM, now=clock())
    notice = draft(now=clock())
    with unit():
        submit(notice, author=member(ALICE), by=SYSTEM, now=clock())
    with pytest.raises(Refused, match=r"frank@.* is not one"):
        approve(notice, approver=member("frank@example.org"), by=SYSTEM, now=clock())


def test_a_grave_class_needs_the_head_of_profession(room: Flask, clock: Clock) -> None:
    notice = emissions()
    with unit():
        submit(notice, author=member(ALICE), by=acting(ALICE), now=clock())
    with pytest.raises(Refused, match="so a Head of Profession must approve it; bob@"):
        approve(notice, approver=member(BOB), by=acting(BOB), now=clock())


def test_the_head_of_profession_does_not_approve_her_own_notice(room: Flask, clock: Clock) -> None:
    notice = emissions()
    with unit():
        submit(notice, author=member(HANA), by=acting(HANA), now=clock())
    with pytest.raises(Refused, match=f"{HANA} wrote .*; ask a Head of Profession to approve it"):
        approve(notice, approver=member(HANA), by=acting(HANA), now=clock())


def test_a_major_correction_needs_the_head_of_profession(room: Flask, clock: Clock) -> None:
    minor = draft(now=clock(), type="correction", materiality="minor", headline="A small error")
    approved(minor, now=clock(), by=BOB)
    major = draft(now=clock(), type="correction", materiality="major", headline="A big error")
    with pytest.raises(Refused, match="so a Head of Profession must approve it"):
        approved(major, now=clock(), by=BOB)


def test_where_the_class_leaves_it_open_the_organisation_decides(room: Flask, clock: Clock) -> None:
    small = {"type": "format_or_layout", "materiality": "minor"}
    notice = draft(now=clock(), headline="One", **small)
    approved(notice, now=clock(), by=ALICE)  # her own: class F, and the catalogue says no
    with unit():
        session.execute(update(Organisation).values(second_person={"F": True}))
        session.expire_all()
    notice = draft(now=clock(), headline="Two", **small)
    with pytest.raises(Refused, match="wrote"):
        approved(notice, now=clock(), by=ALICE)


def test_nothing_is_announced_that_was_not_approved(room: Flask, clock: Clock) -> None:
    notice = emissions()
    with pytest.raises(Refused, match="This notice is a draft, so it cannot be announced"), unit():
        publish(notice, by=acting(ALICE), now=clock())
    with unit():
        submit(notice, author=member(ALICE), by=acting(ALICE), now=clock())
    with pytest.raises(Refused, match="is in review"), unit():
        publish(notice, by=acting(ALICE), now=clock())
    assert calendar(about=notice.reference) == []
