"""Digest and single mails together tell each thing exactly once, whatever people choose and do."""

from __future__ import annotations

from collections import Counter
from itertools import count
from typing import Any

from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from notifier.audience.kinds import KINDS, RHYTHMS, pack, wants
from notifier.audience.leave import leave
from notifier.audience.models import Reach, Subscriber
from notifier.audience.pause import pause
from notifier.audience.reach import sync
from notifier.audience.receivers import Audience, receivers
from notifier.clock import london_date
from notifier.delivery.floor import rhythm
from notifier.delivery.held import rhythm_in_sql
from notifier.mail import outbox
from notifier.sends.models import Delivery, Send
from notifier.sends.rules import State
from notifier.store.db import session, unit
from notifier.worker.drain import drain
from tests.makers import Clock, announced, draft, engine, joins, on_sqlite

NUMBERS = count(1)
rhythms = st.dictionaries(st.sampled_from(KINDS), st.sampled_from(RHYTHMS))
people = st.fixed_dictionaries(
    {
        "kinds": st.builds(lambda r, m: pack(r, machines_only=m), rhythms, st.booleans()),
        "follows": st.sampled_from([["farming"], ["nature"], ["farming", "nature"], ["waste"]]),
        "language": st.sampled_from(["en", "cy", "both"]),
        "does": st.sampled_from(["nothing", "nothing", "nothing", "leaves", "pauses", "chooses"]),
    }
)
things = st.fixed_dictionaries(
    {
        "series": st.sampled_from([["milk-utilisation"], ["wild-birds"]]),
        "days": st.integers(43, 80),
        "minor": st.booleans(),
        "breaks": st.booleans(),
    }
)
# No shrinking: an example is a week of mail, and a failing one names the person and the thing.
a_week = settings(
    phases=[Phase.explicit, Phase.generate],
    max_examples=5,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def told(app: Flask, address: str, references: list[str]) -> Counter[str]:
    """How often each thing is told to somebody, by its link."""
    box = app.config["SETTINGS"].instance / "outbox"
    found: Counter[str] = Counter()
    for entry in outbox.entries(box, limit=10_000):
        mail = outbox.read(box, entry.key)
        if mail["To"] != address:
            continue
        part = mail.get_body(("plain",))
        text = part.get_content().replace("\r", "") if part is not None else ""
        spoken = 2 if "* * *" in text else 1  # both languages in one mail link to it twice
        for reference in references:
            if f"/changes/{reference}\n" in text:
                found[reference] += max(1, text.count(f"/changes/{reference}\n") // spoken)
    return found


def act(person: Subscriber, does: str, clock: Clock) -> None:
    if does == "leaves":
        leave(person, person.subscriptions[:1], now=clock(), reason="one click")
    elif does == "pauses":
        pause(person, london_date(clock()).replace(year=2028), now=clock())
    elif does == "chooses":
        person.kinds = pack({"change": "weekly"})
        sync(person)


@on_sqlite
@a_week
@given(st.lists(people, min_size=2, max_size=5), st.lists(things, min_size=1, max_size=3))
def test_each_thing_is_told_once(
    room: Flask, clock: Clock, crowd: list[dict[str, Any]], news: list[dict[str, Any]]
) -> None:
    number = next(NUMBERS)
    clock.forward(days=9, hours=5 * number)
    who = {}
    for place, asked in enumerate(crowd):
        address = f"p{number}-{place}@example.org"
        person = joins(address, now=clock(), follows=asked["follows"], language=asked["language"])
        with unit():
            person.kinds = asked["kinds"]
            sync(person)
        who[person.id] = (address, asked["does"])
    worker = engine(room, clock)
    drain(worker)  # their welcomes, which list what was announced before
    references, wanted = [], {}
    for place, thing in enumerate(news):
        kind = {"type": "format_or_layout", "materiality": "minor"} if thing["minor"] else {}
        notice = draft(
            now=clock(),
            series=thing["series"],
            headline=f"Thing {number}-{place}",
            machine_breaking=thing["breaks"],
            effect={"date": f"+{thing['days'] + 20}d"},
            **kind,
        )
        reference = announced(notice, now=clock()).reference
        references.append(reference)
        send = session.scalars(
            select(Send).where(Send.about == reference, Send.stage == "announce")
        ).one()
        reached = receivers(Audience.of(send.receivers or {}))
        wanted[reference] = {row[0] for row in session.execute(reached)} & set(who)
    drain(worker)
    with unit():
        for person_id, (_, does) in who.items():
            act(session.get_one(Subscriber, person_id), does, clock)
    for _ in range(9):
        clock.forward(days=1)
        drain(worker)
    for person_id, (address, does) in who.items():
        found = told(room, address, references)
        for reference in references:
            times = int(person_id in wanted[reference])
            assert found[reference] <= times, (reference, address, does)
            if does in ("nothing", "chooses"):
                assert found[reference] == times, (reference, address, does)
    everything = select(Send).where(Send.about.in_(references), Send.stage == "announce")
    for send in session.scalars(everything.execution_options(populate_existing=True)):
        assert (send.state, send.pending) == ("done", 0)
    held = select(func.count()).select_from(Delivery).where(Delivery.state == int(State.HELD))
    assert session.scalar(held) == 0


@settings(a_week, max_examples=40)
@given(
    st.builds(lambda r, m: pack(r, machines_only=m), rhythms, st.booleans()),
    st.lists(st.sampled_from(KINDS), min_size=1, max_size=3, unique=True),
    st.booleans(),
)
def test_the_database_reads_the_rhythm_as_the_rule_does(
    room: Flask, clock: Clock, packed: int, kinds: list[str], breaks: bool
) -> None:
    """For everybody whom the receivers query reaches at all."""
    address = "rhythm@example.org"
    person = session.query(Subscriber).filter_by(email=address).first()
    if person is None:
        person = joins(address, now=clock(), follows=["farming"])
    with unit():
        person.kinds = packed
        sync(person)
    audience = Audience(topics=[s.topic_id for s in person.subscriptions if s.topic_id],
                        kinds=kinds, breaks_machines=breaks)  # fmt: skip
    query = receivers(audience).add_columns(rhythm_in_sql(audience))
    found = [row[2] for row in session.execute(query.where(Reach.subscriber_id == person.id))]
    reached = wants(packed, kinds, breaks_machines=breaks)
    assert found == ([rhythm(packed, kinds, breaks_machines=breaks)] if reached else [])
