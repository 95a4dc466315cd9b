"""The people's pages: counts are those of the receivers query, and one person is shown whole."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pytest

from notifier.audience import private_feed, queries
from notifier.audience.models import Subscriber, Suppression
from notifier.audience.receivers import Audience, count
from notifier.audience.rules import suppression_key
from notifier.delivery import bounces
from notifier.sends.models import Delivery, Send
from notifier.store.db import session, unit
from notifier.store.history import of
from tests.journeys.world import World, path_in
from tests.makers import CLEO, PEPPER, Clock, topics
from tests.staff.desk import Desk, enters, says
from tests.staff.sending import Ledger, sending

ADA, DAN = "ada@example.org", "dan@example.org"


@pytest.fixture
def ada(world: World, clock: Clock) -> Desk:
    """An administrator of the whole organisation."""
    desk, _ = enters(world, clock, ADA, "admin")
    desk.get("/staff/people")
    return desk


@pytest.fixture
def cleo(world: World) -> str:
    """The path of Cleo's page; she follows waste."""
    world.joins(CLEO, topics=["waste"], user_type="academic")
    return f"/staff/people/{number(world)}"


def number(world: World, email: str = CLEO) -> int:
    with world.build(now=world.clock).app_context():
        return queries.known(email).id


def state(world: World, one: str) -> str:
    with world.build(now=world.clock).app_context():
        return session.get_one(Subscriber, int(one.rpartition("/")[2])).state


def actions(world: World, one: str) -> list[tuple[str, str]]:
    """(what was done, by whom) to a person, oldest first."""
    with world.build(now=world.clock).app_context():
        rows = of(f"subscriber:{one.rpartition('/')[2]}")
        return [(row.action, row.by["name"]) for row in rows]


def panel(answer: Any, head: str) -> str:
    found = re.search(rf'<section[^>]*aria-labelledby="{head}".*?</section>', answer.text, re.S)
    assert found is not None, head
    return " ".join(re.sub(r"<[^>]+>", " ", found[0]).split())


def test_the_counts_are_those_of_the_receivers_query(world: World, clock: Clock, ada: Desk) -> None:
    world.joins(CLEO, topics=["waste"], user_type="academic")
    world.joins(DAN, topics=["waste", "food"], user_type="media")
    page = ada.get("/staff/people")
    assert "2 people get mail. This month 2 came and 0 went." in says(page)
    with world.build(now=clock).app_context():
        waste = Audience(topics=[row.id for row in topics("waste")], exact=True)
        assert count(Audience(everyone=True)) == 2
        assert f"Waste and recycling {count(waste)}" in panel(page, "h-topics")
    assert "Academic or researcher 1" in panel(page, "h-types")
    assert "Parliament no one" in panel(page, "h-types")
    assert "November 2026 2 0" in panel(page, "h-growth")


def test_somebody_is_looked_up_and_history_says_who_looked(
    world: World, clock: Clock, ada: Desk, cleo: str
) -> None:
    answer = ada.post("/staff/people", address=" Cleo@Example.org ")
    assert answer.headers["Location"] == cleo
    page = ada.follow(answer)
    assert page.headers["Cache-Control"] == "no-store"
    assert "They follow one thing and get mail." in says(page)
    assert "Waste and recycling Topic · since 23 November 2026" in panel(page, "h-follows")
    assert "Changes at once" in panel(page, "h-rhythms")
    assert "They agreed, on the sign-up page, 23 November 2026" in panel(page, "h-consents")
    assert "Looked at by you" in panel(page, "h-deeds")
    ada.get(cleo)
    assert actions(world, cleo).count(("look", ADA)) == 1
    clock.forward(minutes=11)
    ada.get(cleo)
    assert actions(world, cleo).count(("look", ADA)) == 2
    for wrong in ("cleo@", "dan@example.org", "", "<script>alert(1)</script>@x.org"):
        refused = ada.post("/staff/people", address=wrong)
        assert refused.status_code == 400
        assert "There is a problem" in says(refused)
        assert "<script>alert" not in refused.text


def test_what_they_were_sent_says_what_became_of_it_and_why(
    world: World, ada: Desk, cleo: str
) -> None:
    world.announces("Dry mixed")
    world.clock.forward(minutes=5)
    world.drain()
    words = panel(ada.get(cleo), "h-messages")
    assert "3 in all" in words
    assert "first announced they follow Waste and recycling" in words
    assert "Welcome" in words
    assert words.count("Accepted") == 3


