"""Each stage goes to exactly the people who match at its instant, less those who said "got it"."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from notifier.audience.acknowledge import acknowledge
from notifier.audience.confirm import confirm
from notifier.audience.leave import leave, leave_everything
from notifier.audience.models import Acknowledgement, Signup, Subscriber
from notifier.audience.pause import pause, resume
from notifier.audience.prefer import prefer
from notifier.audience.subscribe import subscribe
from notifier.audience.suppress import suppress
from notifier.catalogue import queries as catalogue
from notifier.catalogue.models import Topic
from notifier.clock import london_date, working_day_after
from notifier.notices import follow, out
from notifier.notices.end import cancel, close
from notifier.notices.learn import know_impact
from notifier.notices.models import ChangeNotice
from notifier.releases.dated import exact
from notifier.sends.carry import carrier_of
from notifier.sends.models import Delivery, Send
from notifier.sends.queries import calendar
from notifier.sends.rules import TOLD
from notifier.store.db import session, unit
from notifier.worker.drain import drain
from notifier.worker.engine import Engine
from tests.makers import (
    ALICE,
    HANA,
    WORDING,
    Clock,
    acting,
    announced,
    decided,
    emissions,
    engine,
    member,
    pepper,
)

PEOPLE = 16
REASON = "Quality assurance needs more time."
EVERYBODY = ("announce", "T0")  # of a notice; "got it" does not stop these
# Nor these, which also go to who got an earlier one.
ALSO_EARLIER = ("impact", "outcome", "moved", "cancelled")


class Crowd:
    """People whose wishes change between any two stages, and the naive reading of them."""

    def __init__(self, seed: int, engine: Engine, clock: Clock) -> None:
        self.dice, self.engine, self.clock = random.Random(seed), engine, clock
        self.reference = emissions().reference
        with unit():
            for number in range(PEOPLE):
                self.joins(f"p{number}@example.org")

    @property
    def notice(self) -> ChangeNotice:
        query = select(ChangeNotice).where(ChangeNotice.reference == self.reference)
        return session.scalars(query).one()

    def joins(self, email: str) -> Subscriber:
        near = ["air-quality", "environment", "waste", "food", "nature"]
        subscribe(
            email,
            topics=catalogue.topics_named(self.dice.sample(near, k=self.dice.randint(1, 2))),
            series=self.dice.choice([[], [], [catalogue.series("emissions-air-pollutants")]]),
            user_type=self.dice.choice(catalogue.user_types()),
            wording=WORDING,
            now=self.clock(),
        )
        asked_for = select(Signup.id).order_by(Signup.id.desc()).limit(1)
        return confirm(session.scalars(asked_for).one(), now=self.clock(), pepper=pepper())

    def stirs(self) -> None:
        """A few say "got it", leave, bounce, take a break, come back or join."""
        now = self.clock.forward(minutes=7)
        later = working_day_after(london_date(now) + timedelta(days=200))
        with unit():
            for person in session.scalars(select(Subscriber).order_by(Subscriber.id)):
                fate = self.dice.randint(0, 14)
                if fate <= 2 and person.state == "active":
                    acknowledge(person, self.reference, now=now)
                elif fate == 3 and person.state in ("active", "paused"):
                    leave_everything(person, now=now)
                elif fate == 4 and person.state == "active":
                    leave(person, person.subscriptions[-1:], now=now, reason="one click")
                elif fate == 5 and person.state == "active" and person.id % 2:
                    suppress(person, reason="hard_bounce", now=now, pepper=pepper())
                elif fate == 6 and person.state == "active":
                    pause(person, later, now=now)
                elif fate == 7 and person.state == "paused":
                    resume(person, now=now)
                elif fate == 8 and person.state == "left":
                    self.joins(str(person.email))
            self.joins(f"late{self.dice.random()}@example.org")

    def follow_it(self) -> set[int]:
        """Who is active and follows the series, or a topic at or above it."""
        wanted, series = self.what_brings_it()
        return {
            person.id
            for person in session.scalars(select(Subscriber).where(Subscriber.state == "active"))
            for one in person.subscriptions
            if one.ended_at is None and (one.topic_id in wanted or one.series_id in series)
        }

    def what_brings_it(self) -> tuple[set[int], set[int]]:
        """Ids of the topics and of the series whose followers are told."""
        parent = {t.id: t.parent_id for t in session.scalars(select(Topic))}
        wanted, series = set(), {s.id for s in self.notice.series}
        for topic in {t.id for s in self.notice.series for t in s.topics}:
            step: int | None = topic
            while step is not None:
                wanted.add(step)
                step = parent[step]
        return wanted, series

    def have_got_one(self) -> set[int]:
        """Who is active, was told of it before, and did not press the link of a letter about it."""
        sends = [s for s in calendar(about=self.reference) if s.frozen_at is not None]
        ids = [carrier_of(s) or s.id for s in sends]
        rows = select(Delivery.subscriber_id).where(
            Delivery.send_id.in_(ids), Delivery.state.in_(TOLD)
        )
        active = set(session.scalars(select(Subscriber.id).where(Subscriber.state == "active")))
        alone = {s.subscriber_id for s in sends if s.subscriber_id is not None and s.accepted}
        return ((set(session.scalars(rows)) | alone) & active) - self.unsubscribed()

    def unsubscribed(self) -> set[int]:
        wanted, series = self.what_brings_it()
        return {
            person.id
            for person in session.scalars(select(Subscriber))
            for one in person.subscriptions
            if one.end_reason == "one click" and (one.topic_id in wanted or one.series_id in series)
        }

    def expected(self, stage: str) -> set[int]:
        if stage in EVERYBODY:
            return self.follow_it()
        if stage in ALSO_EARLIER:
            return self.follow_it() | self.have_got_one()
        done = select(Acknowledgement.subscriber_id).where(Acknowledgement.about == self.reference)
        return self.follow_it() - set(session.scalars(done))

    def hears(self, stage: str, *, about: str = "") -> set[int]:
        """Drain at this instant: the ledger of the stage holds the expected people, no others."""
        expected = self.expected(stage)
        drain(self.engine)
        session.expire_all()
        send: Send = [s for s in calendar(about=about or self.reference) if s.stage == stage][-1]
        assert send.frozen_at is not None, (stage, send.state, send.end_reason)
        ledger = select(Delivery).where(Delivery.send_id == (carrier_of(send) or send.id))
        found = {row.subscriber_id: row.state for row in session.scalars(ledger)}
        assert set(found) == expected, stage
        assert set(found.values()) <= {1}, "everybody on the ledger was handed over for"
        assert (send.audience, send.accepted) == (len(expected), len(expected))
        return expected

    def at(self, stage: str) -> set[int]:
        """Go to the instant of a planned stage and let it out."""
        (send,) = (s for s in calendar(about=self.reference, state="planned") if s.stage == stage)
        self.clock.instant = send.due_at
        return self.hears(stage)


@pytest.fixture(params=[1, 2])
def crowd(room: Flask, clock: Clock, request: pytest.FixtureRequest) -> Crowd:
    """A change of class A is announced to a crowd, and T-90 has gone out."""
    crowd = Crowd(request.param, engine(room, clock), clock)
    announced(emissions(), now=clock())
    assert len(crowd.hears("announce")) > PEOPLE / 5
    crowd.stirs()
    crowd.at("T-90")
    crowd.stirs()
    return crowd


def test_from_the_first_word_to_the_outcome(crowd: Crowd, clock: Clock) -> None:
    clock.at("2026-12-14 11:00")
    with unit():
        impact = {"known": "yes", "text": "Emissions fall by 11%."}
        know_impact(crowd.notice, impact, by=acting(ALICE), now=clock())
    told = crowd.hears("impact")
    done = set(session.scalars(select(Acknowledgement.subscriber_id)))
    assert told & done, "who said got it hears the size all the same"
    crowd.stirs()
    assert not crowd.at("T-30") & set(session.scalars(select(Acknowledgement.subscriber_id)))
    crowd.stirs()
    release = crowd.notice.effect_release
    assert release is not None
    release_id = release.id
    with unit():
        follow.move(
            release,
            exact(working_day_after(london_date(clock()) + timedelta(days=70))),
            decided(REASON),
            by=acting(ALICE),
            now=clock(),
        )
    crowd.hears("moved", about=f"release:{release_id}")
    crowd.stirs()
    crowd.at("T-7")
    crowd.stirs()
    release = crowd.notice.effect_release
    assert release is not None
    assert release.at is not None
    clock.instant = release.at
    with unit():
        out.publish(release, person=member(ALICE), by=acting(ALICE), now=clock())
    told = crowd.hears("T0")
    assert told & set(session.scalars(select(Acknowledgement.subscriber_id)))
    crowd.stirs()
    crowd.at("T+30")
    crowd.stirs()
    with unit():
        word, text = "implemented_as_announced", "Emissions fell by 11%."
        close(crowd.notice, outcome=word, text=text, by=acting(ALICE), now=clock())
    crowd.hears("outcome")


def test_a_change_that_will_not_happen(crowd: Crowd, clock: Clock) -> None:
    with unit():
        turned = session.get_one(Subscriber, min(crowd.have_got_one() & crowd.follow_it()))
        prefer(
            turned,
            topics=catalogue.topics_named(["nature"]),
            user_type=turned.user_type,
            depth=None,
            language="en",
            drops=[s for s in turned.subscriptions if s.topic_id is None],
            now=clock(),
        )
        turned_id = turned.id
    with unit():
        cancel(
            crowd.notice,
            reason="The survey was stopped.",
            person=member(ALICE),
            approved_by=member(HANA),
            by=acting(ALICE),
            now=clock(),
        )
    told = crowd.hears("cancelled")
    assert told & set(session.scalars(select(Acknowledgement.subscriber_id)))
    assert turned_id in told - crowd.follow_it(), "who turned to other topics hears it too"
    assert calendar(about=crowd.reference, state="planned") == []
