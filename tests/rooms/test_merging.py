"""A topic that ends takes its series, its promises and its people along, and nobody is doubled."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from notifier.audience import queries as people
from notifier.audience.importing import import_csv
from notifier.audience.merge import announce, carry_out, end_who_follow_nothing, may_be_done
from notifier.audience.models import Consent, Subscriber
from notifier.audience.pause import pause
from notifier.audience.receivers import Audience, about, count, receivers
from notifier.audience.why import reasons
from notifier.catalogue import merge
from notifier.catalogue import queries as catalogue
from notifier.catalogue.models import Topic
from notifier.errors import Refused
from notifier.notices.promises import replan
from notifier.sends.models import Send
from notifier.store.db import session, unit
from notifier.store.history import SYSTEM
from tests.makers import (
    ALICE,
    BOB,
    CLEO,
    DAN,
    HANA,
    Clock,
    acting,
    announced,
    asks,
    emissions,
    joins,
    london,
    member,
    pepper,
)

DAY = date(2026, 12, 7)  # two weeks after the tests' Monday


def goes(
    slug: str, into: str | None, clock: Clock, *, on: date | None = None, by: str = BOB
) -> Send:
    with unit():
        return announce(
            catalogue.topic(slug),
            into=catalogue.topic(into) if into else None,
            on=on,
            person=member(by),
            by=acting(by),
            now=clock(),
        )


def day_comes(slug: str, clock: Clock) -> None:
    clock.at("2026-12-07 00:05")
    with unit():
        assert [topic.slug for topic in merge.due(clock())] == [slug]
        carry_out(catalogue.topic(slug), now=clock())
    with unit():
        assert merge.due(clock()) == [], "once"


def a_topic(slug: str, parent: str | None = None) -> Topic:
    with unit():
        bit = max(topic.bit for topic in catalogue.topics()) + 1
        row = Topic(slug=slug, name=slug.title(), bit=bit, position=bit)
        row.parent = catalogue.topic(parent) if parent else None
        session.add(row)
    return catalogue.topic(slug)


def follows(email: str) -> list[str]:
    person = people.known(email)
    session.refresh(person)
    slugs = {topic.id: topic.slug for topic in catalogue.topics()}
    live = [s for s in person.subscriptions if s.ended_at is None]
    return sorted(slugs[s.topic_id] for s in live if s.topic_id)


def test_people_go_along_and_nobody_is_doubled(room: Flask, clock: Clock) -> None:
    joins(CLEO, now=clock(), follows=["air-quality", "food"])
    joins(DAN, now=clock(), follows=["air-quality", "waste"])
    paused = joins("eve@example.org", now=clock(), follows=["air-quality"])
    with unit():
        pause(paused, date(2027, 2, 1), now=clock())
    consents = [(c.wording_id, c.at) for c in session.scalars(select(Consent))]
    goes("air-quality", "waste", clock)
    assert follows(CLEO) == ["air-quality", "food"], "nothing before the day"
    day_comes("air-quality", clock)
    assert follows(CLEO) == ["food", "waste"]
    assert follows(DAN) == ["waste"]
    assert follows("eve@example.org") == ["waste"]
    session.expire_all()
    old = next(s for s in people.known(CLEO).subscriptions if s.ended_at is not None)
    assert (old.ended_at, old.end_reason) == (clock(), "merged into Waste and recycling")
    assert consents == [(c.wording_id, c.at) for c in session.scalars(select(Consent))]
    assert count(Audience(topics=[catalogue.topic("waste").id])) == 2
    series = catalogue.series("emissions-air-pollutants")
    assert [topic.slug for topic in series.topics] == ["waste"]
    assert count(about([series.id])) == 2


def test_what_is_promised_reaches_them_and_says_why(room: Flask, clock: Clock) -> None:
    joins(CLEO, now=clock(), follows=["air-quality"])
    notice = announced(emissions(), now=clock())
    goes("air-quality", "waste", clock)
    query = select(Send).where(Send.about == notice.reference, Send.stage == "T-30")
    frozen_at = clock()
    day_comes("air-quality", clock)
    person = people.known(CLEO).id
    audience = Audience.of(session.scalars(query).one().receivers or {})
    assert [row[0] for row in session.execute(receivers(audience))] == [person]
    assert reasons(audience, person, person, at=clock())[person] == (
        ("topic", "Waste and recycling"),
    )
    then = reasons(audience, person, person, at=frozen_at)[person]
    assert then == (("topic", "Air quality"),), "of a letter from before, why it came then"
    with unit():
        replan(notice, now=clock(), why="a test")
    assert Audience.of(session.scalars(query).one().receivers or {}).topics == [
        catalogue.topic("waste").id
    ]


def test_nobody_is_moved_before_they_are_told(room: Flask, clock: Clock) -> None:
    send = goes("air-quality", "waste", clock)
    assert not may_be_done(catalogue.topic("air-quality"))
    with unit():
        send.state = "sending"
    assert may_be_done(catalogue.topic("air-quality"))


def test_who_loses_something_is_told_and_nobody_else(room: Flask, clock: Clock) -> None:
    cleo = joins(CLEO, now=clock(), follows=["air-quality"])
    dan = joins(DAN, now=clock(), follows=["environment"])
    joins("eve@example.org", now=clock(), follows=["food", "waste"])

    def told(send: Send) -> set[int]:
        return {r[0] for r in session.execute(receivers(Audience.of(send.receivers or {})))}

    assert told(goes("air-quality", "waste", clock)) == {cleo.id}, "Environment keeps it"
    a_topic("climate")
    with unit():
        topic = catalogue.topic("air-quality")
        topic.retired_at = topic.merged_into_id = None
        session.query(Send).filter(Send.kind == "topic").delete()
    assert told(goes("air-quality", "climate", clock)) == {cleo.id, dan.id}


@pytest.mark.parametrize(
    ("slug", "into", "on", "words"),
    [
        ("waste", "waste", None, "into itself"),
        ("environment", "waste", None, "stands under Environment"),
        ("waste", "water", date(2026, 11, 29), "7 days ahead; choose 2026-11-30"),
        ("waste", "water", date(2027, 11, 30), "a year ahead at most"),
        ("waste", None, None, "stands under no other topic; merge"),
        ("environment", None, None, "stand under Environment; retire or merge those first"),
    ],
)
def test_what_would_leave_something_behind_is_refused(
    room: Flask, clock: Clock, slug: str, into: str | None, on: date | None, words: str
) -> None:
    with pytest.raises(Refused, match=words):
        goes(slug, into, clock, on=on)
    assert catalogue.topic(slug).retired_at is None
    assert session.scalars(select(Send).where(Send.kind == "topic")).first() is None


def test_who_may_and_what_goes_already(room: Flask, clock: Clock) -> None:
    with pytest.raises(Refused, match="may not end a topic"):
        goes("waste", "water", clock, by=ALICE)
    goes("waste", "water", clock, by=HANA)
    with pytest.raises(Refused, match="ends already, on 2026-12-07"):
        goes("waste", "air-quality", clock)
    with pytest.raises(Refused, match="Waste and recycling ends itself"):
        goes("air-quality", "waste", clock)
    with pytest.raises(Refused, match="becomes part of Water on 2026-12-07; wait"):
        goes("water", "air-quality", clock)


def test_a_retired_topic_leaves_who_followed_only_it(room: Flask, clock: Clock) -> None:
    topic = a_topic("odours", "environment")
    joins(CLEO, now=clock(), follows=["odours"])
    joins(DAN, now=clock(), follows=["odours", "waste"])
    friday = joins("eve@example.org", now=clock(), follows=["odours"])
    with unit():
        friday.week_ahead = True
    goes("odours", None, clock)
    day_comes("odours", clock)
    with unit():
        assert end_who_follow_nothing(topic, ended_at=clock(), now=clock()) == 1
        assert end_who_follow_nothing(topic, ended_at=clock(), now=clock()) == 0
    states = [people.known(e).state for e in (CLEO, DAN, "eve@example.org")]
    assert states == ["left", "active", "active"], "Friday's mail is still wanted"
    assert follows(DAN) == ["waste"]


def test_children_go_along(room: Flask, clock: Clock) -> None:
    a_topic("odours", "waste")
    goes("waste", "water", clock)
    day_comes("waste", clock)
    parent = catalogue.topic("odours").parent
    assert parent is not None
    assert parent.slug == "water"


def test_wishes_from_before_the_day_are_for_what_it_became(room: Flask, clock: Clock) -> None:
    goes("waste", "water", clock)
    a_topic("odours")
    goes("odours", None, clock)
    clock.at("2026-12-06 23:00")
    for email in (CLEO, DAN):
        asks(email, now=clock(), follows=["waste"] if email == CLEO else ["odours"])
    signups = {s.email: s.id for s in session.scalars(select(Subscriber))}
    assert len(signups) == 2
    clock.at("2026-12-07 00:05")
    with unit():
        for topic in merge.due(clock()):
            carry_out(topic, now=clock())
    joins(CLEO, now=clock(), follows=["waste"])
    assert follows(CLEO) == ["water"]
    with pytest.raises(Refused, match="no longer there; sign up again"):
        joins(DAN, now=clock(), follows=["odours"])
    rows = ["email,user_type,topics,confirmed_at", "f@example.org,academic,waste,2026-10-01"]
    rows.append("g@example.org,academic,odours,2026-10-01")
    with unit():
        report = import_csv(
            rows, filename="f", sha256="0", wording="W", by=SYSTEM, now=clock(), pepper=pepper()
        )
    assert (report.added, follows("f@example.org")) == (1, ["water"])
    assert report.refused == [(3, "there is no topic 'odours'")]


def test_chains_lead_to_the_last(room: Flask, clock: Clock) -> None:
    joins(CLEO, now=clock(), follows=["waste"])
    goes("waste", "water", clock)
    day_comes("waste", clock)
    goes("water", "air-quality", clock)
    assert merge.successor(catalogue.topic("waste"), clock()) == catalogue.topic("water")
    clock.at("2026-12-21 00:05")
    with unit():
        carry_out(catalogue.topic("water"), now=clock())
    assert merge.successor(catalogue.topic("waste"), clock()) == catalogue.topic("air-quality")
    assert follows(CLEO) == ["air-quality"]
    assert merge.last_day(catalogue.topic("waste")) == DAY
    assert catalogue.topic("waste").retired_at == london("2026-12-07 00:00")
