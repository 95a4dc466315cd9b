"""Who would hear of a notice is whom the receivers query finds, and what the freeze would hold."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from notifier.audience.kinds import DAILY, IMMEDIATE, WEEKLY
from notifier.audience.models import Reach
from notifier.audience.receivers import count, receivers
from notifier.audience.rules import variant_words
from notifier.catalogue import queries as catalogue
from notifier.catalogue.sight import Sight
from notifier.delivery.freeze import freeze
from notifier.insight import who_follows
from notifier.insight.reach import matrix
from notifier.insight.who_follows import Tables
from notifier.insight.who_hears import FEW, Hearers, hearing
from notifier.notices.as_public import as_public
from notifier.notices.models import ChangeNotice
from notifier.notices.promises import audience_of
from notifier.sends.models import Delivery
from notifier.sends.queries import calendar
from notifier.sends.rules import State
from notifier.store.db import session, unit
from tests import makers
from tests.makers import Clock, emissions
from tests.rooms.crowd import WORDS
from tests.staff.following import crowd, meant


@pytest.fixture
def notice(room: Flask, clock: Clock) -> ChangeNotice:
    crowd(400, now=clock())
    makers.joins("cleo@example.org", now=clock(), series=[emissions().series[0].slug], follows=())
    return emissions()


def heard(notice: ChangeNotice, clock: Clock) -> object:
    return hearing(as_public(notice, now=clock()), Hearers(), now=clock())


def test_the_counts_are_those_of_the_receivers_query(notice: ChangeNotice, clock: Clock) -> None:
    shown = as_public(notice, now=clock())
    found = hearing(shown, Hearers(), now=clock())
    audience = audience_of(shown, "announce")
    rows = session.execute(
        receivers(audience).with_only_columns(Reach.user_type_id, Reach.variant)
    ).all()
    assert found.counted.total == len(rows) == count(audience) > 50
    assert found.counted.user_types == Counter(kind for kind, _ in rows)
    assert found.counted.depths == Counter(variant_words(v)[0] for _, v in rows)
    assert found.counted.languages == Counter(variant_words(v)[1] for _, v in rows)
    assert sum(found.counted.rhythms.values()) == len(rows)
    # Who follows the series alone hears, and through no topic.
    topic = found.topics[0]
    assert found.counted.topics[topic.id] == len(rows) - 1


@pytest.mark.parametrize("days", [0, 7, 8])
def test_who_waits_for_a_digest_is_whom_the_freeze_holds(
    notice: ChangeNotice, clock: Clock, days: int
) -> None:
    """98 days ahead, 91 and 90: near the last day a digest would come too late."""
    clock.forward(days=days, hours=2 if days == 8 else 0)
    found = hearing(as_public(notice, now=clock()), Hearers(), now=clock())
    waits = sum(people for _, _, people in found.in_digest)
    at_once = found.at_once + sum(found.also_now.values())
    makers.announced(notice, now=clock())
    send = next(s for s in calendar(about=notice.reference) if s.stage == "announce")
    with unit():
        freeze(send, WORDS, now=clock())
    ledger = Counter(
        session.scalars(select(Delivery.state).where(Delivery.send_id == send.id)).all()
    )
    assert (at_once, waits) == (ledger[State.WAITING], ledger[State.HELD])
    if days == 0:
        assert set(dict.fromkeys(r for r, _, _ in found.in_digest)) == {DAILY, WEEKLY}
    if days == 8:
        assert found.also_now
        assert found.too_late[WEEKLY] > clock()


def test_a_minor_change_is_told_by_digest_alone(room: Flask, clock: Clock) -> None:
    crowd(60, now=clock())
    minor = makers.draft(now=clock(), materiality="minor", type="format_or_layout")
    found = hearing(as_public(minor, now=clock()), Hearers(), now=clock())
    assert found.only_digest
    assert found.at_once == 0
    assert sum(n for _, _, n in found.in_digest) == found.counted.total
    assert IMMEDIATE in {rhythm for rhythm, _, _ in found.in_digest}


def test_a_gap_is_who_it_is_meant_for_and_hardly_hears(notice: ChangeNotice, clock: Clock) -> None:
    meant(air_quality=("parliament", "student-teacher", "academic"))
    notice.what_to_do = []
    found = hearing(as_public(notice, now=clock()), Hearers(), now=clock())
    gaps = {gap.user_type.slug: gap.people for gap in found.gaps}
    assert gaps["student-teacher"] == 0
    assert gaps["parliament"] < FEW
    assert "academic" not in gaps


def test_counts_are_kept_for_ten_minutes(notice: ChangeNotice, clock: Clock) -> None:
    hearers = Hearers()
    before = hearing(as_public(notice, now=clock()), hearers, now=clock()).counted.total
    makers.joins("dan@example.org", now=clock())
    assert hearing(notice, hearers, now=clock()).counted.total == before
    clock.forward(minutes=10)
    assert hearing(notice, hearers, now=clock()).counted.total == before + 1


def test_the_table_is_the_one_that_is_counted_topic_by_topic(
    notice: ChangeNotice, clock: Clock
) -> None:
    topics = [topic for topic, _ in who_follows.in_order(clock())]
    assert topics == sorted(catalogue.topics(), key=topics.index)
    assert len(topics) == len(catalogue.topics())
    tables = Tables()
    table = tables.of(topics, now=clock())
    kinds = {kind.slug: kind.id for kind in catalogue.user_types()}
    by_slug = {topic.slug: topic.id for topic in topics}
    for row in matrix(now=clock()):
        for cell in row.cells:
            at = by_slug[row.topic], kinds[cell.user_type]
            assert table.cells.get(at, 0) == cell.now
    assert table.total == 401
    makers.joins("dan@example.org", now=clock())
    assert tables.of(topics, now=clock() + timedelta(minutes=9)) is table
    assert tables.of(topics, now=clock() + timedelta(minutes=10)).total == 402


def test_a_gap_names_what_they_would_miss_and_no_secret_of_another_team(
    notice: ChangeNotice, clock: Clock
) -> None:
    meant(air_quality=("student-teacher",))
    topics = [topic for topic, _ in who_follows.in_order(clock())]
    table = who_follows.count(topics, now=clock())
    team = notice.series[0].team_id
    (mine,) = who_follows.gaps(table, topics, Sight(frozenset({team})), now=clock())
    assert mine.next is not None
    assert (mine.next.title, mine.next.due) == (notice.headline, True)
    (other,) = who_follows.gaps(table, topics, Sight(frozenset({team + 1})), now=clock())
    assert other.next is not None
    assert other.next.title != notice.headline
