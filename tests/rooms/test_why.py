"""Why somebody gets a message is what they followed when it was frozen."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask
from sqlalchemy import select

from notifier.audience.leave import leave_everything
from notifier.audience.models import Subscription
from notifier.audience.receivers import Audience, about
from notifier.audience.why import matching, reasons
from notifier.catalogue import queries as catalogue
from notifier.store.db import session, unit
from tests.makers import CLEO, DAN, Clock, joins, topics


def test_why_somebody_got_it_is_what_they_followed_then(room: Flask, clock: Clock) -> None:
    person = joins(
        now=clock(), follows=["air-quality", "food"], series=["emissions-air-pollutants"]
    )
    audience = about([catalogue.series("emissions-air-pollutants").id])
    then = clock()
    clock.forward(days=1)
    with unit():
        leave_everything(person, now=clock())
    assert reasons(audience, person.id, person.id, at=then) == {
        person.id: (("series", "Emissions of air pollutants in the UK"), ("topic", "Air quality"))
    }
    assert reasons(audience, person.id, person.id, at=clock()) == {}
    assert reasons(audience, person.id, person.id, at=then - timedelta(seconds=1)) == {}
    assert matching(audience, [person.id]) == []
    assert len(matching(audience, [person.id], at=then)) == 2


def test_reasons_of_a_run_of_people_stay_with_each(room: Flask, clock: Clock) -> None:
    cleo = joins(CLEO, now=clock(), follows=["air-quality"])
    dan = joins(DAN, now=clock(), follows=["environment", "air-quality"])
    found = reasons(Audience(topics=[topics("air-quality")[0].id]), cleo.id, dan.id, at=clock())
    assert found == {
        cleo.id: (("topic", "Air quality"),),
        dan.id: (("topic", "Air quality"), ("topic", "Environment")),
    }
    assert session.scalars(select(Subscription)).first() is not None
