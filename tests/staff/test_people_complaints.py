"""Complaints are read, answered by a letter or in another way, and nobody waits unseen."""

from __future__ import annotations

import re

import pytest

from notifier.audience import queries
from notifier.audience.complain import complain
from notifier.audience.models import Complaint
from notifier.delivery import bounces
from notifier.sends.models import Send
from notifier.store.db import session, unit
from notifier.store.history import of
from tests.journeys.world import World, html_of, text_of
from tests.makers import CLEO, PEPPER, Clock
from tests.staff.desk import Desk, enters, says

HAL, DAN = "hal@example.org", "dan@example.org"
LOG = "/staff/people/complaints"
WORDS = "You wrote to me after I left.\nWhy? <script>alert(1)</script>"


@pytest.fixture
def hal(world: World, clock: Clock) -> Desk:
    """A Head of Profession of the whole organisation."""
    desk, _ = enters(world, clock, HAL, "hop")
    desk.get(LOG)
    return desk


def complains(world: World, *, email: str = "", contact: str = "") -> str:
    """The path of a new complaint."""
    with world.build(now=world.clock).app_context(), unit():
        person = queries.known(email) if email else None
        row = complain(WORDS, person=person, contact=contact, now=world.clock())
        return f"{LOG}/{row.id}"


def seen(answer: object) -> str:
    found = re.search(r'name="seen" value="([^"]*)"', answer.text)  # type: ignore[attr-defined]
    return found[1] if found else ""


def test_a_complaint_is_answered_by_a_letter(world: World, clock: Clock, hal: Desk) -> None:
    assert "No complaint waits for an answer." in says(hal.get(LOG))
    url = complains(world, contact=DAN)
    page = hal.get(LOG)
    assert (
        "One complaint waits for an answer. It has waited less than a day; the law gives 30 days."
        in says(page)
    )
    assert "30 days left" in says(page)
    assert f'href="{url}"' in hal.get("/staff/?needs=all").text
    page = hal.get(url)
    assert "Answer by 23 December 2026." in says(page)
    assert "<script>alert" not in page.text
    assert f"Send this to {DAN}" in says(page)
    for wrong, said in (
        ({"how": "mail", "words": " "}, "Write what you answer"),
        ({"words": "Sorry"}, "Say how they are answered"),
        ({"how": "mail", "words": "x" * 5001}, "Shorten this to 5,000"),
    ):
        refused = hal.post(url, **wrong)
        assert refused.status_code == 400
        assert said in says(refused)
    hal.get(url)
    given = {"how": "mail", "words": "We are sorry.\n\nYou are off <b>every</b> list.", "seen": ""}
    page = hal.follow(hal.post(url, **given))
    assert "The answer is on its way." in says(page)
    assert "was answered a moment ago" in says(hal.post(url, **given))
    clock.forward(days=2)
    world.drain()
    letter = world.last_mail(DAN)
    assert letter["Subject"] == "Our answer to your complaint"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["List-Unsubscribe"] is None
    assert "You are off <b>every</b> list." in text_of(letter)
    assert "&lt;b&gt;every&lt;/b&gt;" in html_of(letter)
    assert "after I left" not in text_of(letter)
    assert len(world.mails(DAN)) == 1


def test_the_page_says_what_became_of_the_letter(world: World, clock: Clock, hal: Desk) -> None:
    url = complains(world, contact=DAN)
    hal.get(url)
    hal.post(url, how="mail", words="Sorry", seen="")
    assert "On its way" in says(hal.get(url))
    world.drain()
    page = hal.get(url)
    assert "Accepted by their mail server" in says(page)
    assert f"Answered on 23 November 2026 by {HAL}" in says(page)
    hal.post(url, how="mail", words="And one word more", seen=seen(page))
    world.drain()
    assert len(world.mails(DAN)) == 2
    assert "Answered after less than a day" in says(hal.get(f"{LOG}?show=answered"))
    with world.build(now=clock).app_context():
        assert [row.action for row in of("complaint:1")][:3] == ["complain", "look", "answer"]


