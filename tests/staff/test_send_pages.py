"""One Send on the desk: what its page says, and what one can do there, in every state."""

from __future__ import annotations

import csv
import io
import re

import pytest

from notifier.audience.models import Subscriber
from notifier.sends.models import Chunk, Delivery, Send
from notifier.sends.plan import plan
from notifier.sends.rules import State
from notifier.store.db import session, unit
from notifier.store.history import of
from tests import makers
from tests.journeys.world import World
from tests.makers import ALICE, Clock
from tests.staff.desk import Desk, joins, says
from tests.staff.sending import Ledger, sending, the

FAY, GIL = "fay@example.org", "gil@example.org"


@pytest.fixture
def fay(world: World) -> Desk:
    """An author of the waste team, at her desk."""
    desk = joins(world, FAY, "author", "--team", "waste")
    desk.sign_in(FAY)
    return desk


def history(world: World, send_id: int) -> list[str]:
    with world.build(now=world.clock).app_context():
        return [row.action for row in of(f"send:{send_id}")]


def test_a_page_says_how_far_it_is_how_fast_and_why_it_fails(world: World, fay: Desk) -> None:
    number = sending(world)
    shown = fay.get(f"/staff/sends/{number}")
    words = says(shown)
    assert "<title>66% – " in shown.text
    assert "Going out To people who follow Waste" in words
    assert "40 of 60 accepted 40 accepted 12 waiting 3 trying again 5 failed" in words
    # 45 are known after 50 seconds: 12 more take 13.3 seconds at that rate.
    assert "Done at about 10:00 13 seconds left, 54 people a minute" in words
    assert "Cancelling leaves 15 people untold" in words
    assert "ministry.example 20 of 30 6 2 2" in words
    assert "3 people are put off by their servers, and tried again from 10:03." in words
    assert "2 Mailbox is full We try again with the next message." in words
    assert "1 No such address Stopped: no more mail" in words
    assert "2 Refused by their filter" in words
    assert re.search(r'class="bar__part bar__part--accepted w6[67]"', shown.text)
    assert "style=" not in shown.text


def test_the_block_that_is_looked_at_each_second_ends_with_the_send(
    world: World, clock: Clock, fay: Desk
) -> None:
    number = sending(world, ledger=Ledger(people=60, accepted=40, again=0))
    page = fay.get(f"/staff/sends/{number}")
    assert f'data-hx-get="/staff/sends/{number}/live?said=60"' in page.text
    first = fay.get(f"/staff/sends/{number}/live?said=60").text
    assert 'data-hx-trigger="every 1s"' in first
    assert 'id="said"' not in first
    clock.forward(seconds=5)
    with world.build(now=clock).app_context():
        moved(number, accepted=50)
    second = fay.get(f"/staff/sends/{number}/live?said=60").text
    assert "<title>83% – " in second
    assert ">80% accepted</p>" in second
    assert "2 a second" in second  # ten in five seconds
    with world.build(now=clock).app_context():
        ended(number)
    last = fay.get(f"/staff/sends/{number}/live?said=80").text
    assert "data-hx-get" not in last
    assert "Show the final figures" in last


def moved(number: int, *, accepted: int) -> None:
    with unit():
        session.get_one(Send, number).accepted = accepted


def ended(number: int) -> None:
    with unit():
        session.get_one(Send, number).state = "done"
        session.get_one(Chunk, (number, 1)).state = "done"


def test_it_is_paused_with_one_press_and_goes_on(world: World, clock: Clock, fay: Desk) -> None:
    number = sending(world)
    fay.get(f"/staff/sends/{number}")
    words = says(fay.follow(fay.post(f"/staff/sends/{number}/pause")))
    assert "It is paused. Nobody gets it until somebody lets it go on." in words
    assert "Paused at 10:00 by you" in words
    assert the(world, number).state == "paused"
    assert "Pause</button>" not in fay.get(f"/staff/sends/{number}").text
    again = fay.post(f"/staff/sends/{number}/pause")
    assert again.status_code == 400
    assert "paused already; it cannot be paused again" in says(again)
    clock.forward(minutes=2)
    fay.get(f"/staff/sends/{number}")
    assert "It goes on." in says(fay.follow(fay.post(f"/staff/sends/{number}/resume")))
    assert the(world, number).state == "sending"
    assert history(world, number) == ["pause", "resume"]
    words = says(fay.get(f"/staff/sends/{number}"))
    assert "What was done Mon 23 Nov 10:00 Paused by you paused at the desk" in words


