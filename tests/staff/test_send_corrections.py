"""A wrong mail is corrected from the desk: one asks, another agrees, exactly its readers hear."""

from __future__ import annotations

import re

import pytest

from notifier.store.history import of
from tests.journeys.world import World, text_of
from tests.makers import Clock
from tests.staff.desk import Desk, enters, joins, says
from tests.staff.sending import Ledger, sending

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


def test_a_correction_goes_out_when_a_second_person_agrees(
    world: World, clock: Clock, fay: Desk
) -> None:
    world.joins("cleo@example.org", topics=["waste"], user_type="academic")
    reference = world.announces("Dry mixed")
    world.drain()
    number = world.sends(reference)["announce"]["id"]
    assert "Send a correction" in says(fay.get(f"/staff/sends/{number}"))
    fay.get(f"/staff/sends/{number}/correct")
    empty = fay.post(f"/staff/sends/{number}/correct", text=" ", welsh="")
    assert empty.status_code == 400
    assert "Say what was wrong and what is right" in says(empty)
    done = fay.post(f"/staff/sends/{number}/correct", text="It is 14 May, not 12 May.", welsh="")
    assert "waits for a second person to approve it" in says(fay.follow(done))
    mine = fay.get(f"/staff/sends/{number}")
    assert "Written by you" in says(mine)
    assert "Approve and send it" not in mine.text
    assert 'name="read"' not in mine.text
    refused = fay.post(f"/staff/sends/{number}/correct/approve", read=str(int(clock().timestamp())))
    assert refused.status_code == 400
    assert "cannot approve it too" in says(refused)
    assert "corrected" not in world.sends(reference)

    bob, _ = enters(world, clock, GIL, "approver", "--team", "waste")
    assert "Approve" in says(bob.get("/staff/"))
    page = bob.get(f"/staff/sends/{number}")
    assert "It is 14 May, not 12 May." in says(page)
    stamp = re.search(r'name="read" value="(\d+)"', page.text)
    assert stamp is not None
    stale = bob.post(f"/staff/sends/{number}/correct/approve", read="1")
    assert "The words were changed a moment ago" in says(stale)
    gone = bob.token
    sent = bob.follow(bob.post(f"/staff/sends/{number}/correct/approve", read=stamp[1]))
    assert "Correction: " in says(sent)
    twice = bob.post(f"/staff/sends/{number}/correct/approve", csrf_token=gone, read=stamp[1])
    assert "No correction of this waits any more" in says(twice)
    world.drain()
    assert len(world.mails("cleo@example.org", "It is 14 May")) == 1
    assert "It is 14 May, not 12 May." in text_of(world.last_mail("cleo@example.org"))
    assert "A correction waits" not in says(fay.get(f"/staff/sends/{number}"))


def test_a_correction_is_taken_back_with_a_reason(world: World, fay: Desk) -> None:
    number = sending(world, state="done", ledger=Ledger(people=45, accepted=40, again=0))
    fay.get(f"/staff/sends/{number}/correct")
    fay.post(f"/staff/sends/{number}/correct", text="Wrong.", welsh="")
    fay.get(f"/staff/sends/{number}")
    assert fay.post(f"/staff/sends/{number}/correct/return", reason="").status_code == 400
    gone = fay.follow(fay.post(f"/staff/sends/{number}/correct/return", reason="It was right."))
    assert "No correction goes out." in says(gone)
    assert history(world, number) == ["ask_correction", "turn_down_correction"]
