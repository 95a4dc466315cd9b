"""The Monday mail is planned a week ahead, to who is on duty on that day as things stand."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from notifier.accounts import duty, people
from notifier.accounts.models import Staff
from notifier.audience.complain import answer, complain
from notifier.catalogue import queries as catalogue
from notifier.render.letters import write_one
from notifier.render.links import site_for
from notifier.sends.models import Send
from notifier.store.db import session, unit
from notifier.store.history import SYSTEM
from notifier.worker import weekly
from tests.makers import CLEO, HANA, Clock, acting, member

DORA = "dora@example.org"


def planned(week: str) -> list[tuple[str, str]]:
    """State and first name of each weekly mail of a week."""
    query = select(Send).where(Send.kind == "weekly", Send.about == week).order_by(Send.id)
    return [
        (send.state, session.get_one(Staff, send.staff_id).email.partition("@")[0])
        for send in session.scalars(query)
    ]


def test_next_mondays_mail_is_planned_and_follows_absence(room: Flask, clock: Clock) -> None:
    natural = catalogue.team("people-nature").id
    with unit():
        people.add("nina@example.org", "hop", team_id=natural, by=SYSTEM, now=clock())
        people.add(DORA, "deputy", team_id=None, by=SYSTEM, now=clock())
        weekly.keep(now=clock())
    assert sorted(planned("week:2026-W49")) == [("planned", "hana"), ("planned", "nina")]
    hers = session.scalars(select(Send).where(Send.staff_id == member("nina@example.org").id)).one()
    assert hers.context["teams"] == [natural]
    with unit():
        day = date(2026, 11, 30)
        duty.away(member(HANA), day, day, by=SYSTEM, now=clock())
        weekly.keep(now=clock())
        weekly.keep(now=clock())
    assert sorted(planned("week:2026-W49")) == [
        ("cancelled", "hana"),
        ("planned", "dora"),
        ("planned", "nina"),
    ]
    with unit():
        duty.back(member(HANA), by=SYSTEM, now=clock())
        weekly.keep(now=clock())
    states = planned("week:2026-W49")
    assert ("planned", "hana") in states
    assert ("cancelled", "dora") in states


def test_a_complaint_that_waits_is_in_the_mail_without_its_words(room: Flask, clock: Clock) -> None:
    """It wrote itself into the log, where nobody looks unless told."""
    with unit():
        row = complain("You wrote twice.", contact=CLEO, now=clock())
        other = complain("And again.", now=clock())
        answer(other, "It was a mistake.", by=acting(HANA), now=clock())
        weekly.keep(now=clock())
        send = session.scalars(select(Send).where(Send.kind == "weekly")).one()
    site = site_for(room.config["SETTINGS"])
    for days, late in ((7, False), (35, True)):
        at = clock() + timedelta(days=days)
        words = write_one(send, site=site, now=at, person=member(HANA))
        assert "Complaints to answer" in words.text
        assert "came on 23 November 2026, to be answered by 23 December 2026" in words.text
        assert f"bin/notifier complaints show {row.id}" in words.text
        assert f"complaints show {other.id}" not in words.text
        assert ("it is late" in words.text) is late
        assert CLEO not in words.text + words.html
        assert "wrote twice" not in words.text + words.html


@pytest.mark.parametrize(
    ("now", "day"),
    [
        ("2026-11-23 08:29", date(2026, 11, 23)),
        ("2026-11-23 08:30", date(2026, 11, 30)),
        ("2026-11-29 23:59", date(2026, 11, 30)),
        ("2026-12-24 12:00", date(2026, 12, 29)),  # Monday the 28th stands in for Boxing Day
        ("2026-12-29 08:00", date(2026, 12, 29)),
        ("2026-12-29 09:00", date(2027, 1, 4)),
        ("2027-03-27 12:00", date(2027, 3, 30)),  # Easter Monday, and the clocks change
    ],
)
def test_the_day_of_the_weekly_mail(clock: Clock, now: str, day: date) -> None:
    assert weekly.next_day(clock.at(now)) == day