def test_it_is_cancelled_with_a_reason_after_saying_what_that_means(
    world: World, fay: Desk
) -> None:
    number = sending(world)
    words = says(fay.get(f"/staff/sends/{number}/cancel"))
    assert "40 people have it and keep it. Cancelling leaves 15 people untold." in words
    none = fay.post(f"/staff/sends/{number}/cancel", reason="  ")
    assert none.status_code == 400
    assert "Say why it is cancelled" in says(none)
    assert the(world, number).state == "sending"
    done = fay.follow(fay.post(f"/staff/sends/{number}/cancel", reason="The <b>date</b> is wrong"))
    assert "It is cancelled." in says(done)
    assert "The &lt;b&gt;date&lt;/b&gt; is wrong." in done.text
    kept = the(world, number)
    assert (kept.state, kept.skipped, kept.pending) == ("cancelled", 15, 0)
    assert "Cancelled at 10:00 by you" in says(fay.get(f"/staff/sends/{number}"))


def test_those_to_whom_it_failed_are_tried_again(world: World, fay: Desk) -> None:
    number = sending(world)
    assert "Try the 2 again" in says(fay.get(f"/staff/sends/{number}"))
    words = says(fay.follow(fay.post(f"/staff/sends/{number}/retry")))
    assert "2 people will be tried again." in words
    assert "5 trying again 3 failed" in words
    over = sending(world, state="done", first=7000, ledger=Ledger(people=45, accepted=40, again=0))
    fay.get(f"/staff/sends/{over}")
    refused = fay.post(f"/staff/sends/{over}/retry")
    assert refused.status_code == 400
    assert "Only a send to many that is being sent" in says(refused)


def test_what_is_over_says_how_it_went(world: World, fay: Desk) -> None:
    number = sending(world, state="done", ledger=Ledger(people=45, accepted=40, again=0))
    words = says(fay.get(f"/staff/sends/{number}"))
    assert "Done To people who follow" in words
    assert "40 of 45 accepted, 88.9% 40 accepted 5 failed" in words
    assert "waiting" not in words.partition("By domain")[0]
    assert "Finished at 10:00 50 seconds," in words
    assert "Domain Picture Accepted Share Failed" in words
    assert "data-hx-get" not in fay.get(f"/staff/sends/{number}").text


def test_one_address_is_looked_up_and_history_keeps_who_looked(world: World, fay: Desk) -> None:
    number = sending(world)
    fay.get(f"/staff/sends/{number}")
    found = fay.post(f"/staff/sends/{number}/look", address="P5000@Ministry.example")
    assert "Accepted 09:59:10, Mon 23 Nov 2026 , first try" in says(found)
    waits = says(fay.post(f"/staff/sends/{number}/look", address="p5041@ministry.example"))
    assert "Trying again" in waits
    assert "tried again at 10:03" in waits
    for nobody in ("nobody@example.org", ALICE):
        words = says(fay.post(f"/staff/sends/{number}/look", address=nobody))
        assert "This message was not for that address." in words
    wrong = fay.post(f"/staff/sends/{number}/look", address="not an address")
    assert wrong.status_code == 400
    assert 'value="not an address"' in wrong.text
    with world.build(now=world.clock).app_context():
        looks = [row for row in of("subscriber:5000") if row.action == "look"]
    assert [row.by["name"] for row in looks] == [FAY]


def test_who_got_it_is_a_list_and_a_file_without_formulas(world: World, fay: Desk) -> None:
    number = sending(world)
    words = says(fay.get(f"/staff/sends/{number}/people"))
    assert "p5043@mail.example Bounced" in words
    assert "p5000@" not in words
    assert "p5000@ministry.example" in says(fay.get(f"/staff/sends/{number}/people?state=accepted"))
    with world.build(now=world.clock).app_context():
        rename(5001, "=cmd()@mail.example")
    answer = fay.get(f"/staff/sends/{number}/people.csv")
    assert answer.headers["Content-Disposition"].endswith(f'send-{number}-people.csv"')
    rows = list(csv.reader(io.StringIO(answer.text.lstrip("\ufeff"))))
    assert rows[0] == ["email", "state", "at", "reply", "tries"]
    assert len(rows) == 61
    assert rows[1][:2] == ["p5000@ministry.example", "accepted"]
    assert rows[2][0] == "'=cmd()@mail.example"
    domains = fay.get(f"/staff/sends/{number}/domains.csv").text.splitlines()
    assert domains[1] == "ministry.example,29,19,6,2,2"
    assert history(world, number) == ["export"]


