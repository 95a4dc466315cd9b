"""The year's editions of a series, and what its exemption does to them."""

from __future__ import annotations

from datetime import date

from flask import Flask
from sqlalchemy import select

from notifier.catalogue import queries as catalogue
from notifier.catalogue import state
from notifier.releases.models import Release
from notifier.releases.recur import extend
from notifier.store.db import session, unit
from tests.makers import ALICE, Clock, acting, on_sqlite

CHRISTMAS = "DTSTART:20261225T093000;FREQ=YEARLY;COUNT=1"


def edition(slug: str, clock: Clock, *, exempt: bool) -> date | None:
    """The day of the one edition that the rule of this series gives."""
    series = catalogue.series(slug)
    with unit():
        series.recurrence = CHRISTMAS
        if exempt:
            why, by = "Ports work on that day.", acting(ALICE)
            state.exempt(series, time=None, days_off=True, reason=why, by=by, now=clock())
        extend(now=clock())
    query = select(Release.day).where(
        Release.series_id == series.id, Release.day > date(2026, 12, 20), Release.period != ""
    )
    return session.scalars(query).first()


@on_sqlite
def test_only_of_an_exempt_series_an_edition_keeps_its_day_off(room: Flask, clock: Clock) -> None:
    assert edition("bathing-water", clock, exempt=False) == date(2026, 12, 24)
    assert edition("wild-birds", clock, exempt=True) == date(2026, 12, 25)