def test_many_messages_are_shown_page_by_page(world: World, clock: Clock, ada: Desk) -> None:
    for each in range(20):
        sending(
            world,
            ledger=Ledger(people=3, accepted=3, again=0, full=0, gone=0, refused=0),
            first=5000 + 3 * each,
            about=f"release:{each + 1}",
        )
    with world.build(now=clock).app_context(), unit():
        for send in session.query(Send).filter(Send.stage == "moved"):
            if not session.get(Delivery, (send.id, 5000)):
                session.add(
                    Delivery(
                        send_id=send.id,
                        subscriber_id=5000,
                        variant=0,
                        state=1,
                        at=int(clock().timestamp()),
                        code=250,
                        tries=1,
                    )
                )
    first = ada.get("/staff/people/5000")
    assert "20 in all" in says(first)
    assert first.text.count('class="sends__what"') == 15
    assert "Older" in says(first)
    assert ada.get("/staff/people/5000?page=2").text.count('class="sends__what"') == 5
    for odd in ("0", "-1", "x", "99999999"):
        assert ada.get(f"/staff/people/5000?page={odd}").status_code == 200


def test_mail_is_stopped_by_hand_and_taken_back(world: World, ada: Desk, cleo: str) -> None:
    page = ada.get(f"{cleo}/stop")
    assert "Nothing goes to them any more" in says(page)
    for wrong, said in (
        ({"why": "Typed twice"}, "Say whose wish it is"),
        ({"asked": "we", "why": "  "}, "Say why, in a few words"),
        ({"asked": "we", "why": "x" * 301}, "Shorten the reason to 300 characters"),
        ({"asked": "we", "why": "cleo@example.org is wrong"}, "Leave addresses out"),
    ):
        refused = ada.post(f"{cleo}/stop", **wrong)
        assert refused.status_code == 400
        assert said in says(refused)
    assert state(world, cleo) == "active"
    page = ada.follow(ada.post(f"{cleo}/stop", asked="we", why="The mailbox is a robot's"))
    assert "Nothing is sent to them any more." in says(page)
    assert "Stopped by staff, since 23 November 2026. “The mailbox is a robot&#39;s”" in page.text
    assert "All mail was stopped by you" in panel(page, "h-deeds")
    again = ada.follow(ada.post(f"{cleo}/stop", asked="we", why="Twice"))
    assert "Nothing was changed" in says(again)
    world.announces("Dry mixed")
    world.drain()
    assert len(world.mails(CLEO)) == 2
    page = ada.follow(ada.post(f"{cleo}/lift", why="It was not"))
    assert "They follow one thing and get mail." in says(page)
    assert state(world, cleo) == "active"
    with world.build(now=world.clock).app_context():
        assert session.query(Suppression).count() == 0
        assert count(Audience(everyone=True)) == 1


def test_what_they_asked_for_themselves_only_they_take_back(
    world: World, clock: Clock, ada: Desk, cleo: str
) -> None:
    ada.get(cleo)
    ada.post(f"{cleo}/stop", asked="they", why="By telephone")
    page = ada.get(cleo)
    assert "They asked us to stop" in says(page)
    assert "Let mail go to them again" not in says(page)
    assert "Nothing was changed" in says(ada.follow(ada.post(f"{cleo}/lift", why="x")))
    assert state(world, cleo) == "suppressed"
    refused = ada.post(f"{cleo}/ask", why="They telephoned again")
    assert "within the last seven days" in says(refused)
    with world.build(now=clock).app_context(), unit():  # the mail of their sign-up, long ago
        session.query(Send).filter_by(kind="confirm").one().created_at -= timedelta(days=8)
    page = ada.follow(ada.post(f"{cleo}/ask", why="They telephoned again"))
    assert "The link is on its way to them." in says(page)
    refused = ada.post(f"{cleo}/ask", why="Again")
    assert "within the last seven days" in says(refused)
    world.drain()
    assert state(world, cleo) == "suppressed"
    link = path_in(world.last_mail(CLEO, "/confirm/"), "/confirm/")
    assert world.presses(link).status_code == 200
    assert state(world, cleo) == "active"


def test_a_pause_and_its_end(world: World, clock: Clock, ada: Desk, cleo: str) -> None:
    ada.get(cleo)
    for wrong, said in (("", "Give the first day"), ("2026-11-01", "must be in the future")):
        refused = ada.post(f"{cleo}/pause", until=wrong, why="They asked")
        assert refused.status_code == 400
        assert said in says(refused)
        assert 'value="They asked"' in refused.text
    page = ada.follow(ada.post(f"{cleo}/pause", until="2027-01-04", why="They asked"))
    assert "On a break until 4 January 2027" in says(page)
    assert "Mail is on a break until 4 January 2027 by you They asked" in panel(page, "h-deeds")
    page = ada.follow(ada.post(f"{cleo}/resume", why="They are back"))
    assert "Gets mail" in says(page)
    assert ("resume", ADA) in actions(world, cleo)


