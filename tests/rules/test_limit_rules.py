"""How many messages may go: buckets fill by time alone, halve on a complaint, and recover."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.delivery import limits_rules as rules
from notifier.delivery.classify import slows
from notifier.delivery.limits_rules import Heard, WarmUp, fresh
from notifier.delivery.rules import GIVE_UP_AFTER
from notifier.errors import Refused
from notifier.settings import load, per_second

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)


def after(**length: float) -> datetime:
    return NOW + timedelta(**length)


def test_a_bucket_gives_what_it_holds_and_then_its_rate() -> None:
    bucket = fresh(10.0, NOW)
    first, bucket = rules.take(bucket, 500, NOW)
    assert first == 60  # six seconds' worth
    assert rules.take(bucket, 1, NOW)[0] == 0
    later, bucket = rules.take(bucket, 500, after(seconds=2.55))
    assert later == 25
    rested, _ = rules.take(bucket, 500, after(hours=3))
    assert rested == 60


def test_a_slow_bucket_gives_one_at_a_time() -> None:
    bucket = fresh(per_second("2/h"), NOW)
    got, bucket = rules.take(bucket, 5, NOW)
    assert got == 1
    assert rules.ready(bucket, 5, NOW) == after(minutes=30)
    assert rules.room(bucket, after(minutes=29, seconds=59)) == 0
    assert rules.room(bucket, after(minutes=30)) == 1


@given(st.lists(st.tuples(st.floats(0, 30), st.integers(0, 400)), max_size=40))
def test_never_more_than_the_rate_and_one_rest(asked: list[tuple[float, int]]) -> None:
    bucket, now, granted = fresh(10.0, NOW), NOW, 0
    for seconds, wanted in asked:
        now += timedelta(seconds=seconds)
        got, bucket = rules.take(bucket, wanted, now)
        granted += got
        assert granted <= rules.holds(10.0) + 10.0 * (now - NOW).total_seconds() + 1e-3


@given(st.floats(1, 10**6), st.integers(0, 60))
def test_a_clock_that_jumps_back_gives_no_burst_and_no_lock(seconds: float, used: int) -> None:
    _, bucket = rules.take(fresh(10.0, NOW), used, NOW)
    back = NOW - timedelta(seconds=seconds)
    assert rules.room(bucket, back) <= 60 - used
    _, bucket = rules.take(bucket, 60 - used, back)
    assert rules.room(bucket, back) == 0
    assert rules.room(bucket, back + rules.SILENCE + timedelta(seconds=1)) >= 10
    slowed = rules.slowed(fresh(10.0, NOW), NOW, silent=True)
    _, slowed = rules.take(slowed, 0, back)  # somebody looks: what lies far ahead is brought back
    assert rules.room(slowed, back + timedelta(seconds=32)) >= 5
    assert rules.steps(slowed, back + rules.STEP) == 0


def test_a_complaint_halves_once_in_half_a_minute() -> None:
    bucket = rules.slowed(fresh(10.0, NOW), NOW, silent=False)
    assert rules.rate(bucket, NOW) == 5.0
    bucket = rules.slowed(bucket, after(seconds=29), silent=False)
    assert rules.rate(bucket, after(seconds=29)) == 5.0
    bucket = rules.slowed(bucket, after(seconds=30), silent=False)
    assert rules.rate(bucket, after(seconds=30)) == 2.5


def test_the_rate_doubles_each_ten_quiet_minutes() -> None:
    bucket = fresh(8.0, NOW)
    for minutes in (0, 1, 2):
        bucket = rules.slowed(bucket, after(minutes=minutes), silent=False)
    rates = [rules.rate(bucket, after(minutes=m)) for m in (2, 11.99, 12, 22, 32, 500)]
    assert rates == [1.0, 1.0, 2.0, 4.0, 8.0, 8.0]
    bucket = rules.slowed(bucket, after(minutes=13), silent=False)
    assert rules.rate(bucket, after(minutes=13)) == 1.0  # from where it had come to
    assert rules.rate(bucket, after(minutes=23)) == 2.0


def test_however_often_it_complains_one_a_minute_is_tried() -> None:
    bucket, now = fresh(1000.0, NOW), NOW
    for _ in range(60):
        bucket, now = rules.slowed(bucket, now, silent=True), now + timedelta(seconds=30)
    assert rules.rate(bucket, now) == rules.SLOWEST
    assert bucket.halvings <= 17
    slow = rules.slowed(fresh(per_second("2/day"), NOW), NOW, silent=False)
    assert rules.rate(slow, NOW) == per_second("2/day")  # a limit is never exceeded for it


def test_where_nothing_got_through_there_is_silence_first() -> None:
    bucket = rules.slowed(fresh(10.0, NOW), NOW, silent=True)
    assert rules.room(bucket, after(seconds=30)) == 0
    assert rules.room(bucket, after(seconds=31)) == 5
    assert rules.ready(bucket, 1, NOW) == after(seconds=30.2)


def test_who_is_put_off_comes_one_behind_the_other() -> None:
    _, bucket = rules.take(fresh(10.0, NOW), 500, NOW)
    first, bucket = rules.slots(bucket, 3, NOW)
    assert first == [after(seconds=s) for s in (0.1, 0.2, 0.3)]
    second, bucket = rules.slots(bucket, 2, NOW)
    assert second == [after(seconds=s) for s in (0.4, 0.5)]
    many, bucket = rules.slots(bucket, 20_000, NOW)
    assert all(at <= NOW + rules.LONGEST for at in many)
    assert len(set(many)) > 19_000  # not all at one instant
    assert bucket.line_until == NOW + rules.LONGEST
    _, bucket = rules.take(bucket, 1, after(minutes=5))  # nobody asked: nobody waits in line
    assert rules.slots(bucket, 1, after(minutes=5))[0] < [after(minutes=5, seconds=1)]


def test_one_off_mail_takes_in_advance_and_not_without_end() -> None:
    bucket = rules.spend(fresh(10.0, NOW), 100, NOW)
    assert bucket.tokens == -40
    assert rules.ready(bucket, 1, NOW) == after(seconds=4.1)
    for _ in range(100):
        bucket = rules.spend(bucket, 100, NOW)
    assert rules.room(bucket, after(seconds=61)) >= 9
    assert rules.given_back(fresh(10.0, NOW), 999, NOW).tokens == 60


def test_a_domain_is_given_up_after_72_hours_without_one_message() -> None:
    bucket, now = fresh(10.0, NOW), NOW
    while now - NOW < GIVE_UP_AFTER:
        assert not rules.hopeless(bucket, now)
        bucket, now = rules.slowed(bucket, now, silent=True), now + timedelta(minutes=5)
    assert rules.hopeless(rules.slowed(bucket, now, silent=True), now)
    assert not rules.hopeless(fresh(10.0, NOW), now)  # a limit of our own is no refusal
    quiet = now + timedelta(days=2)
    assert not rules.hopeless(rules.slowed(bucket, quiet, silent=True), quiet)  # a new trouble


@pytest.mark.parametrize(
    ("heard", "asks"),
    [
        (Heard(500, 1, 0), False),  # a connection that is closed after so many messages
        (Heard(500, 49, 0), False),
        (Heard(500, 50, 0), True),
        (Heard(1, 1, 0), True),
        (Heard(9, 0, 9), False),
        (Heard(10, 0, 4), False),
        (Heard(10, 0, 5), True),
        (Heard(100, 0, 0), False),
    ],
)
def test_what_is_a_complaint_about_our_rate(heard: Heard, asks: bool) -> None:
    assert rules.asks_to_slow(heard) is asks


@pytest.mark.parametrize(
    ("code", "status", "who"),
    [
        (421, "", "server"),
        (421, "4.7.0", "server"),
        (450, "", "server"),
        (450, "4.7.1", "server"),
        (450, "4.2.1", "mailbox"),
        (450, "4.2.0", "mailbox"),
        (451, "4.7.650", "server"),
        (451, "4.3.2", "server"),
        (452, "4.4.5", "server"),
        (451, "4.3.0", ""),
        (452, "4.2.2", ""),
        (452, "4.3.1", ""),
        (550, "5.7.1", ""),
        (0, "", ""),
        (250, "2.0.0", ""),
    ],
)
def test_which_replies_ask_for_fewer_messages(code: int, status: str, who: str) -> None:
    assert slows(code, status) == who


def test_limits_and_warm_up_are_read() -> None:
    found = rules.limits_of(("Gmail.com=600/min", "*=100/s", "slow.example=2/h", "x.cy=48/day"))
    assert found == {"gmail.com": 10, "*": 100, "slow.example": 2 / 3600, "x.cy": 48 / 86_400}
    words = [rules.in_words(rate) for rate in (10, 100, 2 / 3600, 1 / 86_400)]
    assert words == ["600/min", "6000/min", "2/h", "1/day"]


def test_the_days_of_a_warm_up_are_londons() -> None:
    warm = WarmUp.of(("2027-03-27", "200", "500", "1000"))
    days = [date(2027, 3, day) for day in (26, 27, 28, 29, 30)]
    assert [warm.quota(day) for day in days] == [None, 200, 500, 1000, None]
    assert WarmUp.of(()).quota(days[0]) is None
    before, dawn = datetime(2027, 3, 28, 6, 59, tzinfo=UTC), datetime(2027, 3, 28, 7, tzinfo=UTC)
    assert [rules.warm_day(at) for at in (before, dawn)] == days[1:3]
    assert rules.next_warm_day(before) == dawn  # 08:00 by summer time, which began that night
    assert rules.next_warm_day(dawn) == dawn + timedelta(days=1)
    bucket = rules.of_day(None, 500, before)
    used = rules.of_day(rules.Bucket(base=1, tokens=3, at=before), 500, before)
    assert (bucket.tokens, used.tokens) == (500, 3)
    assert rules.of_day(used, 1000, dawn).tokens == 1000
    again = rules.of_day(rules.of_day(used, 1000, dawn), 500, before)
    assert again.tokens == 500  # the clock jumped back: no more than that day's
    assert rules.of_day(rules.Bucket(base=1, tokens=7, at=again.at), 1000, dawn).tokens == 7


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("LIMITS", "gmail.com", "NOTIFIER_LIMITS holds 'gmail.com'; write a domain and a rate"),
        ("LIMITS", "gmail.com=0/min", "holds 'gmail.com=0/min'"),
        ("LIMITS", "gmail.com=600/week", "such as gmail.com=600/min"),
        ("LIMITS", "@gmail.com=600/min", "holds '@gmail.com=600/min'"),
        ("WARM_UP", "2026-12-01", "NOTIFIER_WARM_UP is '2026-12-01'; write the first day and"),
        ("WARM_UP", "1.12.2026 200", "such as 2026-12-01 200 500 1000 5000"),
        ("WARM_UP", "2026-12-01 200 many", "the most messages of each day"),
        ("WARM_UP", "2026-12-01 0", "the most messages of each day"),
    ],
)
def test_what_is_no_limit_is_refused_in_a_sentence(
    name: str, value: str, sentence: str, tmp_path: Path
) -> None:
    with pytest.raises(Refused) as refusal:
        load({f"NOTIFIER_{name}": value}, instance=tmp_path)
    assert sentence in str(refusal.value)


def test_what_is_no_rate_is_refused_in_a_sentence() -> None:
    with pytest.raises(Refused, match="'fast' is no rate; write messages for each s, min, h or"):
        per_second("fast")
