"""Deciding what was consulted on: after it closed, with its summary, and never by the way."""

from __future__ import annotations

import pytest
from flask import Flask

from notifier.errors import Refused
from notifier.notices import consult, learn
from notifier.notices import queries as notices
from notifier.notices.effect import take_effect
from notifier.notices.models import ChangeNotice
from notifier.notices.revise import revise
from notifier.store.db import unit
from tests import makers
from tests.makers import ALICE, Clock, acting, joins
from tests.rooms.test_consulting import confirmed, says


@pytest.fixture
def asking(room: Flask, clock: Clock) -> ChangeNotice:
    """The pocketbook's notice, open for answers from 23 November 2026 to 18 January 2027."""
    found = next(n for n in notices.every() if "pocketbook" in n.headline)
    return makers.announced(found, now=clock())


def test_it_is_decided_after_it_closed_and_with_its_summary(
    asking: ChangeNotice, clock: Clock
) -> None:
    joins("cleo@example.org", now=clock(), follows=["food"], user_type="media")
    row = says(asking, now=clock.at("2027-01-18 23:00"))
    late = says(asking, "eve@example.org", now=clock(), words="Late.")
    by = acting(ALICE)
    with pytest.raises(Refused, match="open until 2027-01-18; decide after"), unit():
        learn.decide(asking, summary="Done.", by=by, now=clock())
    clock.at("2027-01-19 09:00")
    confirmed(row, now=clock())  # given in time, confirmed after the last day
    with pytest.raises(Refused, match="Publish a summary"), unit():
        learn.decide(asking, summary=" \n", by=by, now=clock())
    with pytest.raises(Refused, match="10,001 characters"), unit():
        learn.decide(asking, summary="x" * 10_001, by=by, now=clock())
    with unit():
        sent = learn.decide(asking, summary="One answer.", by=by, now=clock())
    assert (asking.decision, sent.stage) == ("decided", "decision")
    frozen = {row["user_type"]: row for row in asking.consultation["turnout"]}
    media = {"user_type": "media", "name": "Media", "followers": 1, "answers": 0}
    assert frozen["media"] == {**media, "intended": False}
    assert frozen["academic"]["answers"] == 1
    assert asking.consultation["decided_at"] == clock().isoformat()
    with pytest.raises(Refused, match="decided already"), unit():
        learn.decide(asking, summary="Again.", by=by, now=clock())
    with pytest.raises(Refused, match="can no longer be counted"):
        confirmed(late, now=clock())


def test_the_last_message_of_a_mere_consultation_is_its_response(room: Flask, clock: Clock) -> None:
    days = {"opens": "+0d", "closes": "+44d", "response_due": "+72d"}
    found = makers.draft(
        now=clock(),
        type="consultation",
        headline="What should we measure next?",
        decision="consulting",
        consultation=days,
        effect={"date": "+44d"},
    )
    makers.announced(found, now=clock())
    assert found.class_ == "K"
    assert consult.questions_of(found) == [consult.ANYTHING]
    clock.at("2027-01-06 12:00")  # its last day, and past the time of its effect
    with unit():
        assert take_effect(now=clock()) == []
    assert consult.is_open(found, clock())
    clock.forward(days=1)
    with unit():
        sent = learn.decide(found, summary="Soil, said nine of ten.", by=acting(ALICE), now=clock())
    assert sent.stage == "response"
    with unit():
        assert take_effect(now=clock()) == [found]


def test_no_revision_goes_round_the_decision_or_loses_it(room: Flask, clock: Clock) -> None:
    entry = {
        "series": ["milk-utilisation"],
        "type": "methodology",
        "headline": "Milk volumes could come from a smaller panel",
        "what": "The panel would shrink.",
        "why": "Dairies closed.",
        "effect": {"date": "2027-06-21"},
        "impact": {"known": "yes", "text": "Volumes fall by about 1%."},
        "decision": "consulting",
        "consultation": {"opens": "2026-11-23", "closes": "2027-01-18"},
    }
    found = makers.announced(makers.draft(now=clock(), **entry), now=clock())
    by = acting(ALICE)

    def revises(**changes: object) -> None:
        with unit():
            revise(
                found,
                {**entry, **changes},
                summary="More words.",
                editorial=False,
                by=by,
                now=clock(),
            )

    with pytest.raises(Refused, match="decide it with: notices decide"):
        revises(decision="decided")
    sooner = {"opens": "2026-11-23", "closes": "2026-12-14"}
    with pytest.raises(Refused, match="open for answers until 2027-01-18, as people were told"):
        revises(consultation=sooner)
    assert (found.decision, found.consultation) == ("consulting", entry["consultation"])
    clock.at("2027-01-19 09:00")
    with unit():
        learn.decide(found, summary="We shrink it.", by=by, now=clock())
    clock.forward(days=1)
    revises(decision="decided", why="Forty dairies closed.")
    assert found.consultation["response"] == "We shrink it."
    assert found.consultation["turnout"]
