"""A report counts for what it proves: once, about one person, about the mailbox as it is now."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import func, select

from notifier.audience import queries
from notifier.audience.confirm import confirm
from notifier.audience.models import Suppression
from notifier.delivery.models import Bounce
from notifier.delivery.retention import drop_old_rows
from notifier.mail.returned import Returned
from notifier.sends.models import Delivery, Send
from notifier.store.db import session, unit
from notifier.store.history import of
from notifier.worker.returns import UNREAD, take
from tests.makers import CLEO, DAN, Clock, asks, joins, pepper
from tests.rooms.reports import (
    address,
    answer,
    complaint,
    desk,
    dsn,
    message_id,
    rows,
    state,
    went_out,
)

GONE = (CLEO, "5.1.1")


def test_a_report_to_the_deliverys_own_address_counts_in_full(room: Flask, clock: Clock) -> None:
    send = went_out(clock)
    report = dsn(GONE, to=address(room, send))
    assert take(desk(room, clock), report) == "hard, address suppressed"
    assert take(desk(room, clock), report) == "hard", "the same again changes nothing"
    assert (state(), rows()) == ("suppressed", [("hard", "report")])
    session.refresh(send)
    assert (send.accepted, send.bounced) == (0, 1)


def test_a_report_that_only_names_the_message_id_is_weaker(room: Flask, clock: Clock) -> None:
    one, two = went_out(clock), went_out(clock, "T-30")
    said = [take(desk(room, clock), dsn(GONE, about=message_id(room, s))) for s in (one, one, two)]
    assert said == [
        "hard by Message-ID",
        "hard by Message-ID",
        "hard by Message-ID, address suppressed",
    ]
    assert rows() == [("hard", "message_id"), ("hard", "message_id")]


def test_two_weak_reports_on_one_letter_are_no_second_time(room: Flask, clock: Clock) -> None:
    send = went_out(clock)
    for status in ("5.1.1", "5.2.1", "4.2.2"):
        take(desk(room, clock), dsn((CLEO, status), about=message_id(room, send)))
    assert (len(rows()), state()) == (3, "active")


def test_a_weak_report_must_name_the_person(room: Flask, clock: Clock) -> None:
    send = went_out(clock)
    report = dsn((DAN, "5.1.1"), about=message_id(room, send))
    assert take(desk(room, clock), report) == "about another address"
    assert rows() == []


def test_a_stronger_proof_takes_the_place_of_a_weaker(room: Flask, clock: Clock) -> None:
    send = went_out(clock)
    take(desk(room, clock), dsn(GONE, about=message_id(room, send)))
    assert take(desk(room, clock), dsn(GONE, to=address(room, send))).endswith("suppressed")
    take(desk(room, clock), dsn(GONE, about=message_id(room, send)))
    assert rows() == [("hard", "report")]
    session.refresh(send)
    assert (send.accepted, send.bounced) == (0, 1)


def test_forged_proofs_change_nothing(room: Flask, clock: Clock) -> None:
    send = went_out(clock)
    token, name = address(room, send), message_id(room, send)
    other = "0" if token[10] != "0" else "1"
    forged = dsn(GONE, to=token[:10] + other + token[11:], about=name[:30] + "00" + name[32:])
    assert take(desk(room, clock), forged) == "not ours"
    # The Message-ID's MAC is no envelope sender's, and the other way round.
    swapped = dsn(GONE, to=f"b+{name[3:55]}@notifier.example", about=f"<m.{token[2:54]}@x.example>")
    assert take(desk(room, clock), swapped) == "not ours"
    assert (state(), rows()) == ("active", [])


def test_two_proofs_that_disagree_are_none(room: Flask, clock: Clock) -> None:
    mine, other = went_out(clock), went_out(clock, "T-30")
    report = dsn(GONE, to=address(room, mine), about=message_id(room, other))
    assert take(desk(room, clock), report) == "not ours"
    assert rows() == []


def test_a_report_on_ten_thousand_recipients_is_about_one(room: Flask, clock: Clock) -> None:
    joins(DAN, now=clock())
    send = went_out(clock)
    crowd = [(f"p{n}@example.org", "5.1.1") for n in range(9_000)]
    report = dsn((DAN, "5.1.1"), (CLEO, "4.2.2"), *crowd, to=address(room, send))
    assert take(desk(room, clock), report) == UNREAD
    few = dsn((DAN, "5.1.1"), (CLEO, "4.2.2"), *crowd[:50], to=address(room, send))
    assert take(desk(room, clock), few) == "soft"
    assert session.scalar(select(func.count()).select_from(Bounce)) == 1
    assert (state(), state(DAN)) == ("active", "active")


def test_one_dead_mailbox_behind_an_alias_does_not_end_it(room: Flask, clock: Clock) -> None:
    send = went_out(clock)
    behind = dsn(("a@in.example", "2.1.5"), ("b@in.example", "5.1.1"), to=address(room, send))
    behind = behind.replace(b"Action: failed", b"Action: delivered", 1)
    assert take(desk(room, clock), behind) == "delivered"
    alone = dsn(("b@in.example", "5.1.1"), to=address(room, send))
    assert take(desk(room, clock), alone).endswith("suppressed"), "it goes to nobody else"


def test_a_late_report_is_ignored(room: Flask, clock: Clock) -> None:
    send = went_out(clock)
    clock.forward(days=31)
    assert take(desk(room, clock), dsn(GONE, to=address(room, send))) == "too late to count"
    with unit():
        session.query(Delivery).delete()
    for report in (dsn(GONE, to=address(room, send)), complaint(to=address(room, send))):
        assert take(desk(room, clock), report) == "too late to count", "its row has gone"
    assert rows() == []


def test_what_was_before_a_new_confirmation_is_over(room: Flask, clock: Clock) -> None:
    old = went_out(clock)
    report = complaint(to=address(room, old))
    assert take(desk(room, clock), report) == "complaint, address suppressed"
    clock.forward(days=2)
    signup = asks(now=clock())
    with unit():
        confirm(signup.id, now=clock(), pepper=pepper())
    assert state() == "active"
    clock.forward(days=1)
    new = went_out(clock, "T-30")
    assert take(desk(room, clock), report) == "complaint", "replayed"
    assert take(desk(room, clock), dsn(GONE, to=address(room, old))) == "too late to count"
    assert take(desk(room, clock), dsn((CLEO, "4.2.2"), to=address(room, new))) == "soft"
    assert state() == "active", "a full mailbox after a complaint that was taken back"


def full_for_weeks(room: Flask, clock: Clock, *, but: int = -1) -> str:
    """Cleo's mailbox is full for three letters in twenty days, but for one of them."""
    for day in range(5):
        send = went_out(clock, f"T-{day}")
        clock.forward(days=5)
        if day != but:
            take(desk(room, clock), dsn((CLEO, "5.2.2"), to=address(room, send)))
    return state()


