"""Figures and words of a Send that need no page: parts of the bar, the rate, its name."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from notifier.audience.receivers import Audience
from notifier.delivery.breakdown import Failure
from notifier.insight.sizes import AT_ONCE, Sizes
from notifier.sends.models import Send
from notifier.sends.rules import State
from notifier.web.staff.sends.failure_words import reasons
from notifier.web.staff.sends.live import shares, span, speed
from notifier.web.staff.sends.pace import Pace
from notifier.web.staff.sends.words import listed, stage_words
from tests import makers
from tests.makers import Clock


@given(st.lists(st.integers(0, 1_000_000), min_size=4, max_size=4))
def test_parts_add_up_to_the_whole_and_nobody_vanishes(counts: list[int]) -> None:
    found = shares(counts, sum(counts))
    assert sum(found) == (100 if any(counts) else 0)
    assert all((width > 0) == (count > 0) for width, count in zip(found, counts, strict=True))
    assert all(0 <= width <= 100 for width in found)


def one(clock: Clock, accepted: int) -> Send:
    send = Send(id=7, audience=1000, accepted=accepted, bounced=0, failed=0, skipped=0)
    send.frozen_at = clock() - timedelta(seconds=100)
    return send


def test_the_rate_is_that_of_the_last_minute_and_before_that_since_it_began() -> None:
    clock, pace = Clock(), Pace()
    assert pace.per_second(one(clock, 200), now=clock()) == 2.0
    start = clock() - timedelta(seconds=100)
    for accepted in (210, 220, 230, 240):
        clock.forward(seconds=1)
        send = one(clock, accepted)
        send.frozen_at = start
        rate = pace.per_second(send, now=clock())
    assert rate == 10.0
    clock.forward(minutes=5)  # nobody looked: what was seen before tells nothing
    send = one(clock, 240)
    send.frozen_at = start
    assert pace.per_second(send, now=clock()) == pytest.approx(240 / 404)


def test_a_counter_that_falls_begins_anew() -> None:
    """Who failed is tried again: the number of those who are known becomes smaller."""
    clock, pace = Clock(), Pace()
    pace.per_second(one(clock, 500), now=clock())
    clock.forward(seconds=10)
    assert pace.per_second(one(clock, 400), now=clock()) >= 0


def test_words_for_spans_speeds_and_stages() -> None:
    assert span(timedelta(seconds=76)) == "1 minute 16 seconds"
    assert span(timedelta(seconds=7200)) == "2 hours"
    assert span(timedelta(days=3, hours=2, minutes=9)) == "3 days 2 hours"
    assert span(timedelta(0)) == "1 second"
    assert speed(21.4) == "21 a second"
    assert speed(0.5) == "30 people a minute"
    assert stage_words("T-30") == "30 days to go"
    assert stage_words("T-1") == "1 day to go"
    assert stage_words("close-7") == "7 days left to comment"
    assert stage_words("no_such") == "no such"
    assert listed(["Air", "Water"]) == "Air or Water"
    assert listed(["A", "B", "C", "D", "E"]) == "A, B, C and 2 more"


def test_reasons_join_what_means_the_same() -> None:
    found = reasons(
        [
            Failure(State.BOUNCED, 550, "hard", "5.1.1", 3),
            Failure(State.BOUNCED, 550, "hard", "5.1.2", 2),
            Failure(State.BOUNCED, 552, "soft", "", 4),
            Failure(State.FAILED, 451, "", "", 1),
            Failure(State.FAILED, 0, "", "", 1),
        ]
    )
    assert [(each.people, each.title) for each in found] == [
        (5, "No such address"),
        (4, "Mailbox is full"),
        (1, "Not taken within three days"),
        (1, "We do not know"),
    ]
    assert found[0].said == ["550 5.1.1", "550 5.1.2"]


def test_sizes_are_counted_a_few_at_a_time_and_kept(room: Flask, clock: Clock) -> None:
    """What is too much for one page is counted by the next; nobody is counted at each look."""
    sizes = Sizes()
    audiences = [Audience(topics=[number]).as_dict() for number in range(1, 7)]
    makers.joins(now=clock(), follows=("food",))
    food = makers.topics("food")[0].id
    asked = [Audience(topics=[food]).as_dict(), *audiences, None]
    first = sizes.of(asked, now=clock())
    assert first[0] == 1
    assert first.count(None) == len({str(each) for each in asked}) - AT_ONCE
    second = sizes.of(asked, now=clock())
    assert second.count(None) == 1
    makers.joins("dan@example.org", now=clock(), follows=("food",))
    assert sizes.of(asked, now=clock())[0] == 1
    clock.forward(minutes=11)
    assert sizes.of(asked, now=clock())[0] == 2
