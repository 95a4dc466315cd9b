"""A digest: one message for each person of what waited for them, and every row of it settled."""

from __future__ import annotations

from datetime import time

from flask import Flask

from notifier.catalogue import queries as catalogue
from notifier.delivery.ledger import sent_to
from notifier.delivery.unsubscribe import unsubscribe
from notifier.notices.publish import publish
from notifier.sends.models import Letter
from notifier.sends.rules import State
from notifier.store.db import session, unit
from notifier.worker.drain import drain
from tests.makers import (
    ALICE,
    CLEO,
    DAN,
    HANA,
    Clock,
    acting,
    announced,
    approved,
    draft,
    engine,
    member,
)
from tests.rooms.digest_readers import (
    EVE,
    changes,
    digests,
    item,
    mails,
    person,
    reader,
    row,
    wants,
)


def test_what_waits_is_told_together_and_each_thing_is_settled(room: Flask, clock: Clock) -> None:
    cleo, dan = reader(clock), reader(clock, DAN, "immediate")
    eve = reader(clock, EVE, "weekly")
    milk, birds = changes(clock)
    worker = engine(room, clock)
    drain(worker)
    assert [row(item(milk), each) for each in (cleo, dan, eve)] == [
        State.HELD,
        State.ACCEPTED,
        State.HELD,
    ]
    assert (item(milk).state, item(milk).pending) == ("sending", 2)
    assert (len(mails(room, DAN)), mails(room, CLEO), digests()) == (2, [], [])
    clock.at("2026-11-23 10:30")
    drain(worker)
    (today,) = digests()
    assert (today.stage, today.state, today.audience, today.accepted) == (
        "2026-11-23", "done", 2, 2,  # a Monday: it is the weekly one, too
    )  # fmt: skip
    for notice in (milk, birds):
        assert row(item(notice), cleo) is State.ACCEPTED
        assert (item(notice).state, item(notice).accepted, item(notice).pending) == ("done", 3, 0)
    assert len(mails(room, CLEO)) == len(mails(room, EVE)) == 1
    assert session.query(Letter).where(Letter.send_id == today.id).count() == 2  # daily, weekly
    drain(worker)
    clock.forward(days=1)
    drain(worker)
    assert len(mails(room, CLEO)) == 1
    assert len(digests()) == 1  # nothing to say, nothing sent


def test_weekly_waits_for_monday_while_daily_is_told(room: Flask, clock: Clock) -> None:
    clock.at("2026-11-24 15:00")
    cleo, eve = reader(clock), reader(clock, EVE, "weekly")
    milk, _ = changes(clock)
    worker = engine(room, clock)
    drain(worker)
    clock.at("2026-11-25 10:30")
    drain(worker)
    assert (row(item(milk), cleo), row(item(milk), eve)) == (State.ACCEPTED, State.HELD)
    assert item(milk).state == "sending"
    clock.at("2026-11-29 10:30")  # Sunday
    drain(worker)
    assert mails(room, EVE) == []
    clock.at("2026-11-30 10:30")
    drain(worker)
    assert (row(item(milk), eve), item(milk).state) == (State.ACCEPTED, "done")
    assert [(d.stage, d.audience) for d in digests()] == [("2026-11-25", 1), ("2026-11-30", 1)]


def test_who_makes_it_daily_meanwhile_is_told_no_later(room: Flask, clock: Clock) -> None:
    clock.at("2026-11-24 15:00")
    eve, dan = reader(clock, EVE, "weekly"), reader(clock, DAN, "daily")
    milk, _ = changes(clock)
    worker = engine(room, clock)
    drain(worker)
    wants(eve, "daily")
    wants(dan, "weekly")  # the digest that was promised to him waits for the weekly one with him
    clock.at("2026-11-25 10:30")
    drain(worker)
    assert (row(item(milk), eve), row(item(milk), dan)) == (State.ACCEPTED, State.HELD)
    clock.at("2026-11-30 10:30")
    drain(worker)
    assert row(item(milk), dan) is State.ACCEPTED


def test_near_the_effect_nobody_waits(room: Flask, clock: Clock) -> None:
    """Class D promises 42 days: 43 days ahead a digest of today is in time, the weekly is not."""
    clock.at("2026-11-24 10:00")
    cleo, eve = reader(clock), reader(clock, EVE, "weekly")
    milk, _ = changes(clock, days=43)
    drain(engine(room, clock))
    assert (row(item(milk), cleo), row(item(milk), eve)) == (State.HELD, State.ACCEPTED)


def test_class_f_has_no_mail_of_its_own(room: Flask, clock: Clock) -> None:
    cleo, dan = reader(clock, CLEO, "immediate"), reader(clock, DAN, "daily")
    notice = draft(now=clock(), type="format_or_layout", materiality="minor")
    minor = announced(notice, now=clock()).reference
    assert notice.class_ == "F"
    worker = engine(room, clock)
    drain(worker)
    assert {row(item(minor), each) for each in (cleo, dan)} == {State.HELD}
    clock.at("2026-11-23 10:30")
    drain(worker)
    assert {row(item(minor), each) for each in (cleo, dan)} == {State.ACCEPTED}
    assert len(mails(room, CLEO)) == 1


def test_a_minor_change_of_tomorrow_is_told_before_it_happens(room: Flask, clock: Clock) -> None:
    clock.at("2026-11-23 15:00")
    cleo = reader(clock, CLEO, "immediate")
    facts = {"type": "format_or_layout", "materiality": "minor", "effect": {"date": "+1d"}}
    notice = approved(draft(now=clock(), **facts), now=clock())
    with unit():
        publish(notice, by=acting(ALICE), now=clock(), short_notice_reason="It was found late.",
                approved_by=member(HANA))  # fmt: skip
    minor = notice.reference
    drain(engine(room, clock))
    assert row(item(minor), cleo) is State.ACCEPTED
    assert digests() == []


def test_one_click_ends_what_brought_each_thing(room: Flask, clock: Clock) -> None:
    cleo = reader(clock, follows=("farming", "nature", "waste"))
    changes(clock)
    drain(engine(room, clock))
    clock.at("2026-11-23 10:30")
    drain(engine(room, clock))
    with unit():
        unsubscribe(digests()[0].id, cleo, now=clock())
    live = [s for s in person(cleo).subscriptions if s.ended_at is None]
    assert len(live) == 1  # waste: the digest told nothing of it


def test_what_somebody_was_sent_says_in_which_digest(room: Flask, clock: Clock) -> None:
    cleo = reader(clock)
    milk, _ = changes(clock)
    drain(engine(room, clock))
    waits = next(r for r in sent_to(cleo) if r["about"] == milk)
    assert (waits["state"], waits["why"]) == ("held", "follows Farming; waits for a digest")
    clock.at("2026-11-23 10:30")
    drain(engine(room, clock))
    told = next(r for r in sent_to(cleo) if r["about"] == milk)
    assert (told["state"], told["why"]) == (
        "accepted",
        "follows Farming; in the digest of 23 November 2026",
    )
    whole = next(r for r in sent_to(cleo) if r["kind"] == "digest")
    assert whole["why"] == "tells 2 things"


def test_a_digest_that_is_promised_follows_the_organisations_time(
    room: Flask, clock: Clock
) -> None:
    reader(clock)
    changes(clock)
    drain(engine(room, clock))
    with unit():
        house = catalogue.organisation()
        assert house is not None
        house.digest_time = time(16, 0)
    clock.at("2026-11-23 11:00")
    drain(engine(room, clock))
    assert digests() == []
    clock.at("2026-11-23 16:00")
    drain(engine(room, clock))
    assert [d.state for d in digests()] == ["done"]
