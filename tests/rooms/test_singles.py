"""A Send to one person carries its own outcome; bounces find their delivery and count once."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from notifier.audience import queries
from notifier.audience.forget import forget
from notifier.audience.models import Suppression
from notifier.audience.receivers import Audience
from notifier.delivery import bounces, single
from notifier.delivery.freeze import freeze
from notifier.delivery.models import Bounce
from notifier.delivery.record import Found, record
from notifier.delivery.rules import LEASE, Result
from notifier.errors import Refused
from notifier.sends.models import Delivery, Send
from notifier.sends.plan import plan
from notifier.sends.rules import State
from notifier.store.db import session, unit
from tests.makers import CLEO, HANA, Clock, acting, asks, joins, pepper, topics
from tests.rooms.crowd import WORDS


def confirm_mail(clock: Clock) -> Send:
    asks(now=clock())
    return session.scalars(select(Send).where(Send.kind == "confirm")).one()


def settled(send: Send, result: Result, clock: Clock, code: int = 250, status: str = "") -> str:
    with unit():
        claimed = single.claim(send.id, owner="one", now=clock())
        assert claimed is not None
        return single.settle(claimed, result, code=code, status=status, now=clock()) or ""


def delivered(clock: Clock, stage: str = "announce") -> tuple[Send, int]:
    """A notice that the mail server took for Cleo."""
    person = queries.by_email(CLEO) or joins(now=clock())
    with unit():
        send = plan(
            "notice",
            "DEFRA-2026-001",
            stage=stage,
            due_at=clock(),
            now=clock(),
            receivers=Audience(topics=[topics("air-quality")[0].id]).as_dict(),
        )
        freeze(send, WORDS, now=clock())
        record(send.id, [Found(person.id, "accepted", 250, "", 0)], now=clock())
    return send, person.id


def bounced(send: Send, person: int, verdict: str, at: datetime, **more: str) -> bool:
    with unit():
        return bounces.apply(send.id, person, verdict, now=at, pepper=pepper(), **more)  # type: ignore[arg-type]


def test_one_mail_is_claimed_once_and_settled(room: Flask, clock: Clock) -> None:
    send = confirm_mail(clock)
    assert single.due(now=clock()) == [send.id]
    with unit():
        assert single.claim(send.id, owner="one", now=clock()) is not None
        assert single.claim(send.id, owner="two", now=clock()) is None
        assert single.due(now=clock()) == []
    clock.instant += LEASE + timedelta(seconds=1)
    assert single.due(now=clock()) == [send.id]  # its worker is gone
    assert settled(send, "accepted", clock) == ""
    assert (send.state, send.accepted, send.pending, send.tries) == ("done", 1, 0, 1)
    assert single.due(now=clock()) == []
    with unit():
        assert single.claim(send.id, owner="two", now=clock()) is None


def test_a_mail_that_is_not_due_yet_waits(room: Flask, clock: Clock) -> None:
    confirm_mail(clock)
    assert single.due(now=clock() - timedelta(seconds=1)) == []


@pytest.mark.parametrize(
    ("code", "status", "verdict", "counter"),
    [(550, "5.1.1", "hard", "bounced"), (550, "5.7.1", "sender_fault", "failed")],
)
def test_a_refused_mail_is_over(
    room: Flask, clock: Clock, code: int, status: str, verdict: str, counter: str
) -> None:
    send = confirm_mail(clock)
    assert settled(send, "refused", clock, code, status) == verdict
    assert (send.state, getattr(send, counter), send.accepted) == ("done", 1, 0)


@pytest.mark.parametrize("result", ["deferred", "uncertain"])
def test_a_mail_is_tried_again_until_it_would_be_useless(
    room: Flask, clock: Clock, result: Result
) -> None:
    send = confirm_mail(clock)
    settled(send, result, clock, 451)
    assert (send.state, send.pending) == ("sending", 1)
    assert send.next_at is not None
    assert single.due(now=clock()) == []
    assert single.due(now=send.next_at) == [send.id]
    with unit():
        send.lapses_at = clock() + timedelta(seconds=10)
        send.next_at = None
    settled(send, result, clock, 451)
    assert (send.state, send.failed, send.end_reason) == ("done", 1, "given up")


@pytest.mark.parametrize(("code", "verdict"), [(451, "soft"), (0, "")])
def test_to_be_put_off_for_three_days_is_a_soft_bounce(
    room: Flask, clock: Clock, code: int, verdict: str
) -> None:
    send = confirm_mail(clock)
    with unit():
        send.frozen_at, send.lapses_at = clock(), None
    assert settled(send, "deferred", clock, code) == ""
    clock.forward(days=3, seconds=1)
    assert settled(send, "deferred", clock, code) == verdict
    assert (send.state, send.end_reason) == ("done", "given up")


def test_a_mail_may_be_skipped_with_its_reason(room: Flask, clock: Clock) -> None:
    send = confirm_mail(clock)
    with unit():
        claimed = single.claim(send.id, owner="one", now=clock())
        assert claimed is not None
        single.skip(claimed, "the person left", now=clock())
    assert (send.state, send.skipped, send.end_reason) == ("skipped", 1, "the person left")
    with pytest.raises(Refused), unit():
        single.skip(send, "again", now=clock())


def test_a_hard_bounce_suppresses_and_moves_the_counters(room: Flask, clock: Clock) -> None:
    send, person = delivered(clock)
    assert bounced(send, person, "hard", clock(), status="5.1.1")
    who = queries.known(CLEO)
    assert (who.state, who.end_reason) == ("suppressed", "hard_bounce")
    assert session.scalar(select(func.count(Suppression.key))) == 1
    assert session.get_one(Delivery, (send.id, person)).state == State.BOUNCED
    assert (send.accepted, send.bounced) == (0, 1)


def test_the_same_report_counts_once(room: Flask, clock: Clock) -> None:
    send, person = delivered(clock)
    assert not bounced(send, person, "hard_after_2", clock())
    assert not bounced(send, person, "hard_after_2", clock())
    assert queries.known(CLEO).state == "active"
    assert session.scalar(select(func.count(Bounce.id))) == 1
    assert (send.accepted, send.bounced) == (0, 1)
    other, _ = delivered(clock, stage="T-90")
    assert bounced(other, person, "hard_after_2", clock())
    assert queries.known(CLEO).state == "suppressed"


def test_soft_bounces_suppress_after_three_over_a_fortnight(room: Flask, clock: Clock) -> None:
    for number, day in enumerate((0, 7, 7)):
        clock.forward(days=day)
        send, person = delivered(clock, stage=f"stage {number}")
        assert bounced(send, person, "soft", clock()) is (number == 2)
    assert queries.known(CLEO).end_reason == "soft_bounces"


def test_the_senders_own_fault_suppresses_nobody(room: Flask, clock: Clock) -> None:
    for number in range(5):
        send, person = delivered(clock, stage=f"stage {number}")
        assert not bounced(send, person, "sender_fault", clock())
    assert queries.known(CLEO).state == "active"


@pytest.mark.parametrize("verdict", ["delivered", "delayed"])
def test_news_that_is_not_bad_changes_nothing(room: Flask, clock: Clock, verdict: str) -> None:
    send, person = delivered(clock)
    assert not bounced(send, person, verdict, clock())
    assert session.scalar(select(func.count(Bounce.id))) == 0
    assert send.accepted == 1


def test_a_complaint_suppresses_but_the_mail_had_arrived(room: Flask, clock: Clock) -> None:
    send, person = delivered(clock)
    assert bounced(send, person, "complaint", clock())
    assert queries.known(CLEO).end_reason == "complaint"
    assert (send.accepted, send.bounced) == (1, 0)


def test_a_refusal_at_smtp_time_is_not_counted_a_second_time(room: Flask, clock: Clock) -> None:
    send, person = delivered(clock)
    assert bounced(send, person, "hard", clock(), source="smtp")
    assert (send.accepted, send.bounced) == (1, 0)  # ``record`` has counted what it knew


def test_a_one_off_mail_that_comes_back_is_bounced(room: Flask, clock: Clock) -> None:
    send = confirm_mail(clock)
    settled(send, "accepted", clock)
    person = queries.known(CLEO).id
    assert bounced(send, person, "hard", clock())
    assert (send.accepted, send.bounced) == (0, 1)
    assert queries.known(CLEO).state == "suppressed"


def test_reports_about_nobody_or_about_an_erased_person_do_nothing(
    room: Flask, clock: Clock
) -> None:
    send, person = delivered(clock)
    assert not bounced(send, 999, "hard", clock())
    with unit():
        forget(queries.known(CLEO), by=acting(HANA), now=clock(), pepper=pepper())
    assert not bounced(send, person, "hard", clock())
    assert session.scalar(select(func.count(Suppression.key))) == 1
