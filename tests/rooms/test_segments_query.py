"""A segment reaches exactly the people whom a naive reading of every row gives."""

from __future__ import annotations

import random
from datetime import UTC, date, timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from sqlalchemy import event, select

from notifier.audience.acknowledge import acknowledge
from notifier.audience.kinds import KINDS, MACHINES_ONLY, RHYTHMS, pack, unpack
from notifier.audience.leave import leave_everything
from notifier.audience.merge import carry_out
from notifier.audience.models import Acknowledgement, Subscriber
from notifier.audience.pause import pause
from notifier.audience.reach import sync
from notifier.audience.receivers import Audience, count, receivers
from notifier.audience.rules import TAKES_PART, variant
from notifier.audience.segments_preview import overlap, preview
from notifier.audience.segments_read import read
from notifier.catalogue import queries as catalogue
from notifier.catalogue.merge import announce
from notifier.catalogue.models import Topic
from notifier.catalogue.rules import DEPTHS, LANGUAGES
from notifier.clock import london_date
from notifier.sends.models import Delivery, Send
from notifier.sends.plan import plan
from notifier.sends.rules import State
from notifier.store.db import db, session, unit
from notifier.store.history import SYSTEM
from tests.filters import ABOUT, FILTERS, ORGANISATIONS, SERIES, STAGES, TOPICS, TYPES
from tests.makers import CLEO, DAN, Clock, joins, topics

PEOPLE = 40


def a_crowd(clock: Clock) -> None:
    """People of every sort, some of whom left or pause, and what they were sent and ticked off."""
    dice = random.Random(5)
    for number in range(PEOPLE):
        clock.at(f"2026-11-{19 + number % 9} 00:30")
        person = joins(
            f"p{number}@example.org",
            now=clock(),
            follows=dice.sample(TOPICS, k=dice.randint(1, 3)),
            series=dice.sample(SERIES, k=dice.randint(0, 2)),
            user_type=dice.choice(TYPES),
            language=dice.choice(LANGUAGES),
        )
        with unit():
            person.depth = dice.choice([None, *DEPTHS])
            person.kinds = pack(
                {kind: dice.choice(RHYTHMS) for kind in KINDS}, machines_only=dice.random() < 0.3
            )
            person.organisation = dice.choice(["", "Elsewhere", *ORGANISATIONS])
            person.takes_part = dice.randrange(1 << len(TAKES_PART))
            for about in ABOUT:
                if dice.random() < 0.3:
                    acknowledge(person, about, now=clock())
            if dice.random() < 0.1:
                leave_everything(person, now=clock())
            elif dice.random() < 0.1:
                pause(person, london_date(clock()) + timedelta(days=9), now=clock())
            sync(person)
    a_ledger(dice, clock)


def a_ledger(dice: random.Random, clock: Clock) -> None:
    with unit():
        for about in ABOUT:
            for stage in STAGES:
                send = plan("notice", about, stage=stage, due_at=clock(), now=clock(), receivers={})
                for person in session.scalars(select(Subscriber)):
                    if dice.random() < 0.7:
                        session.add(a_row(send, person, dice.choice(list(State))))
        one = session.scalars(select(Subscriber)).first()
        assert one is not None
        alone = plan(
            "one", ABOUT[1], stage="T-30", due_at=clock(), now=clock(), subscriber_id=one.id
        )
        alone.accepted = 1


def a_row(send: Send, person: Subscriber, state: State) -> Delivery:
    return Delivery(
        send_id=send.id, subscriber_id=person.id, variant=0, state=int(state), at=0, code=0, tries=1
    )


def naive(found: dict[str, Any], person: Subscriber) -> bool:
    """The filter as a sentence in English would have it."""
    word, value = next(iter(found.items()))
    if word == "and":
        return all(naive(each, person) for each in value)
    if word == "or":
        return any(naive(each, person) for each in value)
    if word in ("not", "exclude"):
        return not naive(value, person)
    return naive_leaf(word, value, found, person)


