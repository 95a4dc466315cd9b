"""Corrections, moves and cancellations are counted by how soon they were told."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from flask import Flask

from notifier.insight import time_to_tell
from notifier.notices.models import ChangeNotice
from notifier.notices.publish import publish
from notifier.releases.end import cancel as cancel_release
from notifier.releases.models import Release, ReleaseDateChange
from notifier.store.db import session, unit
from tests.makers import (
    ALICE,
    BOB,
    HANA,
    Clock,
    acting,
    announced,
    approved,
    draft,
    london,
    member,
)
from tests.rooms.given import at


@pytest.fixture(autouse=True)
def new_year(clock: Clock) -> None:
    clock.at("2027-01-11 10:00")


def correction(clock: Clock) -> ChangeNotice:
    return draft(now=clock(), type="correction", headline="A wrong total", effect={"date": "+1d"})


def test_corrections_are_counted_by_time_to_tell_not_as_notice(room: Flask, clock: Clock) -> None:
    """Approved on a Friday: Monday is the next working day, Tuesday is late."""
    announced(correction(clock), now=clock())
    clock.at("2027-01-15 16:00")
    monday, tuesday = approved(correction(clock), now=clock()), correction(clock)
    approved(tuesday, now=clock())
    clock.at("2027-01-18 09:00")
    with unit():
        publish(monday, by=acting(ALICE), now=clock())
    with unit():
        tuesday.effect_at = london("2027-01-20 09:30")
    clock.at("2027-01-19 09:00")
    with unit():
        publish(tuesday, by=acting(ALICE), now=clock())
    assert time_to_tell.corrected(2027) == time_to_tell.TimeToTell(1, 1, 1, 0)
    assert time_to_tell.corrected(2026).total == 0
    found = at("2027-06-30 12:00", clock)
    assert (found.changes, found.coming) == ((), ())


def change_of(release: Release, **row: Any) -> ReleaseDateChange:
    given: dict[str, Any] = {
        "release_id": release.id,
        "from_date": date(2027, 3, 4),
        "from_precision": "datetime",
        "to_date": date(2027, 3, 25),
        "to_precision": "datetime",
        "direction": "later",
        "reason_code": "data_late",
        "reason": "Late.",
        "decided_at": london("2027-02-01 10:00"),
        "decided_by": ALICE,
        "approved_by": BOB,
        "announced_at": london("2027-02-01 10:00"),
    }
    return ReleaseDateChange(**{**given, **row})


def test_moved_and_cancelled_releases_by_time_to_tell(room: Flask, clock: Clock) -> None:
    release = session.query(Release).filter(Release.state == "confirmed").first()
    assert release is not None
    month = {"from_date": date(2027, 3, 1), "from_precision": "month", "direction": "firmer"}
    with unit():
        session.add_all(
            [
                change_of(release),
                change_of(release, announced_at=london("2027-02-02 23:59")),
                change_of(release, announced_at=london("2027-02-03 00:01")),
                change_of(release, to_date=None, to_precision="tbc", direction="vaguer"),
                change_of(release, **month),  # within March: no move
                change_of(release, **month, to_date=date(2027, 4, 1)),
                change_of(
                    release,
                    decided_at=london("2026-12-31 23:30"),
                    announced_at=london("2026-12-31 23:30"),
                ),
            ]
        )
    assert time_to_tell.moved(2027) == time_to_tell.TimeToTell(3, 1, 1, 0)
    clock.at("2026-12-01 10:00")
    before = time_to_tell.moved(2026)
    with unit():
        cancel_release(
            release,
            reason="There are no data.",
            person=member(ALICE),
            approved_by=member(HANA),
            by=acting(ALICE),
            now=clock(),
        )
    after = time_to_tell.moved(2026)
    assert (after.total, after.same_day) == (before.total + 1, before.same_day + 1)


def test_a_no_later_than_date_that_comes_true_is_no_move(room: Flask) -> None:
    release = session.query(Release).first()
    assert release is not None
    by = {"from_date": date(2027, 3, 4), "from_precision": "no_later_than", "direction": "firmer"}
    assert not time_to_tell.moves(change_of(release, **by, to_date=date(2027, 3, 2)))
    assert time_to_tell.moves(change_of(release, **by, to_date=date(2027, 3, 5)))
    first_date = change_of(release, from_date=None, from_precision="tbc", direction="firmer")
    assert not time_to_tell.moves(first_date)


def test_a_decision_whose_time_is_not_known_is_said_to_be(room: Flask, clock: Clock) -> None:
    notice = announced(correction(clock), now=clock())
    with unit():
        notice.approved_at = None
    assert time_to_tell.corrected(2027) == time_to_tell.TimeToTell(0, 0, 0, 1)