def rename(who: int, email: str) -> None:
    with unit():
        session.get_one(Subscriber, who).email = email


def test_what_a_release_mail_tells_shows_that_mail_s_figures(world: World, fay: Desk) -> None:
    number = sending(world)
    with world.build(now=world.clock).app_context(), unit():
        told = plan(
            "notice",
            "DEFRA-2026-001",
            stage="T0",
            due_at=world.clock(),
            now=world.clock(),
            receivers={},
            team_id=session.get_one(Send, number).team_id,
            context={"carried_by": number},
        )
        carried = told.id
    page = fay.get(f"/staff/sends/{carried}")
    assert f"This is told in another message: send {number}" in says(page)
    assert "40 of 60 accepted" in says(page)
    assert "Pause</button>" not in page.text


def test_who_reads_once_a_day_is_counted_apart(world: World, clock: Clock, fay: Desk) -> None:
    number = sending(world, ledger=Ledger(people=48, again=0))
    with world.build(now=clock).app_context(), unit():
        send = session.get_one(Send, number)
        send.context = {"holds": True}
        session.get_one(Chunk, (number, 1)).state = "done"
        session.query(Delivery).filter(
            Delivery.send_id == number, Delivery.state == int(State.WAITING)
        ).update({"state": int(State.HELD)})
    words = says(fay.get(f"/staff/sends/{number}"))
    assert "Waiting for the last" in words
    assert "3 read it in their digest" in words
    assert "45 of 48" not in words
    assert "40 accepted 0 waiting" in words
    assert "With the digest" in words
    row = says(fay.get("/staff/sends")).partition("Failed")[2]
    assert "Waiting for the last" in row
    assert "Going out" not in row
    desk = says(fay.get("/staff/"))
    assert "Nothing is going out." in desk
    assert " to come" in desk.partition("How the last ones went")[2].partition("Going out next")[0]


def test_the_list_is_filtered_by_state_team_kind_and_day(world: World, clock: Clock) -> None:
    both = joins(world, GIL, "author", "--team", "waste")
    world.done("staff", "add", GIL, "--role", "author", "--team", "food")
    both.sign_in(GIL)
    mine, other = sending(world), sending(world, "food", first=7000, state="done")
    paused = sending(world, state="paused", first=8000)
    hidden = sending(world, "forestry", first=9000)

    def listed(query: str) -> set[int]:
        text = both.get(f"/staff/sends{query}").text
        return {int(found) for found in re.findall(r'href="/staff/sends/(\d+)"', text)}

    assert listed("") == {mine, other}
    assert listed("?team=food") == {other}
    assert listed("?team=forestry") == {mine, other}  # not theirs: as if it were not asked for
    assert listed("?show=stopped") == {paused}
    assert listed("?show=coming") == set()
    assert listed("?kind=release") == {mine, other}
    assert listed("?kind=newsletter") == set()
    assert listed("?day=2026-11-23") == {mine, other, paused}
    assert listed("?day=2026-11-24") == set()
    for odd in ("?day=x", "?page=-1", "?page=999999999", "?show=%27", "?team=%00x"):
        assert hidden not in listed(odd)


def test_what_has_not_begun_says_when_and_to_how_many(
    world: World, clock: Clock, fay: Desk
) -> None:
    with world.build(now=clock).app_context():
        for place in range(3):
            makers.joins(f"w{place}@example.org", now=clock(), follows=("waste",))
    reference = world.announces("Dry mixed")
    number = world.sends(reference)["T-28"]["id"]
    words = says(fay.get(f"/staff/sends/{number}"))
    assert "Planned To people who follow Waste and recycling. Today that is 3 people." in words
    assert "0 accepted: it has not begun Goes out at 10:30 Wednesday 30 December 2026" in words
    assert "of 0" not in words
    fay.follow(fay.post(f"/staff/sends/{number}/pause"))
    assert the(world, number).state == "paused"
    assert "Nobody has it yet." in says(fay.get(f"/staff/sends/{number}"))
    fay.follow(fay.post(f"/staff/sends/{number}/cancel", reason="Told by hand."))
    assert the(world, number).end_reason == "Told by hand."