def test_full_mailboxes_suppress_after_a_fortnight(room: Flask, clock: Clock) -> None:
    assert full_for_weeks(room, clock) == "suppressed"


def test_a_success_between_begins_the_count_anew(room: Flask, clock: Clock) -> None:
    assert full_for_weeks(room, clock, but=2) == "active"


def test_a_weak_complaint_ends_what_the_letter_came_through(room: Flask, clock: Clock) -> None:
    send = went_out(clock)
    assert (
        take(desk(room, clock), complaint(about=message_id(room, send)))
        == "complaint by Message-ID"
    )
    person = queries.known(CLEO)
    session.refresh(person)
    assert (person.state, [s.ended_at is None for s in person.subscriptions]) == ("left", [False])
    assert rows() == [("complaint", "message_id")]
    kept = [row for row in of(f"subscriber:{person.id}") if row.action == "complaint"]
    assert [row.why for row in kept] == ["weaker: a report that names the Message-ID"]


@pytest.mark.parametrize("size", [1_500_000, 50_000_000])
def test_a_huge_report_waits_for_a_person(room: Flask, clock: Clock, size: int) -> None:
    send = went_out(clock)
    bomb = dsn(GONE, to=address(room, send)) + b"x" * size
    assert take(desk(room, clock), bomb) == UNREAD
    aside = Returned(room.config["SETTINGS"].instance).path / ".Quarantine" / "new"
    assert len(list(aside.iterdir())) == 1
    assert rows() == []


def test_an_answer_with_the_words_of_a_bounce_is_an_answer(room: Flask, clock: Clock) -> None:
    send = went_out(clock)
    words = "550 5.1.1 <cleo@example.org>: user unknown, says your last mail. Is that so?"
    for subject in (
        "Undelivered Mail Returned to Sender",
        "Re: failure notice",
        "Re: out of office",
    ):
        raw = answer(address(room, send), subject=subject, words=words)
        no_path = raw.partition(b"\n")[2]
        for each in (raw, no_path):
            assert take(desk(room, clock), each) == "a person's answer, kept to be passed on"
    assert (state(), rows()) == ("active", [])


def test_the_send_of_another_team_is_touched_by_its_own_mac_only(room: Flask, clock: Clock) -> None:
    mine, theirs = went_out(clock), went_out(clock, "T-30")
    with unit():
        theirs.team_id = 2
    take(desk(room, clock), dsn((CLEO, "5.2.1"), to=address(room, mine)))
    session.expire_all()
    counts = {s.id: s.bounced for s in session.query(Send).filter(Send.kind == "notice")}
    assert counts == {mine.id: 1, theirs.id: 0}


def test_only_counts_remain_after_the_stated_time(room: Flask, clock: Clock) -> None:
    """Also of what came back; who is suppressed stays so by the list."""
    send = went_out(clock)
    take(desk(room, clock), dsn(GONE, to=address(room, send)))
    with unit():
        send.state, send.finished_at = "done", clock()
        number = send.id
    clock.forward(days=366)
    with unit():
        assert drop_old_rows(now=clock(), months=13) == 0
    clock.forward(days=60)
    with unit():
        assert drop_old_rows(now=clock(), months=13) == number
        assert drop_old_rows(now=clock(), months=13) == 0
    assert (rows(), state()) == ([], "suppressed")
    assert session.query(Suppression).count() == 1
    kept = session.get_one(Send, number)
    assert (kept.audience, kept.accepted, kept.bounced) == (1, 0, 1)
