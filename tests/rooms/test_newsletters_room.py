"""An issue goes from draft to a promise, by two people, to those who want that team's news."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from notifier.accounts import people
from notifier.audience.leave import stop_newsletters
from notifier.audience.receivers import Audience, count
from notifier.catalogue import queries as catalogue
from notifier.catalogue.models import Organisation
from notifier.errors import NotFound, Refused
from notifier.newsletters import queries
from notifier.newsletters.models import Newsletter
from notifier.newsletters.send import approve, send, submit
from notifier.newsletters.write import write
from notifier.store.db import session, unit
from notifier.store.history import SYSTEM, of
from tests.makers import ALICE, BOB, CLEO, DAN, HANA, Clock, acting, joins, london, member


def the_issue() -> Newsletter:
    return queries.every()[0]


def agreed(issue: Newsletter, clock: Clock) -> Newsletter:
    with unit():
        submit(issue, author=member(ALICE), by=acting(ALICE), now=clock())
        approve(issue, approver=member(BOB), by=acting(BOB), now=clock())
    return issue


def test_from_draft_to_promise(room: Flask, clock: Clock) -> None:
    issue = agreed(the_issue(), clock)
    with unit():
        promised = send(issue, by=acting(ALICE), now=clock())
    assert (issue.state, issue.published_at) == ("sent", london("2026-11-24 10:30"))
    assert (promised.kind, promised.about, promised.stage) == (
        "newsletter",
        f"newsletter:{issue.id}",
        "issue",
    )
    assert promised.due_at == issue.published_at
    assert [r.action for r in of(f"newsletter:{issue.id}")] == ["submit", "approve", "send"]
    with pytest.raises(Refused, match="is sent already; it cannot be sent again"), unit():
        send(issue, by=acting(ALICE), now=clock())


def test_the_public_sees_it_from_its_instant(room: Flask, clock: Clock) -> None:
    issue = agreed(the_issue(), clock)
    with unit():
        send(issue, by=acting(ALICE), now=clock())
    before = london("2026-11-24 10:30") - timedelta(seconds=1)
    assert queries.published(before) == []
    with pytest.raises(NotFound):
        queries.public_issue(issue.slug, before)
    at = london("2026-11-24 10:30")
    assert queries.published(at) == [queries.public_issue(issue.slug, at)] == [issue]


def test_one_whose_time_has_passed_goes_now(room: Flask, clock: Clock) -> None:
    issue = agreed(the_issue(), clock)
    clock.forward(days=3)
    with unit():
        assert send(issue, by=acting(ALICE), now=clock()).due_at == clock()


def test_the_author_does_not_approve_it(room: Flask, clock: Clock) -> None:
    issue = the_issue()
    with unit():
        submit(issue, author=member(BOB), by=acting(BOB), now=clock())
    with pytest.raises(Refused, match=f"{BOB} wrote this newsletter; ask an approver"):
        approve(issue, approver=member(BOB), by=acting(BOB), now=clock())
    with pytest.raises(Refused, match=f"{ALICE} is no approver or hop of the team"):
        approve(issue, approver=member(ALICE), by=acting(ALICE), now=clock())
    with unit():
        approve(issue, approver=member(HANA), by=acting(HANA), now=clock())


def test_where_the_organisation_asks_for_no_second_person(room: Flask, clock: Clock) -> None:
    with unit():
        session.execute(update(Organisation).values(second_person={"newsletter": False}))
        session.expire_all()
    issue = the_issue()
    with unit():
        submit(issue, author=member(ALICE), by=acting(ALICE), now=clock())
        approve(issue, approver=member(ALICE), by=acting(ALICE), now=clock())
    assert issue.state == "approved"


def test_staff_of_another_body_are_strangers(room: Flask, clock: Clock) -> None:
    with unit():
        team = catalogue.team("fisheries").id
        people.add("finn@example.org", "author", team_id=team, by=SYSTEM, now=clock())
    with pytest.raises(Refused, match=r"finn@.* is no author"):
        submit(the_issue(), author=member("finn@example.org"), by=SYSTEM, now=clock())


def test_it_reaches_its_user_types_but_for_those_who_stopped(room: Flask, clock: Clock) -> None:
    joins(CLEO, now=clock(), follows=["people-and-nature"], user_type="academic")
    joins(DAN, now=clock(), follows=["people-and-nature"], user_type="media")
    erin = joins("erin@example.org", now=clock(), follows=["nature"], user_type="public")
    issue = agreed(the_issue(), clock)
    with unit():
        audience = Audience.of(send(issue, by=acting(ALICE), now=clock()).receivers or {})
    assert count(audience) == 2  # Dan is of the media
    with unit():
        stop_newsletters(erin, issue.team_id, now=clock())
    assert count(audience) == 1


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"team": "no-such"}, "There is no team 'no-such'; known: air-quality"),
        ({"audience": {"topics": ["fod"]}}, "There is no topic 'fod'"),
        ({"audience": {"topics": ["food"], "user_types": ["boss"]}}, "There is no user type"),
        (
            {"audience": {"tpics": ["food"]}},
            "audience knows topics, user_types and segment, not 'tpics'",
        ),
        ({"audience": None}, "name at least one topic"),
        ({"body": ["x"]}, "body must be a text"),
        ({"send": "2026-11-23 09:59"}, "send is in the past"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_an_issue_that_is_wrong_is_refused(
    room: Flask, clock: Clock, changes: dict[str, Any], sentence: str
) -> None:
    entry = {
        "team": "food",
        "title": "News",
        "body": "Words",
        "audience": {"topics": ["food"]},
        **changes,
    }
    with pytest.raises(Refused, match=sentence), unit():
        write(entry, now=clock())
    assert len(queries.every()) == 1


def test_titles_may_repeat_and_slugs_may_not(room: Flask, clock: Clock) -> None:
    entry = {"team": "food", "title": "News", "body": "W", "audience": {"topics": ["food"]}}
    with unit():
        slugs = [write(dict(entry), now=clock()).slug for _ in range(3)]
    assert slugs == ["news", "news-2", "news-3"]
    assert queries.issue("news-2").title == "News"
    assert queries.issue(str(the_issue().id)) is the_issue()
    with pytest.raises(NotFound, match="bin/notifier newsletters list"):
        queries.issue("no-such")
