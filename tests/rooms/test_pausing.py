"""A break: nothing comes, it ends on its day or by wish, and what was missed is one letter."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from notifier.audience.forget import forget
from notifier.audience.leave import leave_everything
from notifier.audience.models import Reach, Subscriber
from notifier.audience.pause import latest, pause, resume, resume_due
from notifier.clock import london_date
from notifier.errors import Refused
from notifier.sends.models import Send
from notifier.store.db import session, unit
from notifier.store.history import of
from tests.makers import CLEO, DAN, HANA, Clock, acting, joins, london, pepper


def back(person: Subscriber) -> list[Send]:
    query = select(Send).where(Send.kind == "welcome_back", Send.subscriber_id == person.id)
    return list(session.scalars(query.order_by(Send.id)))


def test_nobody_reaches_a_person_who_pauses(room: Flask, clock: Clock) -> None:
    person = joins(now=clock())
    with unit():
        pause(person, date(2026, 12, 14), now=clock())
    assert (person.state, session.get(Reach, person.id)) == ("paused", None)
    with unit():
        pause(person, date(2027, 1, 4), now=clock())
    assert (person.state, person.paused_until) == ("paused", date(2027, 1, 4))
    actions = [row.action for row in of(f"subscriber:{person.id}")]
    assert actions == ["confirm", "pause", "pause_changed"]


@pytest.mark.parametrize("days", [0, -1, 366])
def test_a_day_that_will_not_do_is_refused(room: Flask, clock: Clock, days: int) -> None:
    person = joins(now=clock())
    with pytest.raises(Refused) as refusal, unit():
        pause(person, london_date(clock()) + timedelta(days=days), now=clock())
    assert refusal.value.field == "until"
    assert (person.state, person.paused_until) == ("active", None)


def test_a_leap_years_pause_is_a_year(room: Flask, clock: Clock) -> None:
    clock.at("2027-03-01 10:00")
    person = joins(now=clock())
    with unit():
        pause(person, date(2028, 3, 1), now=clock())
    assert person.state == "paused"
    assert latest(date(2028, 2, 29)) == date(2029, 2, 28)


def test_it_ends_on_the_day_and_the_letter_is_read_at_half_past_eight(
    room: Flask, clock: Clock
) -> None:
    """Both sides of the change to summer time: the day begins at midnight in London."""
    person, other = joins(now=clock()), joins(DAN, now=clock())
    with unit():
        pause(person, date(2027, 3, 29), now=clock())
        pause(other, date(2027, 3, 30), now=clock())
    with unit():
        assert resume_due(now=london("2027-03-28 23:59")) == []
        assert resume_due(now=london("2027-03-29 00:00")) == [person]
        assert resume_due(now=london("2027-03-29 00:00")) == []
    assert (person.state, person.paused_until) == ("active", None)
    assert session.get(Reach, person.id) is not None
    assert [send.due_at for send in back(person)] == [london("2027-03-29 08:30")]


def test_a_worker_that_was_away_catches_up(room: Flask, clock: Clock) -> None:
    person = joins(now=clock())
    with unit():
        pause(person, date(2026, 12, 1), now=clock())
    with unit():
        resume_due(now=london("2026-12-05 15:00"))
    assert [send.due_at for send in back(person)] == [london("2026-12-05 15:00")]


def test_by_wish_it_ends_at_once_and_each_end_has_its_letter(room: Flask, clock: Clock) -> None:
    person = joins(now=clock())
    for number in (1, 2):
        with unit():
            pause(person, date(2027, 1, 4), now=clock())
        clock.forward(days=1)
        with unit():
            resume(person, now=clock())
        assert len(back(person)) == number
        assert back(person)[-1].due_at == clock()
    with pytest.raises(Refused, match="cannot be resumed"), unit():
        resume(person, now=clock())


def test_who_signs_up_again_or_leaves_or_is_erased_pauses_no_longer(
    room: Flask, clock: Clock
) -> None:
    for ends in ("joins", "leaves", "erased"):
        person = joins(now=clock())
        with unit():
            pause(person, date(2027, 1, 4), now=clock())
        clock.forward(hours=2)
        if ends == "joins":
            person = joins(now=clock(), follows=["food"])
            assert person.state == "active"
        elif ends == "leaves":
            with unit():
                leave_everything(person, now=clock())
            assert person.state == "left"
        else:
            with unit():
                forget(person, by=acting(HANA), now=clock(), pepper=pepper())
        assert person.paused_until is None
        clock.forward(hours=9)
    with unit():
        assert resume_due(now=london("2027-02-01 10:00")) == []
    assert session.scalars(select(Subscriber).where(Subscriber.email == CLEO)).first() is None
