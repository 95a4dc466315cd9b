"""Blocks show each reader what they follow, and sections reach whom they are for: few letters."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, select, update

from notifier.audience import segments
from notifier.audience.models import Reach, Subscriber
from notifier.audience.rules import VARIANTS, variant, variant_words
from notifier.catalogue import queries as catalogue
from notifier.catalogue.models import Topic
from notifier.delivery.freeze import freeze
from notifier.newsletters.models import Newsletter
from notifier.newsletters.send import approve, send, submit
from notifier.newsletters.write import write
from notifier.render import newsletter as letters
from notifier.sends.models import Delivery, Letter, Send
from notifier.store.db import session, unit
from tests.edges.letter_house import SITE
from tests.makers import ALICE, BOB, CLEO, DAN, Clock, acting, joins, member

EVE = "eve@example.org"
BODY = "Hello {{ name }}.\n\n{{ upcoming_releases }}\n\n{{ recent }}\n"
FOOD, NATURE = "in your pocket 2027", "July to September 2026"  # releases to come


def issue(clock: Clock, body: str = BODY, **audience: Any) -> Newsletter:
    wanted = audience or {"topics": ["food", "people-and-nature"]}
    with unit():
        entry = {"team": "food", "title": "News", "body": body, "audience": wanted}
        return write(entry, now=clock())


def promised(row: Newsletter, clock: Clock) -> Send:
    with unit():
        submit(row, author=member(ALICE), by=acting(ALICE), now=clock())
        approve(row, approver=member(BOB), by=acting(BOB), now=clock())
        return send(row, by=acting(ALICE), now=clock())


def begin(row: Send, now: datetime) -> dict[int, Letter]:
    """Freeze it; the letter that each person gets, by their number."""
    with unit():
        freeze(row, letters.write(row, site=SITE, now=now), now=now)
    rows = session.scalars(select(Delivery).where(Delivery.send_id == row.id))
    return {r.subscriber_id: session.get_one(Letter, (row.id, r.variant)) for r in rows}


def reads(person: Subscriber, depth: str, language: str = "en") -> Subscriber:
    with unit():
        number = variant(depth, language)
        mine = Reach.subscriber_id == person.id
        session.execute(update(Reach).where(mine).values(variant=number))
    return person


def test_each_reads_of_what_they_follow(room: Flask, clock: Clock) -> None:
    cleo = joins(CLEO, now=clock(), follows=["food"])
    dan = joins(DAN, now=clock(), follows=["people-and-nature"])
    eve = joins(EVE, now=clock(), follows=["food", "people-and-nature"])
    found = begin(promised(issue(clock), clock), clock())
    for words, has in ((FOOD, {cleo.id, eve.id}), (NATURE, {dan.id, eve.id})):
        assert {who for who, letter in found.items() if words in letter.text} == has
        assert {who for who, letter in found.items() if words in letter.html} == has
    assert len({letter.variant for letter in found.values()}) == 3


def test_who_follows_what_stands_above_and_who_follows_one_series(
    room: Flask, clock: Clock
) -> None:
    """Environment stands above People and nature; a series followed by itself counts as well."""
    cleo = joins(CLEO, now=clock(), follows=["environment", "food"])
    dan = joins(DAN, now=clock(), follows=["food"], series=["people-nature-survey"])
    found = begin(promised(issue(clock), clock), clock())
    assert NATURE in found[dan.id].text
    above = catalogue.topic("people-and-nature").parent
    assert (NATURE in found[cleo.id].text) == (above is not None and above.slug == "environment")


def test_those_with_the_same_choice_share_a_letter(room: Flask, clock: Clock) -> None:
    people = [joins(f"p{n}@example.org", now=clock(), follows=["food"]) for n in range(4)]
    for person, depth in zip(people, ("detail", "detail", "detail", "technical"), strict=True):
        reads(person, depth)
    found = begin(promised(issue(clock), clock), clock())
    assert len({found[person.id].variant for person in people[:3]}) == 1
    assert found[people[3].id].text == found[people[0].id].text
    assert variant_words(found[people[3].id].variant) == ("technical", "en")
    assert session.query(Letter).count() == 2


def test_who_is_in_the_segment_and_follows_nothing_of_it_reads_the_whole(
    room: Flask, clock: Clock
) -> None:
    cleo = joins(CLEO, now=clock(), follows=["waste"])
    with unit():
        segments.save(
            "all", {"everyone": True}, person=member(ALICE), by=acting(ALICE), now=clock()
        )
    row = issue(clock, topics=[], segment="all")
    found = begin(promised(row, clock), clock())
    assert FOOD in found[cleo.id].text


def test_sections_reach_whom_they_are_for(room: Flask, clock: Clock) -> None:
    body = "All.\n\n:::technical\nDeep.\n:::\n\n:::for academic, media\nKind.\n:::\n"
    body += "\n:::technical for media\nBoth.\n:::\n"
    cleo = reads(joins(CLEO, now=clock(), follows=["food"], user_type="academic"), "technical")
    dan = reads(joins(DAN, now=clock(), follows=["food"], user_type="public"), "technical")
    eve = reads(joins(EVE, now=clock(), follows=["food"], user_type="media"), "technical")
    fay = reads(
        joins("fay@example.org", now=clock(), follows=["food"], user_type="media"), "detail"
    )
    found = begin(promised(issue(clock, body, topics=["food"]), clock), clock())
    words = ("All.", "Deep.", "Kind.", "Both.")
    shown = {p.id: [w for w in words if w in found[p.id].text] for p in (cleo, dan, eve, fay)}
    assert shown == {
        cleo.id: ["All.", "Deep.", "Kind."],
        dan.id: ["All.", "Deep."],
        eve.id: ["All.", "Deep.", "Kind.", "Both."],
        fay.id: ["All.", "Kind."],
    }


def test_words_for_everybody_have_no_more_letters_than_before(room: Flask, clock: Clock) -> None:
    row = promised(issue(clock, "Hello.", topics=["food"]), clock)
    assert set(letters.write(row, site=SITE, now=clock())) == set(range(VARIANTS))


def test_more_kinds_of_readers_than_letters_read_the_whole(
    room: Flask, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The largest group has its own letter; whoever has none misses nothing."""
    monkeypatch.setattr(letters, "GROUPS", 1)
    many = [joins(f"p{n}@example.org", now=clock(), follows=["food"]) for n in range(3)]
    dan = joins(DAN, now=clock(), follows=["people-and-nature"])
    found = begin(promised(issue(clock), clock), clock())
    assert NATURE not in found[many[0].id].text
    assert NATURE in found[dan.id].text
    assert FOOD in found[dan.id].text


def test_who_comes_between_reading_and_freezing_gets_a_letter(room: Flask, clock: Clock) -> None:
    joins(CLEO, now=clock(), follows=["food"])
    row = promised(issue(clock), clock)
    words = letters.write(row, site=SITE, now=clock())
    dan = joins(DAN, now=clock(), follows=["people-and-nature"])
    with unit():
        freeze(row, words, now=clock())
    mine = session.get_one(Delivery, (row.id, dan.id))
    assert NATURE in session.get_one(Letter, (row.id, mine.variant)).text


def test_a_topic_without_a_bit_of_its_own_counts_too(room: Flask, clock: Clock) -> None:
    with unit():
        session.execute(update(Topic).where(Topic.slug == "food").values(bit=300))
        session.execute(delete(Reach))
    cleo = joins(CLEO, now=clock(), follows=["food"])
    dan = joins(DAN, now=clock(), follows=["people-and-nature"])
    found = begin(promised(issue(clock), clock), clock())
    assert FOOD in found[cleo.id].text
    assert NATURE not in found[cleo.id].text
    assert FOOD not in found[dan.id].text