def naive_leaf(word: str, value: Any, found: dict[str, Any], person: Subscriber) -> bool:
    follows = [s for s in person.subscriptions if s.ended_at is None]
    rhythm = unpack(person.kinds)
    joined = (person.confirmed_at or person.created_at).astimezone(UTC).date()
    if word == "topic":
        return bool({s.topic_id for s in follows} & naive_topics(value, found))
    if word == "series":
        series = catalogue.series(value)
        above = {id_ for t in series.topics for id_ in naive_topics(t.slug, {"above": True})}
        wanted = above if found.get("above") else set()
        return any(s.series_id == series.id or s.topic_id in wanted for s in follows)
    if word == "wants":
        breaks = value == "machine_breaking"
        kind = "change" if breaks else value
        narrow = kind == "change" and not breaks and person.kinds & MACHINES_ONLY
        return rhythm[kind] != "off" and not narrow
    if word == "got":
        return any(
            send.stage == found.get("stage", send.stage)
            for send in session.scalars(select(Send).where(Send.about == value))
            if (send.subscriber_id == person.id and send.accepted)
            or (
                (row := session.get(Delivery, (send.id, person.id))) and row.state == State.ACCEPTED
            )
        )
    return {
        "everyone": lambda: True,
        "user_type": lambda: person.user_type.slug == value,
        "depth": lambda: person.reads == value,
        "language": lambda: person.language == value,
        "frequency": lambda: rhythm[found["kind"]] == value,
        "organisation": lambda: person.organisation.lower() == value.lower(),
        "joined_before": lambda: joined < date.fromisoformat(value),
        "joined_after": lambda: joined > date.fromisoformat(value),
        "takes_part": lambda: bool(person.takes_part & 1 << TAKES_PART.index(value)),
        "acknowledged": lambda: session.get(Acknowledgement, (value, person.id)) is not None,
    }[word]()


def naive_topics(slug: str, found: dict[str, Any]) -> set[int]:
    topic = catalogue.topic(slug)
    wanted, step = {topic.id}, topic
    while found.get("above") and step.parent is not None:
        step = step.parent
        wanted.add(step.id)
    below = [topic] if found.get("subtopics") else []
    while below:
        wanted.add(below[0].id)
        below += below.pop(0).children
    return wanted


def asked(audience: Audience) -> set[tuple[int, int]]:
    return {(row[0], row[1]) for row in session.execute(receivers(audience))}


def test_the_query_is_the_naive_filter(room: Flask, clock: Clock) -> None:
    a_crowd(clock)
    people = list(session.scalars(select(Subscriber)))
    waste = catalogue.topic("waste")
    above = naive_topics("waste", {"above": True})
    seen = []
    follow = {
        person.id
        for person in people
        for each in person.subscriptions
        if each.ended_at is None and each.topic_id in above
    }

    @given(FILTERS)
    @settings(max_examples=150, suppress_health_check=list(HealthCheck))
    def holds(data: dict[str, Any]) -> None:
        found = read(data)
        active = [each for each in people if each.state == "active"]
        wanted = {(p.id, variant(p.reads, p.language)) for p in active if naive(found, p)}
        assert asked(Audience(segment=found)) == wanted
        assert asked(Audience(everyone=True, segment=found)) == wanted
        narrowed = asked(Audience(topics=[waste.id], segment=found))
        assert narrowed == {each for each in wanted if each[0] in follow}
        seen.append(len(wanted))

    holds()
    assert len(set(seen)) > 15, "neither always nobody nor always everybody"


