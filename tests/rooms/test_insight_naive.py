"""The figures of Insight against somebody who counts by hand, over random rows."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert

from notifier.audience.models import Consent, Subscriber, Wording
from notifier.catalogue import queries as catalogue
from notifier.clock import london_date
from notifier.delivery.models import Bounce
from notifier.insight import announced, engaged, health, notice_given, punctual
from notifier.insight.announced import Told
from notifier.insight.quarters import Quarter, as_of, end_of, last_ones, quarter_of, read
from notifier.insight.stood import Stood
from notifier.releases.load import load
from notifier.releases.models import Release
from notifier.sends.models import Delivery, Send
from notifier.sends.rules import State
from notifier.store.db import session, unit
from notifier.store.history import SYSTEM, History, record
from notifier.web.staff.insight.tables import bar
from notifier.web.staff.insight.words import lasting, share
from tests.makers import london

SLOW = {"suppress_health_check": list(HealthCheck), "deadline": None}
BEGIN = london("2026-01-01 00:00")
INSTANTS = st.integers(0, 2 * 366 * 24 * 60).map(lambda m: BEGIN + timedelta(minutes=m))
QUARTERS = last_ones(8, until=Quarter(2027, 4))


@given(st.dates(date(1995, 1, 1), date(2090, 12, 31)), st.integers(-9, 9))
def test_quarters_follow_each_other(day: date, count: int) -> None:
    found = quarter_of(day)
    assert found.first <= day <= found.last
    assert read(found.slug) == found
    assert found.next.first - found.last == timedelta(days=1)
    assert found.ends == found.next.begins
    assert found.back(count).back(-count) == found
    assert found.holds(found.begins)
    assert not found.holds(found.ends)
    assert quarter_of(found.first - timedelta(days=1)) == found.back(1)


@pytest.mark.parametrize(
    "text",
    ["", "2026", "2026-Q0", "2026-Q5", "0000-Q1", "2026-Q٣", "2026-q1", "2026-Q1\n", "9999-Q4"],
)
def test_what_is_no_quarter(text: str) -> None:
    assert read(text) is None


def test_a_day_of_the_past_ends_in_london() -> None:
    now = london("2027-07-20 10:00")
    assert as_of("2027-07-20", now=now) is None
    assert as_of("2027-06-30", now=now) == end_of(date(2027, 6, 30))
    assert end_of(date(2027, 6, 30)) < london("2027-07-01 00:00")
    assert london("2027-07-01 00:00") - end_of(date(2027, 6, 30)) < timedelta(seconds=1)
    for wrong in ("2027-07-21", "tomorrow", "1066-10-14"):
        with pytest.raises(ValueError, match=r".*"):
            as_of(wrong, now=now)


def change(number: int, given: dict[str, Any], series: tuple[int, ...]) -> Stood:
    made: dict[str, Any] = {
        "id": number,
        "reference": f"X-{number}",
        "headline": "",
        "class_": "D",
        "state": "in_effect",
        "approved_at": None,
        "minimum_days": 42,
        "target_days": 90,
        "rule": "",
        "fits": ("D",),
        "reason": "",
        "outcome": "",
        "decision": "decided",
        "decided_at": "",
        "after_the_fact": False,
        "series": series,
        **given,
    }
    return Stood(**{"judged_from": made["first_public_at"], **made})


CHANGES = st.fixed_dictionaries(
    {
        "first_public_at": INSTANTS,
        "effect_at": st.none() | INSTANTS,
        "class_": st.sampled_from("DDFI"),
        "state": st.sampled_from(
            ["announced", "in_effect", "closed", "retracted", "cancelled", "on_hold"]
        ),
        "outcome": st.sampled_from(["", "", "deferred", "implemented_as_announced"]),
        "reason": st.sampled_from(["", "It was ready sooner."]),
    }
)


@settings(max_examples=60, **SLOW)
@given(st.lists(CHANGES, max_size=20), INSTANTS, st.integers(0, 2))
def test_changes_are_counted_as_by_hand(
    room: Flask, given: list[dict[str, Any]], now: datetime, team: int
) -> None:
    every = catalogue.all_series()
    found = [change(n, g, (every[n % len(every)].id,)) for n, g in enumerate(given)]
    teams = sorted({one.team_id for one in every})
    own = None if team == 2 else {teams[team]}
    rows = announced.told(found, own)
    for quarter in QUARTERS:
        by_hand = [
            one
            for one in found
            if one.class_ != "I"
            and one.state != "retracted"
            and quarter.first <= london_date(one.first_public_at) <= quarter.last
            and (own is None or every[one.id % len(every)].team_id in own)
        ]
        count = announced.count(announced.announced_in(quarter, rows))
        assert count.total == len(by_hand)
        assert count.undated == sum(one.effect_at is None for one in by_hand)
        days = [
            (london_date(one.effect_at) - london_date(one.first_public_at)).days
            for one in by_hand
            if one.effect_at is not None
        ]
        assert count.on_time == sum(d >= 90 for d in days)
        assert count.met == sum(42 <= d < 90 for d in days)
        assert count.short == sum(0 < d < 42 for d in days)
        assert (count.same_day, count.after) == (days.count(0), sum(d < 0 for d in days))
        assert count.kept + count.late + count.undated == count.total


@settings(max_examples=60, **SLOW)
@given(st.lists(CHANGES, max_size=20), INSTANTS)
def test_the_quarters_of_a_year_are_its_record(
    room: Flask, given: list[dict[str, Any]], now: datetime
) -> None:
    series = catalogue.all_series()[0].id
    found = [change(n, g, (series,)) for n, g in enumerate(given)]
    rows = announced.told(found)
    for year in (2026, 2027):
        record_ = notice_given.took_effect(year, now=now, found=found)
        quarters = [q for q in QUARTERS if q.year == year]
        told: list[Told] = [
            row for q in quarters for row in announced.effective_in(q, rows, now=now)
        ]
        assert sorted(r.stood.reference for r in told) == sorted(r.reference for r in record_)
        assert announced.count(told).kept == sum(one.kept for one in record_)


@given(st.lists(st.integers(0, 5000), max_size=60), st.sampled_from([50, 95]))
def test_times_are_those_of_a_sorted_list(seconds: list[int], percent: int) -> None:
    found = health.quantile(Counter(seconds), percent)
    if not seconds:
        assert found is None
        return
    within = [s for s in seconds if s <= found]
    assert 100 * len(within) >= percent * len(seconds)
    sooner = [s for s in seconds if s < found]
    assert 100 * len(sooner) < percent * len(seconds)


@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=6))
def test_bars_never_run_over_and_show_whoever_is_there(counts: list[int]) -> None:
    parts = bar([(str(n), count) for n, count in enumerate(counts)], sum(counts))
    assert sum(part.width for part in parts) <= 100
    if sum(counts) < 90:
        assert len(parts) == sum(count > 0 for count in counts)


def test_words_of_shares_and_times() -> None:
    assert [share(*pair) for pair in ((0, 0), (999, 1000), (1000, 1000), (9999, 10_000))] == [
        *("–", "99.9%", "100%", "99.9%"),
    ]
    said = [lasting(s) for s in (None, 1, 40, 60, 90, 121, 3600, 7300, 200_000)]
    assert said == [
        *("–", "1 second", "40 seconds", "1 minute", "90 seconds", "3 minutes", "1 hour"),
        *("3 hours", "3 days"),
    ]


LEDGERS = st.lists(
    st.tuples(
        st.sampled_from([State.ACCEPTED, State.BOUNCED, State.FAILED, State.WAITING]),
        st.integers(0, 600),  # seconds after it was due
        st.booleans(),  # of those that bounced: accepted at first
    ),
    max_size=25,
)


@settings(max_examples=15, **SLOW)
@given(st.lists(LEDGERS, min_size=1, max_size=4), st.integers(0, 700))
def test_delivery_is_counted_as_by_hand(room: Flask, given: list[Any], cut: int) -> None:
    """Now from the counters, and at a moment of the past from what is on the ledger."""
    due = london("2027-05-03 10:30")
    now, at = due + timedelta(hours=1), due + timedelta(seconds=cut)
    with unit():
        for table in (Delivery, Bounce):
            session.execute(delete(table))
        session.execute(delete(Send).where(Send.kind == "release"))
        for number, rows in enumerate(given):
            a_send(number, rows, due)
    own = health.sent([Quarter(2027, 2)], now=now)
    flat = [row for rows in given for row in rows]
    assert sum(one.accepted for one in own) == sum(s is State.ACCEPTED for s, _, _ in flat)
    assert sum(one.open for one in own) == sum(s is State.WAITING for s, _, _ in flat)
    then = health.sent([Quarter(2027, 2)], at=at, now=now)
    early = [s for s, seconds, _ in flat if seconds <= cut]
    assert sum(one.accepted for one in then) == early.count(State.ACCEPTED)
    assert sum(one.bounced for one in then) == early.count(State.BOUNCED)
    took = [seconds for s, seconds, _ in flat if s is State.ACCEPTED]
    looked = health.looked(own)
    times = looked.times
    assert (times.median, times.rows) == (health.quantile(Counter(took), 50), len(took))
    assert sum(d.accepted for d in looked.domains()) == len(took)
    assert health.looked(then, at=at).times.rows == early.count(State.ACCEPTED)


def a_send(number: int, rows: list[Any], due: datetime) -> None:
    states = Counter(state for state, _, _ in rows)
    send = Send(
        kind="release",
        about=f"release:{number}",
        stage="moved",
        state="sending",
        due_at=due,
        frozen_at=due,
        created_at=due,
        context={},
        receivers={},
        audience=len(rows),
        accepted=states[State.ACCEPTED],
        bounced=states[State.BOUNCED],
        failed=states[State.FAILED],
    )
    session.add(send)
    session.flush()
    ledger = [
        {
            "send_id": send.id,
            "subscriber_id": 9000 + place,
            "variant": 0,
            "state": int(state),
            "at": int(due.timestamp()) + seconds,
            "code": 0,
            "tries": 1,
        }
        for place, (state, seconds, _) in enumerate(rows)
    ]
    if ledger:
        session.execute(insert(Delivery), ledger)


def test_what_a_catalogue_says_was_out_already_is_not_called_on_time(room: Flask) -> None:
    now = london("2027-05-03 10:30")
    with unit():
        given = {
            "series": "milk-utilisation",
            "title": "Milk, long ago",
            "date": "2027-04-15 09:30",
            "certainty": "confirmed",
        }
        load([given], now=now)
    release = session.query(Release).filter_by(title="Milk, long ago").one()
    assert (release.state, release.published_at) == ("released", london("2027-04-15 09:30"))
    assert punctual.quarters([Quarter(2027, 2)], now=now)[Quarter(2027, 2)].out == []


def test_what_came_back_later_had_been_accepted_then(room: Flask) -> None:
    """A Send is over, and the next day a mailbox turns out to be gone."""
    due = london("2027-05-03 10:30")
    with unit():
        a_send(1, [(State.ACCEPTED, 5, False), (State.BOUNCED, 90_000, False)], due)
        send = session.query(Send).filter(Send.about == "release:1").one()
        send.state, send.finished_at = "done", due + timedelta(minutes=1)
        session.add(
            Bounce(
                send_id=send.id,
                subscriber_id=9001,
                verdict="hard",
                source="report",
                at=due + timedelta(days=1),
            )
        )
    quarter, now = [Quarter(2027, 2)], due + timedelta(days=2)
    (today,) = health.sent(quarter, now=now)
    (then,) = health.sent(quarter, now=now, at=due + timedelta(hours=2))
    assert (today.accepted, today.bounced) == (1, 1)
    assert (then.accepted, then.bounced) == (2, 0)


@settings(max_examples=15, **SLOW)
@given(
    st.lists(st.tuples(INSTANTS, st.sampled_from(["form", "import"])), max_size=12),
    st.lists(
        st.tuples(INSTANTS, st.sampled_from(["leave", "suppress", "forget", "confirm"])),
        max_size=12,
    ),
    INSTANTS,
)
def test_people_are_counted_as_by_hand(
    room: Flask, joined: list[Any], went: list[Any], now: datetime
) -> None:
    with unit():
        for table in (Consent, Subscriber, Wording):
            session.execute(delete(table))
        session.execute(delete(History).where(History.object.startswith("subscriber:")))
        wording = Wording(version="1", language="en", text="I agree.")
        kind = catalogue.user_types()[0]
        person = Subscriber(state="active", user_type_id=kind.id, created_at=BEGIN)
        session.add_all([wording, person])
        session.flush()
        for at, how in joined:
            session.add(
                Consent(
                    subscriber_id=person.id,
                    wording_id=wording.id,
                    at=at,
                    confirmed_at=at,
                    how=how,
                )
            )
        for at, action in went:
            record(f"subscriber:{person.id}", action, by=SYSTEM, now=at, why="much")
    found = engaged.quarters(QUARTERS, now=now)
    for quarter in QUARTERS:
        mine = found[quarter]
        assert mine.joined == Counter(h for at, h in joined if quarter.holds(at) and at <= now)
        events = Counter(a for at, a in went if quarter.holds(at) and at <= now)
        assert (mine.left["much"], mine.stopped["much"], mine.erased) == (
            *(events["leave"], events["suppress"], events["forget"]),
        )


@settings(max_examples=15, **SLOW)
@given(
    st.lists(st.tuples(INSTANTS, st.sampled_from([-1500, 0, 3, 30, 1500, 3000])), max_size=12),
    INSTANTS,
)
def test_punctuality_is_counted_as_by_hand(room: Flask, given: list[Any], now: datetime) -> None:
    series = catalogue.all_series()[0]
    with unit():
        session.execute(delete(Release).where(Release.title.startswith("By hand")))
        for number, (at, minutes) in enumerate(given):
            release = Release(
                series_id=series.id,
                title=f"By hand {number}",
                state="released",
                day=london_date(at),
                precision="datetime",
                at=at,
                published_at=at + timedelta(minutes=minutes),
                created_at=BEGIN,
                changed_at=BEGIN,
            )
            session.add(release)
    found = punctual.quarters(QUARTERS, now=now)
    for quarter in QUARTERS:
        out = [
            (london_date(at + timedelta(minutes=m)) - london_date(at), m)
            for at, m in given
            if quarter.holds(at + timedelta(minutes=m)) and at + timedelta(minutes=m) <= now
        ]
        mine = [one for one in found[quarter].out if one.title.startswith("By hand")]
        how = Counter(one.how for one in mine)
        same_day = [m for days, m in out if not days]
        assert how["on time"] == sum(m <= 5 for m in same_day)
        assert how["later that day"] == sum(m > 5 for m in same_day)
        assert how["late"] == sum(days > timedelta(0) for days, _ in out)
        assert how["before its date"] == sum(days < timedelta(0) for days, _ in out)
