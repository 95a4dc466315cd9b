"""A Send to a member of staff is made, handed over and settled, or skipped with the reason."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from notifier.audience.models import Subscriber
from notifier.mail import outbox, verp
from notifier.sends.models import Send
from notifier.sends.staff import nag
from notifier.store.db import session, unit
from notifier.worker.engine import Engine
from notifier.worker.oneoff import run_singles
from notifier.worker.returns import take
from tests import makers
from tests.makers import ALICE, BOB, Clock, joins, member

REPORT = """\
From: MAILER-DAEMON@mx.example
To: {sender}
Content-Type: multipart/report; report-type=delivery-status; boundary=B

--B
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; alice@example.org
Action: failed
Status: 5.1.1

--B--
"""


@pytest.fixture
def engine(room: Flask, clock: Clock) -> Engine:
    return makers.engine(room, clock)


def to_alice(clock: Clock) -> Send:
    with unit():
        (send,) = nag("release:3", stage="T-42", to=[member(ALICE).id], mark="x", now=clock())
    return send


def mails(engine: Engine) -> list[str]:
    box = engine.settings.instance / "outbox"
    return [str(outbox.read(box, e.key)["To"]) for e in outbox.entries(box, limit=10)]


def test_it_goes_to_the_member_of_staff_alone(engine: Engine, clock: Clock) -> None:
    cleo = joins(now=clock())  # a subscriber with the same number as a member of staff
    assert session.get(Subscriber, member(ALICE).id) is cleo
    send = to_alice(clock)
    run_singles(engine, [send.id])
    run_singles(engine, [send.id])
    session.refresh(send)
    assert mails(engine) == [ALICE]
    assert (send.state, send.accepted, send.audience, send.pending) == ("done", 1, 1, 0)


def test_what_comes_back_suppresses_no_subscriber(engine: Engine, clock: Clock) -> None:
    cleo = joins(now=clock())
    send = to_alice(clock)
    run_singles(engine, [send.id])
    sender = verp.sender(engine.stamps.envelope, send.id, 0, "notifier.example")
    take(engine, REPORT.format(sender=sender).replace("\n", "\r\n").encode())
    session.refresh(cleo)
    assert cleo.state == "active"


def test_who_has_left_the_staff_gets_nothing(engine: Engine, clock: Clock) -> None:
    send = to_alice(clock)
    with unit():
        member(ALICE).active = False
    run_singles(engine, [send.id])
    session.refresh(send)
    assert (send.state, send.end_reason) == ("skipped", "the person has left the staff")
    assert mails(engine) == []


def test_a_mail_that_is_overtaken_by_the_next_is_skipped(engine: Engine, clock: Clock) -> None:
    send = to_alice(clock)
    with unit():
        send.lapses_at = clock() + timedelta(days=7)
    clock.forward(days=7)
    run_singles(engine, [send.id])
    session.refresh(send)
    assert (send.state, send.end_reason) == ("skipped", "the next one is due")


def test_one_that_cannot_be_worded_holds_up_no_other(engine: Engine, clock: Clock) -> None:
    with unit():
        people = [member(ALICE).id]
        (gone,) = nag("release:999", stage="T-42", to=people, mark="x", now=clock())
        (strange,) = nag("release:3", stage="whenever", to=people, mark="x", now=clock())
    good = to_alice(clock)
    run_singles(engine, [gone.id, strange.id, good.id])
    session.expire_all()
    assert [send.state for send in (gone, strange, good)] == ["done", "done", "done"]
    assert [send.failed for send in (gone, strange, good)] == [1, 1, 0]


def test_the_same_nag_is_promised_once_and_another_mark_again(room: Flask, clock: Clock) -> None:
    to = [member(ALICE).id, member(BOB).id]
    with unit():
        assert len(nag("release:3", stage="T-42", to=to, mark="4 March", now=clock())) == 2
        assert nag("release:3", stage="T-42", to=to, mark="4 March", now=clock()) == []
        again = nag("release:3", stage="T-42", to=to[:1], mark="25 March", now=clock())
    assert [send.revision for send in again] == [3]
