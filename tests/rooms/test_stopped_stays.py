"""What a person stopped stays stopped; what cannot be says why; who failed is tried again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from notifier.accounts import people
from notifier.catalogue.models import Team
from notifier.delivery import single, stop
from notifier.delivery.again import again
from notifier.errors import Refused
from notifier.notices import pause as notice_pause
from notifier.notices import queries as notices
from notifier.sends.models import Retry, Send
from notifier.sends.plan import plan
from notifier.sends.redate import Due, redate, unsaid
from notifier.sends.rules import State
from notifier.sends.stopped import why
from notifier.store.db import session, unit
from notifier.store.history import SYSTEM, By, of
from notifier.worker.drain import drain
from tests.makers import ALICE, Clock, acting, announced, draft, engine, joins
from tests.rooms.crowd import counters, crowd, found, frozen, kept, states
from tests.rooms.digest_readers import changes, digests, item, mails, reader, row

WHY = "A figure is wrong."
SHELL = By("asserted", os_user="pat")


def stopped(verb: str, send: Send, clock: Clock) -> None:
    with unit():
        getattr(stop, verb)(send, WHY, by=acting(ALICE), now=clock())


def resumed(send: Send, clock: Clock) -> None:
    with unit():
        stop.resume(send, by=acting(ALICE), now=clock())


def far(clock: Clock) -> str:
    """A change with dated stages to come: its reference."""
    return announced(draft(now=clock()), now=clock()).reference


def moved_on(reference: str, clock: Clock) -> None:
    """Every stage of the change is dated a day later."""
    with unit():
        dues = [
            Due(s.stage, s.due_at + timedelta(days=1), s.wall_date, s.wall_time, s.rule)
            for s in unsaid(reference, kind="notice").values()
        ]
        redate(reference, dues, kind="notice", now=clock(), why="moved")


@pytest.mark.parametrize(("verb", "state"), [("pause", "paused"), ("cancel", "cancelled")])
def test_a_new_date_does_not_let_it_go(room: Flask, clock: Clock, verb: str, state: str) -> None:
    reference = far(clock)
    send = item(reference, "T-28")
    due = send.due_at
    stopped(verb, send, clock)
    moved_on(reference, clock)
    send = item(reference, "T-28")
    assert (send.state, send.due_at, why(send)) == (state, due + timedelta(days=1), WHY)
    assert item(reference, "T-7").state == "planned"


def test_a_planned_one_waits_past_its_time_and_then_goes(room: Flask, clock: Clock) -> None:
    joins(now=clock(), follows=["farming"])
    reference = far(clock)
    send = item(reference, "T-28")
    stopped("pause", send, clock)
    clock.instant = send.due_at + timedelta(hours=1)
    drain(engine(room, clock))
    assert item(reference, "T-28").frozen_at is None
    resumed(item(reference, "T-28"), clock)
    assert item(reference, "T-28").state == "planned"
    drain(engine(room, clock))
    assert (item(reference, "T-28").state, item(reference, "T-28").accepted) == ("done", 1)


def test_what_waits_with_its_change_is_not_let_go_alone(room: Flask, clock: Clock) -> None:
    reference = far(clock)
    stopped("pause", item(reference, "T-28"), clock)
    with unit():
        notice_pause.hold(
            notices.notice(reference),
            reason="We look again.",
            next_update=clock().date() + timedelta(days=20),
            by=acting(ALICE),
            now=clock(),
        )
    for stage in ("T-28", "T-7"):
        with pytest.raises(Refused, match=f"on hold; .* notices resume {reference}"):
            resumed(item(reference, stage), clock)
        assert item(reference, stage).state == "paused"


def test_what_cannot_be_stopped_says_why(room: Flask, clock: Clock) -> None:
    crowd(2)
    send = frozen(clock, "food")
    with pytest.raises(Refused, match="Say why"), unit():
        stop.pause(send, "  ", by=SHELL, now=clock())
    with pytest.raises(Refused, match="sending, so it cannot be resumed; only what is paused"):
        resumed(send, clock)
    stopped("pause", send, clock)
    with pytest.raises(Refused, match="paused already"):
        stopped("pause", send, clock)
    stopped("cancel", send, clock)
    with pytest.raises(Refused, match="cancelled"):
        resumed(send, clock)
    with unit():
        carried = plan("notice", "X", stage="T0", due_at=clock(), now=clock(), receivers={})
        carried.context = {"carried_by": send.id}
    with pytest.raises(Refused, match=f"in the mail of send {send.id}"):
        stopped("pause", carried, clock)
    assert [row.action for row in of(f"send:{send.id}")] == ["freeze", "pause", "cancel"]


def test_only_its_team_stops_it(room: Flask, clock: Clock) -> None:
    send = item(far(clock), "T-28")
    other = session.scalars(select(Team).where(Team.id != send.team_id)).all()[-1]
    with unit():
        people.add("zoe@example.org", "author", team_id=other.id, by=SYSTEM, now=clock())
    refusal = r"zoe@example\.org has no role in the team of this send"
    with pytest.raises(Refused, match=refusal), unit():
        stop.pause(send, WHY, by=acting("zoe@example.org"), now=clock())
    with unit():
        stop.pause(send, WHY, by=SHELL, now=clock())
    assert of(f"send:{send.id}")[-1].by["os_user"] == "pat"


def welcome(clock: Clock) -> Send:
    joins(now=clock())
    return session.scalars(select(Send).where(Send.kind == "welcome")).one()


def test_one_mail_to_one_person_is_stopped_too(room: Flask, clock: Clock) -> None:
    send = welcome(clock)
    stopped("pause", send, clock)
    drain(engine(room, clock))
    assert session.get_one(Send, send.id).tries == 0
    resumed(session.get_one(Send, send.id), clock)
    with unit():
        assert single.claim(send.id, owner="one", now=clock())
    send = session.get_one(Send, send.id)
    with pytest.raises(Refused, match="handed over to the mail server at this moment"):
        stopped("cancel", send, clock)
    with unit():
        single.settle(send, "deferred", code=451, status="", now=clock())
    stopped("cancel", send, clock)
    clock.forward(hours=1)
    drain(engine(room, clock))
    assert (send.state, send.finished_at is not None, counters(send)) == (
        "cancelled", True, (0, 0, 0, 1, 0),
    )  # fmt: skip
    assert mails(room, "cleo") == []


def test_who_failed_by_our_fault_is_tried_again(room: Flask, clock: Clock) -> None:
    ids = crowd(5)
    send = frozen(clock, "food")
    ours = [found(ids[0], "refused", 550, "5.7.1"), found(ids[1], "refused", 554, "5.6.0")]
    theirs = [found(ids[2], "refused", 550, "5.1.1"), found(ids[3], "accepted")]
    kept(send, *ours, *theirs, clock=clock)
    stopped("pause", send, clock)
    with unit():
        assert again(send, by=acting(ALICE), now=clock()) == 2
    assert [states(send)[i] for i in ids] == [
        State.RETRYING,
        State.RETRYING,
        State.BOUNCED,
        State.ACCEPTED,
        State.WAITING,
    ]
    assert counters(send) == (1, 1, 0, 0, 3)
    assert session.scalars(select(Retry.next_at)).all() == [clock(), clock()]
    kept(send, found(ids[0], "accepted"), found(ids[1], "refused", 550, "5.7.1"), clock=clock)
    assert counters(send) == (2, 1, 1, 0, 1)
    assert of(f"send:{send.id}")[-1].data == {"people": 2}


def test_nobody_to_try_again_is_said(room: Flask, clock: Clock) -> None:
    crowd(1, gaps=900)
    send = frozen(clock, "food")
    with pytest.raises(Refused, match="Nobody failed"), unit():
        again(send, by=acting(ALICE), now=clock())
    stopped("cancel", send, clock)
    with pytest.raises(Refused, match="this one is cancelled"), unit():
        again(send, by=acting(ALICE), now=clock())
    with pytest.raises(Refused, match="this one is to one person"), unit():
        again(welcome(clock), by=SHELL, now=clock())


def test_a_cancelled_change_is_told_in_no_digest(room: Flask, clock: Clock) -> None:
    clock.at("2026-11-24 15:00")
    cleo = reader(clock)
    milk, birds = changes(clock)
    drain(engine(room, clock))
    assert row(item(milk), cleo) is State.HELD
    stopped("cancel", item(milk), clock)
    drain(engine(room, clock))
    assert (row(item(milk), cleo), counters(item(milk))) == (State.SKIPPED, (0, 0, 0, 1, 0))
    clock.at("2026-11-25 10:30")
    drain(engine(room, clock))
    assert (row(item(birds), cleo), item(birds).state) == (State.ACCEPTED, "done")
    assert [digest.context["items"] for digest in digests("2026-11-25")] == [[item(birds).id]]


def test_a_paused_change_waits_for_a_later_digest(room: Flask, clock: Clock) -> None:
    clock.at("2026-11-24 15:00")
    cleo = reader(clock)
    milk, birds = changes(clock)
    drain(engine(room, clock))
    stopped("pause", item(milk), clock)
    clock.at("2026-11-25 10:30")
    drain(engine(room, clock))
    assert (row(item(milk), cleo), row(item(birds), cleo)) == (State.HELD, State.ACCEPTED)
    resumed(item(milk), clock)
    drain(engine(room, clock))
    clock.at("2026-11-26 12:00")
    drain(engine(room, clock))
    assert (row(item(milk), cleo), item(milk).state) == (State.ACCEPTED, "done")
