"""Staff stop mail and take back only what staff stopped; the person's own wish stands."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask

from notifier.audience import complain, forget, pause, reply, stop, suppressed
from notifier.audience.models import Complaint, Subscriber, Suppression
from notifier.audience.receivers import Audience, count
from notifier.audience.rules import suppression_key
from notifier.audience.suppress import suppress
from notifier.errors import NotFound, Refused
from notifier.sends.models import Send
from notifier.store.db import session, unit
from notifier.store.history import PERSON, SYSTEM, of
from tests.makers import CLEO, DAN, PEPPER, Clock, acting, joins

ALICE = "alice@example.org"


def everybody() -> int:
    return count(Audience(everyone=True))


def stops(person: Subscriber, clock: Clock, *, asked: bool = False) -> None:
    by = acting(ALICE)
    stop.stop(person, asked=asked, why="A reason", by=by, now=clock(), pepper=PEPPER)


def lifts(person: Subscriber, clock: Clock) -> None:
    stop.lift(person, why="A mistake", by=acting(ALICE), now=clock(), pepper=PEPPER)


def test_what_staff_stopped_comes_back_as_it_was(room: Flask, clock: Clock) -> None:
    with unit():
        cleo = joins(now=clock())
        stops(cleo, clock)
        assert (cleo.state, everybody()) == ("suppressed", 0)
        lifts(cleo, clock)
    assert (cleo.state, cleo.ended_at, everybody()) == ("active", None, 1)
    assert [row.why for row in of(f"subscriber:{cleo.id}")][-2:] == ["A reason", "A mistake"]
    assert session.get(Suppression, suppression_key(CLEO, PEPPER)) is None


def test_a_break_that_they_named_is_kept(room: Flask, clock: Clock) -> None:
    with unit():
        cleo = joins(now=clock())
        pause.pause(cleo, date(2027, 1, 4), now=clock())
        stops(cleo, clock)
        lifts(cleo, clock)
        assert (cleo.state, cleo.paused_until) == ("paused", date(2027, 1, 4))
        stops(cleo, clock)
        clock.at("2027-02-01 10:00")
        lifts(cleo, clock)
    assert (cleo.state, cleo.paused_until) == ("active", None)


def test_who_had_left_is_not_brought_back(room: Flask, clock: Clock) -> None:
    with unit():
        cleo = joins(now=clock())
        for subscription in cleo.subscriptions:
            subscription.ended_at = clock()
        stops(cleo, clock)
        lifts(cleo, clock)
    assert (cleo.state, everybody()) == ("left", 0)


@pytest.mark.parametrize("reason", ["hard_bounce", "soft_bounces", "complaint", "asked"])
def test_what_is_the_persons_staff_cannot_lift(room: Flask, clock: Clock, reason: str) -> None:
    with unit():
        cleo = joins(now=clock())
        suppress(cleo, reason=reason, now=clock(), pepper=PEPPER)
        with pytest.raises(Refused, match="Only they themselves"):
            lifts(cleo, clock)
        with pytest.raises(Refused, match="Only they themselves"):
            stop.unlist(suppression_key(CLEO, PEPPER), why="x", by=acting(ALICE), now=clock())
        with pytest.raises(Refused, match="stopped already"):
            stops(cleo, clock)
    assert cleo.state == "suppressed"


def test_the_link_goes_to_who_follows_something_and_once_in_seven_days(
    room: Flask, clock: Clock
) -> None:
    with unit():
        cleo = joins(now=clock())
        by = acting(ALICE)
        with pytest.raises(Refused, match="not stopped"):
            stop.ask_again(cleo, why="x", by=by, now=clock())
        stops(cleo, clock, asked=True)
        with pytest.raises(Refused, match="within the last seven days"):
            stop.ask_again(cleo, why="x", by=by, now=clock())
        clock.forward(days=8)
        stop.ask_again(cleo, why="x", by=by, now=clock())
        with pytest.raises(Refused, match="within the last seven days"):
            stop.ask_again(cleo, why="x", by=by, now=clock() + timedelta(days=6))
        for subscription in cleo.subscriptions:
            subscription.ended_at = clock()
        with pytest.raises(Refused, match="follow nothing"):
            stop.ask_again(cleo, why="x", by=by, now=clock() + timedelta(days=9))


def test_an_address_that_nobody_has_is_stopped_and_freed(room: Flask, clock: Clock) -> None:
    by, key = acting(ALICE), suppression_key(DAN, PEPPER)
    with unit():
        given = {"why": "A trap", "by": by, "now": clock()}
        assert stop.list_address(DAN.upper(), **given, pepper=PEPPER)  # type: ignore[arg-type]
        assert not stop.list_address(DAN, **given, pepper=PEPPER)  # type: ignore[arg-type]
        with pytest.raises(Refused, match="correct format"):
            stop.list_address("none", **given, pepper=PEPPER)  # type: ignore[arg-type]
        (row,) = suppressed.listed(pepper=PEPPER)
        assert (row.email, row.note, row.person) == ("", "A trap", None)
        assert suppressed.counts() == {"staff": 1}
        stop.unlist(key, **given)  # type: ignore[arg-type]
        with pytest.raises(NotFound):
            stop.unlist(key, **given)  # type: ignore[arg-type]


def test_erasure_takes_note_and_name_off_the_list(room: Flask, clock: Clock) -> None:
    with unit():
        cleo = joins(now=clock())
        stops(cleo, clock)
        (row,) = suppressed.listed(pepper=PEPPER)
        assert (row.email, row.person) == (CLEO, cleo.id)
        assert suppressed.listed(pepper="another pepper of the tests, long")[0].email == ""
        forget.forget(cleo, by=PERSON, now=clock(), pepper=PEPPER)
        (row,) = suppressed.listed(pepper=PEPPER)
    assert (row.email, row.person, row.note) == ("", None, "")
    with unit(), pytest.raises(Refused, match="erased"):
        stops(cleo, clock)


def test_a_reason_holds_no_address(room: Flask, clock: Clock) -> None:
    for words in ("", " \n ", "x" * 301, f"{CLEO} asked"):
        with pytest.raises(Refused):
            stop.reason(words)
    assert stop.reason("  It\nis \x00so ") == "It is so"


def test_an_answer_goes_where_one_may_write(room: Flask, clock: Clock) -> None:
    with unit():
        cleo = joins(now=clock())
        known = complain.complain("a", person=cleo, now=clock())
        stranger = complain.complain("b", contact=DAN, now=clock())
        nobody = complain.complain("c", now=clock())
        assert reply.may_write(known, pepper=PEPPER) == CLEO
        assert reply.may_write(stranger, pepper=PEPPER) == DAN
        assert reply.may_write(nobody, pepper=PEPPER) == ""
        first = answers(stranger, clock)
        again = answers(stranger, clock)
        assert first is not None
        assert again is not None
        assert (first.revision, again.revision) == (1, 2)
        stop.list_address(DAN, why="x", by=SYSTEM, now=clock(), pepper=PEPPER)
        with pytest.raises(Refused, match="no address that we may write to"):
            answers(stranger, clock)
        cleo.state = "left"
        assert reply.correspondent(known).state == "active"


def answers(row: Complaint, clock: Clock) -> Send | None:
    return reply.reply(row, "Sorry", by_mail=True, by=acting(ALICE), now=clock(), pepper=PEPPER)
