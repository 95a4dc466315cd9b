"""What one person asks about a release and another agrees to, in the rooms and by two at once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from notifier.accounts import duty, people
from notifier.errors import Conflict, Refused
from notifier.notices import release_acts
from notifier.releases import asking
from notifier.releases.models import Release
from notifier.sends.models import Send
from notifier.store.db import session, unit
from notifier.store.history import SYSTEM, broken, of
from tests.makers import ALICE, BOB, HANA, Clock, acting, member
from tests.rooms.test_two_at_once import Act, Together, one_won

FLY = "Fly-tipping statistics for England, 2025 to 2026"
GIVEN = {
    "day": "2027-01-14",
    "wall": "09:30",
    "precision": "datetime",
    "reason": "Two councils sent their data late.",
    "reason_code": "data_late",
}


@pytest.fixture
def together(room: Flask) -> Iterator[Together]:
    yield Together(room)
    assert list(broken()) == []
    session.rollback()


def fly() -> Release:
    return session.query(Release).filter(Release.title == FLY).one()


def asks(email: str, clock: Clock, seen: str = "", **other: Any) -> None:
    release = fly()
    release_acts.ask(
        release,
        "move",
        {**GIVEN, **other},
        person=member(email),
        by=acting(email),
        now=clock(),
        seen=seen or asking.base(release),
    )


def agrees(email: str, clock: Clock, read: int) -> None:
    release_acts.agree(fly(), approver=member(email), by=acting(email), now=clock(), read=read)


def stamp() -> int:
    found = asking.of(fly())
    assert found is not None
    return asking.stamp(found)


def test_nothing_happens_until_a_second_person_agrees(room: Flask, clock: Clock) -> None:
    with unit():
        asks(ALICE, clock)
    before = session.query(Send).filter(Send.kind == "release").count()
    assert before == 0, "nobody is told; one mail goes to staff"
    assert fly().day.isoformat() == "2026-12-30"  # type: ignore[union-attr]
    assert [send.staff_id for send in session.query(Send).filter(Send.kind == "nag")] == [
        member(HANA).id
    ]
    asked_at = clock()
    clock.forward(hours=5)
    for email, words in ((ALICE, "cannot approve it too"), (BOB, "is not one")):
        with pytest.raises(Refused, match=words), unit():
            agrees(email, clock, stamp())
    with unit():
        agrees(HANA, clock, stamp())
    change = fly().date_changes[-1]
    assert (change.decided_by, change.approved_by) == (ALICE, HANA)
    assert (change.decided_at, change.announced_at) == (asked_at, clock())
    assert asking.of(fly()) is None
    assert [row.action for row in of(f"release:{fly().id}")] == ["ask_to_move", "move"]


def test_what_would_be_refused_is_refused_when_it_is_asked(room: Flask, clock: Clock) -> None:
    before = [row.action for row in of(f"release:{fly().id}")]
    for other, words in (
        ({"day": "2027-01-16"}, "weekend"),
        ({"day": "2026-12-30"}, "stands already"),
        ({"day": "2020-01-14"}, "past"),
        ({"reason": " "}, "public reason"),
        ({"reason_code": "whim"}, "reason code"),
        ({"wall": None, "precision": "month", "day": "2027-02-01"}, "exact time"),
    ):
        with pytest.raises(Refused, match=words), unit():
            asks(ALICE, clock, **other)
    assert asking.of(fly()) is None
    assert [row.action for row in of(f"release:{fly().id}")] == before
    assert session.query(Send).filter(Send.kind == "nag").count() == 0


def test_who_is_asked_is_on_duty_and_never_the_one_who_asks(room: Flask, clock: Clock) -> None:
    today = clock().date()
    with unit():
        people.add("dora@example.org", "deputy", team_id=None, by=SYSTEM, now=clock())
        duty.away(member(HANA), today, today + timedelta(days=3), by=SYSTEM, now=clock())
    found = release_acts.seconds(fly(), "move", GIVEN, person=member(ALICE), now=clock())
    assert [person.email for person in found] == ["dora@example.org"]
    with unit():
        duty.back(member(HANA), by=SYSTEM, now=clock())
    found = release_acts.seconds(fly(), "move", GIVEN, person=member(HANA), now=clock())
    assert found == [], "a deputy stands in only while the head is away"
    with pytest.raises(Refused, match="Nobody else may agree"), unit():
        asks(HANA, clock)


def test_who_has_left_asked_for_nothing(room: Flask, clock: Clock) -> None:
    with unit():
        asks(ALICE, clock)
    with unit():
        member(ALICE).active = False
    with pytest.raises(Refused, match="has left"), unit():
        agrees(HANA, clock, stamp())


def test_two_agree_at_once(together: Together, clock: Clock) -> None:
    with unit():
        people.add("hugh@example.org", "hop", team_id=None, by=SYSTEM, now=clock())
        asks(ALICE, clock)
    read = stamp()

    def one(email: str) -> Act:
        return lambda: agrees(email, clock, read)

    one_won(together(one(HANA), one("hugh@example.org")))
    assert len(fly().date_changes) == 1
    assert session.query(Send).filter(Send.stage == "moved").count() == 1


def test_one_agrees_while_another_asks_anew(together: Together, clock: Clock) -> None:
    with unit():
        asks(ALICE, clock)
    read, seen = stamp(), asking.base(fly())
    clock.forward(seconds=1)
    answers = together(
        lambda: agrees(HANA, clock, read), lambda: asks(ALICE, clock, seen, day="2027-01-21")
    )
    won = one_won(answers)
    assert fly().day.isoformat() == ("2027-01-14" if won == 0 else "2026-12-30")  # type: ignore[union-attr]


def test_two_ask_at_once(together: Together, clock: Clock) -> None:
    one_won(together(lambda: asks(ALICE, clock), lambda: asks(BOB, clock, day="2027-01-21")))
    found = asking.of(fly())
    assert found is not None
    with pytest.raises(Conflict), unit():
        agrees(HANA, clock, asking.stamp(found) + 1)