def test_somebody_we_know_is_answered_at_their_own_address(
    world: World, clock: Clock, hal: Desk
) -> None:
    world.joins(CLEO, topics=["waste"], user_type="academic")
    url = complains(world, email=CLEO)
    page = hal.get(url)
    assert f"Send this to {CLEO}" in says(page)
    assert "Who it is, and what they were sent" in says(page)
    hal.post(url, how="mail", words="Sorry", seen="")
    world.drain()
    assert world.last_mail(CLEO)["Subject"] == "Our answer to your complaint"
    with world.build(now=clock).app_context():
        number = queries.known(CLEO).id
    words = says(hal.get(f"/staff/people/{number}"))
    assert "Answer to a complaint" in words
    assert "Complaint of 23 November 2026" in words


def test_to_a_stopped_address_nothing_is_sent(world: World, clock: Clock, hal: Desk) -> None:
    world.joins(CLEO, topics=["waste"], user_type="academic")
    url, nowhere = complains(world, email=CLEO), complains(world)
    with world.build(now=clock).app_context():
        number = queries.known(CLEO).id
    hal.get(f"/staff/people/{number}/stop")
    hal.post(f"/staff/people/{number}/stop", asked="they", why="By letter")
    for each in (url, nowhere):
        page = hal.get(each)
        assert "There is no address that we may write to from here." in says(page)
        refused = hal.post(each, how="mail", words="Sorry", seen="")
        assert "There is no address that we may write to" in says(refused)
        page = hal.follow(hal.post(each, how="else", words="I telephoned.", seen=""))
        assert "It was answered in another way" in says(page)
    with world.build(now=clock).app_context():
        assert session.query(Send).filter_by(kind="complaint_answer").count() == 0


def test_who_is_erased_meanwhile_gets_no_letter(world: World, clock: Clock, hal: Desk) -> None:
    world.joins(CLEO, topics=["waste"], user_type="academic")
    url = complains(world, email=CLEO)
    stranger = complains(world, contact=CLEO)
    for each in (url, stranger):
        hal.get(each)
        hal.post(each, how="mail", words="Sorry", seen="")
    world.done("subscribers", "forget", CLEO)
    world.drain()
    assert world.mails(CLEO) == []
    assert CLEO not in hal.get(url).text + hal.get(stranger).text
    assert "Not sent" in says(hal.get(stranger))


def test_late_ones_are_loud(world: World, clock: Clock, hal: Desk) -> None:
    url = complains(world, contact=DAN)
    with world.build(now=clock).app_context(), unit():
        row = session.get_one(Complaint, 1)
        row.at = clock.instant.replace(month=10, day=20)
    assert "4 days late" in says(hal.get(LOG))
    assert "It has waited 34 days." in says(hal.get(url))


def test_what_was_reported_as_spam_is_in_the_log(world: World, clock: Clock, hal: Desk) -> None:
    world.joins(CLEO, topics=["waste"], user_type="academic")
    world.announces("Dry mixed")
    world.drain()
    with world.build(now=clock).app_context(), unit():
        send = session.query(Send).filter_by(kind="notice", stage="announce").one()
        number = queries.known(CLEO).id
        bounces.apply(send.id, number, "complaint", now=clock(), pepper=PEPPER)
    words = says(hal.get(f"{LOG}?show=spam"))
    assert f"{CLEO} 23 November 2026 · Dry mixed" in words
    assert "All mail stopped" in words
    assert "They reported our mail as spam" in says(hal.get("/staff/people/suppressed"))
    assert "Reported as spam" in says(hal.get(f"/staff/people/{number}"))
    for odd in ("?show=x", "?show=spam&page=0", "?page=99999999", "?page=x"):
        assert hal.get(LOG + odd).status_code == 200
