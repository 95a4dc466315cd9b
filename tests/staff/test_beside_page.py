"""Beside a notice: mail to oneself, links on request, messages that are moved, and its cost."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from notifier.errors import Refused
from notifier.notices import queries
from notifier.notices.mail_to_me import mail_to_me
from notifier.sends.queries import calendar
from notifier.store.db import unit
from notifier.store.history import of
from tests import makers
from tests.edges.web_server import serving
from tests.journeys.world import World, html_of, text_of
from tests.makers import ALICE, Clock, acting, member, on_sqlite
from tests.staff.beside import CLEO, FAY, FINE, author, reference
from tests.staff.desk import Desk, says
from tests.staff.following import crowd
from tests.staff.test_desk_page import counted


@pytest.fixture
def fay(world: World) -> Desk:
    return author(world)


@pytest.fixture
def base(world: World) -> str:
    return f"/staff/notices/{reference(world)}"


def test_one_preview_comes_by_mail_to_whoever_asks(
    world: World, clock: Clock, fay: Desk, base: str
) -> None:
    world.joins(CLEO, topics=["air-quality"], user_type="academic")
    fay.get(f"{base}/preview")
    done = fay.follow(fay.post(f"{base}/mail-to-me", depth="technical", language="en"))
    assert f"A preview is on its way to {FAY}, and to nobody else." in says(done)
    world.drain()
    (mail,) = world.mails("", "Preview: ")
    assert mail["To"] == FAY
    assert str(mail["Subject"]).startswith("Preview: Change coming on 1 March 2027")
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Unsubscribe"] is None
    assert "NFR19 category 1A4bi" in text_of(mail)
    assert "Only you got this." in html_of(mail)
    with world.build(now=clock).app_context():
        notice = queries.notice(reference(world))
        assert notice.state == "draft"
        assert [s for s in calendar(about=notice.reference) if s.kind == "notice"] == []


def test_an_eleventh_preview_within_an_hour_is_refused(
    world: World, clock: Clock, fay: Desk, base: str
) -> None:
    fay.get(f"{base}/preview")
    for _ in range(10):
        assert fay.post(f"{base}/mail-to-me", depth="detail", language="cy").status_code == 303
    answer = fay.post(f"{base}/mail-to-me", depth="detail", language="cy")
    assert answer.status_code == 400
    assert "You had 10 previews by mail within the last hour" in says(answer)
    assert 'language=cy#preview" ' in answer.text
    clock.forward(hours=1, minutes=1)
    assert fay.post(f"{base}/mail-to-me", depth="detail", language="cy").status_code == 303
    world.drain()
    assert len(world.mails(FAY, "Preview: ")) == 1  # the others had lapsed


@on_sqlite
def test_links_are_asked_on_request_and_what_they_say_is_kept(
    world: World, clock: Clock, fay: Desk, base: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NOTIFIER_FETCH_ALLOW", "127.0.0.1/32")
    with serving() as office:
        office.pages["/there"] = (200, {}, b"yes")
        with world.build(now=clock).app_context(), unit():
            notice = queries.notice(reference(world))
            notice.evidence = [
                {"title": "There", "url": f"{office.url}/there"},
                {"title": "Gone", "url": f"{office.url}/gone"},
                {"title": "Inside", "url": "https://[::1]/secret"},
            ]
        desk = Desk(world.browser())
        desk.sign_in(FAY)
        assert "3 links were not tried" in says(desk.get(f"{base}/beside"))
        assert office.asked == []  # looking asks nobody
        page = says(desk.follow(desk.post(f"{base}/links")))
        assert sorted(office.asked) == ["/gone", "/there"]
    assert "2 of 4 do not answer." in page
    assert "“Gone” does not answer: there is no such page. " in page
    assert "“Inside” does not answer: it leads into a private network." in page
    assert "“There”" not in page


@on_sqlite
def test_of_many_links_twenty_are_asked_and_then_the_others(
    world: World, clock: Clock, fay: Desk, base: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NOTIFIER_FETCH_ALLOW", "127.0.0.1/32")
    with serving() as office:
        with world.build(now=clock).app_context(), unit():
            notice = queries.notice(reference(world))
            notice.evidence = [
                {"title": f"Report {place}", "url": f"{office.url}/{place}"} for place in range(25)
            ]
        desk = Desk(world.browser())
        desk.sign_in(FAY)
        assert "25 links were not tried" in says(desk.get(f"{base}/beside"))
        assert "5 links were not tried" in says(desk.follow(desk.post(f"{base}/links")))
        assert len(office.asked) == 20
        assert "not tried" not in says(desk.follow(desk.post(f"{base}/links")))
        assert {f"/{place}" for place in range(25)} <= set(office.asked)


def test_a_message_is_moved_at_the_desk_and_put_back(
    world: World, clock: Clock, fay: Desk, base: str
) -> None:
    assert "Fri 29 Jan 2027, 10:30 A month to go (30 January is a Saturday)" in says(
        fay.get(f"{base}/beside")
    )
    form = says(fay.get(f"{base}/plan/T-30"))
    assert "It goes on Friday 29 January 2027. That is where its rule puts it." in form
    page = says(fay.follow(fay.post(f"{base}/plan/T-30", day="2027-01-27")))
    assert "“A month to go” goes on Wednesday 27 January 2027." in page
    assert "Wed 27 Jan 2027, 10:30 33 days to go (moved 2 days earlier by staff)" in page
    fay.get(f"{base}/plan/T-30")
    page = says(fay.follow(fay.post(f"{base}/plan/T-30/put-back")))
    assert "Fri 29 Jan 2027, 10:30 A month to go (30 January" in page


def test_pressing_twice_moves_it_once(world: World, clock: Clock, fay: Desk, base: str) -> None:
    fay.get(f"{base}/plan/T-30")
    for _ in range(2):
        assert fay.post(f"{base}/plan/T-30", day="2027-01-27").status_code == 303
    for _ in range(2):
        assert fay.post(f"{base}/plan/T-30/put-back").status_code == 303
    with world.build(now=clock).app_context():
        rows = of(f"notice:{queries.notice(reference(world)).id}")
        assert [row.action for row in rows] == ["adjust_stage", "put_back_stage"]


@pytest.mark.parametrize("day", ["", "soon", "2027-01-31", "2029-01-01", "2027-13-01"])
def test_a_wrong_day_is_one_sentence_and_changes_nothing(
    world: World, clock: Clock, fay: Desk, base: str, day: str
) -> None:
    fay.get(f"{base}/plan/T-30")
    answer = fay.post(f"{base}/plan/T-30", day=day)
    assert answer.status_code == 400
    assert 'href="#day"' in answer.text
    assert "Fri 29 Jan 2027" in says(fay.get(f"{base}/beside"))


def test_what_cannot_be_moved_says_so(world: World, clock: Clock, fay: Desk, base: str) -> None:
    for stage in ("T0", "announce", "nothing", "T-x", "T+999"):
        page = fay.get(f"{base}/plan/{stage}")
        assert page.status_code == 200
        assert "This message is not" in says(page)
        assert fay.post(f"{base}/plan/{stage}", day="2027-01-28").status_code == 400


def test_the_public_page_says_the_true_days_of_a_moved_message(
    world: World, clock: Clock, fay: Desk, base: str
) -> None:
    fay.get(f"{base}/plan/T-90")
    assert fay.post(f"{base}/plan/T-90", day="2026-12-04").status_code == 303
    notice = world.announces(FINE)
    page = says(world.get(f"/changes/{notice}"))
    assert re.findall("Next message[^.]*", page) == [
        "Next message: Friday 4 December 2026 , 87 days before"
    ]


@on_sqlite
def test_it_asks_no_more_when_there_are_more_people(
    world: World, clock: Clock, fay: Desk, base: str
) -> None:
    numbers = []
    for more in (50, 2000):
        with world.build(now=clock).app_context():
            crowd(more, now=clock(), first=100_000 * more)
        clock.forward(minutes=11)
        found: list[str] = []
        with counted(found):
            assert fay.get(f"{base}/beside").status_code == 200
        numbers.append(len(found))
    assert numbers[0] == numbers[1]
    assert numbers[1] < 120


def test_a_wrong_depth_is_refused_by_the_room(room: Flask, clock: Clock) -> None:
    notice = makers.draft(now=clock())
    person = member(ALICE)
    with pytest.raises(Refused, match="Choose a depth"):
        mail_to_me(notice, depth="x", language="en", person=person, by=acting(ALICE), now=clock())