def test_a_preview_adds_up_and_hides_addresses(room: Flask, clock: Clock) -> None:
    a_crowd(clock)
    found = read({"or": [{"user_type": "academic"}, {"topic": "waste"}]})
    people = [
        each
        for each in session.scalars(select(Subscriber))
        if each.state == "active" and naive(found, each)
    ]
    seen = preview(found)
    assert (
        seen.people == len(people) == sum(seen.user_types.values()) == sum(seen.languages.values())
    )
    for slug in TOPICS:
        topic = catalogue.topic(slug)
        following = [p for p in people if naive({"topic": slug}, p)]
        assert seen.topics.get(topic.name, 0) == len(following)
    assert list(seen.user_types.values()) == sorted(seen.user_types.values(), reverse=True)
    assert len(seen.sample) == 5
    assert {each.address for each in seen.sample} == {"p…@example.org"}
    assert seen == preview(found), "the same people for the same question"


def test_an_overlap_adds_up(room: Flask, clock: Clock) -> None:
    a_crowd(clock)
    one, other = read({"topic": "waste"}), read({"topic": "environment", "subtopics": True})
    found = overlap(one, other)
    assert found.both == count(Audience(segment=one)) > 0
    assert (found.only_first, found.both + found.only_second) == (
        0,
        count(Audience(segment=other)),
    )


def test_a_topic_beyond_the_masks_is_found_and_counted(room: Flask, clock: Clock) -> None:
    with unit():
        session.add(Topic(slug="far", name="Far", bit=200, position=99))
    cleo = joins(CLEO, now=clock(), follows=["far"])
    joins(DAN, now=clock(), follows=["waste"])
    found = read({"topic": "far"})
    assert {each[0] for each in asked(Audience(segment=found))} == {cleo.id}
    assert preview(found).topics == {"Far": 1}
    assert count(Audience(segment=read({"not": {"topic": "far"}}))) == 1


def test_what_is_no_longer_there_means_nobody(room: Flask, clock: Clock) -> None:
    """A frozen filter outlives what it names; nobody is told by mistake."""
    joins(now=clock())
    for gone in ({"topic": "gone"}, {"series": "gone"}, {"user_type": "gone"}, {"got": "X-1"}):
        assert count(Audience(segment=read(gone))) == 0


def test_old_sends_load_and_new_ones_keep_their_filter(room: Flask) -> None:
    old = Audience(topics=[1]).as_dict()
    for new in ("segment", "everyone"):
        del old[new]
    assert Audience.of(old) == Audience(topics=[1])
    found = Audience(segment=read({"topic": "waste"}))
    assert Audience.of(found.as_dict()) == found


@pytest.mark.parametrize("kind", ["postgresql"], indirect=True)
def test_postgresql_never_reads_a_large_set_for_each_person(room: Flask, clock: Clock) -> None:
    """An IN beside an OR is a scan of all its rows per person once they do not fit in work_mem."""
    joins(now=clock())
    a_ledger(random.Random(1), clock)
    hard = read(
        {"or": [{"topic": "waste"}, {"got": ABOUT[0]}, {"not": {"acknowledged": ABOUT[0]}}]}
    )
    said: list[str] = []

    def keep(_: Any, __: Any, statement: str, *___: Any) -> None:
        said.append(statement)

    event.listen(db.engine, "before_cursor_execute", keep)
    try:
        count(Audience(segment=hard))
    finally:
        event.remove(db.engine, "before_cursor_execute", keep)
    assert said[-1].count("EXISTS") == 2
    assert "subscriber_id IN (SELECT delivery" not in said[-1]


def test_a_merged_topic_means_its_successor(room: Flask, clock: Clock) -> None:
    person = joins(now=clock(), follows=["waste"])
    waste, water = topics("waste", "water")
    found = Audience(segment=read({"topic": "waste"}))
    with unit():
        announce(waste, into=water, on=None, by=SYSTEM, now=clock())
    assert {each[0] for each in asked(found)} == {person.id}, "not before its day"
    clock.forward(days=15)
    with unit():
        carry_out(waste, now=clock())
    assert {each[0] for each in asked(found)} == {person.id}