def test_what_they_follow_is_corrected_at_their_request(world: World, ada: Desk, cleo: str) -> None:
    page = ada.get(f"{cleo}/topics")
    was = re.search(r'name="was" value="([^"]*)"', page.text)
    assert was is not None
    given = {"was": was[1], "why": "By letter"}
    for more, said in (
        ({}, "Choose at least one thing"),
        ({"topics": ["waste"], "was": "1.2.3"}, "was changed a moment ago"),
        ({"topics": ["waste"], "why": ""}, "Say why"),
    ):
        refused = ada.post(f"{cleo}/topics", **{**given, **more})
        assert refused.status_code == 400
        assert said in says(refused)
    assert ada.post(f"{cleo}/topics", **{**given, "topics": ["no-such"]}).status_code == 400
    page = ada.follow(ada.post(f"{cleo}/topics", **given, topics=["food"]))
    assert "What they follow is corrected." in says(page)
    assert "Waste and recycling" in panel(page, "h-follows")
    assert "1 that has ended" in says(page)
    assert "Changed what they get by you By letter" in panel(page, "h-deeds")
    again = ada.post(f"{cleo}/topics", **given, topics=["waste"])
    assert "was changed a moment ago" in says(again)


def test_a_private_feed_is_ended(world: World, clock: Clock, ada: Desk, cleo: str) -> None:
    assert "That cannot be done now" in says(ada.follow(ada.get(f"{cleo}/feed")))
    with world.build(now=clock).app_context(), unit():
        private_feed.make(queries.known(CLEO), now=clock())
    assert "They have one" in panel(ada.get(cleo), "h-facts")
    page = ada.follow(ada.post(f"{cleo}/feed", why="It stood on a public page"))
    assert "Private feed None" in panel(page, "h-facts")


def test_erasure_takes_two_steps_and_leaves_no_address(
    world: World, clock: Clock, ada: Desk, cleo: str
) -> None:
    page = ada.get(f"{cleo}/forget")
    assert "Nobody can bring them back" in says(page)
    refused = ada.post(f"{cleo}/forget", why="They wrote from that address")
    assert "Tick that you know" in says(refused)
    assert state(world, cleo) == "active"
    page = ada.follow(ada.post(f"{cleo}/forget", why="They wrote to us", sure="yes"))
    assert "They are erased." in says(page)
    assert CLEO not in page.text
    assert "Erased person" in says(page)
    assert "Erase them" not in panel(page, "h-facts")
    assert ada.post(f"{cleo}/forget", why="x", sure="yes").status_code == 303
    with world.build(now=clock).app_context():
        row = session.get_one(Suppression, suppression_key(CLEO, PEPPER))
        assert (row.reason, row.subscriber_id, row.note) == ("erased", None, "")
    assert world.mails(CLEO) == []


def test_what_we_hold_is_taken_as_a_file_and_that_is_kept(
    world: World, clock: Clock, ada: Desk, cleo: str
) -> None:
    answer = ada.get(f"{cleo}/held.json")
    facts = json.loads(answer.text)
    assert facts["person"]["email"] == CLEO
    assert facts["consents"][0]["how"] == "form"
    assert ("held", ADA) in actions(world, cleo)
    clock.forward(minutes=20)
    assert ada.get(f"{cleo}/held.json").headers["Location"] == "/staff/prove"
    assert ada.get(f"{cleo}/forget").headers["Location"] == "/staff/prove"


def test_growth_has_who_came_and_who_went_by_month(
    world: World, clock: Clock, ada: Desk, cleo: str
) -> None:
    with world.build(now=clock).app_context(), unit():
        for person in session.query(Subscriber):
            person.confirmed_at = clock() - timedelta(days=70)
    ada.get(cleo)
    ada.post(f"{cleo}/stop", asked="they", why="By letter")
    words = panel(ada.get("/staff/people"), "h-growth")
    assert "November 2026 0 1" in words
    assert "September 2026 1 0" in words


def test_what_bounced_says_so_in_plain_words(
    world: World, clock: Clock, ada: Desk, cleo: str
) -> None:
    world.announces("Dry mixed")
    with world.build(now=clock).app_context(), unit():
        number, now = queries.known(CLEO).id, clock()
        send = session.query(Send).filter_by(kind="confirm").one()
        bounces.apply(send.id, number, "hard", now=now, pepper=PEPPER, code=550, status="5.1.1")
    world.drain()
    page = ada.get(cleo)
    assert "The address does not work, since 23 November 2026." in says(page)
    assert "The address does not exist 550 5.1.1" in panel(page, "h-bounces")
    assert "All mail was stopped by Notifier the address does not work" in panel(page, "h-deeds")
    assert "Came back" in panel(page, "h-messages")
    assert "Send them the link to confirm" in panel(page, "h-acts")
