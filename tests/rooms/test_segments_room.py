"""A segment is saved, changed and dropped by those who may, and history keeps each step."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from notifier.accounts import people
from notifier.accounts.models import Staff
from notifier.audience.models import Segment
from notifier.audience.receivers import Audience, count
from notifier.audience.segments import every, save, segment
from notifier.audience.segments_named import in_words
from notifier.audience.why import reasons
from notifier.catalogue import queries as catalogue
from notifier.catalogue.models import Topic
from notifier.errors import NotFound, Refused
from notifier.newsletters.segments import delete
from notifier.newsletters.send import audience
from notifier.newsletters.write import write
from notifier.sends.plan import plan
from notifier.store.db import session, unit
from notifier.store.history import SYSTEM, By, of
from tests.makers import ALICE, CLEO, DAN, HANA, Clock, acting, joins, member, topics

ENTRY = {"team": "waste", "title": "Waste news", "body": "Hello."}


def kept(slug: str, data: object, clock: Clock, *, who: str = ALICE, **more: str) -> Segment:
    with unit():
        team = catalogue.team(more["team"]) if "team" in more else None
        return save(slug, data, person=member(who), by=acting(who), now=clock(), team=team)


def test_saved_changed_and_dropped(room: Flask, clock: Clock) -> None:
    kept("waste-people", {"topic": "waste"}, clock)
    kept("waste-people", {"topic": "waste", "subtopics": False}, clock)
    assert len(of("segment:waste-people")) == 1, "the same filter again is no step"
    row = kept("waste-people", {"topic": ["waste", "water"]}, clock)
    assert (row.name, [each.slug for each in every()]) == ("Waste people", ["waste-people"])
    with unit():
        delete(row, person=member(ALICE), by=acting(ALICE), now=clock())
    steps = of("segment:waste-people")
    assert [each.action for each in steps] == ["save", "save", "delete"]
    assert steps[-1].data["said"] == "people who follow Waste and recycling, or follow Water"
    assert steps[0].by["name"] == ALICE
    with pytest.raises(NotFound, match="There is no segment 'waste-people'; see: bin/notifier"):
        segment("waste-people")


@pytest.mark.parametrize(
    ("slug", "data", "sentence"),
    [
        ("Waste", {"topic": "waste"}, "slug must be lower-case letters, digits and hyphens"),
        ("x", {"topic": "wast"}, "There is no topic 'wast'"),
        ("x", {"and": [{"topic": "waste"}, {"not": {"series": "y"}}]}, "There is no series 'y'"),
        ("x", {"user_type": "aliens"}, "There is no user type 'aliens'; choose one of"),
        ("x", {"got": "DEFRA-2026-001"}, "There is no message about DEFRA-2026-001; see:"),
        ("x", {"acknowledged": "DEFRA-2026-001"}, "There is no message about DEFRA-2026-001"),
    ],
)
def test_what_is_not_there_is_refused_and_nothing_kept(
    room: Flask, clock: Clock, slug: str, data: object, sentence: str
) -> None:
    with pytest.raises(Refused, match=sentence):
        kept(slug, data, clock)
    assert every() == []
    assert of(f"segment:{slug}") == []


def test_a_message_is_named_by_stage_and_revision(room: Flask, clock: Clock) -> None:
    with unit():
        plan(
            "notice", "DEFRA-2026-001", stage="announce", due_at=clock(), now=clock(), receivers={}
        )
    assert kept("told", {"got": "DEFRA-2026-001", "stage": "announce", "revision": 1}, clock).id
    with pytest.raises(NotFound, match="There is no message 'T-30' about DEFRA-2026-001"):
        kept("other", {"got": "DEFRA-2026-001", "stage": "T-30"}, clock)


def test_a_teams_segment_is_that_teams_alone(room: Flask, clock: Clock) -> None:
    with unit():
        for email, team in (("wes@example.org", "waste"), ("fay@example.org", "water")):
            of_team = catalogue.team(team).id
            people.add(email, "author", team_id=of_team, by=SYSTEM, now=clock())
        session.add(Staff(email="noone@example.org", name="", created_at=clock()))
    row = kept("ours", {"topic": "waste"}, clock, who="wes@example.org", team="waste")
    for fay in ("fay@example.org", "noone@example.org"):
        with pytest.raises(Refused, match=f"{fay} has no role in the team of the segment ours"):
            kept("ours", {"topic": "food"}, clock, who=fay)
        with pytest.raises(Refused, match="has no role in the team"), unit():
            delete(row, person=member(fay), by=acting(fay), now=clock())
    with pytest.raises(Refused, match="has no role"):
        kept("theirs", {"topic": "food"}, clock, who="noone@example.org")
    assert session.get_one(Segment, row.id).filter == {"topic": "waste"}
    assert kept("ours", {"topic": "food"}, clock, who=HANA).filter == {"topic": "food"}


def test_a_segment_that_an_issue_waits_for_stays(room: Flask, clock: Clock) -> None:
    row = kept("ours", {"topic": "waste"}, clock)
    with unit():
        issue = write({**ENTRY, "audience": {"segment": "ours"}}, now=clock())
    with pytest.raises(Refused, match="The newsletter 'Waste news' goes to the segment ours; send"):
        delete(row, person=member(ALICE), by=acting(ALICE), now=clock())
    issue_state = issue.state
    assert (issue_state, segment("ours").id) == ("draft", row.id)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"segment": "nobody"}, "There is no segment 'nobody'"),
        ({"segment": ["ours"]}, "audience.segment must be the slug of one segment"),
        ({"segment": {"topic": "waste"}}, "audience.segment must be the slug of one segment"),
        ({"user_types": ["academic"]}, "name at least one topic under audience.topics, or a seg"),
    ],
)
def test_an_issues_audience_is_checked(
    room: Flask, clock: Clock, given: dict[str, object], sentence: str
) -> None:
    with pytest.raises(Refused, match=sentence):
        write({**ENTRY, "audience": given}, now=clock())


def test_an_issues_segment_narrows_its_topics(room: Flask, clock: Clock) -> None:
    kept("local", {"user_type": "local-government"}, clock)
    cleo = joins(CLEO, now=clock(), follows=["waste"], user_type="local-government")
    joins(DAN, now=clock(), follows=["waste"], user_type="media")
    joins("eve@example.org", now=clock(), follows=["food"], user_type="local-government")
    with unit():
        both = write({**ENTRY, "audience": {"topics": ["waste"], "segment": "local"}}, now=clock())
        alone = write({**ENTRY, "audience": {"segment": "local"}}, now=clock())
    reached = audience(both, now=clock())
    assert (count(reached), count(audience(alone, now=clock()))) == (1, 2)
    why = reasons(reached, cleo.id, cleo.id, at=clock())
    assert why == {cleo.id: (("topic", "Waste and recycling"),)}


def test_an_issue_whose_topics_are_all_gone_reaches_nobody(room: Flask, clock: Clock) -> None:
    """Not the whole segment, which was to narrow them."""
    kept("everybody", {"everyone": True}, clock)
    joins(now=clock(), follows=["waste"])
    with unit():
        issue = write(
            {**ENTRY, "audience": {"topics": ["water"], "segment": "everybody"}}, now=clock()
        )
        topics("water")[0].retired_at = clock()
    assert count(audience(issue, now=clock())) == 0


def test_why_of_a_segment_alone_is_its_sentence(room: Flask, clock: Clock) -> None:
    cleo = joins(CLEO, now=clock(), user_type="media")
    dan = joins(DAN, now=clock(), user_type="academic")
    eve = joins("eve@example.org", now=clock(), user_type="academic")
    found = Audience(segment={"user_type": "academic"})
    reason = (("segment", "people in academia or research"),)
    assert reasons(found, cleo.id, eve.id, at=clock()) == {dan.id: reason, eve.id: reason}
    assert reasons(found, cleo.id, cleo.id, at=clock()) == {cleo.id: reason}, "the ledger knows"
    assert reasons(Audience(everyone=True), dan.id, dan.id, at=clock()) == {
        dan.id: (("segment", "everyone"),)
    }


def test_two_topics_of_one_name_are_told_apart(room: Flask) -> None:
    with unit():
        session.add(Topic(slug="waste-2", name="Waste and recycling", bit=90, position=90))
    said = {in_words({"topic": slug}) for slug in ("waste", "waste-2")}
    assert said == {f"people who follow Waste and recycling ({s})" for s in ("waste", "waste-2")}
    assert session.scalars(select(Segment)).all() == []


def test_by_the_command_line_too(room: Flask, clock: Clock) -> None:
    by = By("asserted", staff_id=member(ALICE).id, name=ALICE, os_user="al")
    with unit():
        save("mine", {"topic": "waste"}, person=member(ALICE), by=by, now=clock(), name=" My  own ")
    assert segment("mine").name == "My own"
    assert of("segment:mine")[0].by["os_user"] == "al"
