"""THE receivers query gives exactly the people whom a naive reading of the rows gives."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from notifier.audience.confirm import confirm
from notifier.audience.kinds import KINDS, MACHINES_ONLY, RHYTHMS, pack, unpack
from notifier.audience.leave import leave, leave_everything, stop_newsletters
from notifier.audience.models import NewsletterOptOut, Reach, Signup, Subscriber
from notifier.audience.pause import pause, resume
from notifier.audience.prefer import prefer
from notifier.audience.reach import repoint, sync
from notifier.audience.receivers import Audience, about, count, receivers
from notifier.audience.rules import MASKED_TOPICS, variant
from notifier.audience.subscribe import subscribe
from notifier.audience.suppress import suppress
from notifier.catalogue import queries as catalogue
from notifier.catalogue.models import Series, Team, Topic, UserType
from notifier.clock import london_date
from notifier.notices.models import ChangeNotice
from notifier.releases.models import Release
from notifier.store.db import session, unit
from tests.makers import DAN, WORDING, Clock, joins, pepper, topics

PEOPLE = 60


def naive(audience: Audience) -> set[tuple[int, int]]:
    """(subscriber_id, variant) by reading every row, as a sentence in English would have it."""
    parent = {t.id: t.parent_id for t in session.scalars(select(Topic))}
    wanted = set()
    for topic in audience.topics:
        step: int | None = topic
        while step is not None:
            wanted.add(step)
            step = None if audience.exact else parent[step]
    stopped = {
        row.subscriber_id
        for row in session.scalars(select(NewsletterOptOut))
        if row.team_id == audience.team_newsletter
    }
    found = set()
    for person in session.scalars(select(Subscriber)):
        follows = [s for s in person.subscriptions if s.ended_at is None]
        reached = (audience.week_ahead and person.week_ahead) or any(
            s.topic_id in wanted
            or s.series_id in audience.series
            or s.notice_id in audience.notices
            or s.release_id in audience.releases
            for s in follows
        )
        # What is followed by itself is wanted, whatever was turned off.
        alone = any(
            (s.notice_id and s.notice_id in audience.notices)
            or (s.release_id and s.release_id in audience.releases)
            for s in follows
        )
        if (
            person.state == "active"
            and reached
            and (not audience.kinds or alone or takes(person, audience))
            and (not audience.user_types or person.user_type_id in audience.user_types)
            and person.id not in stopped
        ):
            found.add((person.id, variant(person.reads, person.language)))
    return found


def takes(person: Subscriber, audience: Audience) -> bool:
    """Whether one of the audience's kinds is not turned off."""
    often, only_breaking = unpack(person.kinds), bool(person.kinds & MACHINES_ONLY)
    return any(
        often[kind] != "off"
        and not (kind == "change" and only_breaking and not audience.breaks_machines)
        for kind in audience.kinds
    )


def asked(audience: Audience) -> set[tuple[int, int]]:
    return {(row[0], row[1]) for row in session.execute(receivers(audience))}


def a_large_tree(dice: random.Random) -> None:
    """More topics than the masks hold, each under some other, and series under some of them."""
    with unit():
        bit = max(t.bit for t in catalogue.topics())
        known = catalogue.topics()
        for number in range(MASKED_TOPICS + 20 - bit):
            topic = Topic(
                slug=f"t{number}", name=f"T{number}", bit=bit + 1 + number, position=number
            )
            topic.parent = dice.choice([None, *known])
            session.add(topic)
            known.append(topic)
        session.flush()
        for one in session.scalars(select(Series)):
            one.topics = dice.sample(known, k=dice.randint(1, 3))
    assert max(t.bit for t in catalogue.topics()) > MASKED_TOPICS


def a_crowd(dice: random.Random, clock: Clock) -> None:
    """People whose histories differ: they join, change, leave, bounce, come back."""
    everything, series = catalogue.topics(), catalogue.all_series()
    changes = list(session.scalars(select(ChangeNotice.id)))
    editions = list(session.scalars(select(Release.id)))
    types, teams = catalogue.user_types(), list(session.scalars(select(Team)))
    with unit():
        for number in range(PEOPLE):
            email = f"p{number}@example.org"
            subscribe(
                email,
                topics=dice.sample(everything, k=dice.randint(1, 4)),
                series=dice.sample(series, k=dice.randint(0, 2)),
                notices=dice.sample(changes, k=dice.randint(0, 2)),
                releases=dice.sample(editions, k=dice.randint(0, 2)),
                user_type=dice.choice(types),
                wording=WORDING,
                now=clock(),
            )
            asked_for = select(Signup.id).order_by(Signup.id.desc()).limit(1)
            person = confirm(session.scalars(asked_for).one(), now=clock(), pepper=pepper())
            person.week_ahead = dice.random() < 0.3
            person.kinds = pack(
                {kind: dice.choice(RHYTHMS) for kind in KINDS}, machines_only=dice.random() < 0.4
            )
            sync(person)
            fate = dice.randint(0, 9)
            if fate == 0:
                leave_everything(person, now=clock())
            elif fate == 1:
                leave(person, person.subscriptions[:1], now=clock(), reason="one click")
            elif fate == 2:
                suppress(person, reason="hard_bounce", now=clock(), pepper=pepper())
            elif fate == 3:
                stop_newsletters(person, dice.choice(teams).id, now=clock())
            elif fate == 4:
                prefer(
                    person,
                    topics=dice.sample(everything, k=3),
                    user_type=dice.choice(types),
                    depth=dice.choice([None, "headline", "technical"]),
                    language=dice.choice(["en", "cy", "both"]),
                    week_ahead=dice.choice([None, True, False]),
                    drops=[s for s in person.subscriptions if s.topic_id is None][::2],
                    now=clock(),
                )
            elif fate in (5, 6):
                pause(person, london_date(clock()) + timedelta(days=fate), now=clock())
                if fate == 6:
                    resume(person, now=clock())


