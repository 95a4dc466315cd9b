"""Proposals in the figures: answers are counted, responses stand in the pack, a late decision
counts from the day on which it was made and not before.
"""

from __future__ import annotations

import json

from flask import Flask

from notifier.catalogue import queries as catalogue
from notifier.insight import engaged, evidence, notice_given
from notifier.insight.quarters import quarter_of
from notifier.insight.stood import changes
from notifier.notices import learn
from notifier.notices import queries as notices
from notifier.render.evidence import files
from notifier.store.db import unit
from tests import makers
from tests.makers import ALICE, HANA, Clock, acting, joins, member
from tests.rooms.test_consulting import confirmed, says
from tests.rooms.test_decisions import decides, proposed


def test_answers_and_the_response_are_evidence(room: Flask, clock: Clock) -> None:
    """Who answered twice is one person; before the response there is none."""
    found = next(n for n in notices.every() if "pocketbook" in n.headline)
    asking = makers.announced(found, now=clock())
    joins("cleo@example.org", now=clock(), follows=["food"])
    for email, words in (
        ("eve@example.org", "Keep it."),
        ("eve@example.org", "Please keep it."),
        ("finn@example.org", "Let it go."),
    ):
        confirmed(says(asking, email, now=clock(), words=words), now=clock())
        clock.forward(hours=2)
    says(asking, "gus@example.org", now=clock(), words="I never confirmed.")
    before = clock.at("2027-01-19 09:00")
    with unit():
        learn.decide(asking, summary="Two answered.", by=acting(ALICE), now=clock())
    series = catalogue.series("food-pocketbook")
    (now,) = evidence.pack(series, now=clock()).feedback
    assert (now.people, now.response) == (2, "Two answered.")
    assert (now.opens, now.closes) == ("2026-11-23", "2027-01-18")
    texts = dict(files(evidence.pack(series, now=clock())))
    last = json.loads(texts[f"texts/{asking.reference}/02.json"])["words"]["consultation"]
    kinds = {row["user_type"]: row for row in last["turnout"]}
    assert (kinds["academic"]["answers"], kinds["academic"]["followers"]) == (2, None)  # one: few
    clock.forward(days=1)
    (then,) = evidence.pack(series, now=clock(), at=makers.london("2027-01-18 12:00")).feedback
    assert (then.people, then.response, then.decided_at) == (2, "", "")
    quarter = quarter_of(before.date()).back(1)
    answers = engaged.quarters([quarter], now=clock())[quarter].answers
    assert answers == {asking.reference: 2}
    food, waste = ({catalogue.team(slug).id} for slug in ("food", "waste"))
    assert engaged.quarters([quarter], now=clock(), team_ids=food)[quarter].answers == answers
    assert not engaged.quarters([quarter], now=clock(), team_ids=waste)[quarter].answers


def test_before_a_late_decision_the_notice_was_early(room: Flask, clock: Clock) -> None:
    notice = proposed(clock)
    clock.at("2027-04-02 10:00")
    decides(
        notice,
        clock,
        short_notice_reason="The survey lost its money.",
        approved_by=member(HANA),
    )
    clock.forward(days=1)
    (today,) = changes()
    assert changes(at=clock()) == [today]
    assert (today.lead_days, today.decided_days, today.verdict) == (219, 89, "short")
    assert today.reason == "The survey lost its money."
    (then,) = changes(at=makers.london("2027-04-01 10:00"))
    assert (then.lead_days, then.decided_days, then.verdict) == (219, None, "on_time")
    assert then.reason == ""
    record = notice_given.record(2027, now=clock(), at=makers.london("2027-04-01 10:00"))
    assert [one.verdict for one in record.coming] == ["on_time"]
    assert [one.verdict for one in notice_given.record(2027, now=clock()).coming] == ["short"]
