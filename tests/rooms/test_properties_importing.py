"""Whatever a list holds and whoever is known already: the same list again changes no row at all."""

from __future__ import annotations

import csv
import hashlib
import io
from itertools import count
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from notifier.audience import importing, queries
from notifier.audience.forget import forget
from notifier.audience.importing import Report, import_csv
from notifier.audience.leave import leave_everything
from notifier.audience.pause import pause
from notifier.audience.suppress import suppress
from notifier.clock import london_date
from notifier.store.bulk import many_rows
from notifier.store.db import db, session, unit
from tests.makers import HANA, Clock, acting, asks, joins, pepper

HEADER = ["email", "user_type", "topics", "frequency", "language", "organisation", "confirmed_at"]
PEOPLE = 6
NUMBERS = count(1)
STATES = ("unknown", "unknown", "pending", "active", "paused", "left", "suppressed", "erased")
WRITTEN = (str, str.upper, " {} ".format, "'{}".format, "{}@x".format, lambda email: "")
rows = st.tuples(
    st.integers(0, PEOPLE - 1),
    st.sampled_from(WRITTEN),
    st.sampled_from(["media", "academic", "nobody", ""]),
    st.sampled_from(["food", "food;waste", "waste; food", "fod", "", ";"]),
    st.sampled_from(["", "weekly", "change=off;newsletter=daily", "hourly"]),
    st.sampled_from(["", "en", "cy", "both", "fr"]),
    st.sampled_from(["", "=1+1", "Siân, Ltd", 'a "b"\nc', "x" * 2001]),
    st.sampled_from(["2026-01-15", "2026-01-15T10:11:12Z", "", "2027-01-01", "soon"]),
)


def text(given: list[tuple[Any, ...]], example: int) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADER)
    for number, written, *cells in given:
        writer.writerow([written(address(example, number)), *cells])
    return out.getvalue()


def address(example: int, number: int) -> str:
    return f"p{number}.{example}@example.org"


def becomes(email: str, state: str, clock: Clock) -> None:
    """Somebody with a past, through the verbs that make one."""
    if state == "unknown":
        return
    if state == "pending":
        asks(email, now=clock())
        return
    person = joins(email, now=clock())
    with unit():
        if state == "left":
            leave_everything(person, now=clock())
        elif state == "paused":
            pause(person, london_date(clock()).replace(month=12, day=20), now=clock())
        elif state == "suppressed":
            suppress(person, reason="hard_bounce", now=clock(), pepper=pepper())
        elif state == "erased":
            forget(person, by=acting(HANA), now=clock(), pepper=pepper())


def brings(raw: str, clock: Clock, *, large: bool) -> Report:
    with many_rows(), unit():
        return import_csv(
            io.StringIO(raw, newline=""),
            filename="list.csv",
            sha256=hashlib.sha256(raw.encode()).hexdigest(),
            wording="I agree to get mail.",
            by=acting(HANA),
            now=clock(),
            pepper=pepper(),
            large=large,
        )


def everything() -> dict[str, list[str]]:
    """Every row of every table."""
    session.expire_all()
    return {
        table.name: sorted(repr(tuple(row)) for row in session.execute(select(table)))
        for table in db.metadata.sorted_tables
    }


def states(example: int) -> list[str | None]:
    people = (queries.by_email(address(example, number)) for number in range(PEOPLE))
    return [person.state if person is not None else None for person in people]


def test_the_same_list_again_is_nothing(
    room: Flask, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "BATCH", 3)
    seen = []

    @given(
        st.lists(st.sampled_from(STATES), min_size=PEOPLE, max_size=PEOPLE),
        st.lists(rows, min_size=1, max_size=12),
        st.booleans(),
    )
    @settings(max_examples=25, suppress_health_check=list(HealthCheck))
    def holds(pasts: list[str], given: list[tuple[Any, ...]], large: bool) -> None:
        example = next(NUMBERS)
        for number, past in enumerate(pasts):
            becomes(address(example, number), past, clock)
        raw, known = text(given, example), states(example)
        first = brings(raw, clock, large=large)
        came, before = states(example), everything()
        assert all(now == then for now, then in zip(came, known, strict=True) if then)
        gone = [came[number] for number, past in enumerate(pasts) if past == "erased"]
        assert not any(gone), "nor does it bring back who was erased"
        clock.forward(days=1)
        again = brings(raw, clock, large=not large)
        assert (again.added, again.refused) == (0, first.refused)
        assert again.already == first.added + first.already
        assert everything() == before
        seen.append((first.added, len(first.refused)))

    holds()
    assert any(added for added, _ in seen)
    assert any(refused for _, refused in seen)