def an_audience(dice: random.Random) -> Audience:
    def some(rows: list[int], most: int) -> list[int]:
        return sorted(dice.sample(rows, k=dice.randint(0, most)))

    return Audience(
        topics=some([t.id for t in catalogue.topics()], 4),
        series=some([s.id for s in catalogue.all_series()], 3),
        user_types=some(list(session.scalars(select(UserType.id))), 5)
        if dice.random() < 0.4
        else [],
        team_newsletter=dice.choice(list(session.scalars(select(Team.id))))
        if dice.random() < 0.4
        else None,
        notices=some(list(session.scalars(select(ChangeNotice.id))), 2),
        releases=some(list(session.scalars(select(Release.id))), 2),
        week_ahead=dice.random() < 0.2,
        exact=dice.random() < 0.3,
        kinds=dice.sample(KINDS, k=dice.randint(0, 2)),
        breaks_machines=dice.random() < 0.3,
    )


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_query_equals_the_naive_filter(room: Flask, clock: Clock, seed: int) -> None:
    dice = random.Random(seed)
    a_large_tree(dice)
    a_crowd(dice, clock)
    sizes = set()
    for _ in range(40):
        audience = an_audience(dice)
        found = asked(audience)
        assert found == naive(audience), audience
        assert count(audience) == len(found)
        sizes.add(len(found))
    assert len(sizes) > 10  # it is not all or nothing


def test_a_topic_that_goes_leaves_the_row_of_each_person_true(room: Flask, clock: Clock) -> None:
    """Also where one bit lies in another mask than the other, or in none."""
    dice = random.Random(7)
    a_large_tree(dice)
    a_crowd(dice, clock)
    by_bit = {topic.bit: topic for topic in catalogue.topics()}
    for old, new in ((3, 5), (4, 70), (71, 6), (72, 130), (131, 8), (9, None), (132, None)):
        with unit():
            repoint(by_bit[old], by_bit.get(new or -1), now=clock(), reason="a test")
        kept = {row.subscriber_id: (row.t0, row.t1) for row in session.scalars(select(Reach))}
        with unit():
            for person in session.scalars(select(Subscriber)):
                sync(person)
        session.expire_all()
        assert kept == {r.subscriber_id: (r.t0, r.t1) for r in session.scalars(select(Reach))}
        for person in session.scalars(select(Subscriber)):
            follows = [
                s.topic_id for s in person.subscriptions if s.ended_at is None and s.topic_id
            ]
            assert len(follows) == len(set(follows)), "never doubled"
            assert by_bit[old].id not in follows


def test_what_nobody_asks_for_costs_nothing(room: Flask) -> None:
    """Without single notices, releases and Friday's mail the query is what it was."""
    asked = str(receivers(about([catalogue.series("wild-birds").id])))
    for word in ("notice_id", "release_id", "week_ahead", "delivery", "send"):
        assert word not in asked


def test_beyond_the_masks_a_topic_is_still_found(room: Flask, clock: Clock) -> None:
    a_large_tree(random.Random(9))
    last = max(catalogue.topics(), key=lambda t: t.bit)
    person = joins(now=clock(), follows=[last.slug])
    joins(DAN, now=clock(), follows=["food"])
    reach = session.get_one(Reach, person.id)
    assert (reach.t0, reach.t1) == (0, 0)
    assert {row[0] for row in asked(Audience(topics=[last.id]))} == {person.id}


def test_the_highest_bits_of_both_masks_fit(room: Flask, clock: Clock) -> None:
    for bit in (62, 63, 125, 126):
        slug = f"bit-{bit}"
        with unit():
            session.add(Topic(slug=slug, name=slug, bit=bit, position=bit))
        person = joins(f"{slug}@example.org", now=clock(), follows=[slug])
        assert {r[0] for r in asked(Audience(topics=[topics(slug)[0].id]))} == {person.id}


def test_who_follows_environment_gets_what_concerns_air(room: Flask, clock: Clock) -> None:
    cleo = joins(now=clock(), follows=["environment"])
    dan = joins(DAN, now=clock(), follows=["air-quality"])
    air, above = (t.id for t in topics("air-quality", "environment"))
    assert {r[0] for r in asked(Audience(topics=[air]))} == {cleo.id, dan.id}
    assert {r[0] for r in asked(Audience(topics=[above]))} == {cleo.id}


def test_an_audience_of_nothing_reaches_nobody(room: Flask, clock: Clock) -> None:
    joins(now=clock())
    assert count(Audience()) == 0
    assert count(Audience(user_types=[catalogue.user_type("academic").id])) == 0


def test_an_audience_survives_being_kept_as_json(room: Flask) -> None:
    series = catalogue.series("emissions-air-pollutants")
    audience = about([series.id, series.id])
    assert audience.topics == [topics("air-quality")[0].id]
    assert Audience.of(audience.as_dict()) == audience


def test_the_reach_row_follows_the_user_types_depth(room: Flask, clock: Clock) -> None:
    person = joins(now=clock(), user_type="media")
    with unit():
        session.execute(update(UserType).where(UserType.slug == "media").values(depth="technical"))
        session.expire_all()
        sync(person)
    assert session.get_one(Reach, person.id).variant == variant("technical", "en")
